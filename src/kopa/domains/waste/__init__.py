"""Waste: containers, rounds, plants, landfill."""

from kopa.domain import DomainType

from .domain import load
from .read_trucks import PACKAGE

DOMAIN = DomainType("waste", "waste collection and processing", load, PACKAGE)

__all__ = ["DOMAIN"]
