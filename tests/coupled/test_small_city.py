"""A city small enough to calculate by hand: feeder → pump → tank → homes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from dask_cluster import LOOSE
from small_city import write_city

from kopa.city.documents import whatif_document
from kopa.city.load import City, load_city
from kopa.city.screen import screen_city
from kopa.city.whatif import WhatIf, what_if
from kopa.console import plain
from kopa.coupling.screen import Machines
from kopa.domain import Result
from kopa.ledger.totals import total_of
from kopa.model import Window

WINDOW = Window(0, 3600, 24)
OUTAGE = "energy:line:0 out 06:00-18:00"
AREA = math.pi * 6**2 / 4  # m², of the tank
FULL, DEMAND = 5.0, 4e-3  # m, m³/s
DRY = 6 + AREA * FULL / DEMAND / 3600  # h: the tank is full at 06:00 and supplies all alone


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return load_city(write_city(tmp_path_factory.mktemp("small")))


def ask(city: City, *texts: str, window: Window = WINDOW) -> WhatIf:
    return what_if(city, city.solver(window), [city.change(text) for text in texts])


def total(answer: WhatIf, quantity: str, service: str) -> float:
    found = [t.mid for t in answer.totals if (t.quantity, t.service) == (quantity, service)]
    assert len(found) == 1, (quantity, service)
    return found[0]


def test_the_tank_runs_dry_when_its_water_is_used_up(city: City) -> None:
    answer = ask(city, OUTAGE)
    assert answer.status == "ok"
    dry = 18 - DRY
    assert 2 < dry < 2.5
    # 110 people are without water from then until the power is back
    assert total(answer, "person_hours", "water") == pytest.approx(110 * dry, rel=2e-3)
    assert total(answer, "water_not_supplied", "water") == pytest.approx(
        DEMAND * 3600 * dry, rel=2e-3
    )
    # the hospital has a battery for 3 of the 12 hours
    assert total(answer, "person_hours", "electricity") == pytest.approx(40 * 12 + 10 * 9)
    assert total(answer, "critical_site_hours", "electricity") == pytest.approx(9)
    assert total(answer, "energy_not_supplied", "electricity") == pytest.approx(700 * 12)


def test_the_path_is_named_step_by_step(city: City) -> None:
    document = plain(whatif_document(city, ask(city, OUTAGE)))
    row = next(
        row
        for row in document["effects"]
        if row["asset"] == "places:h2" and row["quantity"] == "person_hours"
    )
    assert [(step["asset"], step["what"]) for step in row["cause"]] == [
        ("energy:line:0", "out"),
        ("energy:load:0", "no_electricity"),
        ("water:U", "no_electricity"),
        ("water:T", "empty"),
        ("water:C", "no_water"),
        ("places:h2", "no_water"),
    ]
    assert (row["from"], row["to"]) == ("15:00", "18:00")
    shares = document["services"]["places"]["water"]["h2"]
    assert shares[14] == 1.0
    assert shares[16:18] == [0.0, 0.0]
    assert shares[18:] == [1.0] * 6


def test_undoing_the_link_to_the_pump_keeps_the_water(city: City) -> None:
    solver = city.solver(WINDOW)
    changes = [city.change(OUTAGE)]
    to_pump = next(n for n, link in enumerate(city.links) if link.target.asset == "U")
    answer = what_if(city, solver, changes, [to_pump])
    assert {t.service for t in answer.totals if t.quantity == "person_hours"} == {"electricity"}


def test_a_larger_store_is_a_measure(city: City) -> None:
    with_generator = ask(city, OUTAGE, "places:hospital backup 24 h")
    assert "critical_site_hours" not in {
        t.quantity for t in with_generator.totals if t.service == "electricity"
    }


def test_every_run_balances(city: City) -> None:
    for texts in ([], [OUTAGE], ["water:P1 burst 2 L/s 08:00-12:00"], ["energy:load:0 ×1.5"]):
        solver = city.solver(WINDOW)
        solution = solver.solve([city.change(text) for text in texts])
        for result in solution.results.values():
            assert result.balance is None or result.balance.ok


def test_without_links_each_engine_answers_as_alone(tmp_path: Path) -> None:
    folder = write_city(tmp_path)
    (folder / "links.csv").write_text(
        "".join((folder / "links.csv").read_text().splitlines(True)[:1])
    )
    city = load_city(folder)
    texts = ["water:U off 06:00-12:00", "energy:line:1 out"]
    changes = [city.change(text) for text in texts]
    solution = city.solver(WINDOW).solve(changes)
    for name, domain in city.domains.items():
        mine = [change for change in changes if change.domain == name]
        same(domain.run(WINDOW, mine, {}), solution.results[name])


def same(one: Result, other: Result) -> None:
    """Two results are the same to the digit."""
    assert one.outputs.keys() == other.outputs.keys()
    for port, series in one.outputs.items():
        assert np.array_equal(series, other.outputs[port]), port
    for mine, theirs in zip(one.accounts, other.accounts, strict=True):
        assert mine.key == theirs.key
        assert np.array_equal(mine.values, theirs.values), mine.key


def test_repeat_order_and_baseline_change_no_digit(city: City) -> None:
    texts = [OUTAGE, "water:P2 closed 09:00-11:00", "places:h1 people ×2"]
    changes = [city.change(text) for text in texts]
    first = city.solver(WINDOW).solve(changes)
    again = city.solver(WINDOW)
    again.solve(changes[:1])
    for solution in (again.solve(changes[::-1]), city.solver(WINDOW).cold(changes)):
        for name in city.domains:
            same(first.results[name], solution.results[name])


def test_a_later_window_is_the_tail_of_an_earlier_one(city: City) -> None:
    whole = ask(city, OUTAGE, window=Window(0, 3600, 20))
    tail = ask(city, OUTAGE, window=Window(4 * 3600, 3600, 16))
    full = whole.solution.results["water"].outputs["water"]
    part = tail.solution.results["water"].outputs["water"]
    assert np.array_equal(full[4:], part)


def test_the_screen_ranks_the_line_that_feeds_the_pump_by_people(city: City) -> None:
    found = screen_city(city, city.solver(WINDOW), machines=lambda total: Machines(1))
    assert [r.status for r in found.assets] == ["ok"] * len(found.assets)
    by_id = {r.case.change.full: r for r in found.assets}
    full = ask(city, "energy:line:0 out")
    line = by_id["energy:line:0"]
    assert line.case.told is not None
    told = sum(row.mid for row in line.case.told.lines if row.quantity == "person_hours")
    assert told == pytest.approx(total_of(full.totals, "person_hours"))
    assert line.rank["people"] == 1
    source = by_id["energy:ext_grid:0"]
    assert source.rank["people"] == 1  # the same loss shares a place
    assert sorted(r.rank["people"] for r in found.assets)[2] == 3


@pytest.mark.parametrize("workers", [1, 2])
def test_a_screen_is_the_same_on_any_number_of_workers(city: City, workers: int) -> None:
    one = screen_city(city, city.solver(WINDOW), machines=lambda total: Machines(1))
    other = screen_city(city, city.solver(WINDOW), machines=lambda total: Machines(workers))
    for mine, theirs in zip(one.assets, other.assets, strict=True):
        assert (mine.case.change, mine.rank) == (theirs.case.change, theirs.rank)
        assert mine.case.told is not None
        assert theirs.case.told is not None
        assert mine.case.told.lines == theirs.case.told.lines


@LOOSE
def test_a_screen_on_a_dask_cluster_is_the_same(city: City, scheduler: str) -> None:
    here = screen_city(city, city.solver(WINDOW), machines=lambda total: Machines(1))
    there = screen_city(city, city.solver(WINDOW), machines=lambda total: Machines(dask=scheduler))
    for mine, theirs in zip(here.assets, there.assets, strict=True):
        assert (mine.case.change, mine.rank) == (theirs.case.change, theirs.rank)
        assert theirs.case.told is not None
        assert mine.case.told is not None
        assert mine.case.told.lines == theirs.case.told.lines
