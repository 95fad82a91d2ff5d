"""Tourism: sights and events, who visits them when, and routes for a day."""

from kopa.domain import DomainType

from .domain import load
from .network import PACKAGE

DOMAIN = DomainType("tourism", "sights, events, their visitors and routes for a day", load, PACKAGE)

__all__ = ["DOMAIN"]
