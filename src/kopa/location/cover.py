"""Maximal covering: the most people within reach of a site.

References
----------
Church, R., ReVelle, C. (1974), The maximal covering location problem, Papers of the Regional
Science Association 32. Rows that are alike are merged and candidates that reach no more than
another for no less money are left out before HiGHS sees the programme.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kopa.engine_highs import Programme, solve
from kopa.errors import EngineError
from kopa.location.choice import Choice
from kopa.location.exchange import exchanged
from kopa.model import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

EXACT = 1e-6
"""Relative gap at which an answer counts as the best."""
LARGE = 2000
"""With so many kinds of demand point, a good choice is looked for before HiGHS begins."""
STARTS = 8
"""Choices at random that exchanges make better."""


def cover(
    reach: csr_array,
    people: FloatArray,
    count: int,
    fixed: IntArray | None = None,
    cost: FloatArray | None = None,
    budget: float = np.inf,
    seconds: float = 60.0,
) -> Choice:
    """Sites that reach the most people.

    Parameters
    ----------
    reach
        Not zero where a candidate reaches a demand point, shape (demand, candidate).
    people
        At each demand point, ≥ 0, shape (demand,).
    count
        Most sites, fixed ones among them.
    fixed
        Candidates that are open whatever comes.
    cost, budget
        Of each candidate, ≥ 0, shape (candidate,), and the most for all of them, fixed ones apart.
    seconds
        Most time.

    Returns
    -------
    Choice
        Its objective is the people reached. Sites that would reach nobody more are not opened.

    Raises
    ------
    EngineError
        If there is no answer in the time.
    """
    end = time.monotonic() + seconds
    fixed = np.empty(0, dtype=np.int64) if fixed is None else np.unique(fixed)
    price = np.zeros(reach.shape[1]) if cost is None else cost
    there = _reached(reach, fixed)
    base = float(people[there].sum())
    rows, weight = _merged(reach[np.flatnonzero(~there)], people[~there])
    free = count - len(fixed)
    keep = _kept(rows, price)
    keep = keep[price[keep] <= budget]
    if free <= 0 or not len(keep) or not rows.shape[0]:
        return Choice(fixed, base, base, True)
    if free == 1:
        best = keep[np.argmax(weight @ rows[:, keep])]
        sites = np.union1d(fixed, [best])
        objective = float(people[_reached(reach, sites)].sum())
        return Choice(sites, objective, objective, True)
    programme = _programme(rows[:, keep], weight, price[keep], free, budget)
    if rows.shape[0] >= LARGE and free < len(keep) and not price[keep].any():
        programme = replace(programme, start=_good(rows[:, keep], weight, free, end))
    found = solve(programme, max(end - time.monotonic(), 0.1))
    if not len(found.x):
        raise EngineError(f"no choice of sites was found in {seconds:g} s")
    opened = keep[found.x[: len(keep)] > 0.5]
    sites = np.union1d(fixed, opened)
    objective = float(people[_reached(reach, sites)].sum())
    optimal = found.status == "optimal" and found.gap <= EXACT
    bound = objective if optimal else base - found.cost * (1 + found.gap)
    return Choice(sites, objective, bound, optimal)


def _reached(reach: csr_array, sites: IntArray) -> BoolArray:
    if not len(sites):
        return np.zeros(reach.shape[0], dtype=bool)
    return np.asarray(reach[:, sites].sum(axis=1)).ravel() > 0


def _merged(reach: csr_array, people: FloatArray) -> tuple[csr_array, FloatArray]:
    """Demand points that the same candidates reach, as one; those that none reaches left out."""
    from scipy.sparse import csr_array

    matrix = csr_array(reach)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    first: dict[bytes, int] = {}
    kept: list[int] = []
    weight: list[float] = []
    ends = matrix.indptr.tolist()
    for row in range(matrix.shape[0]):
        pattern = matrix.indices[ends[row] : ends[row + 1]].tobytes()
        if not pattern or people[row] <= 0:
            continue
        if pattern in first:
            weight[first[pattern]] += float(people[row])
        else:
            first[pattern] = len(kept)
            kept.append(row)
            weight.append(float(people[row]))
    part = matrix[np.array(kept, dtype=np.int64)]
    part.data = np.ones(len(part.data))
    return part, np.array(weight)


def _kept(reach: csr_array, cost: FloatArray) -> IntArray:
    """Candidates of which no other reaches all that they reach, for no more money."""
    size = np.asarray(reach.sum(axis=0)).ravel()
    common = (reach.T @ reach).tocoo()
    one, other = common.row, common.col
    inside = (common.data >= size[one]) & (one != other) & (cost[other] <= cost[one])
    same = inside & (size[one] == size[other]) & (cost[one] == cost[other])
    worse = inside & (~same | (other < one))
    out = np.zeros(reach.shape[1], dtype=bool)
    out[one[worse]] = True
    return np.flatnonzero((size > 0) & ~out)


def _good(reach: csr_array, weight: FloatArray, count: int, end: float) -> FloatArray:
    """A good choice as a point of the programme: the best of some, each made better by swaps."""
    sites = reach.shape[1]
    missed = ((1.0 - reach.toarray()) * weight[:, None]).T.copy()
    random, none = np.random.default_rng(1), np.zeros(sites, dtype=bool)
    best, opened = np.inf, np.arange(count)
    for _ in range(STARTS):
        tried = exchanged(missed, none, random.permutation(sites)[:count], end)
        lost = float(missed[tried].min(axis=0).sum())
        if lost < best:
            best, opened = lost, tried
    point = np.zeros(sites + len(weight))
    point[opened] = 1.0
    point[sites:] = missed[opened].min(axis=0) <= 0
    return point


def _programme(
    reach: csr_array, weight: FloatArray, cost: FloatArray, count: int, budget: float
) -> Programme:
    """Whether each site is open, then which share of each point is reached."""
    from scipy.sparse import csc_array, hstack, identity, vstack

    points, sites = reach.shape
    total = np.zeros((2, sites + points))
    total[0, :sites] = 1.0
    total[1, :sites] = cost
    rows = hstack([reach, -identity(points)])
    return Programme(
        cost=np.concatenate([np.zeros(sites), -weight]),
        matrix=csc_array(vstack([rows, csc_array(total)])),
        row_low=np.concatenate([np.zeros(points), [-np.inf, -np.inf]]),
        row_high=np.concatenate([np.full(points, np.inf), [count, budget]]),
        low=np.zeros(sites + points),
        high=np.ones(sites + points),
        whole=np.arange(sites),
    )
