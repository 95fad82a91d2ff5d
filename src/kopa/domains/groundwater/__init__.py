"""Groundwater: well fields."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("groundwater", "groundwater and well fields", load, PACKAGE)

__all__ = ["DOMAIN"]
