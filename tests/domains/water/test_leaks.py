"""``kopa water leaks``: against hand calculations, and on short synthetic readings of L-TOWN."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from domains.water.test_cli import call
from leaking_town import STEP, Leak, Town, Truth, simulate, write
from schemas import valid
from shared_data import data

from kopa.domains.water.leaks import alone
from kopa.domains.water.leaks.calibration import Calibration, _fitted
from kopa.domains.water.leaks.matched import MOST, Stretch
from kopa.domains.water.leaks.places import pipe_distances
from kopa.domains.water.leaks.read_readings import Source, read_readings
from kopa.domains.water.leaks.score import Claim, TrueLeaks, score
from kopa.domains.water.leaks.signature import CLASSES, TRIAL
from kopa.domains.water.leaks.snapshot import Snapshots
from kopa.domains.water.leaks.sweep import Sweep
from kopa.domains.water.leaks.tracking import Leak as TrackedLeak
from kopa.domains.water.read_inp import read_inp
from kopa.errors import EngineError, InputError, UsageError

LINE = """[JUNCTIONS]
 A 0 0
 B 0 36
 C 0 0
[RESERVOIRS]
 R 50
[PIPES]
 P1 R A 1000 200 100 0 Open
 P2 A B 500 200 100 0 Open
 P3 B C 400 200 100 0 Open
[TIMES]
 Duration 0
[OPTIONS]
 Units CMH
 Headloss H-W
[END]
"""
DAY0 = datetime(2018, 1, 1)


@pytest.fixture
def line(tmp_path: Path) -> Path:
    path = tmp_path / "line.inp"
    path.write_text(LINE, encoding="utf-8")
    return path


def test_a_snapshot_is_hazen_williams(line: Path) -> None:
    """h = 10.667 L Q^1.852 / (C^1.852 D^4.871), by hand."""
    network, _ = read_inp(line)
    demand = np.array([0.0, 36 / 3600, 0.0, 0.0])
    with Snapshots(network, np.empty(0, dtype=np.int64)) as snapshots:
        state = snapshots.solve(demand, np.empty(0))
        again = snapshots.solve(2 * demand, np.empty(0))
    loss = 10.667 * 1500 * 0.01**1.852 / (100**1.852 * 0.2**4.871)
    assert 50 - state.pressure[1] == pytest.approx(loss, rel=2e-3)
    assert 50 - again.pressure[1] == pytest.approx(loss * 2**1.852, rel=2e-3)
    assert state.flow[:2] == pytest.approx([0.01, 0.01], rel=1e-5)


def test_where_no_water_can_come_from_there_is_no_state(tmp_path: Path) -> None:
    """An empty tank feeds nobody: EPANET's millions of metres below zero are no pressures."""
    path = tmp_path / "tank.inp"
    tank = LINE.replace("[RESERVOIRS]\n R 50", "[TANKS]\n R 50 2 0 5 10 0")
    path.write_text(tank, encoding="utf-8")
    network, _ = read_inp(path)
    demand = np.array([0.0, 36 / 3600, 0.0, 0.0])
    with Snapshots(network, np.empty(0, dtype=np.int64)) as snapshots:
        assert snapshots.solve(demand, np.array([2.0])).pressure[0] > 40
        with pytest.raises(EngineError, match="cut off"):
            snapshots.solve(demand, np.array([0.0]))


def test_distances_are_from_middle_to_middle(line: Path) -> None:
    network, _ = read_inp(line)
    far = pipe_distances(network, np.arange(3))
    assert far[0, 1] == 500 + 250
    assert far[0, 2] == 500 + 500 + 200
    assert np.array_equal(far, far.T)
    assert not far.diagonal().any()


def _true(*rows: tuple[str, int, int, float]) -> TrueLeaks:
    """Leaks of a constant flow by the hour, for 100 h."""
    flow = np.zeros((100, len(rows)))
    for k, (_, first, last, size) in enumerate(rows):
        flow[first:last, k] = size
    times = [DAY0 + timedelta(hours=k) for k in range(100)]
    return TrueLeaks(times, [row[0] for row in rows], flow)


def _claims(*rows: tuple[str, int]) -> list[Claim]:
    return [Claim(pipe, DAY0 + timedelta(hours=hour)) for pipe, hour in rows]


def test_the_score_by_hand() -> None:
    """10 m³/h, 80 h left, 0.80 €/m³, 150 m away: 640 € less half a crew."""
    far = np.array([[0.0, 150.0, 900.0], [150.0, 0.0, 900.0], [900.0, 900.0, 0.0]])
    truth = _true(("a", 10, 100, 10.0), ("c", 50, 60, 5.0))
    claims = _claims(("b", 20), ("a", 30), ("c", 20), ("c", 70))
    found = score(truth, claims, ("a", "b", "c"), far)
    assert [row.verdict for row in found.judged] == ["found", "false", "repeated", "false"]
    assert found.judged[0].score == pytest.approx(80 * 10 * 0.8 - 250)
    assert found.total == pytest.approx(640 - 250 - 500 - 500)
    assert found.perfect == pytest.approx(0.8 * (900 + 50))
    assert found.missed == ("c",)
    assert found.false == 2


def test_what_is_told_after_the_last_reading_counts_at_the_last() -> None:
    truth = _true(("a", 10, 100, 10.0))
    found = score(truth, _claims(("a", 100)), ("a",), np.zeros((1, 1)))
    assert found.judged[0].verdict == "found"
    assert found.total == pytest.approx(0.8 * 10)


def test_a_perfect_answer_scores_all() -> None:
    truth = _true(("a", 10, 100, 10.0), ("c", 50, 60, 5.0))
    far = np.array([[0.0, 9e9], [9e9, 0.0]])
    assert score(truth, _claims(("a", 10), ("c", 50)), ("a", "c"), far).share == 1.0


def _calibration(signature: np.ndarray, hours: int = 48) -> Calibration:
    """Two observations with noise of 1 and 2, and no uncertainty of what is usual."""
    observations = signature.shape[0]
    parts = np.arange(hours) % 24 * CLASSES // 24
    return Calibration(
        residual=np.zeros((hours, observations)),
        parts=parts,
        covariance=np.tile(np.diag([1.0, 4.0]), (CLASSES, 1, 1)),
        counts=np.full((CLASSES, observations), 1e12),
        shared=np.zeros((CLASSES, observations, 0)),
        signatures=np.tile(signature, (CLASSES, 1, 1)),
        bend=np.zeros((CLASSES, *signature.shape)),
        raw=np.tile(signature, (CLASSES, 1, 1)),
        errors=np.zeros((observations, 1, signature.shape[1])),
        scale=np.ones(CLASSES),
        used=np.arange(observations),
    )


def test_the_matched_filter_by_hand() -> None:
    """One observation of 3 and one of 0, 24 h: along (1, 0) the size is 3, the ratio 24 · 9."""
    calibration = _calibration(np.array([[1.0, 0.0], [0.0, 1.0]]))
    residual = np.tile([3.0, 0.0], (48, 1))
    stretch = Stretch(calibration, residual, 24, 48)
    match = stretch.match(stretch.noise())
    assert match.size == pytest.approx([3.0, 0.0])
    assert match.ratio == pytest.approx([24 * 9.0, 0.0])
    assert match.variance == pytest.approx([1 / 24, 4 / 24])
    place = stretch.located(stretch.noise(), match, np.ones(2), np.ones((2, 2), dtype=bool))
    assert place[0] == pytest.approx(1.0, abs=0.02)


def test_signatures_bend_with_size() -> None:
    """1 at `TRIAL`, 0.5 more by 1 m³/s more; above `MOST` no further."""
    calibration = replace(
        _calibration(np.eye(2)), bend=np.full((CLASSES, 2, 2), 0.5), residual=np.zeros((48, 2))
    )
    stretch = Stretch(calibration, calibration.residual, 0, 24)
    assert stretch.shapes(size=TRIAL)[0] == pytest.approx([1.0, 0.0])
    assert stretch.shapes(size=MOST)[0] == pytest.approx(np.array([1.0, 0.0]) + (MOST - TRIAL) / 2)
    assert np.array_equal(stretch.shapes(size=9.0), stretch.shapes(size=MOST))


def test_one_more_leak_or_another_by_hand() -> None:
    """Means of 3 and 4 at noise of 1 and 2 over 24 h, each alone or both."""
    calibration = _calibration(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]))
    stretch = Stretch(calibration, np.tile([3.0, 4.0], (48, 1)), 24, 48)
    one, two = stretch.beside(stretch.noise(), 0, TRIAL)
    assert one == pytest.approx([24 * 9, 24 * 16 / 4, 24 * (3 + 4 / 4) ** 2 / (1 + 1 / 4)])
    assert two[1] == pytest.approx(24 * (9 + 16 / 4))  # both, each explaining its own
    assert two[0] == one[0]  # a leak beside itself adds nothing


def test_a_load_that_was_never_seen_is_the_nearest_that_was() -> None:
    """A line through known loads of 0 to 1 goes on level: a leak does not make an error of 100."""
    load = np.append(np.linspace(0, 1, 240), [50.0])[:, None]
    parts = np.arange(241) % 24 * CLASSES // 24
    usual = _fitted(np.append(np.linspace(0, 2, 240), np.nan), load, parts, 240)
    assert usual[120] == pytest.approx(1.0, abs=0.05)
    assert usual[240] == pytest.approx(2.0, abs=0.1)


def test_what_comes_down_is_unknown(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    network, _ = read_inp(files["network"])
    readings, _ = _read(files)
    monkeypatch.setattr(alone, "_work", _down)
    found = alone.search_alone(network, readings, 12, lambda done: None)  # type: ignore[arg-type]
    assert found.status == "unknown"
    assert [finding.code for finding in found.findings] == ["water.leaks-crashed"]


def _down(*arguments: object) -> None:
    """A search that ends as a crash of EPANET does."""
    os._exit(3)


def test_two_leaks_are_not_taken_for_one_between() -> None:
    shapes = np.array([[1.0, 0.0, 0.7], [0.0, 1.0, 0.7]])
    calibration = _calibration(shapes)
    residual = np.tile([4.0, 8.0], (48, 1))
    stretch = Stretch(calibration, residual, 24, 48)
    noise = stretch.noise()
    place = stretch.located(noise, stretch.match(noise), np.ones(3), np.ones((3, 3), dtype=bool))
    assert place[:2].min() > 0.4
    assert place.sum() == pytest.approx(2.0, abs=0.05)


def _swept(*, moved: bool) -> Sweep:
    """Noise of 1 and 2, a leak of 10 at the first of two far candidates from hour 96 on.

    With `moved` it was told at the second, a while before anything was seen.
    """
    unit = 1 / 3600
    calibration = _calibration(np.eye(2) / unit, hours=240)
    noise = np.random.default_rng(1).normal(0, [1.0, 2.0], (240, 2))
    noise[96:, 0] += 10
    calibration = replace(calibration, residual=noise)
    far = np.array([[0.0, 800.0], [800.0, 0.0]])
    sweep = Sweep(calibration, far, np.ones(2))
    if moved:
        leak = TrackedLeak(1, 1, 96, 102, 0.9, np.zeros(240))
        sweep.tracker.prepare(leak)
        sweep.tracker.add(leak, 102)
        leak.size[96:] = 5 * unit
        sweep.tracker.settle()
    sweep.run(96)
    return sweep


def test_a_burst_is_told_with_its_beginning() -> None:
    (leak,) = _swept(moved=False).tracker.leaks
    assert leak.reported == 0
    assert leak.start == 96
    assert leak.found == 96 + 12  # sure of its place, it is told at the second look
    assert leak.now(240) * 3600 == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize(("size", "number"), [(15.0, 2), (4.0, 1)])
def test_a_known_leak_does_not_double_in_a_day(size: float, number: int) -> None:
    """Beside a leak of 4 within its radius: 15 m³/h more are another, 4 may be its growth."""
    unit = 1 / 3600
    noise = np.random.default_rng(1).normal(0, [1.0, 2.0], (240, 2))
    noise[96:, 0] += 4
    noise[192:, 1] += size
    calibration = replace(_calibration(np.eye(2) / unit, hours=240), residual=noise)
    sweep = Sweep(calibration, np.array([[0.0, 200.0], [200.0, 0.0]]), np.ones(2))
    sweep.run(96)
    assert len(sweep.tracker.leaks) == number


def test_a_leak_told_at_a_wrong_place_is_told_again_once() -> None:
    wrong, right = _swept(moved=True).tracker.leaks
    assert wrong.withdrawn
    assert not wrong.size.any()
    assert (right.reported, right.start) == (0, 96)
    assert right.now(240) * 3600 == pytest.approx(10, rel=0.1)


def test_a_missing_observation_has_no_say() -> None:
    calibration = _calibration(np.eye(2))
    residual = np.tile([3.0, np.nan], (48, 1))
    stretch = Stretch(calibration, residual, 24, 48)
    assert len(stretch.means) == CLASSES
    assert stretch.match(stretch.noise()).size == pytest.approx([3.0, 0.0])


@pytest.fixture
def files(line: Path) -> dict[str, Path]:
    """A day of readings of the line, as BattLeDIM writes them."""
    rows = [(DAY0 + timedelta(seconds=k * STEP), 40 + k / 100) for k in range(96)]
    pressures, flows = line.parent / "p.csv", line.parent / "f.csv"
    pressures.write_text(
        "Timestamp;B;C\n"
        + "".join(f"{at};{value:.2f};{value:.2f}\n".replace(".", ",") for at, value in rows)
    )
    flows.write_text("time,P1\n" + "".join(f"{at},36.0\n" for at, _ in rows))
    return {"network": line, "pressures": pressures, "flows": flows}


def _read(files: dict[str, Path], **units: str) -> tuple[object, list[str]]:
    network, _ = read_inp(files["network"])
    none = Source(None, "m3/h")
    readings, findings = read_readings(
        network,
        Source(files["pressures"], units.get("pressure", "m")),
        Source(files["flows"], "m3/h"),
        Source(None, "m"),
        none,
    )
    return readings, [finding.code for finding in findings]


def test_both_layouts_are_read(files: dict[str, Path]) -> None:
    network, _ = read_inp(files["network"])
    readings, findings = read_readings(
        network,
        Source(files["pressures"], "m"),
        Source(files["flows"], "m3/h"),
        Source(None, "m"),
        Source(None, "m3/h"),
    )
    assert findings == []
    assert readings.hours == 24
    assert readings.start == DAY0
    assert readings.pressures.values[0] == pytest.approx([40.015, 40.015])
    assert readings.flows.values == pytest.approx(0.01)


def test_bad_readings_are_told(files: dict[str, Path]) -> None:
    text = files["pressures"].read_text()
    files["pressures"].write_text(text.replace("B;C", "B;nowhere", 1))
    assert _read(files)[1] == ["water.readings-unknown-sensor"]
    files["pressures"].write_text(text.replace("40,03", "9999").replace("40,04", ""))
    assert "water.readings-sensor" in _read(files)[1]
    for broken in ("", "Timestamp;B\n", text.replace("40,03", "forty"), text.replace("2018", "x")):
        files["pressures"].write_text(broken)
        with pytest.raises(InputError) as caught:
            _read(files)
        assert all(finding.file for finding in caught.value.findings)
    with pytest.raises(InputError):
        _read({**files, "flows": files["flows"].with_name("none.csv")})


def test_a_stuck_sensor_is_left_out_once_it_is_known(files: dict[str, Path]) -> None:
    rows = [f"{DAY0 + timedelta(hours=k)};40,0;{40 + k / 10:.1f}\n" for k in range(48)]
    files["pressures"].write_text("Timestamp;B;C\n" + "".join(rows))
    readings, codes = _read(files)
    assert codes == ["water.readings-sensor"]
    known = np.isfinite(readings.pressures.values)  # type: ignore[attr-defined]
    assert known[:24].all()  # at the time nobody could know
    assert not known[24:, 0].any()
    assert known[24:, 1].all()


def test_an_offset_from_utc_is_told(files: dict[str, Path]) -> None:
    text = files["flows"].read_text()
    files["flows"].write_text(text.replace(",36.0", "+02:00,36.0"))
    readings, codes = _read(files)
    assert codes == ["water.readings-offset"]
    assert readings.start == DAY0  # type: ignore[attr-defined]


def test_without_a_leak_free_time_nothing_is_guessed(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(files["network"]), "--pressures", str(files["pressures"])]
    words += ["--flows", str(files["flows"])]
    assert call("leaks", *words, "--json") == 1
    found = valid("water-leaks", capsys.readouterr().out)
    assert found["status"] == "unknown"
    assert "leaks" not in found
    assert found["findings"][-1]["code"] == "water.leaks-no-calibration"
    with pytest.raises(UsageError, match="no time"):
        call("leaks", *words, "--leak-free-until", "soon")


TOWN = Truth(seed=3, days=11, leaks=(Leak("p523", 7.5 * 24, 1e9, 0.0, 15.0),))
"""Synthetic: a week without leaks, then a burst of 15 m³/h half way along p523."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    place = Town(data("water", "L-TOWN.inp"))
    found = simulate(place, TOWN)
    write(place, TOWN, found, folder)
    early = {name: values[: -36 * 4] for name, values in found.items()}
    write(place, TOWN, early, folder / "early")
    return folder


def _words(folder: Path) -> list[str]:
    words = [str(data("water", "L-TOWN.inp")), "--leak-free-until", "2018-01-08"]
    for option, name in (
        ("--pressures", "Pressures"),
        ("--flows", "Flows"),
        ("--levels", "Levels"),
        ("--meters", "Demands"),
    ):
        words += [option, str(folder / f"2018_SCADA_{name}.csv")]
    return words


def test_a_burst_in_l_town(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = str(town / "2018_Leakages.csv")
    assert call("leaks", *_words(town), "--truth", truth, "--price", "2", "--json") == 0
    found = valid("water-leaks", capsys.readouterr().out)
    (leak,) = found["leaks"]
    (claim,) = found["score"]["claims"]
    assert claim["verdict"] == "found"
    assert claim["distance_m"] <= 300
    assert "p523" in [leak["pipe"], *leak["alternatives"]]
    assert leak["flow_m3h"] == pytest.approx(15, rel=0.2)
    assert datetime.fromisoformat(leak["detected"]) <= datetime(2018, 1, 9, 12)
    start = datetime.fromisoformat(leak["start"])
    assert abs(start - datetime(2018, 1, 8, 12)) <= timedelta(hours=6)
    assert leak["cost_eur"] == pytest.approx(2 * leak["lost_m3"])
    assert found["score"]["false_alarms"] == 0
    assert found["score"]["share"] > 0.6

    assert call("leaks", *_words(town / "early"), "--json") == 0
    early = json.loads(capsys.readouterr().out)
    (sooner,) = early["leaks"]  # what comes later changes nothing of what was told
    assert (sooner["pipe"], sooner["detected"]) == (leak["pipe"], leak["detected"])


def test_a_quiet_town_has_no_leaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Town(data("water", "L-TOWN.inp"))
    quiet = replace(TOWN, seed=4, leaks=())
    write(place, quiet, simulate(place, quiet), tmp_path)
    assert call("leaks", *_words(tmp_path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["leaks"] == []
