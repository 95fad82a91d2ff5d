"""Firms where a city has no file of them."""

from .draw import DESIGNER

__all__ = ["DESIGNER"]
