"""Industry: plants, what they need, and what they save."""

from kopa.domain import DomainType

from .domain import load
from .read_sites import PACKAGE

DOMAIN = DomainType("industry", "industry", load, PACKAGE)

__all__ = ["DOMAIN"]
