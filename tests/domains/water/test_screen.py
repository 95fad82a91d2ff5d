"""N-1 against a loop of full runs, and what the quick check may and may not settle."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from domains.water.small import DAY, GRAVITY, PUMPED, run, total, water
from shared_data import data

from kopa.domains.water import screen as screening
from kopa.domains.water.domain import Water
from kopa.domains.water.network import PUMP, Network, Service
from kopa.domains.water.read_inp import read_inp
from kopa.domains.water.screen import SNAPSHOT, Case, Pool, outages, screen
from kopa.errors import EngineError
from kopa.model import Window

MICROPOLIS = ("coupled", "micropolis", "water.inp")
ONE = Pool(workers=1)


def network(*parts: str) -> Network:
    return read_inp(data(*parts), Service(0, 20, 0.5))[0]


def alone(model: Water, link: int, window: Window) -> float:
    """Unserved m³ of a full run with one link shut; NaN where unknown."""
    kind = "off" if model.network.link_types[link] == PUMP else "closed"
    name = model.network.assets.ids[model.network.link_row(link)]
    result = run(model, f"'{name}' {kind}", window=window)
    if result.status == "unknown":
        return float("nan")
    return round(total(result, "water_not_supplied"), 6)


def compare(net: Network, window: Window, links: list[int]) -> list[Case]:
    """Screen links and compare each with a run."""
    model = Water(net)
    found = screen(net, window, links, Pool())
    assert [case.link for case in found.cases] == links
    for case in found.cases:
        expected = alone(model, case.link, window)
        if np.isnan(expected):
            # a run that does not converge says nothing; the quick check may know better
            assert case.status == "unknown" or not case.full_run
        else:
            assert round(case.unserved, 6) == expected, net.link_ids[case.link]
    return list(found.cases)


def test_all_links_of_net3_for_a_day() -> None:
    net = network("water", "Net3.inp")
    cases = compare(net, DAY, outages(net, pipes_only=False))
    assert sum(case.unserved > 0 for case in cases) > 30
    assert 5 < sum(case.full_run for case in cases) < 40  # most need no full run


@pytest.mark.parametrize("hour", [0, 7])
def test_snapshots_of_net3(hour: int) -> None:
    net = network("water", "Net3.inp")
    compare(net, Window(hour * 3600, SNAPSHOT, 1), outages(net, pipes_only=False))


def test_sample_of_l_town() -> None:
    net = network("water", "L-TOWN.inp")
    sample = outages(net, pipes_only=True)[::75]
    compare(net, Window(0, 3600, 6), sample)
    compare(net, Window(0, SNAPSHOT, 1), outages(net, pipes_only=True)[::10])


def test_sample_of_micropolis() -> None:
    """Its baseline is 0.5 % short at 20 m, so every case is a full run."""
    net = network(*MICROPOLIS)
    links = outages(net, pipes_only=False)[::60]
    cases = compare(net, Window(0, 3600, 12), links)
    assert all(case.full_run for case in cases)


def test_all_links_of_ky8_at_one_moment() -> None:
    net = network("water", "ky8_v.inp")
    cases = compare(net, Window(0, SNAPSHOT, 1), outages(net, pipes_only=True)[::6])
    assert any(case.unserved > 0 and not case.full_run for case in cases)  # pockets


def test_order_and_spread_of_cases_do_not_matter() -> None:
    net = network("water", "Net3.inp")
    links = outages(net, pipes_only=True)
    first = screen(net, DAY, links, ONE)
    again = screen(net, DAY, links[::-1], Pool(workers=3))
    assert [c.unserved for c in first.cases] == [c.unserved for c in again.cases[::-1]]
    assert first.unserved == 0


@pytest.mark.parametrize("text", [GRAVITY, PUMPED], ids=["gravity", "pumped"])
def test_small_networks(text: str, tmp_path: Path) -> None:
    net = water(tmp_path, text).network
    for window in (DAY, Window(0, SNAPSHOT, 1), Window(5 * 3600, 1800, 7)):
        compare(net, window, outages(net, pipes_only=False))


def test_tank_that_runs_dry_is_not_taken_for_served(tmp_path: Path) -> None:
    """The quick check must see that the tank is empty after two hours."""
    net = water(tmp_path, PUMPED).network
    (pump,) = net.pumps
    (case,) = screen(net, DAY, [int(pump)], ONE).cases
    assert case.unserved == pytest.approx(24 * 72 - 157.08, rel=1e-4)


def test_pocket_needs_no_run(tmp_path: Path) -> None:
    net = water(tmp_path, GRAVITY).network
    cases = screen(net, DAY, outages(net, pipes_only=True), ONE).cases
    assert [case.full_run for case in cases] == [False] * 5
    assert cases[0].unserved == pytest.approx(24 * 3600 * 0.014)
    assert cases[4].unserved == pytest.approx(24 * 3600 * 0.004)
    assert [case.unserved for case in cases[1:4]] == [0, 0, 0]


def test_pressure_near_the_limit_is_left_to_a_run(tmp_path: Path) -> None:
    """With 49.8 m required, closing P2 leaves some a little short: no quick answer is right."""
    net = water(tmp_path, GRAVITY, Service(0, 49.0, 0.5)).network
    cases = compare(net, DAY, outages(net, pipes_only=True))
    assert [case.full_run for case in cases[1:4]] == [True] * 3


def test_share_and_totals(tmp_path: Path) -> None:
    net = water(tmp_path, GRAVITY).network
    found = screen(net, DAY, [4], ONE)
    assert found.wanted == pytest.approx(24 * 3600 * 0.014)
    assert found.share(found.cases[0]) == pytest.approx(10 / 14)


def test_crash_and_error_of_one_case_are_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies takes only its case with it."""
    net = water(tmp_path, GRAVITY).network
    usual = screening._Task.case

    def dying(task: screening._Task, link: int) -> Case:
        if link == 2:
            os._exit(1)
        return usual(task, link)

    monkeypatch.setattr(screening._Task, "case", dying)
    cases = screen(net, DAY, [0, 1, 2, 3, 4], Pool(workers=2)).cases
    assert [case.status for case in cases] == ["ok", "ok", "unknown", "ok", "ok"]
    assert cases[2].why == "its engine crashed"
    assert np.isnan(cases[2].unserved)


def test_baseline_without_an_answer(tmp_path: Path) -> None:
    net = water(tmp_path, GRAVITY.replace(" 1  1.0  1.0", " 1  1e300  1.0")).network
    with pytest.raises(EngineError, match="no answer as it is"):
        screen(net, DAY, [0], ONE)


def test_snapshot_is_quick() -> None:
    """A coarse guard; the numbers are in benchmarks/water_n1.py."""
    net = network("water", "L-TOWN.inp")
    begin = time.perf_counter()
    screen(net, Window(0, SNAPSHOT, 1), outages(net, pipes_only=True), Pool())
    assert time.perf_counter() - begin < 3
