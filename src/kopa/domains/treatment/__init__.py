"""Treatment: wastewater plants and waterworks."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("treatment", "wastewater plants and waterworks", load, PACKAGE)

__all__ = ["DOMAIN"]
