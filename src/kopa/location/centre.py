"""p-centre: the sites from which the worst way is shortest.

References
----------
Minieka, E. (1970), The m-center problem, SIAM Review 12(1): a way is long enough if so many sites
cover all points within it; the shortest such way is searched among those that there are.
"""

from __future__ import annotations

import time

import numpy as np

from kopa.engine_highs import Programme, solve
from kopa.location.choice import Choice
from kopa.model import BoolArray, FloatArray, IntArray


def centre(
    way: FloatArray, count: int, fixed: IntArray | None = None, seconds: float = 60.0
) -> Choice:
    """Sites whose farthest demand point is nearest.

    Parameters
    ----------
    way
        From each demand point to each candidate, `inf` where there is none, shape (demand,
        candidate).
    count
        Most sites, fixed ones among them, ≥ 1.
    fixed
        Candidates that are open whatever comes.
    seconds
        Most time.

    Returns
    -------
    Choice
        Its objective is the longest way of a point to its nearest site, `inf` where no choice
        reaches all. `optimal` is False where time ran out: then no choice is better than `bound`.
    """
    end = time.perf_counter() + seconds
    fixed = np.empty(0, dtype=np.int64) if fixed is None else np.unique(fixed)
    least = way.min(axis=1)
    base = way[:, fixed].min(axis=1) if len(fixed) else np.full(len(way), np.inf)
    values = np.unique(way[np.isfinite(way)])
    there = len(values) and np.isfinite(least).all()
    sites = _covering(way, float(values[-1]), count, fixed, base, end) if there else fixed[:0]
    if sites is None or not len(sites):
        return Choice(fixed, float("inf"), float("inf"), sites is not None)
    best = _worst(way, sites)
    low = int(np.searchsorted(values, min(float(least.max()), best)))
    high = int(np.searchsorted(values, best))
    open_ = low  # no choice does better than values[open_], as far as is proven
    while open_ < high and time.perf_counter() < end:
        middle = (open_ + high) // 2
        found = _covering(way, float(values[middle]), count, fixed, base, end)
        if found is None:
            return Choice(sites, best, float(values[open_]), False)
        if len(found):
            sites, best = found, _worst(way, found)
            high = int(np.searchsorted(values, best))
        else:
            open_ = middle + 1
    return Choice(np.sort(sites), best, float(values[open_]), open_ >= high)


def _worst(way: FloatArray, sites: IntArray) -> float:
    return float(way[:, sites].min(axis=1).max())


def _greedy(
    way: FloatArray, reach: float, count: int, fixed: IntArray, base: FloatArray
) -> IntArray | None:
    """Sites that cover all within a reach, each the one that covers most; None if too many."""
    within = way <= reach
    left = base > reach
    chosen = fixed.tolist()
    while left.any():
        gain = within[left].sum(axis=0)
        if len(chosen) >= count or not gain.any():
            return None
        chosen.append(int(gain.argmax()))
        left &= ~within[:, chosen[-1]]
    return np.array(chosen, dtype=np.int64)


def _covering(
    way: FloatArray, reach: float, count: int, fixed: IntArray, base: FloatArray, end: float
) -> IntArray | None:
    """At most `count` sites that cover all within a reach; none if there are none, None unknown."""
    greedy = _greedy(way, reach, count, fixed, base)
    if greedy is not None:
        return greedy
    within = way[base > reach] <= reach
    if not within.any(axis=1).all():
        return np.empty(0, dtype=np.int64)
    rows, columns = _needed(within)
    part = within[np.ix_(rows, columns)]
    found = solve(_programme(part), max(end - time.perf_counter(), 0.1))
    if not len(found.x):
        return None if found.status != "infeasible" else np.empty(0, dtype=np.int64)
    chosen = columns[found.x > 0.5]
    if len(chosen) + len(fixed) <= count:
        return np.union1d(fixed, chosen)
    lower = found.cost * (1 - found.gap)
    if np.ceil(lower - 1e-6) + len(fixed) > count:
        return np.empty(0, dtype=np.int64)
    return None


def _needed(within: BoolArray) -> tuple[IntArray, IntArray]:
    """Points and candidates that matter: no point is easier than another, no site reaches less."""
    rows, columns = np.arange(within.shape[0]), np.arange(within.shape[1])
    while True:
        before = (len(rows), len(columns))
        part = within[np.ix_(rows, columns)]
        rows = rows[_least(part)]
        part = within[np.ix_(rows, columns)]
        columns = columns[_least(~part.T)]
        if (len(rows), len(columns)) == before:
            return rows, columns


def _least(sets: BoolArray) -> BoolArray:
    """True for rows that hold no other row, and of equal rows for the first."""
    size = sets.sum(axis=1)
    common = sets.astype(np.float32) @ sets.astype(np.float32).T
    # row i holds row j if all of j is in i
    holds = common >= size[None, :]
    np.fill_diagonal(holds, False)
    same = holds & holds.T
    later = np.tril(np.ones(holds.shape, dtype=bool), -1)
    return np.asarray(~((holds & ~same) | (same & later)).any(axis=1))


def _programme(within: BoolArray) -> Programme:
    """The least sites that cover all."""
    from scipy.sparse import csc_array

    points, sites = within.shape
    return Programme(
        cost=np.ones(sites),
        matrix=csc_array(within.astype(np.float64)),
        row_low=np.ones(points),
        row_high=np.full(points, np.inf),
        low=np.zeros(sites),
        high=np.ones(sites),
        whole=np.arange(sites),
    )
