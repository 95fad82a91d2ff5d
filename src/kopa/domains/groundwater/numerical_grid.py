"""A grid for the numerical model: fine at wells, coarse far away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kopa.model import FloatArray, IntArray

from .network import Field

_FINEST = 2.0  # m, cells of wells; less where wells stand nearer together
_GROWTH = 1.25  # of a cell over its neighbour
_REACHES = 5.0  # the edge, in lengths sqrt(4 T t / S): exp(-25) of the drawdown is beyond it


@dataclass(frozen=True)
class Axis:
    """Cells along one axis.

    Parameters
    ----------
    edges
        Rising, m, shape (cell + 1,).
    """

    edges: FloatArray

    @property
    def centres(self) -> FloatArray:
        """Middle of each cell, m, shape (cell,)."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    @property
    def sizes(self) -> FloatArray:
        """Length of each cell, m, shape (cell,)."""
        return np.diff(self.edges)

    def cells(self, places: FloatArray) -> IntArray:
        """Cell in which each place lies."""
        found = np.searchsorted(self.edges, places, side="right") - 1
        return np.clip(found, 0, len(self.edges) - 2)


def axes(field: Field, seconds: float) -> tuple[Axis, Axis]:
    """Columns (west to east) and rows (south to north) of a field.

    Each well stands in the middle of a cell of at most 2 m; cells grow by a quarter from one to
    the next, to where nothing is felt any more after so long.

    Parameters
    ----------
    field
        The well field.
    seconds
        Time of pumping, s.
    """
    reach = _reach(field, seconds)
    wells = field.wells
    return _axis(wells.x, reach), _axis(wells.y, reach)


def _reach(field: Field, seconds: float) -> float:
    """How far drawdown is felt, m, Theis (1935): u = r² S / (4 T t) = 25."""
    aquifer = field.aquifer
    stored = aquifer.storage * np.where(
        aquifer.phreatic & (np.arange(len(aquifer.storage)) == 0), 1.0, aquifer.thickness
    )
    diffusivity = aquifer.transmissivity.sum() / stored.min()
    return float(max(_REACHES * np.sqrt(4 * diffusivity * seconds), 1000.0))


def _axis(places: FloatArray, reach: float) -> Axis:
    apart = np.unique(np.round(places, 6))
    gaps = np.diff(apart)
    fine = min(_FINEST, float(gaps[gaps >= 0.5].min()) / 2 if (gaps >= 0.5).any() else _FINEST)
    # wells less than half a cell apart along this axis share its cell
    kept = apart[np.concatenate([[True], gaps >= fine])]
    pieces = [_outward(kept[0] - fine / 2, -reach, fine)[::-1]]
    for one, other in pairwise(kept.tolist()):
        pieces.append(_between(one + fine / 2, other - fine / 2, fine))
    pieces.append(_outward(kept[-1] + fine / 2, reach, fine))
    return Axis(np.concatenate(pieces))


def _outward(begin: float, reach: float, fine: float) -> FloatArray:
    count = int(np.ceil(np.log1p(abs(reach) * (_GROWTH - 1) / (fine * _GROWTH)) / np.log(_GROWTH)))
    steps = fine * _GROWTH ** np.arange(1, count + 1)
    return np.asarray(begin + np.sign(reach) * np.concatenate([[0.0], np.cumsum(steps)]))


def _between(begin: float, end: float, fine: float) -> FloatArray:
    """Edges from the cell of one well to that of the next, both included."""
    room = end - begin
    if room <= 1e-9:
        return np.array([begin])
    half = max(1, int(np.ceil(np.log1p(room / 2 * (_GROWTH - 1) / fine) / np.log(_GROWTH))))
    steps = _GROWTH ** np.arange(half, dtype=np.float64)
    steps = np.concatenate([steps, steps[::-1]])
    return begin + room * np.concatenate([[0.0], np.cumsum(steps) / steps.sum()])
