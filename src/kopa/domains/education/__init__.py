"""Education: schools, kindergartens, and who gets which place."""

from kopa.domain import DomainType

from .domain import load
from .network import PACKAGE

DOMAIN = DomainType("education", "schools, kindergartens and their places", load, PACKAGE)

__all__ = ["DOMAIN"]
