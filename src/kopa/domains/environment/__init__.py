"""Environment: rivers and bathing waters, air, noise and climate stations."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("environment", "rivers, bathing waters and air", load, PACKAGE)

__all__ = ["DOMAIN"]
