"""Linear programmes with HiGHS, which scipy carries: the one file that calls it.

The package highspy greets on stdout from C when it is first used, and `--json` prints one document.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray

TIME_LIMIT_S = 60.0
GAP = 1e-4
"""A plan with whole numbers may cost more than the best by this share."""


@dataclass(frozen=True)
class Programme:
    """Minimise ``cost @ x`` with bounds on variables and rows.

    Parameters
    ----------
    cost, low, high
        Shape (variable,).
    rows
        Shape (row, variable).
    row_low, row_high
        Shape (row,).
    whole
        True for variables that are whole numbers, shape (variable,).
    """

    cost: FloatArray
    low: FloatArray
    high: FloatArray
    rows: csc_array
    row_low: FloatArray
    row_high: FloatArray
    whole: BoolArray


def solve(given: Programme) -> FloatArray:
    """The best values of the variables, shape (variable,).

    Parameters
    ----------
    given
        The programme.

    Raises
    ------
    EngineError
        If there is none, or it was not found in time.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    ends = (given.low, given.high, given.row_low, given.row_high)
    if not np.isfinite(given.cost).all() or not np.isfinite(given.rows.data).all():
        raise EngineError("the plan is given numbers that are none")  # HiGHS would never end
    if any(np.isnan(end).any() for end in ends):
        raise EngineError("the plan is given limits that are no numbers")
    found = milp(
        given.cost,
        integrality=given.whole.astype(np.int64),
        bounds=Bounds(given.low, given.high),
        constraints=LinearConstraint(given.rows, given.row_low, given.row_high),
        options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": GAP},
    )
    if found.status != 0:
        raise EngineError(f"HiGHS found no best plan: {found.message}")
    return np.asarray(found.x, dtype=np.float64)
