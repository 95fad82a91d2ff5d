"""The steady state of a plant."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from kopa.model import FloatArray, IntArray

from .asm1 import (
    COMPONENTS,
    SALK,
    SI,
    SND,
    SNH,
    SNO,
    SO,
    SOLIDS,
    SS,
    TSS,
    XBA,
    XBH,
    XI,
    XND,
    XP,
    XS,
)
from .engine_bsm2 import (
    HELD,
    LAYERS,
    MEANS,
    SETTLED,
    SETTLER_STATES,
    STATES,
    TANK_STATES,
    TANKS,
    slope,
)

STEADY_STEPS, LONGEST_MOVE, STILL, LONG_D = 200, 0.5, 1e-7, 1e4
"""Of the search for a steady state: steps at most, greatest move of a step, a move that is none
(shares), and a step that is long, d."""


def steady(feed: FloatArray, plan: FloatArray, guess: FloatArray) -> FloatArray | None:
    """The state in which nothing changes while the same water comes in for ever.

    Implicit Euler steps that grow as the slope falls (pseudo-transient continuation), which
    end as Newton's method.

    Parameters
    ----------
    feed, plan
        As in `slope`.
    guess
        State to begin with, shape (STATES,).

    Returns
    -------
    FloatArray or None
        The state; None if none is found.

    References
    ----------
    Kelley and Keyes (1998), SIAM Journal on Numerical Analysis 35: 508.
    """
    active = _active()
    y, days = guess.copy(), 1e-3
    f = _slope_of(y, feed, plan)[active]
    for _ in range(STEADY_STEPS):
        matrix = np.eye(len(active)) / days - _jacobian(y, feed, plan, active, f)
        try:  # sparse, as a tank knows its neighbours alone; threads would wait for one another
            change = splu(csc_matrix(matrix)).solve(f)
        except RuntimeError:  # it is singular
            return None
        new = y.copy()
        new[active] += change
        new[:HELD] = np.maximum(new[:HELD], 0.0)
        fresh = _slope_of(new, feed, plan)[active]
        moved = float(np.max(np.abs(new - y) / (1 + np.abs(new))))
        if not (np.isfinite(fresh).all() and moved < LONGEST_MOVE):
            days /= 4
            continue
        y, f = new, fresh
        if moved < STILL and days > LONG_D:
            return y
        days = min(days * 3, 10 * LONG_D)
    return None


def first_guess(feed: FloatArray) -> FloatArray:
    """A state to begin the search with: sludge that every plant has, solutes of the inflow.

    Parameters
    ----------
    feed
        Water that comes in, shape (21,).
    """
    state = np.zeros(STATES)
    tank = np.zeros(COMPONENTS)
    tank[[SI, SS, XI, XS, XBH, XBA, XP]] = feed[SI], 2.0, 1000.0, 60.0, 2000.0, 120.0, 400.0
    tank[[SO, SNO, SNH, SND, XND, SALK]] = 1.0, 8.0, 4.0, 0.8, 4.0, feed[SALK]
    state[:TANK_STATES] = np.tile(tank, TANKS)
    layers = state[TANK_STATES : TANK_STATES + SETTLER_STATES].reshape(SETTLED, LAYERS)
    for row, component in enumerate((SI, SS, SO, SNO, SNH, SND, SALK)):
        layers[row] = tank[component]
    solids = tank[list(SOLIDS)]
    state[HELD - len(SOLIDS) : HELD] = 1000 * solids / (0.75 * solids[:-1].sum())
    state[HELD + 2 :] = 150.0
    layers[7] = (12.0, 18.0, 30.0, 70.0, 350.0, 350.0, 350.0, 350.0, 350.0, 6000.0)
    return state


def _slope_of(y: FloatArray, feed: FloatArray, plan: FloatArray) -> FloatArray:
    dy = np.zeros(STATES)
    slope(y, feed, plan, dy, np.zeros(MEANS))
    return dy


def _jacobian(
    y: FloatArray, feed: FloatArray, plan: FloatArray, active: IntArray, f: FloatArray
) -> FloatArray:
    """Derivative of the slope by each active state, by forward differences."""
    found = np.empty((len(active), len(active)))
    for column, place in enumerate(active):
        near = y.copy()
        by = 1e-7 * (1.0 + abs(y[place]))
        near[place] += by
        found[:, column] = (_slope_of(near, feed, plan)[active] - f) / by
    return found


def _active() -> IntArray:
    """States that have equations: not flows, temperatures and dummies."""
    tanks = [t * COMPONENTS + c for t in range(TANKS) for c in range(TSS)]
    layers = [TANK_STATES + n for n in range(8 * LAYERS)]
    return np.array(tanks + layers + list(range(TANK_STATES + SETTLER_STATES, STATES)))
