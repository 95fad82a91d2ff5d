"""Places: homes, sites and the people in them."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("places", "homes, sites and people", load, PACKAGE)

__all__ = ["DOMAIN"]
