"""``kopa industry``: documents held against their schemas, exit codes, words for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from schemas import valid

from kopa.cli.main import main
from kopa.domains.industry import engine_opendsm, savings
from kopa.domains.industry.engine_opendsm import Opinion
from kopa.errors import EngineError

from .meters import BASELINE_END, Plant, hourly
from .test_checklist import PLANT


@pytest.fixture(scope="module", autouse=True)
def _opendsm_is_loaded() -> None:
    """Once here, not in the process of each command."""
    with engine_opendsm.quiet():
        from opendsm import eemeter  # noqa: F401


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    files = Plant(saved=0.1).write(tmp_path)
    return [
        files["meter"], "--weather", files["weather"], "--production", files["production"],
        "--baseline-end", BASELINE_END,
    ]  # fmt: skip


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The regression alone: OpenDSM takes seconds."""

    def opinion(*given: Any) -> Any:
        raise EngineError("OpenDSM: it is not asked")

    monkeypatch.setattr(savings, "opinion", opinion)


def document(
    capfd: pytest.CaptureFixture[str], job: str, *words: str, code: int = 0
) -> dict[str, Any]:
    assert main(["industry", job, *words, "--json"]) == code
    return valid(f"industry-{job}", capfd.readouterr().out)


def test_savings(capfd: pytest.CaptureFixture[str], words: list[str]) -> None:
    found = document(capfd, "savings", *words, "--price", "0.2", "--co2", "0.1")
    assert found["verdict"] == "significant"
    own, plain, other = found["estimates"]
    assert (own["model"], plain["model"]) == ("regression", "regression-by-weather")
    assert other["model"] == "opendsm-daily"
    assert own["savings_share"] == pytest.approx(0.1, abs=0.01)
    assert own["saved_eur"]["mid"] == pytest.approx(0.2 * own["savings_kwh"])
    assert own["saved_kgco2e"]["low"] == pytest.approx(0.1 * own["low_kwh"])
    half = own["uncertainty_kwh"]["90"]
    told = found["regression"]
    assert half == max(
        told["uncertainty_guideline_14_kwh"]["90"], told["uncertainty_covariance_kwh"]["90"]
    )
    assert found["periods"]["reporting"] == {
        "start": "2024-01-01", "end": "2024-12-31", "days": 366, "known_days": 366,
    }  # fmt: skip


@pytest.mark.usefixtures("alone")
def test_without_opendsm_and_without_prices(
    capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    found = document(capfd, "savings", *words)
    assert found["estimates"][0]["saved_eur"] is None
    assert found["estimates"][0]["saved_kgco2e"] is None
    codes = {one["code"] for one in found["findings"]}
    assert {"industry.no-price", "industry.no-co2", "industry.no-opinion"} <= codes


def test_hours(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plant = Plant(saved=0.1)
    files = plant.write(tmp_path)
    tables = {"meter": ("start,energy_kwh", plant.energy), "weather": ("time,temperature_c", None)}
    for name, (head, values) in tables.items():
        rows = hourly(24 * plant.temperature if values is None else values)
        Path(files[name]).write_text("\n".join([head, *rows]), encoding="utf-8")
    found = document(
        capfd, "savings", files["meter"], "--weather", files["weather"],
        "--baseline-end", BASELINE_END,
    )  # fmt: skip
    assert [one["model"] for one in found["estimates"]] == ["regression", "opendsm-hourly"]
    for one in found["estimates"]:
        assert one["savings_share"] == pytest.approx(0.1, abs=0.03)


def test_enpi(capfd: pytest.CaptureFixture[str], words: list[str]) -> None:
    found = document(capfd, "enpi", *words)
    assert found["indicator"] == pytest.approx(0.9, abs=0.01)
    assert found["improvement"]["mid"] == pytest.approx(1 - found["indicator"])
    assert len(found["months"]) == 24
    assert sum(one["measured_kwh"] for one in found["months"][12:]) == pytest.approx(
        found["measured_kwh"]
    )
    (ratio,) = found["ratios"]
    made = sum(one["production"]["tonnes"] for one in found["months"][:12])
    assert ratio["baseline_kwh_a_unit"] == pytest.approx(found["baseline"]["energy_kwh"] / made)


def test_a_ratio_that_misleads_is_told(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """30 % more is made and nothing is saved: kWh a tonne falls all the same."""
    files = Plant(more=0.3).write(tmp_path)
    found = document(
        capfd, "enpi", files["meter"], "--weather", files["weather"],
        "--production", files["production"], "--baseline-end", BASELINE_END,
    )  # fmt: skip
    assert found["ratios"][0]["improvement"] > 0.1
    assert abs(found["improvement"]["mid"]) < 0.01
    assert "industry.ratio-misleads" in {one["code"] for one in found["findings"]}


def test_cusum(capfd: pytest.CaptureFixture[str], words: list[str], tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    found = document(capfd, "cusum", *words, "--chart", str(chart))
    assert [one["start"][:7] for one in found["changes"]][:1] == ["2024-01"]
    assert found["rows"][-1]["cumulative_kwh"] == pytest.approx(found["total_kwh"])
    assert len(found["rows"]) == 731
    assert chart.read_text(encoding="utf-8").startswith("<svg")
    assert main(["industry", "cusum", *words, "--chart", str(tmp_path / "no" / "chart.svg")]) == 1


def test_checklist(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(PLANT, encoding="utf-8")
    found = document(capfd, "checklist", str(file))
    assert found["status"] == "partial"
    first, *rest = found["measures"]
    assert first["npv_eur"] == pytest.approx(1800 / 1.05 + 1800 / 1.05**2 - 1000)
    assert {one["status"] for one in rest} == {"unknown"}
    assert all(one["saved_kwh_yr"] is None and one["missing"] for one in rest)
    assert len(document(capfd, "checklist")["catalogue"]) == 16


def test_a_measure_that_uses_more_is_told(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(
        '[[measure]]\nuse = "drive-belt"\ninput_kw = 10\nhours_h = 1000\nbelt_now = 0.98\n'
        "belt_new = 0.93\n"
    )
    found = document(capfd, "checklist", str(file))
    assert [one["code"] for one in found["findings"]] == ["industry.no-saving"]
    assert found["measures"][0]["saved_kwh_yr"] < 0


@pytest.mark.usefixtures("alone")
def test_words_for_people(
    capfd: pytest.CaptureFixture[str], words: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(PLANT, encoding="utf-8")
    for said, given in (
        ("significant", ["savings", *words, "--price", "0.2"]),
        ("EnPI", ["enpi", *words]),
        ("When use changed", ["cusum", *words]),
        ("repaired_share", ["checklist", str(file)]),
        ("16 measures", ["checklist"]),
    ):
        assert main(["industry", *given]) == 0
        assert said in capfd.readouterr().out


def test_wrong_usage_and_wrong_files(
    capfd: pytest.CaptureFixture[str], words: list[str], tmp_path: Path
) -> None:
    assert main(["industry", "savings", *words, "--price", "-1"]) == 2
    assert main(["industry", "savings", *words, "--unit", "furlong"]) == 2
    assert main(["industry", "enpi", *words, "--baseline-days", "0"]) == 2
    with pytest.raises(SystemExit) as caught:
        main(["industry", "savings", *words[:-1], "soon"])
    assert caught.value.code == 2
    (tmp_path / "meter.csv").write_text("start,energy_kwh\n2024-01-01,x\n")
    (tmp_path / "weather.csv").write_text("time,temperature_c\nsoon,1\n")
    capfd.readouterr()
    assert main(["industry", "savings", *words, "--json"]) == 1
    out = capfd.readouterr().out
    assert "industry.number" in out
    assert "industry.time" in out
    assert "Traceback" not in out


def test_models_that_disagree_end_with_1(
    capfd: pytest.CaptureFixture[str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Opinion("daily", 9e5, 3e5, {0.68: 1e3, 0.9: 2e3}, 0.1, 0.0, 0.9, (), ())
    monkeypatch.setattr(savings, "opinion", lambda *given: said)
    found = document(capfd, "savings", *words, code=1)
    assert (found["status"], found["verdict"]) == ("unknown", "models-disagree")
