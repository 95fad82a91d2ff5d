"""How many incidents there are where, with small counts hidden so that no total gives them away.

A cell with fewer than k incidents is hidden, but not one without any. The total would give away
what hidden cells add up to: so one of k or more is hidden beside them, and more until the sum
leaves each of them two values at least. Which one is hidden beside does not hang on its count (the
smallest would tell who knows the rule too much), and nothing says which is hidden for which reason.

References
----------
Hundepool, A. et al. (2012), Statistical Disclosure Control, chapter 4: primary and secondary
suppression; Fellegi, I. (1972), On the question of statistical confidentiality, JASA 67.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

FEW_PEOPLE = 50.0
"""Of fewer residents no rate is told: it would be chance alone, and a number of few homes."""


@dataclass(frozen=True)
class Density:
    """Incidents by cell.

    Parameters
    ----------
    x, y
        Lower left corner of each square, m, NaN where cells are zones, shape (cell,).
    names
        Of each cell.
    count
        Incidents; of those hidden too, which no document may tell, shape (cell,).
    people
        Residents, NaN where unknown, shape (cell,).
    hidden
        True for cells whose count is not told, shape (cell,).
    summed
        True where the sum of all may be told.
    """

    x: FloatArray
    y: FloatArray
    names: tuple[str, ...]
    count: IntArray
    people: FloatArray
    hidden: BoolArray
    summed: bool

    @property
    def rate(self) -> FloatArray:
        """Incidents per 1,000 residents, NaN where hidden, or where there are too few."""
        known = ~self.hidden & (self.people >= FEW_PEOPLE)
        found = np.full(len(self.count), np.nan)
        found[known] = 1000 * self.count[known] / self.people[known]
        return found


def suppressed(count: IntArray, least: int) -> tuple[BoolArray, bool]:
    """Cells that are hidden, and whether their sum may be told.

    Parameters
    ----------
    count
        Of each cell, ≥ 0, shape (cell,).
    least
        Counts from 1 to one less are hidden.
    """
    hidden = (count > 0) & (count < least)
    order = np.random.default_rng(len(count)).permutation(len(count)).tolist()
    left = [row for row in order if count[row] >= least]
    small = int(hidden.sum())
    while small and not (hidden.sum() > small and count[hidden].sum() >= least + hidden.sum()):
        if not left:
            return hidden, False
        hidden[left.pop(0)] = True
    return hidden, True


def squares(x: FloatArray, y: FloatArray, side: float) -> tuple[IntArray, IntArray]:
    """Column and row of the square of each point."""
    return np.floor(x / side).astype(np.int64), np.floor(y / side).astype(np.int64)
