"""Pumping tests: Oude Korendijk, and readings of a known aquifer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import exp1
from shared_data import data

from kopa.domains.groundwater.pumping_test import Well, fit
from kopa.domains.groundwater.read_field import DAY
from kopa.domains.groundwater.read_readings import PumpingTest, read_test
from kopa.errors import InputError

WELL = Well(788 / DAY, 7.0)


def korendijk(distance: int) -> PumpingTest:
    return read_test(data("groundwater", f"oudekorendijk_h{distance}.dat"), distance, "min")


def known(noise: float, seed: int = 0, count: int = 40) -> PumpingTest:
    """Theis with 400 m²/d and 1e-3, and white noise; made for the test."""
    times = np.geomspace(60, DAY, count)
    drawdown = 788 / (4 * np.pi * 400) * exp1(30.0**2 * 1e-3 / (4 * 400 / DAY * times))
    drawdown = drawdown + np.random.default_rng(seed).normal(0, noise, count)
    return PumpingTest(Path("made"), 30.0, times, drawdown)


def test_oude_korendijk_as_others_fit_it() -> None:
    """AQTESOLV (Duffield 2007), in timflow's example: k 66.086 m/d, Ss 2.541e-5 1/m, and a root
    mean square of 0.05006 m for both piezometers together."""
    found = fit([korendijk(30), korendijk(90)], WELL)
    assert found.values[0] * DAY / 7 == pytest.approx(66.086, rel=1e-3)
    assert found.values[1] / 7 == pytest.approx(2.541e-5, rel=1e-3)
    assert found.rmse == pytest.approx(0.05006, rel=1e-3)
    assert found.trusted


def test_oude_korendijk_as_published() -> None:
    """Kruseman and de Ridder (1994, ch. 3): kD 392 m²/d and S 1.7e-4 by matching curves by hand:
    within the intervals."""
    found = fit([korendijk(30), korendijk(90)], WELL)
    for low, wanted, high in zip(found.low, (392 / DAY, 1.7e-4), found.high, strict=True):
        assert low < wanted < high


def test_residuals_with_a_pattern_are_told() -> None:
    found = fit([korendijk(30), korendijk(90)], WELL)
    assert [one.code for one in found.findings] == ["groundwater.pattern"]


def test_a_known_aquifer_is_found() -> None:
    found = fit([known(0.0)], WELL)
    assert found.values * [DAY, 1] == pytest.approx([400, 1e-3], rel=1e-3)
    assert found.explained == pytest.approx(1)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """12 series of readings with noise: 95 % intervals miss about one of them."""
    missed = 0
    for seed in range(12):
        found = fit([known(0.02, seed, 15)], WELL)
        missed += not found.low[0] < 400 / DAY < found.high[0]
    assert missed <= 3


def test_noise_is_not_trusted() -> None:
    drawdown = np.abs(np.random.default_rng(2).normal(1, 0.5, 30))
    one = PumpingTest(Path("noise"), 30.0, np.geomspace(60, DAY, 30), drawdown)
    found = fit([one], WELL)
    assert not found.trusted
    assert "groundwater.bad-fit" in {finding.code for finding in found.findings}


def test_a_leaky_aquifer_cannot_be_told_from_a_confined_one_by_early_readings() -> None:
    found = fit([known(0.01)], WELL, leaky=True)
    assert not found.trusted
    assert any("resistance_d" in one.what for one in found.findings)


BROKEN = {
    "": "few",
    "1 2\n3 4\n5 6\n": "few",
    "time,drawdown_m\n1,2\n2,3\n3,4\n4,5\n5,6\n": "head",
    "time_min,head_m\n1,2\n2,3\n3,4\n4,5\n5,6\n": "head",
    "time_lightyear,drawdown_m\n1,2\n2,3\n3,4\n4,5\n5,6\n": "unit",
    "time_min,drawdown_m\n0,2\n2,3\n3,4\n4,5\n5,6\n": "time",
    "time_min,drawdown_m\n1,2\n3,3\n2,4\n4,5\n5,6\n": "order",
    "time_min,drawdown_m\n1,-2\n2,-3\n3,-4\n4,-5\n5,-6\n": "sign",
    "time_min,drawdown_m\n1,2\n2,3,7\n3,x\n4,\n5,6\n": "number",
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken(text: str, tmp_path: Path) -> None:
    file = tmp_path / "test.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_test(file, 30.0, "min")
    assert f"groundwater.{BROKEN[text]}" in {one.code for one in error.value.findings}


def test_a_file_without_heads_needs_its_unit(tmp_path: Path) -> None:
    file = tmp_path / "test.dat"
    file.write_text("1 0.1\n2 0.2\n3 0.3\n4 0.4\n5 0.5\n", encoding="utf-8")
    with pytest.raises(InputError, match="time-unit"):
        read_test(file, 30.0)
    assert read_test(file, 30.0, "d").times[0] == DAY


def test_units_of_heads_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "test.csv"
    file.write_text("# time (min); drawdown (mm)\n1;10\n2;20\n3;30\n4;40\n5;50\n", encoding="utf-8")
    found = read_test(file, 30.0)
    assert found.times.tolist() == [60, 120, 180, 240, 300]
    assert found.drawdown == pytest.approx([0.01, 0.02, 0.03, 0.04, 0.05])
