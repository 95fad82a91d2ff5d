"""Firms: their work, by-products that others take, invoices, tenders, partners."""

from kopa.domain import DomainType

from .domain import load
from .network import PACKAGE

DOMAIN = DomainType("ebusiness", "firms and what they trade", load, PACKAGE)

__all__ = ["DOMAIN"]
