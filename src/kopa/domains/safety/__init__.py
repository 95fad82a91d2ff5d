"""Safety: stations of fire service and police, street lighting, and who is how far from help."""

from kopa.domain import DomainType

from .domain import load
from .network import PACKAGE

DOMAIN = DomainType("safety", "stations, street lighting, response", load, PACKAGE)

__all__ = ["DOMAIN"]
