"""Two interdependent random graphs collapse where theory says.

Buldyrev, Parshani, Paul, Stanley and Havlin (2010), Catastrophic cascade of failures in
interdependent networks, Nature 464: for two Erdős–Rényi graphs of mean degree k, joined one to
one, the giant component vanishes at once when the share of nodes that survive the first attack
falls below ``p_c = 2.4554 / k``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kopa.coupling.solver import Solver
from kopa.domain import Change, ChangeKind, Result
from kopa.model import Assets, End, IntArray, Link, Port, Ports, PortSeries, Window
from kopa.model.graph import components

NODES, DEGREE = 20_000, 4.0
CRITICAL = 2.4554 / DEGREE
WINDOW = Window(0, 3600, 1)


class RandomGraph:
    """A node works while its partner does and while it is in the greatest component."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        generator = np.random.default_rng(seed)
        edges = int(NODES * DEGREE / 2)
        self.a: IntArray = generator.integers(0, NODES, edges)
        self.b: IntArray = generator.integers(0, NODES, edges)
        self._assets = Assets(name, tuple(map(str, range(NODES))), ("node",) * NODES)
        rows = np.arange(NODES)
        self._ports = (
            Port("life", "in", rows, flag=True),
            Port("life", "out", rows, flag=True),
        )

    def assets(self) -> Assets:
        return self._assets

    def ports(self) -> Ports:
        return self._ports

    def kinds(self) -> Sequence[ChangeKind]:
        return (ChangeKind("out", ("node",), "does not work", outage=True),)

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        alive = inputs["life"][0] > 0
        alive[[int(change.asset) for change in changes]] = False
        both = alive[self.a] & alive[self.b]
        label = components(NODES, self.a[both], self.b[both])
        size = np.bincount(label[alive], minlength=NODES)
        works = alive & (label == size.argmax())
        return Result("ok", {"life": works[None, :].astype(float)})


@pytest.fixture(scope="module")
def solver() -> Solver:
    domains = {"a": RandomGraph("a", 1), "b": RandomGraph("b", 2)}
    links = [
        Link(End(source, "life", str(n)), End(target, "life", str(n)))
        for source, target in (("a", "b"), ("b", "a"))
        for n in range(NODES)
    ]
    return Solver(domains, links, WINDOW)


def share_left(solver: Solver, p: float, seed: int) -> float:
    """Share of nodes that still work after a share 1 - p of the first graph is attacked."""
    attacked = np.random.default_rng(seed).random(NODES) > p
    changes = [Change("a", str(n), "out") for n in np.flatnonzero(attacked)]
    solution = solver.solve(changes)
    assert solution.converged
    a, b = (solution.results[name].outputs["life"] for name in "ab")
    assert np.array_equal(a, b)  # one to one: what is left is the same in both
    return float(a.mean())


def test_below_the_critical_share_nothing_is_left(solver: Solver) -> None:
    assert max(share_left(solver, CRITICAL * 0.93, seed) for seed in (1, 2)) < 0.01


def test_above_the_critical_share_most_is_left(solver: Solver) -> None:
    # theory: the transition is of first order, the giant component jumps to about half of p
    assert min(share_left(solver, CRITICAL * 1.07, seed) for seed in (1, 2)) > 0.35
