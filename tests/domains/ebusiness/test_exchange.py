"""Circular exchange: by hand, against a second solver, and told where nothing fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from kopa.domains.ebusiness.circular.document import baseline, document
from kopa.domains.ebusiness.circular.exchange import exchange, programme, ways
from kopa.domains.ebusiness.circular.read_case import read_case
from kopa.errors import InputError

from .cases import random_case, small_case, write_case
from .jobs import runner


def solved(folder: Path, case: dict[str, Any]) -> dict[str, Any]:
    return document(exchange(read_case(write_case(folder, case))[0]))


def codes(folder: Path, case: dict[str, Any]) -> set[str]:
    return {one.code for one in exchange(read_case(write_case(folder, case))[0]).findings}


def test_by_hand(tmp_path: Path) -> None:
    """Draff: 40 + 0.25 × 200 - 5 - 20 km × 0.5 = 75 EUR/t on 80 t; 50 + 100 - 2 = 148 kg/t.

    Dust: 5 km; 20 + 0.5 × 60 - 2.5 = 47.5 EUR/t on 50 t; 10 + 40 - 0.5 = 49.5 kg/t.
    """
    found = solved(tmp_path, small_case())
    draff, dust = found["flows"]
    assert (draff["t"], draff["km"], draff["ewc"]) == (pytest.approx(80), 20, "02 07 04")
    assert draff["value_eur"] == pytest.approx(80 * 75)
    assert dust["t"] == pytest.approx(50)
    assert found["value_eur"] == pytest.approx(80 * 75 + 50 * 47.5)
    assert found["kgco2e"] == pytest.approx(80 * 148 + 50 * 49.5)
    assert (draff["price_from_eur_t"], draff["price_to_eur_t"]) == (-40, pytest.approx(35))
    assert found["baseline"] == {
        "disposal_t": 160, "disposal_eur": 100 * 40 + 60 * 20, "virgin_t": 80 * 0.25 + 50 * 0.5,
        "virgin_eur": 20 * 200 + 25 * 60, "eur": 5200 + 5500,
        "kgco2e": 5000 + 600 + 20 * 400 + 25 * 80,
    }  # fmt: skip
    assert [(one["offer"], one["t"]) for one in found["left"]] == [("draff", 20), ("dust", 10)]


@pytest.mark.parametrize("seed", range(6))
def test_a_second_solver_finds_the_same(tmp_path: Path, seed: int) -> None:
    """scipy's interior point and simplex, on equations written apart from ours."""
    case, _ = read_case(write_case(tmp_path, random_case(seed)))
    found, open_ways = exchange(case), ways(case)
    assert open_ways
    above, most = [], []
    for row, offer in enumerate(case.offers):
        above.append([float(way.offer == row) for way in open_ways])
        most.append(offer.tonnes)
    for row, want in enumerate(case.wants):
        above.append([float(way.want == row) for way in open_ways])
        most.append(want.most)
        for name, limit in want.limits.items():
            above.append([(case.offers[way.offer].quality[name] - limit) * (way.want == row)
                          for way in open_ways])  # fmt: skip
            most.append(0.0)
    other = linprog([-way.saves_eur for way in open_ways], above, most, method="highs-ipm")
    whole = document(found)
    assert whole["value_eur"] == pytest.approx(-other.fun, rel=1e-7)
    assert whole["value_eur"] > 0
    assert (np.array(above) @ found.tonnes <= np.array(most) + 1e-6).all()


def test_a_wet_mix_is_held_by_its_limit(tmp_path: Path) -> None:
    """Dust of 20 % lets 10 t of 50 % in for each 20 t: (20 × 20 + 10 × 50) / 30 = 30 %."""
    case = small_case()
    wet = {**case["offers"][1], "id": "wet", "t": 60, "quality": {"moisture": 50}}
    case["offers"].append({**wet, "disposal_eur_t": 90})
    case["offers"][1]["t"] = 20
    tonnes = {one["offer"]: one["t"] for one in solved(tmp_path, case)["flows"]}
    assert tonnes == pytest.approx({"draff": 80, "dust": 20, "wet": 10})


def test_what_does_not_pay_does_not_flow(tmp_path: Path) -> None:
    case = small_case()
    case["transport"]["eur_tkm"] = 10
    found = solved(tmp_path, case)
    assert found["flows"] == []
    assert (found["value_eur"], found["kgco2e"]) == (0, 0)
    case["carbon_eur_t"] = 1e5
    assert solved(tmp_path, case)["value_eur"] < 0 < solved(tmp_path, case)["kgco2e"]


def test_hazardous_waste_needs_a_permit(tmp_path: Path) -> None:
    case = small_case()
    case["offers"][1]["ewc"] = "03 01 04*"
    case["wants"][1]["accepts"] = ["03 01"]
    assert codes(tmp_path, case) == {"ebusiness.no-taker", "ebusiness.no-giver"}
    case["wants"][1]["hazardous"] = True
    assert codes(tmp_path, case) == set()


def test_what_is_not_told_is_unknown(tmp_path: Path) -> None:
    case = small_case()
    del case["offers"][1]["disposal_kgco2e_t"]
    found = solved(tmp_path, case)
    assert found["kgco2e"] is None
    assert found["baseline"]["kgco2e"] is None
    assert found["value_eur"] == pytest.approx(80 * 75 + 50 * 47.5)
    case["carbon_eur_t"] = 50
    assert "ebusiness.carbon-unknown" in codes(tmp_path, case)
    case["offers"][1]["disposal_factor"] = "nitrous_oxide_incineration"
    assert solved(tmp_path, case)["kgco2e"] == pytest.approx(80 * 148 + 50 * (13.65 + 40 - 0.5))


def test_one_sided_and_infeasible_cases_are_told(tmp_path: Path) -> None:
    case = small_case()
    case["wants"] = []
    assert codes(tmp_path, case) == {"ebusiness.no-taker"}
    assert solved(tmp_path, case)["flows"] == []
    case = small_case()
    case["wants"][0]["within_km"] = 19
    assert codes(tmp_path, case) == {"ebusiness.no-taker", "ebusiness.no-giver"}
    case = small_case()
    case["wants"][1] |= {"least_t": 70, "t": 90}
    told = exchange(read_case(write_case(tmp_path, case))[0]).findings
    (one,) = (finding for finding in told if finding.code == "ebusiness.infeasible")
    assert "offer dust: 60 t" in one.what
    assert "want chips: 70 to 90 t" in one.what
    case["offers"][1]["quality"] = {}
    assert "ebusiness.infeasible" in codes(tmp_path, case)


def test_the_job(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = runner(capfd, "exchange")
    file = write_case(tmp_path, small_case())
    code, whole = run(file, "--json")
    assert (code, whole["status"], len(whole["flows"])) == (0, "ok", 2)
    code, text = run(file, "--lang", "lv")
    assert code == 0
    assert "Plūsmas starp uzņēmumiem" in text
    case = small_case()
    case["wants"][1] |= {"least_t": 70, "t": 90}
    code, whole = run(write_case(tmp_path, case), "--json")
    assert (code, whole["status"], whole["value_eur"]) == (1, "unknown", None)
    assert run(file, "--carbon", "-1", "--json")[0] == 2


@pytest.mark.parametrize(
    ("part", "more", "code"),
    [
        ("offers", {"ewc": "99 99 99"}, "ebusiness.unknown-ewc"),
        ("offers", {"ewc": "02 07 04*"}, "ebusiness.ewc-not-hazardous"),
        ("offers", {"t": -1}, "ebusiness.value"),
        ("offers", {"t": None}, "ebusiness.missing"),
        ("offers", {"t": float("nan")}, "ebusiness.value"),
        ("offers", {"firm": "nobody"}, "ebusiness.firm"),
        ("offers", {"id": "dust"}, "ebusiness.case"),
        ("offers", {"disposal_factor": "magic"}, "ebusiness.factor"),
        ("wants", {"accepts": []}, "ebusiness.missing"),
        ("wants", {"accepts": ["99 99 99"]}, "ebusiness.unknown-ewc"),
        ("wants", {"least_t": 81}, "ebusiness.value"),
        ("wants", {"limits": 3}, "ebusiness.value"),
        ("wants", {"hazardous": "no"}, "ebusiness.value"),
        ("firms", {"x": "east"}, "ebusiness.value"),
    ],
)
def test_broken_cases(tmp_path: Path, part: str, more: dict[str, Any], code: str) -> None:
    case = small_case()
    case[part][0] |= more
    with pytest.raises(InputError) as error:
        read_case(write_case(tmp_path, case))
    assert code in {one.code for one in error.value.findings}
    assert all(one.file and one.do for one in error.value.findings)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"offers": 1}', '{"offers": [1]}'])
def test_what_is_no_case(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_case(write_case(tmp_path, text))


def test_straight_lines_and_strange_words_are_told(tmp_path: Path) -> None:
    case = small_case()
    del case["transport"]["detour"]
    case["offers"][0]["colour"] = "brown"
    _, told = read_case(write_case(tmp_path, case))
    assert {one.code for one in told} == {"ebusiness.straight", "ebusiness.unknown"}
    case["distances"] = [{"from": "farm", "to": "brewery", "km": 31}]
    found, _ = read_case(write_case(tmp_path, case))
    assert found.kilometres["brewery", "farm"] == 31
    assert baseline(found)["eur"] == 10700
    assert programme(found, ways(found))[0].matrix.shape == (5, 2)


def test_half_of_a_treatment_is_told(tmp_path: Path) -> None:
    case = small_case()
    want = next(one for one in case["wants"] if "treatment_eur_t" in one)
    del want["treatment_kgco2e_t"]
    (told,) = [
        one for one in read_case(write_case(tmp_path, case))[1] if one.code.endswith("treatment")
    ]
    assert "treatment_kgco2e_t" in told.what
    assert want["id"] in told.place
