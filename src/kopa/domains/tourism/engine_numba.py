"""Ruin and recreate for the orienteering problem, compiled: the most score within a length.

Strings of the tour around a place are taken out, and what lies near is put in again by score over
added length, with some noise; worse tours are taken by simulated annealing. A tour may be too long
for a while, at a price; only those within the limit count. Tours are linked lists in both
directions, so that a string costs its own length and not that of the tour.

References
----------
Christiaens, Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems,
Transportation Science 54(2). Vansteenwegen, Souffriau, Van Oudheusden (2011), The orienteering
problem: a survey, European Journal of Operational Research 209(1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from kopa.model import FloatArray, IntArray

NEAR, LOOKED_AT = 60, 12
"""Neighbours that are known, and those beside which a place may be put in."""
MANY = 160
"""Places at most that one step looks at."""
STRINGS, LONG = 3, 0.05
"""Strings at most that one step takes out, and how often they may be ten times as long."""
Case = tuple[IntArray, IntArray, IntArray, int]
"""Distances, scores, neighbours by distance, limit."""
Tour = tuple[IntArray, IntArray, IntArray, IntArray]
"""Next and previous of each place (-1: left out), score and length now and at best, best next."""


def neighbours(distance: IntArray) -> IntArray:
    """Nearest places of each, shape (place, neighbour)."""
    far = distance.copy()
    np.fill_diagonal(far, 2**40)
    return np.ascontiguousarray(np.argsort(far, axis=1, kind="stable")[:, :NEAR][:, : len(far) - 1])


@njit(cache=True)
def seed(number: int) -> None:
    """Begin the drawing of numbers anew."""
    np.random.seed(number)


@njit(cache=True)
def _cheapest(place: int, case: Any, tour: Any, gaps: Any, many: int) -> Any:
    """Least added length of a place, and the place that it goes behind."""
    distance, _, near, _ = case
    after, before = tour[0], tour[1]
    best, at = 1 << 60, -1
    for k in range(min(LOOKED_AT, near.shape[1])):
        one = near[place, k]
        if after[one] < 0:
            continue
        for side in range(2):
            left = one if side == 0 else before[one]
            right = after[left]
            more = distance[left, place] + distance[place, right] - distance[left, right]
            if more < best:
                best, at = more, left
    for k in range(many):
        left = gaps[k]
        if after[left] < 0:
            continue
        right = after[left]
        more = distance[left, place] + distance[place, right] - distance[left, right]
        if more < best:
            best, at = more, left
    return best, at


@njit(cache=True)
def everything(case: Any, tour: Any) -> None:
    """Put all places into a tour, one after another by chance."""
    score = case[1]
    after, before, state = tour[0], tour[1], tour[2]
    gaps = np.zeros(1, np.int64)
    for place in np.random.permutation(len(score)):
        if after[place] >= 0:
            continue
        more, left = _cheapest(place, case, tour, gaps, 1)
        right = after[left]
        after[left], before[place], after[place], before[right] = place, left, right, place
        state[0] += score[place]
        state[1] += more


@njit(cache=True)
def _ruin(case: Any, tour: Any, work: Any, longest: int) -> Any:
    """Take out strings around a place; gives what may come in, and gaps, how many of each."""
    distance, score, near, _ = case
    after, before, state = tour[0], tour[1], tour[2]
    found, gaps, marked, stamp = work
    stamp[0] += 1
    now, many, holes = stamp[0], 0, 1
    gaps[0] = 0
    most = longest if np.random.random() > LONG else 10 * longest
    strings = 1 + np.random.randint(STRINGS)
    centre = np.random.randint(len(score))
    for k in range(-1, near.shape[1]):
        one = centre if k < 0 else near[centre, k]
        if after[one] < 0:
            if marked[one] != now and many < MANY:
                marked[one] = now
                found[many] = one
                many += 1
            continue
        if marked[one] == now:
            continue
        length = 1 + np.random.randint(most)
        for _ in range(np.random.randint(length)):
            if one == 0 or before[one] == 0:
                break
            one = before[one]
        if one == 0:
            one = after[0]
        if one == 0:
            continue
        left = before[one]
        state[1] -= distance[left, one]
        for _ in range(length):
            if one == 0:
                break
            right = after[one]
            if marked[one] != now:
                marked[one] = now
                found[many] = one
                many += 1
            state[0] -= score[one]
            state[1] -= distance[one, right]
            after[one] = before[one] = -1
            one = right
        after[left], before[one] = one, left
        state[1] += distance[left, one]
        gaps[holes] = left
        holes += 1
        if holes > strings:
            break
    return _around(near, after, work, many), holes


@njit(cache=True)
def _around(near: Any, after: Any, work: Any, many: int) -> Any:
    """Add what is left out near what may come in; gives how many there are."""
    found, _, marked, stamp = work
    for row in range(many):
        if many > MANY:
            break
        added = 0
        for k in range(min(LOOKED_AT, near.shape[1])):
            one = near[found[row], k]
            if one != 0 and after[one] < 0 and marked[one] != stamp[0]:
                marked[one] = stamp[0]
                found[many] = one
                many += 1
                added += 1
                if added == 3:
                    break
    return many


@njit(cache=True)
def _recreate(case: Any, tour: Any, work: Any, sizes: Any, limit: float) -> None:
    """Put in what fits, by score over added length with noise."""
    distance, score = case[0], case[1]
    after, before, state = tour[0], tour[1], tour[2]
    found, gaps = work[0], work[1]
    many, holes = sizes
    power, noise = 0.5 + np.random.random(), 0.4 * np.random.random()
    worth = np.empty(many)
    cost, behind = np.empty(many, np.int64), np.empty(many, np.int64)
    for row in range(many):
        worth[row] = (1 + noise * (np.random.random() - 0.5)) * score[found[row]] ** power
        cost[row], behind[row] = _cheapest(found[row], case, tour, gaps, holes)
    while True:
        best, at = -1.0, -1
        for row in range(many):
            if after[found[row]] >= 0 or behind[row] < 0 or state[1] + cost[row] > limit:
                continue
            rate = worth[row] / (cost[row] + 0.5) if cost[row] > 0 else 1e12 * worth[row]
            if rate > best:
                best, at = rate, row
        if at < 0:
            return
        place, left = found[at], behind[at]
        right = after[left]
        after[left], before[place], after[place], before[right] = place, left, right, place
        state[0] += score[place]
        state[1] += cost[at]
        for row in range(many):
            one = found[row]
            if after[one] >= 0:
                continue
            if behind[row] == left:
                cost[row], behind[row] = _cheapest(one, case, tour, gaps, holes)
            for first, second in ((left, place), (place, right)):
                more = distance[first, one] + distance[one, second] - distance[first, second]
                if more < cost[row]:
                    cost[row], behind[row] = more, first


@njit(cache=True)
def fill(case: Any, tour: Any) -> None:
    """Put in what fits of all places, by score over added length."""
    places = len(case[1])
    found, gaps = np.empty(places, np.int64), np.empty(places, np.int64)
    many, holes = 0, 0
    for place in range(places):
        if tour[0][place] < 0:
            found[many] = place
            many += 1
        elif holes < STRINGS:
            gaps[holes] = place
            holes += 1
    work = (found, gaps, np.zeros(1, np.int64), np.zeros(1, np.int64))
    _recreate(case, tour, work, (many, holes), float(case[3]))


@njit(cache=True)
def steps(case: Any, tour: Any, rules: Any, many: int) -> None:
    """So many steps; `tour` is what they leave.

    Parameters
    ----------
    case
        See `Case`.
    tour
        See `Tour`.
    rules
        Temperature, price of length, price of length over the limit, share of it that a tour may
        be longer for a while, length of strings.
    many
        Steps.
    """
    score, limit = case[1], case[3]
    after, before, state, best = tour
    heat, price, over, soft, longest = rules
    places = len(score)
    found, gaps = np.empty(places + MANY, np.int64), np.empty(STRINGS + 2, np.int64)
    work = (found, gaps, np.zeros(places, np.int64), np.zeros(1, np.int64))
    old_after, old_before = after.copy(), before.copy()
    for _ in range(many):
        old_after[:] = after
        old_before[:] = before
        had, long = state[0], state[1]
        sizes = _ruin(case, tour, work, int(longest))
        _recreate(case, tour, work, sizes, limit * (1 + soft * np.random.random()))
        gain = state[0] - had - price * (state[1] - long)
        gain -= over * (max(0, state[1] - limit) - max(0, long - limit))
        if gain <= heat * np.log(np.random.random()):
            after[:] = old_after
            before[:] = old_before
            state[0], state[1] = had, long
        elif state[1] <= limit and (
            state[0] > state[2] or (state[0] == state[2] and state[1] < state[3])
        ):
            state[2], state[3] = state[0], state[1]
            best[:] = after


def empty(scores: IntArray, tour: list[int] | None = None, case: Case | None = None) -> Tour:
    """A tour that stays at home, or one that is given.

    Parameters
    ----------
    scores
        Shape (place,).
    tour
        Places in order, without the start.
    case
        Needed with a tour.
    """
    after = np.full(len(scores), -1, dtype=np.int64)
    before = after.copy()
    order = np.array([0, *(tour or [])], dtype=np.int64)
    after[order], before[order] = np.roll(order, -1), np.roll(order, 1)
    length = int(case[0][order, after[order]].sum()) if case is not None else 0
    score = int(scores[order].sum())
    return after, before, np.array([score, length, score, length], dtype=np.int64), after.copy()


def order(after: IntArray) -> list[int]:
    """Places of a linked tour in order, without the start."""
    found, one = [], int(after[0])
    while one != 0:
        found.append(one)
        one = int(after[one])
    return found


def rules_of(heat: float, price: float, over: float, soft: float) -> FloatArray:
    """Rules of `steps`."""
    return np.array([heat, price, over, soft, 10.0])
