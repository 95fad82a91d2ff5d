"""A wastewater plant for a city that has no files of it."""

from kopa.domain.design import Designer

from .draw import draw

DESIGNER = Designer("treatment", draw)

__all__ = ["DESIGNER"]
