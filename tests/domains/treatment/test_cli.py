"""``kopa treatment``: documents held against their schemas, exit codes, words for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from schemas import valid

from kopa.cli.main import main
from kopa.domains.treatment import aeration, wastewater

from .plants import PLANT_TOML, WORKS_TOML, write


@pytest.fixture
def plant(tmp_path: Path) -> str:
    return str(write(tmp_path, "plant.toml", PLANT_TOML))


@pytest.fixture
def works(tmp_path: Path) -> str:
    return str(write(tmp_path, "works.toml", WORKS_TOML))


def document(capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    assert main(["treatment", *words, "--json"]) == code
    return valid(f"treatment-{words[0]}", capfd.readouterr().out)


def test_run(capfd: pytest.CaptureFixture[str], plant: str) -> None:
    found = document(capfd, "run", plant, "--change", "no_electricity 08:00-14:00")
    assert found["status"] == "ok"
    by_name = {row["quantity"]: row for row in found["permit"]}
    assert by_name["bod5"]["status"] == "holds"
    assert by_name["ammonia"]["status"] == "holds"  # but what was not lifted flowed past
    assert by_name["ammonia"]["whole"]
    assert abs(found["nitrogen_kg"]["gap_share"]) < 1e-6
    assert abs(found["water_m3"]["residual"]) < 1e-3
    assert found["water_m3"]["overflow"] > 1000  # its inflow is pumped
    assert len(found["series"]["oxygen_g_m3"]) == found["steps"] == 96
    assert sum(found["series"]["aeration_kwh"]) == pytest.approx(found["energy_kwh"]["aeration"])


def test_run_with_an_inflow(capfd: pytest.CaptureFixture[str], plant: str, tmp_path: Path) -> None:
    rain = write(tmp_path, "rain.csv", "time,inflow_l_s\n06:00,900\n08:00,150\n")
    found = document(capfd, "run", plant, "--inflow", str(rain), "--hours", "10")
    flow = found["series"]["inflow_l_s"]
    assert flow[24:32] == pytest.approx([900.0] * 8)
    assert flow[32:] == pytest.approx([150.0] * 8)
    assert flow[:24] != flow[24:]
    assert found["permit"][0]["whole"] is False


def test_aeration(
    capfd: pytest.CaptureFixture[str], plant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aeration, "STEP", 2.5)
    monkeypatch.setattr(wastewater, "WARM_DAYS", 1)
    found = document(capfd, "aeration", plant)
    assert found["best"]["status"] == "holds"
    assert found["best"]["energy_kwh"] <= found["now"]["energy_kwh"]
    assert found["saved_kwh_per_day"] == pytest.approx(
        found["now"]["energy_kwh"] - found["best"]["energy_kwh"]
    )


def test_blend(capfd: pytest.CaptureFixture[str], works: str) -> None:
    found = document(capfd, "blend", works)
    assert found["shares"] == {"wells": 0.7, "river": 0.3}
    found = document(capfd, "blend", works, "--hardness", "2")
    assert found["blend"]["hardness_mmol_l"] == pytest.approx(2, abs=1e-3)


def test_soften(capfd: pytest.CaptureFixture[str], works: str) -> None:
    found = document(capfd, "soften", works, "--hardness", "1.5", "--index", "0.2")
    assert found["softened"]["hardness_mmol_l"] == pytest.approx(1.5, abs=1e-6)
    assert found["dose_kg_per_day"] == pytest.approx(found["dose_mmol_l"] * 0.039997 * 20000)
    assert found["conditioning"]["water"]["saturation_index"] == pytest.approx(0.2, abs=1e-4)


def test_stability(capfd: pytest.CaptureFixture[str], works: str) -> None:
    found = document(capfd, "stability", works)
    assert found["outside"] == []
    assert found["chlorine"]["status"] == "holds"
    found = document(capfd, "stability", works, "--dose", "0")
    assert found["chlorine"]["status"] == "too little"


def test_chlorine_without_its_numbers_is_unknown(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = WORKS_TOML[: WORKS_TOML.index("[chlorine]")]
    found = document(capfd, "stability", str(write(tmp_path, "w.toml", text)))
    assert found["chlorine"] == {"status": "unknown"}


@pytest.mark.parametrize(
    "words",
    [
        ("run", "PLANT", "--change", "no_electricity 08:00-14:00"),
        ("blend", "WORKS"),
        ("soften", "WORKS", "--hardness", "1.5", "--index", "0.1"),
        ("stability", "WORKS"),
    ],
)
def test_people_read_numbers_with_units(
    capfd: pytest.CaptureFixture[str], plant: str, works: str, words: tuple[str, ...]
) -> None:
    named = [{"PLANT": plant, "WORKS": works}.get(word, word) for word in words]
    assert main(["treatment", *named]) == 0
    text = capfd.readouterr().out
    assert "mmol/L" in text or "kWh" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "WORKS"), 2),
        (("blend", "PLANT"), 2),
        (("run", "PLANT", "--change", "explode"), 2),
        (("aeration", "PLANT", "--margin", "2"), 2),
        (("blend", "WORKS", "--hardness", "9"), 2),
        (("soften", "WORKS", "--hardness", "0.1"), 1),
        (("run", "NONE"), 1),
        (("run", "PLANT", "--inflow", "NONE"), 1),
        (("run", "PLANT", "--inflow", "WORKS"), 1),
    ],
)
def test_what_cannot_be_done_is_told(
    capfd: pytest.CaptureFixture[str],
    plant: str,
    works: str,
    words: tuple[str, ...],
    code: int,
) -> None:
    names = {"PLANT": plant, "WORKS": works, "NONE": plant + ".none"}
    assert main(["treatment", *(names.get(word, word) for word in words)]) == code
    captured = capfd.readouterr()
    assert "Traceback" not in captured.out + captured.err
    assert captured.out + captured.err
