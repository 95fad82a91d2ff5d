"""Health: facilities, who reaches them, arrivals, queues, warnings."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("health", "health care and who reaches it", load, PACKAGE)

__all__ = ["DOMAIN"]
