"""Stations and street lights where a city has no files of them."""

from .draw import DESIGNER

__all__ = ["DESIGNER"]
