"""Heat: district heating networks, their plants and the buildings on them."""

from kopa.domain import DomainType

from .cells import PACKAGE
from .domain import load

DOMAIN = DomainType("heat", "district heating", load, PACKAGE)

__all__ = ["DOMAIN"]
