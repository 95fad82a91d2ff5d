"""Which schools close, and where their children go.

As many children as can be go to places that are left in the same group elsewhere, at the least
total way; nobody who has a place moves. Homes are not known here: the way is that from the school
which closes to the one which takes its children.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray, Window

from .engine_highs import transported
from .network import Network
from .run import HALF, Lessons


@dataclass(frozen=True)
class Closure:
    """A school that closes while it should be open.

    Parameters
    ----------
    school
        Its row.
    start, end
        From when to when it is closed, seconds since midnight.
    reasons
        What it lacks; ``out`` where it is closed by itself.
    factor
        Greatest number of pupils in that time, over the usual.
    """

    school: int
    start: int
    end: int
    reasons: tuple[str, ...]
    factor: float


def closures(window: Window, done: Lessons) -> list[Closure]:
    """Schools that close in hours of lessons.

    Parameters
    ----------
    window
        The hours.
    done
        What happened in them.
    """
    lost = done.lost > 0
    found = []
    for row in np.flatnonzero(lost.any(axis=0)).tolist():
        steps = np.flatnonzero(lost[:, row])
        reasons = [need for need, share in done.short.items() if (share[steps, row] > HALF).any()]
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        most = float(done.pupils[steps, row].max())
        found.append(Closure(row, start, end, tuple(reasons) or ("out",), most))
    return found


@dataclass(frozen=True)
class Moves:
    """Who goes where; each of shape (move,).

    Parameters
    ----------
    source, target
        Rows of groups.
    children, metres
        How many, and how far.
    left
        By row of a group that closes: children without a place.
    """

    source: IntArray
    target: IntArray
    children: FloatArray
    metres: FloatArray
    left: dict[int, int]


def moved(
    network: Network, closed: Sequence[Closure], metres: FloatArray, within: float = np.inf
) -> Moves:
    """Assign the children of schools that close to places left elsewhere.

    Parameters
    ----------
    network
        The schools.
    closed
        Those that close.
    metres
        Way between schools, `inf` where there is none, shape (school, school).
    within
        No child is sent farther, m.
    """
    groups = network.groups
    shut = network.schools.closed.copy()
    factor = np.ones(len(network.schools))
    for one in closed:
        shut[one.school], factor[one.school] = True, one.factor
    names = np.array(groups.names, dtype=object)
    closing = np.isin(groups.school, [one.school for one in closed])
    source = np.flatnonzero(closing & (groups.pupils > 0))
    target = np.flatnonzero(~shut[groups.school] & (groups.places > groups.pupils))
    far = metres[np.ix_(groups.school[source], groups.school[target])]
    fits: BoolArray = (names[source][:, None] == names[target][None, :]) & (far <= within)
    row, column = np.nonzero(fits & np.isfinite(far))
    supply = np.ceil(groups.pupils[source] * factor[groups.school[source]] - 1e-9)
    places = groups.places[target] - groups.pupils[target]
    flow = transported((row, column), far[row, column], supply, places)
    some = flow > 0
    went = np.bincount(row[some], flow[some], len(source))
    left = {
        int(one): int(missing)
        for one, missing in zip(source, np.rint(supply - went), strict=True)
        if missing > 0
    }
    return Moves(source[row[some]], target[column[some]], flow[some], far[row, column][some], left)
