"""What changes do to sewers, by hand calculation and by what must hold of every run."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from domains.sewerage.small import DAY, QUARTERS, run, sewerage, total
from small_city import SEWERS

from kopa.domain import Domain
from kopa.domains.sewerage import DOMAIN
from kopa.domains.sewerage.domain import load
from kopa.domains.sewerage.edits import Period
from kopa.domains.sewerage.hydraulics import job
from kopa.domains.sewerage.workers import Job as WorkerJob
from kopa.domains.sewerage.workers import Workers, workers
from kopa.errors import InputError, RangeError

DRY_L_S = 15.0
WELL_M2 = 50.0
CREST_M = 2.0


def test_is_a_domain(tmp_path: Path) -> None:
    model = sewerage(tmp_path)
    assert isinstance(model, Domain)
    assert DOMAIN.name == model.name
    names = {port.name: port for port in model.ports()}
    ids = np.array(model.assets().ids)
    assert ids[names["electricity"].rows].tolist() == ["PU1"]
    assert ids[names["inflow"].rows].tolist() == ["WWTP"]
    assert ids[names["overflow"].rows].tolist() == ["RIVER"]
    assert ids[names["sewerage"].rows].tolist() == ["M1", "M2"]


def test_a_dry_day_needs_no_engine(tmp_path: Path) -> None:
    result = run(sewerage(tmp_path))
    assert result.runs == 0
    assert result.events == ()
    assert result.outputs["inflow"] == pytest.approx(DRY_L_S)
    assert (result.outputs["spill"] == 0).all()
    assert (result.outputs["overflow"] == 0).all()
    assert result.balance is not None
    assert result.balance.used == pytest.approx(DRY_L_S * 86.4)


def test_a_dry_day_is_what_swmm_says_of_it(tmp_path: Path) -> None:
    """The wastewater that enters by its patterns leaves at the plant within the day."""
    pattern = "\n[PATTERNS]\nP HOURLY " + " ".join(["0.5"] * 8 + ["1.5"] * 8 + ["1"] * 8) + "\n"
    inp = SEWERS.replace("M1 FLOW 10", 'M1 FLOW 10 "P"') + pattern
    model = sewerage(tmp_path, inp)
    usual = run(model).outputs["inflow"][:, 0]
    assert usual[3] == pytest.approx(10)
    assert usual[10] == pytest.approx(20)
    shut = run(model, "PU1 off 08:00-20:00", "RIVER out").outputs["inflow"][:, 0]
    assert shut[:8] == pytest.approx(usual[:8], rel=0.02)


def test_power_cut_spills_what_comes_once_the_well_is_full(tmp_path: Path) -> None:
    """Closed form: A (crest - level) fills first, then as much spills as comes in.

    The level before is that of the pump's curve at 15 L/s: 0.2 + 0.6 * 15 / 60 = 0.35 m. The
    weir's own head at 15 L/s, (0.015 / (1.84 * 20)) ** (2 / 3) = 0.0055 m, stays in the well, and
    the last sewer, whose end is 2 m above the floor, fills no more than its own slope.
    """
    model = sewerage(tmp_path)
    electricity = np.ones((QUARTERS.steps, 1))
    electricity[8:32] = 0.0  # 08:00-14:00
    result = run(model, window=QUARTERS, inputs={"electricity": electricity})
    assert result.status == "ok"
    head = (0.015 / (1.84 * 20)) ** (2 / 3)
    filled = WELL_M2 * (CREST_M + head - 0.35)
    expected = DRY_L_S * 1e-3 * 6 * 3600 - filled
    assert total(result, "sewage_overflow") == pytest.approx(expected, rel=0.02)
    assert total(result, "sewage_on_streets") == 0
    overflow = result.outputs["overflow"][:, 0]
    begins = QUARTERS.start + int(np.argmax(overflow > 0.5)) * QUARTERS.step
    assert begins == pytest.approx(8 * 3600 + filled / (DRY_L_S * 1e-3), abs=QUARTERS.step)
    plant = result.outputs["inflow"][:, 0]
    assert plant[10:30] == pytest.approx(0, abs=0.1)
    kinds = [event.what for event in result.events]
    assert kinds == ["no_electricity", "full", "overflow"]
    assert result.events[0].parents[0].kind == "input"
    assert [p.index for p in result.events[2].parents] == [1]


def test_a_blocked_sewer_floods_what_is_above_it(tmp_path: Path) -> None:
    """M1 stands full after its own few m³; then its 10 L/s come out."""
    model = sewerage(tmp_path)
    result = run(model, "C1 blocked 06:00-18:00")
    assert result.status == "ok"
    ids = np.array(model.assets().ids)
    ports = {port.name: port for port in model.ports()}
    spill = result.outputs["spill"]
    at = ids[ports["spill"].rows].tolist().index("M1")
    assert spill[8:17, at] == pytest.approx(10, rel=0.02)
    served = ids[ports["sewerage"].rows].tolist()
    assert (result.outputs["sewerage"][8:17, served.index("M1")] == 0).all()
    assert (result.outputs["sewerage"][:, served.index("M2")] == 1).all()
    stored = 100 * np.pi * 0.25**2 / 2 + 3 * 1.17  # half of the sewer, and the manhole
    assert total(result, "sewage_on_streets") == pytest.approx(12 * 36 - stored, rel=0.02)
    flooded = next(event for event in result.events if event.what == "flooded")
    assert ids[flooded.rows].tolist() == ["M1"]
    assert result.events[flooded.parents[0].index].what == "blocked"
    assert result.outputs["inflow"][10, 0] == pytest.approx(5, rel=0.02)


def test_a_narrowed_sewer_passes_its_share(tmp_path: Path) -> None:
    """Full flow of a 500 mm pipe at 3 in 1000 and n = 0.013: Manning gives 206.8 L/s."""
    model = sewerage(tmp_path)
    result = run(model, "C1 narrowed 97.5% 06:00-18:00")
    spill = result.outputs["spill"].max(axis=1)
    left = 0.025 * 206.8
    assert spill[10:17] == pytest.approx(10 - left, rel=0.05)
    assert total(run(model, "C1 narrowed 50% 06:00-18:00"), "sewage_spilled") == 0


def test_storm_reaches_the_plant_and_the_river(tmp_path: Path) -> None:
    """36 mm/h on 1 ha paved is 100 L/s: 60 are pumped on, the rest goes over the weir."""
    model = sewerage(tmp_path)
    window = QUARTERS
    result = run(model, "network rain 36mm/h 08:00-11:00", window=window)
    at = slice(12, 19)  # 09:00 to 10:45: steady
    assert result.outputs["inflow"][at, 0] == pytest.approx(60, rel=0.02)
    assert result.outputs["overflow"][at, 0] == pytest.approx(100 + DRY_L_S - 60, rel=0.03)
    assert result.outputs["inflow"][40, 0] == pytest.approx(DRY_L_S, rel=0.05)
    assert {e.what for e in result.events} >= {"rain", "full", "overflow"}


def test_the_files_own_rain_can_be_multiplied(tmp_path: Path) -> None:
    """The file's storm is 60 mm/h for 5 min on 1 ha: 50 m³ less 5 wetted, 95 m³ doubled."""
    model = sewerage(tmp_path)
    one = run(model, "network rain x1", window=QUARTERS)
    two = run(model, "network rain x2", window=QUARTERS)
    plant = [float((r.outputs["inflow"] - DRY_L_S).sum()) * 0.9 for r in (one, two)]
    rain = [total(r, "sewage_spilled") + p for r, p in zip((one, two), plant, strict=True)]
    assert rain[0] == pytest.approx(45, rel=0.05)
    assert rain[1] == pytest.approx(95, rel=0.05)


def test_changes_do_not_depend_on_their_order(tmp_path: Path) -> None:
    model = sewerage(tmp_path)
    changes = ["PU1 off 08:00-12:00", "network rain 10mm/h 09:00-10:00", "W1 set 0.5 09:00-11:00"]
    one, other = run(model, *changes), run(model, *changes[::-1])
    for port, series in one.outputs.items():
        assert np.array_equal(series, other.outputs[port]), port


def test_a_copy_says_the_same(tmp_path: Path) -> None:
    model = sewerage(tmp_path)
    copy = pickle.loads(pickle.dumps(model))
    one, other = run(model, "PU1 off"), run(copy, "PU1 off")
    for port, series in one.outputs.items():
        assert np.array_equal(series, other.outputs[port])


def long_job(folder: Path) -> WorkerJob:
    """A run of many years."""
    network = sewerage(folder).network
    return job(network, Period(datetime(2025, 6, 2), 0, 5000 * 86_400), 3600)


def test_a_crash_is_one_unknown_case_and_the_next_has_an_answer(tmp_path: Path) -> None:
    pool = Workers(1)
    pool.run([WorkerJob(sewerage(tmp_path).network.inp.encoded(), check="open")])
    long = long_job(tmp_path)
    kill = threading.Timer(0.5, os.kill, (pool._free[0].pid, signal.SIGKILL))
    kill.start()
    answers = pool.run([long, WorkerJob(long.inp, check="open")])
    pool.close()
    assert "crashed" in answers[0].problem
    assert not answers[1].problem


def test_a_worker_that_ended_between_runs_is_replaced(tmp_path: Path) -> None:
    model = sewerage(tmp_path)
    for worker in workers()._free:
        worker._process.kill()
        worker._process.wait()
    assert run(model, "PU1 off 09:00-10:00").status == "ok"


def test_no_answer_is_unknown_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = sewerage(tmp_path)
    monkeypatch.setattr("kopa.domains.sewerage.hydraulics.MOST_ERROR", -1.0)
    lost = run(model, "PU1 off 09:00-10:00")
    assert lost.status == "unknown"
    assert lost.findings[0].code == "sewerage.no-answer"
    assert "continuity" in lost.findings[0].what
    assert lost.accounts == ()


def test_a_hang_ends_after_its_time(tmp_path: Path) -> None:
    long = long_job(tmp_path)
    pool = Workers(1, timeout_s=5.0)
    answer = pool.run([long, WorkerJob(long.inp, check="open")])
    pool.close()
    assert "no end after 5 s" in answer[0].problem
    assert not answer[1].problem


def test_settings_are_checked(tmp_path: Path) -> None:
    sewerage(tmp_path)
    with pytest.raises(InputError, match="no outfall"):
        load({"network": "sewers.inp", "plants": ["NOWHERE"]}, tmp_path)
    model, _ = load({"network": "sewers.inp", "overflows": ["M2"]}, tmp_path)
    assert "M2" in [model.assets().ids[r] for r in model.ports()[3].rows]
    with pytest.raises(RangeError):
        run(sewerage(tmp_path), "network rain 900mm/h")


def test_nothing_is_written_beside_the_users_file(tmp_path: Path) -> None:
    model = sewerage(tmp_path, SEWERS + '[FILES]\nSAVE HOTSTART "x.hsf"\n')
    run(model, "PU1 off", window=DAY)
    assert [file.name for file in tmp_path.iterdir()] == ["sewers.inp"]


def test_a_change_holds_against_the_files_own_rules(tmp_path: Path) -> None:
    """Its rule would run the pump whenever the well has water, every minute."""
    rule = "[CONTROLS]\nRULE A\nIF NODE WELL DEPTH > 0.1\nTHEN PUMP PU1 STATUS = ON\nPRIORITY 9\n"
    model = sewerage(tmp_path, SEWERS + rule)
    result = run(model, "PU1 off 08:00-14:00", window=QUARTERS)
    assert result.outputs["inflow"][10:30, 0] == pytest.approx(0, abs=0.1)
    assert result.outputs["inflow"][40, 0] == pytest.approx(DRY_L_S, rel=0.2)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_a_run_has_all_its_reports_and_leaves_nothing_to_the_next(
    tmp_path: Path, hour: int
) -> None:
    """SWMM sums reports in a global variable; a warm worker says what a fresh one says."""
    network = sewerage(tmp_path).network
    day = datetime(2025, 6, 2)
    first = job(network, Period(day, 3600 * hour, 3600 * (hour + 1)), 300)
    later = job(network, Period(day, 8 * 3600, 9 * 3600), 300)
    pool, fresh = Workers(1), Workers(1)
    warm = pool.run([first, later])
    alone = fresh.one(later)
    pool.close()
    fresh.close()
    assert len(warm[0].depth) == 12
    assert np.array_equal(warm[1].inflow, alone.inflow)
