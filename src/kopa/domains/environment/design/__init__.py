"""Rivers and bathing waters for a city that has no files of them."""

from kopa.domain.design import Designer

from .draw import draw

DESIGNER = Designer("environment", draw)

__all__ = ["DESIGNER"]
