"""Transport: streets, and public transport on them."""

from kopa.domain import DomainType

from .domain import PACKAGE, load

DOMAIN = DomainType("transport", "streets and public transport", load, PACKAGE)

__all__ = ["DOMAIN"]
