"""Industry: plants, what they need, and what they save."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("industry", "industry", load, PACKAGE)

__all__ = ["DOMAIN"]
