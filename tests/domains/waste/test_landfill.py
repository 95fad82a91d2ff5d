"""Landfill methane against the IPCC's example, the closed form and a hand calculation."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.waste.jobs import runner

from kopa.domains.waste import cli_landfill
from kopa.domains.waste.processing.landfill import (
    Landfill,
    Stream,
    closed_form,
    decayed,
    defaults,
    methane,
)
from kopa.domains.waste.processing.read_landfill import read_landfill
from kopa.errors import InputError


def given(**more: Any) -> dict[str, Any]:
    return {
        "first-year": 2000,
        "years": 60,
        "climate": "boreal_temperate_wet",
        "management": "managed_anaerobic",
        "cover": "covered",
        "recovered-share": 0.4,
        "engine-efficiency": 0.38,
        "streams": [
            {"name": "food", "material": "food", "tonnes": [1000.0] * 20},
            {"name": "paper", "material": "paper", "tonnes": [500.0] * 20},
        ],
        **more,
    }


def written(tmp_path: Path, **more: Any) -> Path:
    file = tmp_path / "landfill.json"
    file.write_text(json.dumps(given(**more)), encoding="utf-8")
    return file


@pytest.mark.parametrize("delay", [0.0, 2.5, 6.0])
def test_the_recursion_is_the_sum_of_exponentials(delay: float) -> None:
    random = np.random.default_rng(3)
    deposits = random.uniform(0, 1e4, (12, 60))
    k = random.uniform(0.01, 0.7, 12)
    found = decayed(deposits, k, delay)
    for row in range(12):
        told = closed_form(deposits[row].tolist(), float(k[row]), delay)
        assert np.allclose(found[row], told, rtol=1e-12, atol=1e-9)


def test_all_carbon_decays_in_the_end() -> None:
    found = decayed(np.array([[100.0, *[0.0] * 2000]]), np.array([0.05]))
    assert found.sum() == pytest.approx(100.0, abs=1e-9)


def test_one_deposit_by_hand() -> None:
    # hand calculation: 1,000 t of food in year 0, k = 0.185: with the delay of 6 months nothing
    # decays in year 0, 1 - e^-0.185 of it in year 1. DDOCm = 1000 × 0.15 × 0.7 × 1 = 105 t C;
    # methane = 105 × 0.16889 × 0.5 × 16/12
    assert decayed(np.array([[105.0, 0.0]]), np.array([0.185]))[0, 0] == 0.0
    told = 105.0 * (1 - math.exp(-0.185))
    assert told == pytest.approx(17.7337, abs=1e-3)
    assert decayed(np.array([[105.0, 0.0]]), np.array([0.185]))[0, 1] == pytest.approx(told)


def test_the_example_of_the_ipcc() -> None:
    # 19R_V5_Waste_Model.xls of the IPCC (2019 Refinement), sheet "Food", 1950 to 1959: 2,300.322 Gg
    # a year of food, DOC 0.15, DOCf 0.7, k 0.185, MCF 0.705, F 0.5, M = 13
    gg = [0.0, 19.173192132521066, 35.1081142489792, 48.35169628281753, 59.35849404468761]
    gg += [68.50629081607181, 76.10906390057788, 82.42776118026651, 87.6792575577805]
    gg += [92.04379869376629]
    food = Stream("food", np.full(10, 2300322.0), (0.15,) * 3, (0.7,) * 3, (0.185,) * 3)
    none, whole, half = (0.0,) * 3, (0.705,) * 3, (0.5,) * 3
    site = Landfill(1950, (food,), whole, half, none, 6.0, np.zeros(10), (math.nan,) * 3)
    assert methane(site).emitted == pytest.approx(np.tile(gg, (3, 1)) * 1000, rel=1e-12)


def test_a_landfill_by_hand(tmp_path: Path) -> None:
    # hand calculation of year 2 of 1,000 t of food and 500 t of paper a year (IPCC defaults):
    # food decays 105 (1 - e^-k)(1 + e^-k), k = 0.185; paper 500 × 0.40 × 0.5 = 100 t C, k = 0.06
    found = methane(read_landfill(written(tmp_path)))
    food = 105 * (1 - math.exp(-2 * 0.185)) * 0.5 * 16 / 12
    paper = 100 * (1 - math.exp(-2 * 0.06)) * 0.5 * 16 / 12
    assert found.made[1, :, 2] == pytest.approx([food, paper], rel=1e-12)
    assert found.recovered[1, 2] == pytest.approx(0.4 * (food + paper))
    assert found.emitted[1, 2] == pytest.approx(0.6 * (food + paper) * 0.9)
    kg = 0.4 * (food + paper) * 1000
    assert found.gas_m3[1, 2] == pytest.approx(kg / 0.7157 / 0.5)
    assert found.electricity_kwh[1, 2] == pytest.approx(kg * 50.01 / 3.6 * 0.38)


def test_low_mid_and_high_rise(tmp_path: Path) -> None:
    found = methane(read_landfill(written(tmp_path)))
    for one in (found.made, found.recovered, found.emitted, found.electricity_kwh):
        assert (one[0] <= one[1] + 1e-9).all()
        assert (one[1] <= one[2] + 1e-9).all()


def test_what_does_not_decay_makes_no_methane(tmp_path: Path) -> None:
    streams = [{"name": "glass", "material": "glass", "tonnes": 1000.0}]
    assert methane(read_landfill(written(tmp_path, streams=streams))).made.max() == 0.0


def test_every_decaying_material_has_all_its_values() -> None:
    for (quantity, of), (_, _, high) in defaults().items():
        if quantity == "doc" and high > 0:
            assert ("docf", of) in defaults()
            for climate in ("boreal_temperate_dry", "tropical_wet"):
                assert (f"k_{climate}", of) in defaults()
    assert all(low <= mid <= high for low, mid, high in defaults().values())


def test_the_job_prints_its_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = runner(capsys, cli_landfill, "landfill")
    code, told = run(written(tmp_path), "--json")
    assert code == 0
    assert told["status"] == "ok"
    assert len(told["years"]) == 60
    kg = np.array(told["emitted_t"]["mid"]) * 27_000
    assert told["kgco2e"]["mid"] == pytest.approx(kg.tolist())
    code, text = run(written(tmp_path))
    assert code == 0
    assert "2000" in text
    assert "food" in text


def test_the_job_reads_toml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "landfill.toml"
    file.write_text(
        'first-year = 2020\nyears = 3\nclimate = "tropical_wet"\nmanagement = "unmanaged_deep"\n'
        'cover = "bare"\nrecovered-share = 0\n[[streams]]\nname = "all"\nmaterial = "bulk"\n'
        "tonnes = 100\n",
        encoding="utf-8",
    )
    code, told = runner(capsys, cli_landfill, "landfill")(file, "--json")
    assert code == 0
    assert told["electricity_kwh"]["mid"] == [None, None, None]


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"first-year": "x"}, "first-year"),
    ({"years": 0}, "years"),
    ({"years": 1.5}, "years"),
    ({"climate": "moon"}, "climate"),
    ({"management": None}, "management"),
    ({"recovered-share": 1.2}, "recovered-share"),
    ({"recovered-share": [0.1]}, "recovered-share"),
    ({"engine-efficiency": [0.4, 0.3, 0.5]}, "engine-efficiency"),
    ({"engine-efficiency": []}, "engine-efficiency"),
    ({"delay-months": 7}, "delay-months"),
    ({"streams": []}, "streams"),
    ({"streams": 5}, "streams"),
    ({"streams": [{"name": "a", "material": "gold", "tonnes": 1}]}, "streams[0].material"),
    ({"streams": [{"name": "a", "material": "food", "tonnes": -1}]}, "streams[0].tonnes"),
    ({"streams": [{"name": "a", "material": "food"}]}, "streams[0].tonnes"),
    ({"streams": [{"name": "a", "material": "food", "tonnes": [1, "x"]}]}, "streams[0].tonnes"),
    ({"streams": [{"material": "food", "tonnes": 1}]}, "streams[0].name"),
    ({"color": 1}, "color"),
]


@pytest.mark.parametrize(("change", "place"), BROKEN, ids=[place for _, place in BROKEN])
def test_what_is_wrong_is_told(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as caught:
        read_landfill(written(tmp_path, **change))
    assert place in [finding.place for finding in caught.value.findings]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"years": NaN}', b"[" * 99999])
def test_broken_files_are_findings(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    code, told = runner(capsys, cli_landfill, "landfill")(file, "--json")
    assert code == 1
    assert told["status"] == "unknown"
    assert told["findings"]
