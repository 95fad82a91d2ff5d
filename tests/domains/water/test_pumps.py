"""Pump schedules against brute force, wntr's EPANET 2.2, and the published optimum of AnyTown."""

from __future__ import annotations

import argparse
import itertools
import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shared_data import data

from kopa.domains.water.cli import register
from kopa.domains.water.pumps.bound import Bound
from kopa.domains.water.pumps.lattice import lattice_of
from kopa.domains.water.pumps.plant import Plant, limits_of, plant_of
from kopa.domains.water.pumps.replay import pumps_of, replay
from kopa.domains.water.pumps.schedule import Schedule, Watch, schedule
from kopa.domains.water.pumps.snapshots import Snapshots
from kopa.domains.water.pumps.switching import assign
from kopa.domains.water.read_inp import read_inp
from kopa.errors import InputError, UsageError
from kopa.model import FloatArray

TWO_TANKS = """\
[JUNCTIONS]
 J1  10  0
 J2  12  20
 J3  15  15

[RESERVOIRS]
 R1  5

[TANKS]
;ID  Elev  Init  Min  Max  Diameter  MinVol
 T1  50    2.5   1.0  4.0  11        0
 T2  49    3.0   1.0  5.0  9         0

[PIPES]
 P1  J1  J2  800   300  110  0  Open
 P2  J2  J3  600   200  110  0  Open
 P3  J2  T1  300   250  110  0  Open
 P4  J3  T2  300   200  110  0  Open

[PUMPS]
 U1  R1  J1  HEAD 1
 U2  R1  J1  HEAD 1
 U3  R1  J1  HEAD 2

[CURVES]
 1  25  60
 2  40  62

[PATTERNS]
 1  0.7  0.7  1.3  1.3  0.9  0.9

[CONTROLS]
 LINK U1 CLOSED IF NODE T1 ABOVE 3.5
 LINK U1 OPEN IF NODE T1 BELOW 2.0

[OPTIONS]
 Units     LPS
 Headloss  H-W
 Accuracy  0.0001
 Pattern   1

[TIMES]
 Duration           6:00
 Hydraulic Timestep 0:30
 Pattern Timestep   1:00

[END]
"""
HOURS = 6


def plant(tmp_path: Path, text: str, price: FloatArray, cycles: int, head: float = 30.0) -> Plant:
    path = tmp_path / "net.inp"
    path.write_text(text, encoding="utf-8")
    network, _ = read_inp(path)
    return plant_of(network, price, limits_of(network, head, {}, cycles, True))


def brute_force(found: Plant) -> float:
    """Cost of the cheapest of all schedules, each pump and hour on its own, each replayed."""
    most = 2 * found.limits.cycles
    days = [
        day
        for day in itertools.product((0, 1), repeat=found.hours)
        if sum(a != b for a, b in zip(day, day[1:] + day[:1], strict=True)) <= most
    ]
    best = np.inf
    for each in itertools.product(days, repeat=len(found.network.pumps)):
        run = replay(found, np.array(each, dtype=bool).T)
        if not run.broken:
            best = min(best, run.cost)
    return float(best)


def prices(seed: int, hours: int = HOURS) -> FloatArray:
    dice = np.random.default_rng(seed)
    return np.asarray(dice.choice([0.08, 0.12, 0.2, 0.35], size=hours))


@pytest.fixture
def tariff(tmp_path: Path) -> str:
    path = tmp_path / "tariff.csv"
    path.write_text("time,price,unit\n00:00,120,EUR/MWh\n02:00,300,EUR/MWh\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("seed", "gone"), [(1, " U2"), (2, " U3")])
def test_no_schedule_is_cheaper(tmp_path: Path, seed: int, gone: str) -> None:
    """Two pumps that differ, and two that do not, once on each; 441 schedules."""
    text = TWO_TANKS.replace(f"{gone}  R1", f";{gone} R1").replace("LINK U2", "LINK U1")
    found = plant(tmp_path, text, prices(seed, 5), 1)
    answer = schedule(found)
    assert answer.answer == "optimal"
    assert answer.run is not None
    assert not answer.run.broken
    assert answer.run.cost == pytest.approx(brute_force(found), rel=1e-9)


@pytest.mark.parametrize("seed", range(4, 6))
def test_the_bound_changes_no_answer(tmp_path: Path, seed: int) -> None:
    """Branch and bound by what is spent so far takes no lattice, and finds the same."""
    found = plant(tmp_path, TWO_TANKS, prices(seed, 8), 1 + seed % 3, head=30 + seed % 2)
    with_it, without = schedule(found), schedule(found, bounded=False)
    assert with_it.answer == without.answer
    assert with_it.outcome.cost == pytest.approx(without.outcome.cost, rel=1e-9)
    assert with_it.outcome.expanded < without.outcome.expanded
    assert with_it.outcome.breach < 1e-4


def test_the_bound_is_one_along_feasible_days(tmp_path: Path) -> None:
    """From every hour of a schedule that holds the limits, the bound is below what it costs."""
    found = plant(tmp_path, TWO_TANKS, prices(11), 2, head=20.0)
    found = replace(found, limits=replace(found.limits, end_level=False))
    lattice = lattice_of(found)
    assert lattice is not None
    bound, tried = Bound(found, lattice), 0
    dice = np.random.default_rng(0)
    for _ in range(600):
        plan = dice.integers(len(found.actions), size=HOURS).tolist()
        running = pumps_of(found, plan)
        if running is None or (run := replay(found, running)).broken:
            continue
        tried += 1
        rest = np.cumsum((found.price * run.energy.sum(axis=1))[::-1])[::-1]
        switched = 0
        for hour in range(1, HOURS):
            if hour > 1:
                switched += int(found.switches[plan[hour - 2], plan[hour - 1]])
            least = bound.to_go(hour, plan[0], plan[hour - 1], switched, run.levels[hour])
            assert least <= rest[hour] + 1e-6
    assert tried > 20


def test_hours_one_by_one_are_the_run_in_one_go(tmp_path: Path) -> None:
    found = plant(tmp_path, TWO_TANKS, prices(1), 3)
    answer = schedule(found)
    assert answer.run is not None
    assert answer.outcome.plan is not None
    snapshots, levels = Snapshots(found), found.levels
    for hour, action in enumerate(answer.outcome.plan):
        step = snapshots.hour(hour, found.actions[action], levels)
        levels = step.levels
        assert step.feasible
        assert levels == pytest.approx(answer.run.levels[hour + 1], abs=1e-5)
        assert step.energy == pytest.approx(answer.run.energy[hour].sum(), rel=1e-5)
    snapshots.close()


def test_the_controls_do_in_wntr_what_they_do_here(tmp_path: Path) -> None:
    """The lines for [CONTROLS], run by the EPANET 2.2 of wntr."""
    import wntr

    price = prices(2)
    path = tmp_path / "day.csv"
    lines = [f"{hour:02d}:00,{value},EUR/kWh" for hour, value in enumerate(price)]
    path.write_text("\n".join(["time,price,unit", *lines]), encoding="utf-8")
    found = plant(tmp_path, TWO_TANKS, price, 2)
    words = [str(tmp_path / "net.inp"), "--tariff", str(path), "--cycles", "2", "--hours", "6"]
    import contextlib
    import io

    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        assert call("pumps", *words, "--pressure-min", "30", "--json") == 0
    document = json.loads(text.getvalue())
    own = TWO_TANKS[TWO_TANKS.index("[CONTROLS]") + 10 : TWO_TANKS.index("[OPTIONS]")]
    other = tmp_path / "controlled.inp"
    other.write_text(TWO_TANKS.replace(own, "\n" + "\n".join(document["controls"]) + "\n\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = wntr.network.WaterNetworkModel(str(other))
        result = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(tmp_path / "wntr"))
    for place, tank in enumerate(document["tanks"]):
        level = result.node["pressure"][tank["id"]].to_numpy()[:: len(result.node["pressure"]) // 6]
        assert level[: HOURS + 1] == pytest.approx(tank["level_m"], abs=2e-3), place
    assert found.hours == HOURS


@pytest.mark.parametrize("seed", range(5))
def test_pumps_are_assigned_wherever_they_can_be(seed: int) -> None:
    """Against all ways to choose three pumps in seven hours."""
    dice = np.random.default_rng(seed)
    days = [
        day
        for day in itertools.product((0, 1), repeat=7)
        if sum(a != b for a, b in zip(day, day[1:] + day[:1], strict=True)) <= 2
    ]
    possible = {tuple(np.sum(each, axis=0).tolist()) for each in itertools.product(days, repeat=3)}
    for _ in range(300):
        counts = tuple(dice.integers(0, 4, size=7).tolist())
        chosen = assign(counts, 3, 1)
        assert (chosen is not None) == (counts in possible)
        if chosen is not None:
            assert tuple(len(on) for on in chosen) == counts


def test_anytown_one_cycle() -> None:
    """Certified optimum of Rocha et al. (2026), doi 10.5281/zenodo.19363091: 3,900.25."""
    answer = anytown(1)
    assert answer.answer == "optimal"
    assert answer.outcome.cost == pytest.approx(3900.25, rel=1e-5)


def anytown(cycles: int) -> Schedule:
    network, _ = read_inp(data("water", "anytown_modified.inp"))
    price = np.array([18.14] * 7 + [35.28] * 10 + [80.97] * 4 + [18.14] * 3) / 100
    single = {"90": 51.0, "55": 42.0, "170": 30.0}
    limits = limits_of(network, float("nan"), single, cycles, True)
    return schedule(plant_of(network, price, limits), Watch(60.0))


def test_what_cannot_be_held_is_named(tmp_path: Path) -> None:
    found = plant(tmp_path, TWO_TANKS, prices(1), 2, head=70.0)
    answer = schedule(found)
    assert answer.answer == "infeasible"
    assert answer.run is None
    assert answer.without == ("pressure",)


def test_out_of_time_gives_the_best_and_its_gap(tmp_path: Path) -> None:
    found = plant(tmp_path, TWO_TANKS, prices(5, 12), 3)
    seen = []

    def stop(outcome: Any) -> None:
        seen.append(outcome)
        if outcome.plan is not None:
            raise KeyboardInterrupt

    import kopa.domains.water.pumps.search as module

    every, module._SHOW_EVERY = module._SHOW_EVERY, 1
    try:
        answer = schedule(found, Watch(60.0, searched=stop))
    finally:
        module._SHOW_EVERY = every
    assert answer.answer == "gap"
    assert answer.run is not None
    assert not answer.run.broken
    assert 0 < answer.outcome.gap < 0.5
    best = schedule(found)
    assert answer.outcome.least <= best.outcome.cost <= answer.outcome.cost


def test_a_link_that_moves_by_itself_is_told(tmp_path: Path) -> None:
    moving = TWO_TANKS.replace("[OPTIONS]", " LINK P4 CLOSED IF NODE T2 ABOVE 4.5\n\n[OPTIONS]")
    with pytest.raises(InputError) as raised:
        plant(tmp_path, moving, prices(1), 1)
    (finding,) = raised.value.findings
    assert finding.code == "water.pumps-moving-link"
    assert "'P4'" in finding.what


def test_limits_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "net.inp"
    path.write_text(TWO_TANKS, encoding="utf-8")
    network, _ = read_inp(path)
    with pytest.raises(InputError) as raised:
        limits_of(network, 20.0, {"J9": 20.0, "T1": 20.0}, 1, True)
    assert [f.code for f in raised.value.findings] == ["water.pumps-no-such-junction"] * 2
    limits = limits_of(network, 20.0, {"J3": 25.0}, 1, True)
    assert dict(zip(limits.nodes.tolist(), limits.pressure.tolist(), strict=True)) == {1: 20, 2: 25}


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    arguments = parser.parse_args(words)
    code: int = arguments.run(arguments)
    return code


def test_the_job(tmp_path: Path, tariff: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.inp"
    path.write_text(TWO_TANKS, encoding="utf-8")
    words = ["pumps", str(path), "--tariff", tariff, "--hours", "6", "--cycles", "1"]
    assert call(*words, "--pressure-at", "J2=30") == 0
    told = capsys.readouterr().out
    assert "optimal" in told
    assert "U1" in told
    assert "█" in told
    assert call(*words, "--pressure-at", "J2=90", "--json") == 1
    from schemas import valid

    found = valid("water-pumps", capsys.readouterr().out)
    assert found["certificate"]["answer"] == "infeasible"
    with pytest.raises(UsageError):
        call(*words, "--pressure-at", "J2")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["column", "column", "column"]),
        ("time,price\n", ["column"]),
        ("time,price,unit\n", ["empty"]),
        ("time,price,unit\n25:00,1,EUR/kWh\n01:00,x,EUR/kWh\n", ["time", "price"]),
        ("time,price,unit\n1:00,1,EUR/kWh\n01:00,2,EUR/kWh\n", ["twice"]),
        ("time,price,unit\n01:00,1,EUR\n", ["unit"]),
        ("time,price,unit\n01:00,nan,EUR/kWh\n", ["price"]),
        ("time,price,unit\n01:00,1,EUR/kWh\n02:00,1,ct/kWh\n", ["units"]),
    ],
)
def test_a_broken_tariff_is_told_whole(tmp_path: Path, text: str, codes: list[str]) -> None:
    from kopa.domains.water.read_tariff import read_tariff

    path = tmp_path / "tariff.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_tariff(path)
    assert [f.code for f in raised.value.findings] == [f"water.tariff-{code}" for code in codes]


def test_a_tariff_by_the_hour(tmp_path: Path) -> None:
    from kopa.domains.water.read_tariff import read_tariff

    path = tmp_path / "tariff.csv"
    path.write_text("time,price,unit\n06:30,10,ct/kWh\n22:00,20,ct/kWh\n", encoding="utf-8")
    found = read_tariff(path)
    assert found.currency == "EUR"
    assert found.hourly(5 * 3600, 3).tolist() == pytest.approx([0.2, 0.15, 0.1])
    assert found.splits_hours(0)
    assert not replace(found, seconds=np.array([3600.0, 7200.0])).splits_hours(0)
