"""People of an area to shelters: a transport problem, solved exactly.

References
----------
Hitchcock, F. (1941), The distribution of a product from several sources to numerous localities,
Journal of Mathematics and Physics 20.
"""

from __future__ import annotations

import numpy as np

from kopa.engine_highs import Programme, solve
from kopa.errors import EngineError
from kopa.model import FloatArray

LEAST = 1e-6
"""Fewer people than this are rounding."""


def placed(seconds: FloatArray, people: FloatArray, places: FloatArray) -> FloatArray:
    """People from each cell to each shelter: the most that can be, at the least person-seconds.

    Parameters
    ----------
    seconds
        From each cell to each shelter, `inf` for none, shape (cell, shelter).
    people
        In each cell, shape (cell,).
    places
        In each shelter, shape (shelter,).

    Returns
    -------
    FloatArray
        Shape (cell, shelter).

    Raises
    ------
    EngineError
        If there is no proven answer.
    """
    from scipy.sparse import csc_array

    found = np.zeros(seconds.shape)
    cell, shelter = np.nonzero(np.isfinite(seconds) & (people > 0)[:, None] & (places > 0))
    pairs, cells = len(cell), len(people)
    if not pairs:
        return found
    way = seconds[cell, shelter]
    # one more person placed may send others on, each shelter once at most: no detour costs more
    without = (len(places) + 1) * float(way.max()) + 1.0
    rows = np.concatenate([cell, np.arange(cells), cells + shelter])
    columns = np.concatenate([np.arange(pairs), pairs + np.arange(cells), np.arange(pairs)])
    size = (cells + len(places), pairs + cells)
    cost = np.concatenate([way, np.full(cells, without)])
    solution = solve(
        Programme(
            cost=cost,
            matrix=csc_array((np.ones(len(rows)), (rows, columns)), shape=size),
            row_low=np.concatenate([people, np.zeros(len(places))]),
            row_high=np.concatenate([people, places]),
            low=np.zeros(len(cost)),
            high=np.full(len(cost), np.inf),
        )
    )
    if solution.status != "optimal":
        raise EngineError(f"people to shelters: the programme is {solution.status}")
    found[cell, shelter] = np.where(solution.x[:pairs] > LEAST, solution.x[:pairs], 0.0)
    return found
