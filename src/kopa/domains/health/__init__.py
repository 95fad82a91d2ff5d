"""Health: facilities, who reaches them, arrivals, queues, warnings."""

from kopa.domain import DomainType

from .capability import PACKAGE
from .domain import load

DOMAIN = DomainType("health", "health care and who reaches it", load, PACKAGE)

__all__ = ["DOMAIN"]
