"""Verdicts: what is significant, what is not, and what two models make of one meter."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.domains.industry import savings
from kopa.domains.industry.engine_opendsm import Opinion
from kopa.domains.industry.read_meter import read_meter, read_production, read_weather
from kopa.domains.industry.savings import HALF, NINETY, SIXTY_EIGHT, ZERO, Dates, Estimate, Report
from kopa.domains.industry.usage import usage
from kopa.errors import EngineError, InputError

from .meters import Plant

END = date(2023, 12, 31)


def report(folder: Path, plant: Plant, dates: Dates | None = None, **leave: bool) -> Report:
    files = {name: Path(file) for name, file in plant.write(folder).items()}
    meter, _ = read_meter(files["meter"])
    weather = read_weather(files["weather"])
    made = None if leave.get("production") is False else read_production(files["production"])
    return savings.report(meter, weather, usage(meter, weather, made), dates or Dates(END))


@pytest.fixture(autouse=True)
def _no_opendsm(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests ask the regression alone: OpenDSM has a file of its own."""
    says(monkeypatch, None)


def says(monkeypatch: pytest.MonkeyPatch, share: float | None, **more: Any) -> None:
    """Let OpenDSM find a share saved; None lets it fail."""

    def opinion(meter: Any, weather: Any, data: Any, periods: Any, levels: Any) -> Opinion:
        if share is None:
            raise EngineError("OpenDSM: it is not asked")
        measured = float(data.energy[periods[1] & data.known].sum())
        expected = measured / (1 - share)
        given = {"disqualified": (), "remarks": ()} | more
        return Opinion("daily", expected, measured, {0.68: 0.01 * expected, 0.9: 0.02 * expected},
                       0.1, 0.0, 0.9, **given)  # fmt: skip

    monkeypatch.setattr(savings, "opinion", opinion)


def codes(found: Report) -> set[str]:
    return {one.code.removeprefix("industry.") for one in found.findings}


def test_what_is_saved_is_found(tmp_path: Path) -> None:
    found = report(tmp_path, Plant(saved=0.1))
    own = found.regression
    assert own.savings / own.expected == pytest.approx(0.1, abs=own.half[NINETY] / own.expected)
    assert own.half[NINETY] / own.expected < 0.01
    assert own.against == ()
    assert found.verdict == "significant"
    assert codes(found) == {"no-opinion"}


def test_nothing_saved_is_not_significant(tmp_path: Path) -> None:
    found = report(tmp_path, Plant())
    assert found.regression.against == (ZERO, HALF)
    assert found.verdict == "not-significant"
    assert "not-significant" in codes(found)


def test_little_saved_in_much_noise_is_not_significant(tmp_path: Path) -> None:
    found = report(tmp_path, Plant(saved=0.01, noise=250))
    assert found.verdict == "not-significant"
    assert abs(found.regression.savings) < 2 * found.regression.half[SIXTY_EIGHT]


@pytest.mark.parametrize(
    ("saved", "half68", "half90", "rules"),
    [
        (100, 40, 66, ()),
        (100, 55, 91, (HALF,)),
        (100, 70, 115, (ZERO, HALF)),
        (-100, 40, 66, ()),
        (0, 0, 0, (ZERO,)),
        (100, math.nan, math.nan, (ZERO, HALF)),
    ],
)
def test_the_two_rules(saved: float, half68: float, half90: float, rules: tuple[str]) -> None:
    half = {SIXTY_EIGHT: half68, NINETY: half90}
    assert Estimate("m", 1000, 1000 - saved, half, 0.1, 0, 0.9).against == rules


def test_production_that_grew_is_not_waste(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """5 % saved and 15 % more made: without production it looks like none."""
    says(monkeypatch, -0.002)
    found = report(tmp_path, Plant(saved=0.05, more=0.15))
    own, plain = found.regression, found.plain
    assert own.share == pytest.approx(0.05, abs=0.01)
    assert plain.share < 0.02
    assert found.verdict == "significant"
    assert "production-matters" in codes(found)
    without = report(tmp_path, Plant(saved=0.05, more=0.15), production=False)
    assert without.regression.savings == pytest.approx(plain.savings, rel=0.01)


def test_models_that_disagree_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, 0.3)
    found = report(tmp_path, Plant(saved=0.1), production=False)
    assert found.verdict == "models-disagree"
    assert "models-disagree" in codes(found)


def test_a_model_that_is_disqualified_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, 0.3, disqualified=("model_fit_metrics",))
    found = report(tmp_path, Plant(saved=0.1), production=False)
    assert found.verdict == "significant"
    assert {"disqualified", "models-disagree"} <= codes(found)


def test_models_that_differ_in_sureness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, 0.015)
    found = report(tmp_path, Plant(saved=0.03), production=False)
    assert not found.regression.against
    assert found.verdict == "not-significant"
    assert "models-differ" in codes(found)


def test_gaps_are_told_and_left_out(tmp_path: Path) -> None:
    plant = Plant(saved=0.1)
    files = plant.write(tmp_path)
    for name, days in (("meter", range(100, 160)), ("weather", range(400, 403))):
        lines = Path(files[name]).read_text(encoding="utf-8").splitlines()
        kept = [line for n, line in enumerate(lines) if n - 1 not in days]
        Path(files[name]).write_text("\n".join(kept), encoding="utf-8")
    meter, _ = read_meter(Path(files["meter"]))
    weather = read_weather(Path(files["weather"]))
    found = savings.report(meter, weather, usage(meter, weather), Dates(END))
    told = {one.code: one for one in found.findings}
    assert told["industry.gaps-baseline"].severity == "warning"
    assert "60 of 365" in told["industry.gaps-baseline"].what
    assert "2023-04-11" in told["industry.gaps-baseline"].what
    assert told["industry.gaps-reporting"].severity == "info"
    assert "3 of 366" in told["industry.gaps-reporting"].what
    keep = np.ones(366, dtype=bool)
    keep[35:38] = False
    assert found.regression.measured == pytest.approx(plant.energy[365:][keep].sum(), rel=1e-6)


def test_a_short_baseline_and_a_short_report(tmp_path: Path) -> None:
    dates = Dates(END, baseline_days=180, reporting_end=date(2024, 3, 31))
    found = report(tmp_path, Plant(saved=0.1), dates)
    assert {"short-baseline", "short-reporting", "extrapolated"} <= codes(found)
    assert found.periods.months == pytest.approx(3, abs=0.05)


def test_a_winter_by_the_model_of_a_summer_is_unknown(tmp_path: Path) -> None:
    dates = Dates(date(2023, 8, 31), baseline_days=90, reporting_end=date(2024, 2, 28))
    found = report(tmp_path, Plant(saved=0.1), dates)
    assert found.verdict == "unknown"
    assert "unknown" in codes(found)


def test_a_long_baseline_is_told(tmp_path: Path) -> None:
    dates = Dates(date(2024, 6, 30), baseline_days=500)
    assert "long-baseline" in codes(report(tmp_path, Plant(), dates))


def test_a_plant_that_uses_more_is_told(tmp_path: Path) -> None:
    found = report(tmp_path, Plant(saved=-0.1))
    assert found.regression.savings < 0
    assert found.verdict == "significant"
    assert "uses-more" in codes(found)


def test_production_beyond_the_baseline_is_told(tmp_path: Path) -> None:
    found = report(tmp_path, Plant(saved=0.1, more=0.8))
    (told,) = (one for one in found.findings if one.code == "industry.extrapolated")
    assert "tonnes" in told.what
    assert found.verdict == "unknown"
    a_little = report(tmp_path, Plant(saved=0.1, more=0.15))
    assert "extrapolated" in codes(a_little)
    assert a_little.verdict == "significant"


def test_a_model_that_fits_badly_is_told(tmp_path: Path) -> None:
    assert "cv-rmse" in codes(report(tmp_path, Plant(noise=500), production=False))


def test_a_driver_of_nothing_is_told(tmp_path: Path) -> None:
    plant = Plant()
    files = plant.write(tmp_path)
    rng = np.random.default_rng(9)
    rows = [f"{day},{rng.uniform():.3f}" for day in plant.dates]
    Path(files["production"]).write_text("\n".join(["date,moon", *rows]), encoding="utf-8")
    meter, _ = read_meter(Path(files["meter"]))
    weather = read_weather(Path(files["weather"]))
    data = usage(meter, weather, read_production(Path(files["production"])))
    assert "driver" in codes(savings.report(meter, weather, data, Dates(END)))


@pytest.mark.parametrize(
    "dates",
    [
        Dates(date(2030, 1, 1)),
        Dates(date(2020, 1, 1)),
        Dates(END, reporting_start=date(2023, 6, 1)),
        Dates(date(2024, 12, 31)),
    ],
)
def test_periods_that_hold_nothing(tmp_path: Path, dates: Dates) -> None:
    with pytest.raises(InputError) as caught:
        report(tmp_path, Plant(), dates)
    assert {one.code for one in caught.value.findings} == {"industry.periods"}
