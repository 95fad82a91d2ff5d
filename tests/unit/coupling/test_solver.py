"""The kernel on small domains whose answers are known by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import Toy

from kopa.coupling.explain import Explanation
from kopa.coupling.order import components_in_order
from kopa.coupling.solver import Solver
from kopa.domain import Change
from kopa.errors import UsageError
from kopa.model import End, Link, Window

WINDOW = Window(0, 3600, 6)


def link(source: str, target: str, **more: object) -> Link:
    """A link between assets named like ``a0``: the letter is the domain."""
    return Link(
        End(source[0], "goods", source),
        End(target[0], "power", target),
        **more,  # type: ignore[arg-type]
    )


def out(asset: str, start: int | None = None, end: int | None = None) -> Change:
    return Change(asset[0], asset, "out", None, "", start, end)


def goods(solver: Solver, changes: list[Change], domain: str, column: int = 0) -> list[float]:
    return solver.solve(changes).results[domain].outputs["goods"][:, column].tolist()


def test_a_loss_passes_along_a_chain_for_as_long_as_it_lasts() -> None:
    domains = {name: Toy(name) for name in "abc"}
    solver = Solver(domains, [link("a0", "b0"), link("b0", "c0")], WINDOW)
    assert goods(solver, [out("a0", 3600, 3 * 3600)], "c") == [1, 0, 0, 1, 1, 1]


def test_only_what_is_reached_runs_again() -> None:
    domains = {name: Toy(name) for name in "abc"}
    solver = Solver(domains, [link("a0", "b0")], WINDOW)
    solver.baseline  # noqa: B018
    before = {name: domain.calls for name, domain in domains.items()}
    solution = solver.solve([out("a0")])
    assert {n: d.calls - before[n] for n, d in domains.items()} == {"a": 1, "b": 1, "c": 0}
    assert solution.runs == {"a": 1, "b": 1, "c": 0}
    solver.solve([out("a0")])  # the same again is remembered
    assert {n: d.calls - before[n] for n, d in domains.items()} == {"a": 1, "b": 1, "c": 0}


def test_without_links_a_domain_gives_what_it_gives_alone() -> None:
    alone = Toy("a", 3)
    changes = [out("a1", 0, 7200)]
    solver = Solver({"a": Toy("a", 3), "b": Toy("b")}, [], WINDOW)
    expected = alone.run(WINDOW, changes, {})
    found = solver.solve(changes).results["a"]
    assert np.array_equal(found.outputs["goods"], expected.outputs["goods"])


@pytest.mark.parametrize(
    ("rule", "k", "n", "expected"),
    [("all", 1, 1, 0.2), ("any", 1, 1, 0.9), ("k-of-n", 2, 3, 0.5), ("sum", 1, 1, 1.0)],
)
def test_rules_combine_the_sources_of_a_target(rule: str, k: int, n: int, expected: float) -> None:
    shares = {"a0": 0.2, "a1": 0.5, "a2": 0.9}
    links = [link(a, "b0", rule=rule, k=k, n=n) for a in shares]
    solver = Solver({"a": Toy("a", 3), "b": Toy("b")}, links, WINDOW)
    changes = [Change("a", a, "factor", value) for a, value in shares.items()]
    assert goods(solver, changes, "b") == pytest.approx([expected] * 6)


def test_sum_of_quantities_has_no_cap() -> None:
    links = [link("a0", "b0", rule="sum"), link("a1", "b0", rule="sum")]
    domains = {"a": Toy("a", 2), "b": Toy("b", quantity="flow", unit="m3/s")}
    assert goods(Solver(domains, links, WINDOW), [], "b") == [2.0] * 6


def test_threshold_makes_a_share_on_or_off() -> None:
    solver = Solver({"a": Toy("a"), "b": Toy("b")}, [link("a0", "b0", threshold=0.5)], WINDOW)
    assert goods(solver, [Change("a", "a0", "factor", 0.6)], "b") == [1.0] * 6
    assert goods(solver, [Change("a", "a0", "factor", 0.4)], "b") == [0.0] * 6


def test_a_curve_maps_the_source() -> None:
    curve = ((0.0, 0.0), (0.5, 0.8), (1.0, 1.0))
    links = [link("a0", "b0", rule="curve", curve=curve)]
    solver = Solver({"a": Toy("a"), "b": Toy("b")}, links, WINDOW)
    assert goods(solver, [Change("a", "a0", "factor", 0.25)], "b") == pytest.approx([0.4] * 6)


def test_a_buffer_bridges_and_fills_again() -> None:
    solver = Solver({"a": Toy("a"), "b": Toy("b")}, [link("a0", "b0", buffer_h=1.5)], WINDOW)
    lost = [out("a0", 0, 2 * 3600), out("a0", 3 * 3600, 5 * 3600)]
    # 1.5 h bridge hours 0 and half of 1; hour 2 gives one hour back, which covers hour 3
    assert goods(solver, lost, "b") == pytest.approx([1, 0.5, 1, 1, 0, 1])


def test_a_delay_shifts_loss_and_return() -> None:
    solver = Solver({"a": Toy("a"), "b": Toy("b")}, [link("a0", "b0", delay_h=1.5)], WINDOW)
    assert goods(solver, [out("a0", 0, 7200)], "b") == pytest.approx([1, 0.5, 0, 0.5, 1, 1])


def test_a_cycle_of_flags_latches_and_ends() -> None:
    # each is lost when the other is: a toggle without the latch
    domains = {
        "a": Toy("a", flag=True),
        "b": Toy("b", passes=lambda power: 1.0 - (power < 1), flag=True),
    }
    solver = Solver(domains, [link("a0", "b0"), link("b0", "a0")], WINDOW)
    solution = solver.solve([out("a0", 0, 3600)])
    assert solution.converged
    assert solution.results["b"].outputs["goods"][:, 0].tolist() == [0, 1, 1, 1, 1, 1]


def test_a_cycle_that_would_toggle_latches() -> None:
    # b works only while a does not, a only while b does: without the latch this never ends
    domains = {
        "a": Toy("a", flag=True),
        "b": Toy("b", passes=lambda power: 1.0 * (power < 1), flag=True),
    }
    solver = Solver(domains, [link("a0", "b0"), link("b0", "a0")], WINDOW)
    assert solver.baseline.converged
    assert solver.baseline.sweeps < 5
    assert goods(solver, [], "a") == [0.0] * 6


def test_a_cycle_of_shares_is_damped_to_its_fixed_point() -> None:
    # b = 1 - 0.5 a, a = b: undamped this swings, its fixed point is 2/3
    domains = {"a": Toy("a"), "b": Toy("b", passes=lambda power: 1.0 - 0.5 * power)}
    solver = Solver(domains, [link("a0", "b0"), link("b0", "a0")], WINDOW)
    assert solver.baseline.converged
    assert goods(solver, [], "a") == pytest.approx([2 / 3] * 6, abs=1e-5)


def test_a_cycle_that_does_not_settle_is_unknown() -> None:
    domains = {"a": Toy("a"), "b": Toy("b", passes=lambda power: 100.0 - 100.0 * power)}
    solver = Solver(domains, [link("a0", "b0"), link("b0", "a0")], WINDOW)
    solution = solver.baseline
    assert solution.status == "unknown"
    assert [f.code for f in solution.findings] == ["kernel.not-converged"]


def test_a_domain_may_supply_itself() -> None:
    solver = Solver({"a": Toy("a", 3)}, [link("a0", "a1"), link("a1", "a2")], WINDOW)
    found = solver.solve([out("a0")]).results["a"].outputs["goods"]
    assert found[0].tolist() == pytest.approx([0, 0, 0], abs=1e-5)  # within the tolerance


@given(st.permutations(["a", "b", "c", "d"]), st.permutations(range(4)), st.data())
@settings(max_examples=25, deadline=None)
def test_no_order_changes_a_digit(names: list[str], order: list[int], data: st.DataObject) -> None:
    links = [link("a0", "b0"), link("b0", "c0"), link("c0", "b1"), link("c1", "d0")]
    sizes = {"a": 1, "b": 2, "c": 2, "d": 1}
    changes = data.draw(st.permutations([out("a0", 0, 7200), out("c1"), out("d0", 3600, None)]))
    straight = Solver({n: Toy(n, sizes[n]) for n in "abcd"}, links, WINDOW)
    plain = straight.solve(sorted(changes, key=str))
    mixed = Solver({n: Toy(n, sizes[n]) for n in names}, [links[i] for i in order], WINDOW)
    other = mixed.solve(changes)
    for name in "abcd":
        assert np.array_equal(
            plain.results[name].outputs["goods"], other.results[name].outputs["goods"]
        )


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_incremental_is_cold_and_more_failures_never_serve_more(data: st.DataObject) -> None:
    pairs = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "b")]
    links = [
        link(f"{source}{data.draw(st.integers(0, 2))}", f"{target}{n}")
        for source, target in pairs
        for n in range(3)
        if data.draw(st.booleans())
    ]
    solver = Solver({n: Toy(n, 3, flag=True) for n in "abc"}, links, WINDOW)
    assets = [f"{d}{n}" for d in "abc" for n in range(3)]
    failed = data.draw(st.lists(st.sampled_from(assets), unique=True))
    few, many = [out(a) for a in failed[:1]], [out(a) for a in failed]
    warm, cold = solver.solve(many), solver.cold(many)
    less = solver.solve(few)
    for name in "abc":
        mine = warm.results[name].outputs["goods"]
        assert np.array_equal(mine, cold.results[name].outputs["goods"])
        assert (mine <= less.results[name].outputs["goods"]).all()


def test_the_cause_is_a_path_and_undoing_a_link_ends_it() -> None:
    domains = {name: Toy(name) for name in "abc"}
    solver = Solver(domains, [link("a0", "b0"), link("b0", "c0")], WINDOW)
    solution = solver.solve([out("a0", 3600, 7200)])
    why = Explanation(solver.wiring, solution, solver.baseline)
    event = int(solution.results["c"].origins["goods"][0])
    steps = why.path("c", event, 0)
    assert [(s.domain, s.what, s.assets) for s in steps] == [
        ("a", "out", ("a0",)),
        ("b", "short", ("b0",)),
        ("c", "short", ("c0",)),
    ]
    assert {(s.start, s.end) for s in steps} == {(3600, 7200)}
    assert why.links_used("c", event) == [0, 1] or why.links_used("c", event) == [1, 0]
    undone = solver.solve([out("a0", 3600, 7200)], without=frozenset({1}))
    assert undone.results["c"].outputs["goods"].tolist() == [[1]] * 6
    assert undone.results["b"].outputs["goods"][1] == 0


def test_only_links_that_moved_are_causes() -> None:
    links = [link("a0", "b0", rule="any"), link("a1", "b0", rule="any")]
    solver = Solver({"a": Toy("a", 2), "b": Toy("b")}, links, WINDOW)
    solution = solver.solve([Change("a", "a0", "factor", 0.3), Change("a", "a1", "factor", 0.5)])
    why = Explanation(solver.wiring, solution, solver.baseline)
    event = int(solution.results["b"].origins["goods"][0])
    assert why.path("b", event, 0)[0].assets == ("a0",)
    one = solver.solve([Change("a", "a0", "factor", 0.3)])
    assert one.results["b"].outputs["goods"].tolist() == [[1]] * 6


def test_a_source_that_fell_but_still_supplies_is_no_cause() -> None:
    links = [link(source, "b0", threshold=0.5) for source in ("a0", "a1")]
    solver = Solver({"a": Toy("a", 2), "b": Toy("b")}, links, WINDOW)
    solution = solver.solve([Change("a", "a0", "factor", 0.6), out("a1")])
    why = Explanation(solver.wiring, solution, solver.baseline)
    event = int(solution.results["b"].origins["goods"][0])
    assert [step.assets for step in why.path("b", event, 0)] == [("a1",), ("b0",)]


def test_changes_are_applied_in_one_order() -> None:
    # the last digit of this product depends on the order
    changes = [Change("a", "a0", "factor", value) for value in (1.3, 1.5, 0.3)]
    found = {
        goods(Solver({"a": Toy("a")}, [], WINDOW), list(c), "a")[0] for c in permutations(changes)
    }
    assert len(found) == 1


def test_suppliers_come_first_and_cycles_stand_together() -> None:
    feeds = {("z", "a"), ("a", "b"), ("b", "a"), ("b", "c")}
    assert components_in_order("abcz", feeds) == [("z",), ("a", "b"), ("c",)]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Link(End("x", "goods", "x0"), End("b", "power", "b0")), "no domain 'x'"),
        (Link(End("a", "heat", "a0"), End("b", "power", "b0")), "offers no 'heat'"),
        (Link(End("a", "goods", "a7"), End("b", "power", "b0")), "no asset 'a7'"),
    ],
)
def test_a_link_to_nowhere_is_refused(bad: Link, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Solver({"a": Toy("a"), "b": Toy("b")}, [bad], WINDOW)
