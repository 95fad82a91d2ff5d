"""District heating for the dense part of a city that has no files of it."""

from kopa.domain.design import Designer

from .draw import draw

DESIGNER = Designer("heat", draw)

__all__ = ["DESIGNER"]
