"""Emergency: units and their bases, shelters, and whom help reaches in time."""

from kopa.domain import DomainType

from .domain import load
from .network import PACKAGE

DOMAIN = DomainType("emergency", "units, shelters, who is reached in time", load, PACKAGE)

__all__ = ["DOMAIN"]
