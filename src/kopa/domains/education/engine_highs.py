"""The transport problem over pairs, by HiGHS.

References
----------
Ahuja, Magnanti, Orlin (1993), Network Flows, section 1.2: its linear programme has whole-number
corners where supplies and places are whole numbers.
"""

from __future__ import annotations

import numpy as np

from kopa.engine_highs import Programme, solve
from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

SECONDS = 120.0


def transported(
    pairs: tuple[IntArray, IntArray], cost: FloatArray, supply: FloatArray, places: FloatArray
) -> FloatArray:
    """What goes over each pair: the most that can be placed, at the least total cost.

    Parameters
    ----------
    pairs
        Source and target of each, a pair at most once, shape (pair,).
    cost
        Of one unit over each pair, ≥ 0, shape (pair,).
    supply
        Whole numbers, shape (source,).
    places
        Whole numbers, shape (target,).

    Raises
    ------
    EngineError
        If there is no proven answer.
    """
    from scipy.sparse import csc_array

    source, target = pairs
    many, sources = len(cost), len(supply)
    if not many:
        return np.empty(0)
    # one more unit placed may send others on, each place once at most: no detour costs more
    without = (len(places) + 1) * float(cost.max()) + 1.0
    rows = np.concatenate([source, np.arange(sources), sources + target])
    columns = np.concatenate([np.arange(many), many + np.arange(sources), np.arange(many)])
    solution = solve(
        Programme(
            cost=np.concatenate([cost, np.full(sources, without)]),
            matrix=csc_array(
                (np.ones(len(rows)), (rows, columns)),
                shape=(sources + len(places), many + sources),
            ),
            row_low=np.concatenate([supply, np.zeros(len(places))]),
            row_high=np.concatenate([supply, places]),
            low=np.zeros(many + sources),
            high=np.full(many + sources, np.inf),
        ),
        SECONDS,
    )
    if solution.status != "optimal":
        raise EngineError(f"children to places: the programme is {solution.status}")
    return np.asarray(np.rint(solution.x[:many]))
