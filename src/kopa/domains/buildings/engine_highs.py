"""Linear programmes with HiGHS: the only importer of highspy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray

TIME_LIMIT_S = 60.0


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
    import highspy

    rows = given.rows.tocsc()
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = rows.shape[1], rows.shape[0]
    problem.col_cost_ = given.cost
    problem.col_lower_, problem.col_upper_ = given.low, given.high
    problem.row_lower_, problem.row_upper_ = given.row_low, given.row_high
    problem.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    problem.a_matrix_.start_ = rows.indptr.astype(np.int32)
    problem.a_matrix_.index_ = rows.indices.astype(np.int32)
    problem.a_matrix_.value_ = rows.data
    if given.whole.any():
        kinds = highspy.HighsVarType
        problem.integrality_ = [
            kinds.kInteger if whole else kinds.kContinuous for whole in given.whole.tolist()
        ]
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("log_to_console", False)
    solver.setOptionValue("time_limit", TIME_LIMIT_S)
    solver.setOptionValue("mip_rel_gap", 1e-6)
    solver.passModel(problem)
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise EngineError(f"HiGHS found no best plan: {solver.modelStatusToString(status)}")
    return np.asarray(solver.getSolution().col_value, dtype=np.float64)
