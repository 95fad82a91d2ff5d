"""Government services: offices, requests of residents, participatory budgets, indicators."""

from kopa.domain import DomainType

from .domain import load
from .network import PACKAGE

DOMAIN = DomainType("egov", "offices and services of the municipality", load, PACKAGE)

__all__ = ["DOMAIN"]
