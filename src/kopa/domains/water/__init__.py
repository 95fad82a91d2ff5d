"""Water supply: EPANET networks."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("water", "water supply", load, PACKAGE)

__all__ = ["DOMAIN"]
