"""The most score within a length, from a start and back: the orienteering problem.

PyVRP and a search by ruin and recreate share the time. A short search from each of several
beginnings, each with another price of length, shows which are good; the rest goes into the best.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from kopa.model import IntArray

ALONE, ROUTED = 100, 600
"""So many places at most go to PyVRP alone, which nothing has to be compiled for, and so many to
both: with more PyVRP makes too few steps in the time."""
PYVRP, TRIALS = 0.3, 0.4
"""Shares of the time."""
PRICES = (0.1, 0.5, 1.0)
"""Prices of length that are tried, over the best score a length so far."""
HOT, WARM, COLD = 3.0, 0.5, 0.03
"""Temperatures, over the mean score: to begin with, where a beginning is kept, and at the end."""
CYCLES, HEATS = 4, (1.0, 0.5, 0.2)
"""Searches that follow from the best so far, and their temperatures to begin with."""
VIA = 12
"""Beginnings that lead by far places: a search that starts at home may never come to them."""
SOFT, OVER = 0.2, 0.35
"""Share of the limit that a tour may be longer at first, and what that costs: over the score of all
a length."""
ONCE = 500
"""Steps between looks at the clock."""
WORTH = 5
"""All prizes together are so many times the limit: score goes before length."""


@dataclass(frozen=True)
class Orienteering:
    """A problem in whole numbers.

    Parameters
    ----------
    name
        Of the instance.
    distance
        Symmetric, shape (place, place).
    score
        Shape (place,).
    limit
        Length of the tour at most; it starts and ends at place 0.
    """

    name: str
    distance: IntArray
    score: IntArray
    limit: int

    def measured(self, tour: list[int]) -> tuple[int, int]:
        """Score and length of a tour, given without the start.

        Raises
        ------
        ValueError
            If a place is there twice.
        """
        whole = [0, *tour]
        if len({*whole}) != len(whole):
            raise ValueError("a place is visited twice")
        return int(self.score[whole].sum()), int(self.distance[whole, [*tour, 0]].sum())


@dataclass(frozen=True)
class _Tried:
    score: int
    price: float
    tour: list[int]


def solve(problem: Orienteering, seconds: float, seed: int = 1) -> list[int]:
    """The best tour that is found, without the start.

    Parameters
    ----------
    problem
        What is asked.
    seconds
        How long. The first search on a machine compiles before its clock starts.
    seed
        Of all that is drawn.
    """
    if len(problem.score) < 2:
        return []
    if len(problem.score) <= ALONE:
        return routed(problem, seconds, seed)[2]
    from . import engine_numba as engine

    case = (
        np.ascontiguousarray(problem.distance, dtype=np.int64),
        np.ascontiguousarray(problem.score, dtype=np.int64),
        engine.neighbours(problem.distance),
        int(problem.limit),
    )
    engine.seed(seed)
    # compiles, or loads what was compiled
    engine.everything(case, engine.empty(case[1]))
    engine.fill(case, engine.empty(case[1]))
    engine.steps(case, engine.empty(case[1]), engine.rules_of(1.0, 0.0, 1.0, 0.0), 1)
    end = time.perf_counter() + seconds
    engine.seed(seed)
    found = []
    if len(problem.score) <= ROUTED:
        found.append(_Tried(*routed(problem, PYVRP * seconds, seed)))
    via = _via(problem, seed)
    share = TRIALS * seconds / (2 * len(PRICES) + len(via))
    for number, tour_via in enumerate(via):
        tour = engine.empty(case[1], tour_via, case)
        engine.fill(case, tour)
        found.append(_anneal(case, tour, PRICES[number % len(PRICES)], share, WARM))
    for price in PRICES:
        for full in (False, True):
            tour = engine.empty(case[1])
            if full:
                engine.everything(case, tour)
            found.append(_anneal(case, tour, price, share, HOT))
    best = max(found, key=lambda one: one.score)
    # a large one needs all of the time to cool down once
    cycles = CYCLES if len(problem.score) <= ROUTED else 1
    for number in range(cycles):
        left = end - time.perf_counter()
        if left < 0.005 * seconds:
            break
        tour = engine.empty(case[1], best.tour, case)
        price = best.price if number % 2 == 0 else PRICES[number // 2 % len(PRICES)]
        again = _anneal(
            case,
            tour,
            price,
            left / (cycles - number),
            HEATS[number % len(HEATS)] if cycles > 1 else HOT,
        )
        best = max(best, again, key=lambda one: one.score)
    return best.tour


def _via(problem: Orienteering, seed: int) -> list[list[int]]:
    """Tours of one or two places, by chance, the farther from home and worth more the likelier."""
    random = np.random.default_rng(seed)
    far = problem.distance[0] * (2 * problem.distance[0] <= problem.limit)
    weight = 1.0 * far * problem.score
    found: list[list[int]] = []
    if np.count_nonzero(weight) < 3:
        return found
    for _ in range(20 * VIA):
        many = 1 + len(found) % 2
        tour = random.choice(len(weight), many, replace=False, p=weight / weight.sum()).tolist()
        if len(found) < VIA and problem.measured(tour)[1] <= problem.limit:
            found.append(tour)
    return found


def routed(problem: Orienteering, seconds: float, seed: int) -> tuple[int, float, list[int]]:
    """Score, a price of length, and tour of PyVRP alone.

    Parameters
    ----------
    problem
        What is asked.
    seconds, seed
        How long, and of all that is drawn.
    """
    from .engine_pyvrp import Trip, Visit, collect

    scale = max(1, round(WORTH * problem.limit / max(int(problem.score.sum()), 1)))
    visits = [Visit(row, int(problem.score[row]) * scale) for row in range(1, len(problem.score))]
    none = np.zeros_like(problem.distance)
    rows = collect(visits, Trip(longest=problem.limit), (problem.distance, none), (seconds, seed))
    tour = [visits[row].place for row in rows]
    return problem.measured(tour)[0], PRICES[1], tour


def _anneal(
    case: tuple[IntArray, IntArray, IntArray, int],
    tour: tuple[IntArray, IntArray, IntArray, IntArray],
    price: float,
    seconds: float,
    hot: float,
) -> _Tried:
    from . import engine_numba as engine

    score, limit, state = case[1], max(case[3], 1), tour[2]
    begin, used, total = time.perf_counter(), 0.0, float(score.sum())
    while used < 1:
        heat = total / len(score) * hot * (COLD / hot) ** used
        rules = engine.rules_of(
            heat, price * state[2] / limit, OVER * total / limit, SOFT * (1 - used)
        )
        engine.steps(case, tour, rules, ONCE)
        used = (time.perf_counter() - begin) / max(seconds, 1e-3)
    return _Tried(int(state[2]), price, engine.order(tour[3]))
