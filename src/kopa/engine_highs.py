"""Linear and mixed-integer programmes by HiGHS, called directly.

References
----------
Huangfu, Q., Hall, J. (2018), Parallelizing the dual revised simplex method, Mathematical
Programming Computation 10. The class without Python's callbacks is used: the other one writes
to stdout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "unknown"]
WITH_START: dict[str, Any] = {
    "presolve": "off",
    "mip_heuristic_effort": 0.0,
    "mip_allow_cut_separation_at_nodes": False,
    **{
        f"mip_heuristic_run_{name}": False
        for name in ("rins", "rens", "root_reduced_cost", "zi_round", "shifting")
    },
    "mip_heuristic_run_feasibility_jump": False,
}
"""Where a good point is given, what looks for one, or makes the programme smaller, takes longer
than it saves (measured on coverings of 5,000 × 135: half the time)."""
GAP = 1e-6
"""Relative gap at which a mixed-integer answer counts as optimal."""


@dataclass(frozen=True)
class Programme:
    """Least ``cost @ x`` with ``row_low <= matrix @ x <= row_high`` and ``low <= x <= high``.

    Parameters
    ----------
    cost, low, high
        Shape (column,).
    matrix
        Shape (row, column).
    row_low, row_high
        Shape (row,).
    whole
        Columns that are whole numbers.
    basic
        Columns that a first basis holds, one for each row that is an equation; empty leaves it
        to the engine.
    start
        A good point that holds all constraints (`WITH_START`); empty for none, shape (column,).
    """

    cost: FloatArray
    matrix: csc_array
    row_low: FloatArray
    row_high: FloatArray
    low: FloatArray
    high: FloatArray
    whole: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    basic: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    start: FloatArray = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True)
class Solution:
    """What the engine found.

    Parameters
    ----------
    status
        ``feasible``: the time ran out; there is an answer, perhaps not the best.
    x
        Values, empty where there is no answer, shape (column,).
    cost
        NaN where there is no answer.
    gap
        How far the answer may be from the best, relative.
    row_price
        What the cost grows by for each unit that a row's end moves up, shape (row,); empty where
        whole numbers are part of the programme, for then there is none.
    """

    status: Status
    x: FloatArray
    cost: float
    gap: float
    row_price: FloatArray = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, eq=False)
class Held:
    """A named constraint: what would have to give way so that it holds no longer.

    Parameters
    ----------
    name
        ``ev-1: soc-targets, 20 kWh at 2026-11-23T07:00:00+02:00``.
    lows, highs
        Columns whose lower, and upper, bounds it is.
    rows
        Its rows.
    """

    name: str
    lows: IntArray
    highs: IntArray
    rows: IntArray

    def without(self, programme: Programme) -> Programme:
        """A programme in which it does not hold."""
        low, high = programme.low.copy(), programme.high.copy()
        row_low, row_high = programme.row_low.copy(), programme.row_high.copy()
        low[self.lows], high[self.highs] = -np.inf, np.inf
        row_low[self.rows], row_high[self.rows] = -np.inf, np.inf
        return replace(programme, low=low, high=high, row_low=row_low, row_high=row_high)


def solve(programme: Programme, seconds: float = 60.0) -> Solution:
    """Solve a programme.

    Parameters
    ----------
    programme
        What is asked.
    seconds
        Most time.

    Raises
    ------
    EngineError
        If it holds numbers that are none, or the engine cannot take it.
    """
    from highspy import HighsModelStatus

    _check(programme)
    highs = _loaded(programme, seconds)
    highs.run()
    if highs.getModelStatus() == HighsModelStatus.kUnboundedOrInfeasible:
        highs.setOptionValue("presolve", "off")  # which of both it is, only the solver itself says
        highs.run()
    found, info = highs.getModelStatus(), highs.getInfo()
    # 2: the engine has a point that holds all constraints
    there = info.primal_solution_status == 2
    names: dict[Any, Status] = {
        HighsModelStatus.kOptimal: "optimal",
        HighsModelStatus.kInfeasible: "infeasible",
        HighsModelStatus.kUnbounded: "unbounded",
        HighsModelStatus.kModelEmpty: "optimal",
    }
    status = names.get(found, "feasible" if there else "unknown")
    if status not in ("optimal", "feasible"):
        return Solution(status, np.empty(0), np.nan, np.nan)
    told = highs.getSolution()
    x = np.array(told.col_value)
    if len(programme.whole):
        return Solution(status, x, float(programme.cost @ x), float(info.mip_gap))
    prices = np.array(told.row_dual)
    return Solution(status, x, float(programme.cost @ x), 0.0, prices)


def conflict(programme: Programme, seconds: float = 60.0) -> tuple[BoolArray, BoolArray]:
    """Columns and rows of which some cannot hold together, whole numbers left aside.

    Parameters
    ----------
    programme
        One that is infeasible.
    seconds
        Most time.

    Returns
    -------
    tuple
        Whether the bounds of each column, and each row, are among them, shapes (column,) and
        (row,); all False where the engine finds none.
    """
    highs = _loaded(programme, seconds, relaxed=True)
    highs.setOptionValue("iis_strategy", 2)  # from an elastic programme, then reduced
    highs.run()
    _, found = highs.getIis()
    columns = np.zeros(len(programme.cost), dtype=bool)
    rows = np.zeros(len(programme.row_low), dtype=bool)
    columns[list(found.col_index_)] = True
    rows[list(found.row_index_)] = True
    return columns, rows


def clashing(programme: Programme, held: Sequence[Held], seconds: float = 60.0) -> list[str]:
    """Names of constraints that cannot hold together, none of them needless.

    One after the other is left out; what stays infeasible without it does not need it.

    Parameters
    ----------
    programme
        One that is infeasible.
    held
        Constraints that could give way.
    seconds
        Most time of one solution.
    """
    programme = replace(programme, cost=np.zeros_like(programme.cost))  # whether, not how dear
    columns, rows = conflict(programme, seconds)
    suspects = [one for one in held if _touches(one, columns, rows)]
    rest = programme
    for one in held:
        if one not in suspects:
            rest = one.without(rest)
    if not suspects or solve(rest, seconds).status != "infeasible":
        suspects, rest = list(held), programme  # whole numbers are part of it
    guilty = []
    for one in suspects:
        without = one.without(rest)
        if solve(without, seconds).status == "infeasible":
            rest = without
        else:
            guilty.append(one.name)
    return guilty


def _touches(one: Held, columns: BoolArray, rows: BoolArray) -> bool:
    return bool(columns[one.lows].any() or columns[one.highs].any() or rows[one.rows].any())


def _check(programme: Programme) -> None:
    ends = (programme.low, programme.high, programme.row_low, programme.row_high)
    numbers = np.isfinite(programme.cost).all() and np.isfinite(programme.matrix.data).all()
    if not numbers or any(np.isnan(end).any() for end in ends):
        raise EngineError("the programme has numbers that are none")  # HiGHS would never end


def _loaded(programme: Programme, seconds: float, relaxed: bool = False) -> Any:
    from highspy import HighsLp, HighsSolution, HighsStatus, HighsVarType, MatrixFormat
    from highspy._core import _Highs

    lp = HighsLp()
    lp.num_row_, lp.num_col_ = programme.matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = programme.cost, programme.low, programme.high
    lp.row_lower_, lp.row_upper_ = programme.row_low, programme.row_high
    lp.a_matrix_.format_ = MatrixFormat.kColwise
    matrix = programme.matrix
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    whole = set() if relaxed else set(programme.whole.tolist())
    if whole:
        kinds = HighsVarType.kContinuous, HighsVarType.kInteger
        lp.integrality_ = [kinds[column in whole] for column in range(lp.num_col_)]
    highs = _Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", float(seconds))
    highs.setOptionValue("mip_rel_gap", GAP)
    if highs.passModel(lp) == HighsStatus.kError:
        raise EngineError("HiGHS does not take the programme")
    if len(programme.basic):
        _start(highs, programme)
    if len(programme.start):
        point = HighsSolution()
        point.col_value = programme.start
        highs.setSolution(point)
        for option, value in WITH_START.items():
            highs.setOptionValue(option, value)
    return highs


def _start(highs: Any, programme: Programme) -> None:
    """Give a first basis; no presolve, for it would throw the basis away."""
    from highspy import HighsBasis, HighsBasisStatus

    basis = HighsBasis()
    columns = np.zeros(len(programme.cost), dtype=bool)
    columns[programme.basic] = True
    names = HighsBasisStatus.kLower, HighsBasisStatus.kBasic
    basis.col_status = [names[basic] for basic in columns.tolist()]
    free = programme.row_low != programme.row_high
    basis.row_status = [names[basic] for basic in free.tolist()]
    basis.valid = True
    highs.setBasis(basis)
    highs.setOptionValue("presolve", "off")
