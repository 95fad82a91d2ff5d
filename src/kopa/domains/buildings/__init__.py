"""Buildings: heat, comfort and technical equipment of intelligent buildings."""

from kopa.domain import DomainType

from .domain import load
from .points import PACKAGE

DOMAIN = DomainType("buildings", "intelligent buildings and housing", load, PACKAGE)

__all__ = ["DOMAIN"]
