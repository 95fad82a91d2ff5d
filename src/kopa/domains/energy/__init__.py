"""Electricity: grids in pandapower's file format, solved by power-grid-model."""

from kopa.domain import DomainType
from kopa.domains.energy.domain import load

DOMAIN = DomainType(
    name="energy", title="electricity grid", load=load, package="kopa.domains.energy"
)

__all__ = ["DOMAIN"]
