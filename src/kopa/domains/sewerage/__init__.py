"""Sewerage: SWMM networks."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("sewerage", "sewerage", load, PACKAGE)

__all__ = ["DOMAIN"]
