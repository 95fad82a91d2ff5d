"""p-median: the least way of all people to their nearest site.

A Lagrangian relaxation bounds the way from below, an exchange of sites finds good choices, and
the two together fix most candidates; what is left goes to HiGHS.

References
----------
Cornuejols, G., Fisher, M., Nemhauser, G. (1977), Location of bank accounts to optimize float,
Management Science 23 (the relaxation). Whitaker, R. (1983), INFOR 21 (the exchange). García, S.,
Labbé, M., Marín, A. (2011), Solving large p-median problems with a radius formulation, INFORMS
Journal on Computing 23 (what HiGHS solves).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from kopa.engine_highs import Programme, solve
from kopa.errors import EngineError
from kopa.location.choice import Choice
from kopa.model import BoolArray, FloatArray, IntArray

ROUNDS = 1500
"""Most steps of the relaxation."""
PATIENCE = 25
"""Steps without a better bound, after which steps are halved."""
LEAST_STEP = 1e-3


def median(
    distance: FloatArray,
    people: FloatArray,
    count: int,
    fixed: IntArray | None = None,
    seconds: float = 60.0,
) -> Choice:
    """Sites from which people have the least way in all.

    Parameters
    ----------
    distance
        From each demand point to each candidate, finite, shape (demand, candidate).
    people
        At each demand point, ≥ 0, shape (demand,).
    count
        Sites, fixed ones among them; at least 1 and at most all candidates.
    fixed
        Candidates that are open whatever comes.
    seconds
        Most time.

    Returns
    -------
    Choice
        Its objective is the sum of people times distance.

    Raises
    ------
    EngineError
        If a distance is not finite, or `count` cannot be met.
    """
    fixed = np.empty(0, dtype=np.int64) if fixed is None else np.unique(fixed)
    if not np.isfinite(distance).all():
        raise EngineError("a distance is not known")
    if not max(1, len(fixed)) <= count <= distance.shape[1]:
        raise EngineError(f"{count} sites cannot be chosen")
    search = _Search(distance, people, count, fixed, time.monotonic() + seconds)
    search.relax()
    if not search.closed:
        search.finish()
    optimal = search.closed
    bound = search.best if optimal else min(search.bound, search.best)
    return Choice(np.sort(search.chosen), search.best, bound, optimal)


@dataclass
class _Search:
    """What is known so far; candidates that are out of the question are left out of `way`."""

    distance: FloatArray
    people: FloatArray
    count: int
    fixed: IntArray
    until: float
    way: FloatArray = field(init=False)
    alive: IntArray = field(init=False)
    must: BoolArray = field(init=False)
    chosen: IntArray = field(init=False)
    best: float = np.inf
    bound: float = -np.inf
    step: float = field(init=False)

    def __post_init__(self) -> None:
        used = self.people > 0
        self.way = np.ascontiguousarray((self.distance[used] * self.people[used, None]).T)
        self.alive = np.arange(len(self.way))
        self.must = np.isin(self.alive, self.fixed)
        whole = self.way.size == 0 or (self.way == np.rint(self.way)).all()
        self.step = 1.0 - 1e-6 if whole else 0.0  # whole ways: the next better one is 1 less
        self.chosen = self.alive[:0]
        self._note(self._start())

    @property
    def closed(self) -> bool:
        """Whether no choice can be better."""
        return self.bound > self.best - self.step - 1e-9 * max(abs(self.best), 1.0)

    def relax(self) -> None:
        """Raise the bound, and leave out and fix candidates on the way."""
        price = self._prices()
        top, pace, idle = price, 2.0, 0
        for round_ in range(ROUNDS):
            worth = np.minimum(self.way - price, 0.0).sum(axis=1)
            order = self._order(worth)
            opened = order[: self.count]
            bound = float(price.sum() + worth[opened].sum())
            if bound > self.bound + 1e-9 * abs(bound):
                self.bound, top, idle = bound, price, 0
            else:
                idle += 1
            self._note(opened, exchange=round_ % 50 == 0)
            if self.closed or pace < LEAST_STEP or time.monotonic() > self.until:
                break
            slope = 1.0 - (self.way[opened] < price).sum(axis=0)
            length = float(slope @ slope)
            if self._fix(bound, worth, order):
                continue  # the same prices, fewer candidates
            if length == 0:
                break
            price = price + pace * max(self.best - bound, 1e-6 * abs(bound)) / length * slope
            if idle >= PATIENCE:
                pace, idle, price = pace / 2, 0, top

    def finish(self) -> None:
        """What is left, by HiGHS."""
        left = self.until - time.monotonic()
        if left <= 0:
            return
        programme, base = _programme(self.way, self.count, self.must)
        found = solve(programme, left)
        if found.status in ("optimal", "feasible") and len(found.x):
            self._note(np.flatnonzero(found.x[: len(self.alive)] > 0.5))
            if found.status == "optimal":
                self.bound = max(self.bound, min(self.best, base + found.cost * (1 - found.gap)))
                self.step = max(self.step, 2e-6 * abs(self.best))
        elif found.status == "infeasible":
            self.bound = self.best

    def _prices(self) -> FloatArray:
        """Prices to begin with: way to the second nearest of the best choice."""
        rows = np.searchsorted(self.alive, self.chosen)
        if len(rows) < 2:
            return np.asarray(self.way.mean(axis=0))
        return np.asarray(np.partition(self.way[rows], 1, axis=0)[1])

    def _order(self, worth: FloatArray) -> IntArray:
        """Candidates, those that must be open first, then the most worth."""
        return np.lexsort((worth, ~self.must))

    def _start(self) -> IntArray:
        """The best site first, then the best one beside it, and so on."""
        opened = np.flatnonzero(self.must).tolist()
        far = float(self.way.max(initial=0.0)) + 1.0
        near = self.way[opened].min(axis=0) if opened else np.full(self.way.shape[1], far)
        while len(opened) < self.count:
            gain = np.maximum(near - self.way, 0.0).sum(axis=1)
            gain[opened] = -1.0
            opened.append(int(gain.argmax()))
            near = np.minimum(near, self.way[opened[-1]])
        return self._exchanged(np.array(opened))

    def _note(self, opened: IntArray, exchange: bool = False) -> None:
        """Keep a choice if it is better."""
        if exchange:
            opened = self._exchanged(opened)
        total = float(self.way[opened].min(axis=0).sum())
        if total < self.best:
            if not exchange and np.isfinite(self.best):
                opened = self._exchanged(opened)
                total = float(self.way[opened].min(axis=0).sum())
            self.best, self.chosen = total, self.alive[opened]

    def _exchanged(self, opened: IntArray) -> IntArray:
        """Swap one site for another as long as that helps."""
        opened = opened.copy()
        must = self.must[opened]
        clients = np.arange(self.way.shape[1])
        while time.monotonic() < self.until:
            ways = self.way[opened]
            near = ways.argmin(axis=0)
            first = ways[near, clients]
            ways[near, clients] = np.inf
            second = ways.min(axis=0) if len(opened) > 1 else np.full(len(clients), np.inf)
            gain = np.maximum(first - self.way, 0.0).sum(axis=1)
            loss = np.maximum(np.minimum(self.way, second) - first, 0.0)
            served = np.zeros((len(clients), len(opened)))
            served[clients, near] = 1.0
            better = gain[:, None] - loss @ served
            better[:, must] = -np.inf
            better[opened] = -np.inf
            into, out = np.unravel_index(int(better.argmax()), better.shape)
            if better[into, out] <= 1e-9 * max(float(first.sum()), 1.0):
                break
            opened[out] = into
        return opened

    def _fix(self, bound: float, worth: FloatArray, order: IntArray) -> bool:
        """Leave out candidates that no better choice has; open those that each has."""
        if len(order) == self.count or self.must.sum() == self.count:
            self.bound = self.best  # what is left is one choice, and it is known
            return False
        least = self.best - self.step
        slack = 1e-9 * max(abs(self.best), 1.0)
        last, following = worth[order[self.count - 1]], worth[order[self.count]]
        opened = np.zeros(len(order), dtype=bool)
        opened[order[: self.count]] = True
        out = ~opened & (bound + worth - last > least + slack)
        into = opened & ~self.must & (bound - worth + following > least + slack)
        self.must = self.must | into
        if self.must.sum() == self.count:
            self.bound = self.best  # what is left is one choice, and it is known
        if not out.any():
            return False
        keep = ~out
        self.way, self.alive = self.way[keep], self.alive[keep]
        self.must = self.must[keep]
        return True


def _programme(way: FloatArray, count: int, must: BoolArray) -> tuple[Programme, float]:
    """The radius formulation: for each client and distance, whether no site is within it.

    What it costs in any case, the way to the nearest candidates, comes apart.
    """
    from scipy.sparse import csc_array

    sites, clients = way.shape
    order = np.argsort(way, axis=0, kind="stable")
    sorted_ = np.take_along_axis(way, order, axis=0)
    last = sites - count  # with one more site closed than can be, one within is open
    rows, columns, values = [], [], []
    cost, row_low = [np.zeros(sites)], []
    base, column, row = 0.0, sites, 0
    for client in range(clients):
        radii, begin = np.unique(sorted_[: last + 1, client], return_index=True)
        base += float(radii[0])
        many = len(radii) - 1
        ends = np.append(begin[1:], last + 1)
        within = order[: ends[many - 1] if many else 0, client]
        of = np.searchsorted(begin, np.arange(len(within)), "right") - 1
        rows.append(row + of)
        columns.append(within)
        values.append(np.ones(len(within)))
        steps = np.arange(many)
        rows += [row + steps, row + steps[1:]]
        columns += [column + steps, column + steps[:-1]]
        values += [np.ones(many), -np.ones(max(many - 1, 0))]
        row_low.append(np.where(steps == 0, 1.0, 0.0))
        cost.append(np.diff(radii))
        column, row = column + many, row + many
    rows.append(np.full(sites, row))
    columns.append(np.arange(sites))
    values.append(np.ones(sites))
    matrix = csc_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(row + 1, column),
    )
    low = np.zeros(column)
    low[:sites] = must
    price = np.concatenate(cost)
    programme = Programme(
        cost=price,
        matrix=matrix,
        row_low=np.append(np.concatenate(row_low), count),
        row_high=np.append(np.full(row, np.inf), count),
        low=low,
        high=np.ones(column),
        whole=np.arange(sites),
    )
    return programme, base
