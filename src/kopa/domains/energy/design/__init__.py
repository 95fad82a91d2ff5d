"""A medium and low voltage grid along the streets of a map."""

from kopa.domain.design import Designer
from kopa.domains.energy.design.draw import draw

DESIGNER = Designer("energy", draw, powers=True)

__all__ = ["DESIGNER"]
