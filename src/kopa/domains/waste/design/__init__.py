"""Containers, plants, trucks and rounds of a designed city."""

from kopa.domains.waste.design.draw import DESIGNER

__all__ = ["DESIGNER"]
