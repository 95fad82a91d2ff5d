"""p-median: the least way of all people to their nearest site.

Branch and bound on a Lagrangian relaxation: each client pays a price for being served, and a
site is worth what its clients pay beyond their way. The relaxation bounds the way from below and
leaves out candidates that no better choice has; an exchange of sites finds good choices.

References
----------
Cornuejols, G., Fisher, M., Nemhauser, G. (1977), Location of bank accounts to optimize float,
Management Science 23. Beasley, J. (1985), A note on solving large p-median problems, European
Journal of Operational Research 21.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from kopa.errors import EngineError
from kopa.location.choice import Choice
from kopa.location.exchange import exchanged, greedy
from kopa.model import BoolArray, FloatArray, IntArray

ROOT_STEPS, STEPS = 3000, 60
"""Most steps of the relaxation, at first and after each branching."""
PATIENCE = 40
"""Steps without a better bound, after which steps are halved."""
LEAST_PACE = 2e-3
KEPT = 0.7
"""Share of the last direction that is kept: straight ahead rather than to and fro."""
CLOSE = 1e-9
"""Relative difference that is rounding."""


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
        From each demand point to each candidate, finite, ≥ 0, shape (demand, candidate).
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
    used = people > 0
    way = np.ascontiguousarray((distance[used] * people[used, None]).T)
    must = np.isin(np.arange(len(way)), fixed)
    search = _Search(way, count, must, time.monotonic() + seconds)
    bound = search.run()
    optimal = search.beats(bound)
    bound = search.best if optimal else max(bound, 0.0)  # no way is below 0
    return Choice(np.sort(search.chosen), search.best, bound, optimal)


@dataclass(frozen=True)
class _Node:
    """Candidates that are left, which of them must be open, prices to begin with, a bound."""

    alive: IntArray
    must: BoolArray
    price: FloatArray
    bound: float


@dataclass
class _Search:
    """The best choice so far.

    Parameters
    ----------
    way
        Of all people of each client to each candidate, shape (candidate, client).
    count
        Sites.
    must
        Candidates that are open whatever comes, shape (candidate,).
    until
        When to stop.
    """

    way: FloatArray
    count: int
    must: BoolArray
    until: float
    best: float = np.inf
    chosen: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    step: float = 0.0

    def run(self) -> float:
        """Search until nothing better is left or time is; gives the bound."""
        if not self.way.size:
            self.best, self.chosen = 0.0, np.flatnonzero(self.must)
            return 0.0
        if (self.way == np.rint(self.way)).all():
            self.step = 1.0 - 1e-6  # of whole ways, the next better one is 1 less
        first = exchanged(self.way, self.must, greedy(self.way, self.must, self.count), self.until)
        self.keep(self.way, np.arange(len(self.way)), first)
        stack = [_Node(np.arange(len(self.way)), self.must, self._prices(first), -np.inf)]
        steps = ROOT_STEPS
        while stack:
            if time.monotonic() > self.until and steps == STEPS:
                return min(self.best, *(node.bound for node in stack))
            stack += _Relaxation(self, stack.pop()).children(steps)
            steps = STEPS
        return self.best

    def beats(self, bound: float) -> bool:
        """Whether a choice within a bound is no better than the best one."""
        return bound > self.best - self.step - CLOSE * max(abs(self.best), 1.0)

    def keep(self, way: FloatArray, alive: IntArray, opened: IntArray) -> None:
        """Keep a choice if it is better."""
        total = float(way[opened].min(axis=0).sum())
        if total < self.best:
            self.best, self.chosen = total, alive[opened]

    def _prices(self, opened: IntArray) -> FloatArray:
        """Prices to begin with: the way to the second nearest site."""
        if len(opened) < 2:
            return np.asarray(self.way.mean(axis=0))
        return np.asarray(np.partition(self.way[opened], 1, axis=0)[1])


class _Relaxation:
    """The relaxation of a node."""

    def __init__(self, search: _Search, node: _Node) -> None:
        self._search, self._count = search, search.count
        self._alive, self._must = node.alive, node.must
        self._way = search.way if len(node.alive) == len(search.way) else search.way[node.alive]
        self._price, self._top, self._bound = node.price, node.price, node.bound
        self._often = np.zeros(len(node.alive))

    def children(self, steps: int) -> list[_Node]:
        """Nodes that are left of this one, the more promising last; none where it is settled."""
        search = self._search
        if self._settled() or search.beats(self._bound):
            return []
        pace, idle, turn = 2.0 if steps > STEPS else 0.5, 0, np.zeros(self._way.shape[1])
        space = np.empty_like(self._way)
        for step in range(steps):
            beyond = np.subtract(self._way, self._price, out=space[: len(self._way)])
            worth = np.minimum(beyond, 0.0, out=beyond).sum(axis=1)
            order = np.lexsort((worth, ~self._must))
            opened = order[: self._count]
            bound = float(self._price.sum() + worth[opened].sum())
            idle += 1
            if bound > self._bound:
                idle = 0 if bound > self._bound + 1e-6 * abs(bound) else idle
                self._bound, self._top = bound, self._price
            self._try(opened, exchange=step % 100 == 99)
            if search.beats(self._bound):
                return []
            self._often *= 0.95
            self._often[opened] += 0.05
            slope = 1.0 - (self._way[opened] < self._price).sum(axis=0)
            self._leave_out(bound, worth, order)
            if self._settled():
                return []
            turn = slope + KEPT * turn
            length = float(turn @ turn)
            if length == 0 or pace < LEAST_PACE or time.monotonic() > search.until:
                break
            if idle >= PATIENCE:
                pace, idle, self._price, turn = pace / 2, 0, self._top, np.zeros_like(turn)
                continue
            self._price = self._price + pace * (search.best - bound) / length * turn
        return self._branches()

    def _try(self, opened: IntArray, exchange: bool) -> None:
        search = self._search
        if exchange:
            opened = exchanged(self._way, self._must, opened, search.until)
        search.keep(self._way, self._alive, opened)

    def _settled(self) -> bool:
        """Whether one choice is left at most."""
        if self._must.sum() == self._count:
            self._try(np.flatnonzero(self._must), exchange=False)
            return True
        if len(self._alive) <= self._count:
            if len(self._alive) == self._count:
                self._try(np.arange(self._count), exchange=False)
            return True
        return False

    def _leave_out(self, bound: float, worth: FloatArray, order: IntArray) -> None:
        """Leave out candidates that no better choice has; open those that each has."""
        search = self._search
        last, following = worth[order[self._count - 1]], worth[order[self._count]]
        opened = np.zeros(len(order), dtype=bool)
        opened[order[: self._count]] = True
        spare = ~opened & (bound + worth - last > search.best - search.step + self._slack)
        needed = opened & (bound - worth + following > search.best - search.step + self._slack)
        self._must = self._must | needed
        if spare.any():
            self._way, self._alive = self._way[~spare], self._alive[~spare]
            self._must, self._often = self._must[~spare], self._often[~spare]

    @property
    def _slack(self) -> float:
        return CLOSE * max(abs(self._search.best), 1.0)

    def _branches(self) -> list[_Node]:
        """With and without the candidate that the relaxation is least sure of."""
        unsure = np.where(self._must, np.inf, np.abs(self._often - 0.5))
        row = int(unsure.argmin())
        others = np.arange(len(self._alive)) != row
        with_it = self._must.copy()
        with_it[row] = True
        return [
            _Node(self._alive[others], self._must[others], self._top, self._bound),
            _Node(self._alive, with_it, self._top, self._bound),
        ]
