"""What the wells of a field give, within their pumps and their greatest drawdown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray

from .network import Field
from .plan import Plan
from .response import Response

_MOST_CHECKS = 24  # steps of a regime at which the greatest drawdown is held
_EVENLY = 1e-3  # how much an even load counts beside a cubic metre
_SLACK = 1e-9  # m³/s


@dataclass(frozen=True)
class Operation:
    """What a field does in a window.

    Parameters
    ----------
    rate
        What each well gives, m³/s, shape (step, well).
    drawdown
        At the end of each step, m, shape (step, point); points are wells, then observation
        points.
    """

    rate: FloatArray
    drawdown: FloatArray


def operate(field: Field, plan: Plan, known: Response) -> Operation:
    """Run the wells of a field through a window.

    A well gives what it is asked for while it can run. Where the field lets wells take over, or
    more than usual is asked for, a linear programme gives as much of what the field is asked for
    as pumps and greatest drawdowns allow until the next change, and loads the wells evenly.
    Wells that usually draw deeper than their greatest drawdown may go on as usual, not deeper.

    Parameters
    ----------
    field, plan, known
        The field, what its wells may and shall do, and its response.

    Raises
    ------
    EngineError
        If the linear programme has no answer.
    """
    steps = len(plan.available)
    rate = np.tile(field.wells.discharge, (steps, 1))
    drawdown = np.tile(known.usual, (steps, 1))
    if plan.usual:
        return Operation(rate, drawdown)
    now = field.wells.discharge
    for first, last in _regimes(plan):
        chosen = _rates(field, plan, known, drawdown, (first, last, now))
        rate[first:last] = chosen
        drawdown[first:] += known.lags[: steps - first] @ (chosen - now)
        now = chosen
    return Operation(rate, drawdown)


def _regimes(plan: Plan) -> list[tuple[int, int]]:
    """First and after-last step of each stretch in which plan and availability stay the same."""
    state = np.hstack([plan.available, plan.asked])
    turns = np.flatnonzero((state[1:] != state[:-1]).any(axis=1)) + 1
    edges = [0, *turns.tolist(), len(state)]
    return list(pairwise(edges))


def _rates(
    field: Field,
    plan: Plan,
    known: Response,
    drawdown: FloatArray,
    regime: tuple[int, int, FloatArray],
) -> FloatArray:
    first, last, now = regime
    wells = field.wells
    available, asked = plan.available[first], plan.asked[first]
    plain = asked * available
    most = wells.capacity * available
    if not field.take_over:
        most = np.minimum(most, plain)
    wanted = float(asked.sum())
    enough = plain.sum() >= wanted - _SLACK if field.take_over else True
    if enough and (plain <= np.maximum(wells.discharge, _SLACK)).all():
        return np.asarray(plain)
    checks = np.unique(np.geomspace(1, last - first, _MOST_CHECKS).astype(int)) - 1
    own = slice(0, len(wells))
    limit = np.maximum(wells.max_drawdown, known.usual[own] + 1e-9)
    running = (most > 0) & np.isfinite(limit)
    # drawdown if nothing changed, and what each well adds to it
    room = limit - drawdown[first + checks][:, own]
    response = known.lags[checks][:, own]
    room = room + response @ now
    return _programme(
        response[:, running].reshape(-1, len(wells)),
        room[:, running].ravel(),
        np.maximum(most, 0.0),
        plain,
        wanted,
    )


def _programme(
    response: FloatArray, room: FloatArray, most: FloatArray, plain: FloatArray, wanted: float
) -> FloatArray:
    """Rates that give most of what is wanted; of those the ones that load wells evenly.

    The last variable is the greatest share of its pump that a well gives beyond `plain`.
    """
    from scipy.optimize import linprog

    wells = len(most)
    lifts = most > 0
    scale = max(wanted, 1e-9)  # so that the solver sees numbers near one
    beyond = np.hstack([np.eye(wells), -most[:, None] / scale])[lifts]
    matrix = np.vstack(
        [
            np.hstack([response * scale, np.zeros((len(response), 1))]),
            np.append(np.ones(wells), 0.0),
            beyond,
        ]
    )
    limits = np.concatenate([room, [1.0], plain[lifts] / scale])
    cost = np.append(-np.ones(wells), _EVENLY)
    bounds = [*((0.0, value / scale) for value in most), (0.0, None)]
    found = linprog(cost, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs")
    if found.status == 2:  # even standing wells are drawn too deep by what was pumped before
        return np.zeros(wells)
    if found.status != 0:
        raise EngineError(f"HiGHS found no rates for the wells: {found.message}")
    return np.asarray(np.clip(found.x[:-1] * scale, 0.0, most))
