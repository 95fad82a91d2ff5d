"""What a domain settles without a run, and when the kernel runs it all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from toy import Toy

from kopa.coupling.screen import Machines, screen
from kopa.coupling.solver import Solver
from kopa.domain import Bound, Change
from kopa.model import BoolArray, End, Link, Window

WINDOW = Window(0, 3600, 6)


@dataclass
class Settling(Toy):
    """Says that its outages change nothing, but for what it offers."""

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        rows = [self.assets().index[change.asset] for change in changes]
        return [Bound("exact", moves=(("goods", row),)) for row in rows]


@dataclass
class Deaf(Toy):
    """Does not mind losing its first or its third column, each by itself."""

    def ignores(self, window: Window) -> Mapping[str, BoolArray]:
        return {"power": np.arange(self.size) % 2 == 0}


def feed(source: str, target: str) -> Link:
    return Link(End(source[0], "goods", source), End(target[0], "power", target))


@pytest.mark.parametrize(
    ("pairs", "methods"),
    [
        ([], ["exact", "exact"]),
        ([("a0", "b0")], ["exact", "exact"]),
        ([("a0", "b1")], ["full", "exact"]),
        ([("a0", "c0")], ["full", "exact"]),  # c does not say what it ignores
        ([("a0", "b0"), ("a0", "b1")], ["full", "exact"]),
        ([("a0", "b0"), ("a0", "b2")], ["full", "exact"]),  # two inputs of one domain at once
        ([("a1", "b0"), ("a1", "c1")], ["exact", "full"]),
    ],
)
def test_what_a_settled_change_moves_is_run_where_it_is_felt(
    pairs: list[tuple[str, str]], methods: list[str]
) -> None:
    domains = {"a": Settling("a", 2), "b": Deaf("b", 3), "c": Toy("c", 2)}
    solver = Solver(domains, [feed(*pair) for pair in pairs], WINDOW)
    changes = [Change("a", name, "out") for name in ("a0", "a1")]
    found = screen(solver, changes, lambda solution: None, Machines(workers=1))
    assert [case.method for case in found] == methods
