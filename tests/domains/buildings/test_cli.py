"""``kopa buildings``: documents held against their schemas, exit codes, words for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from schemas import valid

from kopa.cli.main import main

from .test_model import ONE, STEP, TWO, measured
from .units import PARAMETERS, trend


def document(capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    assert main(["buildings", *words, "--json"]) == code
    return valid(f"buildings-{words[0]}", capfd.readouterr().out)


def write_unit(folder: Path, **points: Any) -> list[str]:
    """An air handler's CSV and map; gives what the command takes."""
    given = trend(**points)
    names = list(given.values)
    lines = [",".join(["time", *names])]
    for at, time in enumerate(given.times):
        lines.append(",".join([str(time), *(f"{given.values[name][at]:g}" for name in names)]))
    (folder / "ahu.csv").write_text("\n".join(lines), encoding="utf-8")
    rows = ["[[equipment]]", 'id = "AHU"', "design_airflow_m3_s = 2.0", "[equipment.parameters]"]
    rows += [f"{name} = {value}" for name, value in PARAMETERS.items()]
    rows.append("[equipment.points]")
    for name in names:
        warm = "air" in name or "setpoint" in name or "coil" in name
        unit = "Pa" if "pressure" in name else "°C" if warm else ""
        rows.append(f'{name} = {{ column = "{name}", unit = "{unit}" }}')
    (folder / "map.toml").write_text("\n".join(rows), encoding="utf-8")
    return [str(folder / "ahu.csv"), "--map", str(folder / "map.toml")]


def write_house(folder: Path, parameters: dict[str, float], days: int = 14) -> list[str]:
    data = measured(parameters, days)
    assert data.sun is not None
    begin = np.datetime64("2026-01-05T00:00", "s")
    lines = ["time,in,out,heat,sun"]
    for at in range(len(data.indoor)):
        time = begin + int(at * STEP)
        lines.append(
            f"{time},{data.indoor[at]:.4f},{data.outdoor[at]:.4f},{data.heat[at] / 1000:g},"
            f"{data.sun[at]:.2f}"
        )
    (folder / "house.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "house.toml").write_text(
        '[[equipment]]\nid = "House"\n[equipment.points]\n'
        'indoor_air = { column = "in", unit = "°C" }\n'
        'outdoor_air = { column = "out", unit = "°C" }\n'
        'heating_power = { column = "heat", unit = "kW" }\n'
        'solar = { column = "sun", unit = "W/m2" }\n',
        encoding="utf-8",
    )
    return [str(folder / "house.csv"), "--map", str(folder / "house.toml")]


PLAN = """\
start_c = 20
[model]
loss_w_k = 200
capacity_kwh_k = 10
[heating]
max_kw = 9
efficiency = 3
[comfort]
low_c = 20
high_c = 23
[[comfort.period]]
from = "22:00"
to = "05:00"
low_c = 17
high_c = 23
"""


def write_plan(folder: Path, text: str = PLAN) -> list[str]:
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    rows = ["time,outdoor_c,price_eur_kwh"]
    rows += [f"2026-01-05T{hour:02}:00,-5,{0.4 if 7 <= hour < 10 else 0.1}" for hour in range(24)]
    (folder / "hours.csv").write_text("\n".join(rows), encoding="utf-8")
    return [str(folder / "plan.toml"), "--series", str(folder / "hours.csv")]


def test_faults(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = write_unit(tmp_path, supply_air=30.0)
    found = document(capfd, "faults", *words, "--heat-price", "0.08")
    (row,) = found["faults"]
    assert (row["day"], row["equipment"], row["rule"]) == ("2026-07-01", "AHU", "FC12")
    assert row["evidence_hours"] == 7.0
    assert row["kwh"] == pytest.approx(1.2 * 1.006 * 2.0 * 0.7 * 5.0 * 7.0)
    assert row["eur"] == pytest.approx(0.08 * row["kwh"])
    assert row["thresholds"] == {"error_mixed": 3.0, "error_supply": 1.0, "fan_heat": 1.0}
    assert [day["status"] for day in found["days"]] == ["fault"]
    assert len(found["rules"]) == 22
    assert document(capfd, "faults", *words)["faults"][0]["eur"] is None


def test_a_clean_day_and_one_that_nobody_can_judge(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = document(capfd, "faults", *write_unit(tmp_path))
    assert (found["faults"], found["status"]) == ([], "ok")
    words = write_unit(tmp_path, fan_status=None, fan_speed=None)
    found = document(capfd, "faults", *words, code=1)
    assert (found["faults"], found["status"]) == ([], "unknown")
    assert [day["status"] for day in found["days"]] == ["unknown"]


def test_rules(capfd: pytest.CaptureFixture[str]) -> None:
    found = document(capfd, "rules")
    assert [row["rule"] for row in found["rules"]][:3] == ["FC1", "FC2", "FC3"]
    assert {"supply_air", "indoor_air"} <= {row["point"] for row in found["points"]}
    unknown = [row["parameter"] for row in found["parameters"] if row["value"] is None]
    assert unknown == ["minimum_damper", "minimum_fraction"]
    assert main(["buildings", "rules"]) == 0
    assert "standing_difference" in capfd.readouterr().out


def test_model(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = document(capfd, "model", *write_house(tmp_path, ONE))
    assert found["model"]["order"] == 1
    assert found["model"]["parameters"]["loss"]["value"] == pytest.approx(180, rel=0.02)
    assert found["model"]["parameters"]["capacity"]["value"] == pytest.approx(10.8, rel=0.02)
    assert found["model"]["time_constants_h"] == pytest.approx([60], rel=0.03)
    assert [row["order"] for row in found["compared"]] == [1, 2]


def test_a_model_goes_into_a_plan(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["buildings", "model", *write_house(tmp_path, TWO), "--json"]) == 0
    (tmp_path / "model.json").write_text(capfd.readouterr().out, encoding="utf-8")
    text = PLAN.replace("[model]\nloss_w_k = 200\ncapacity_kwh_k = 10\n", "")
    found = document(capfd, "plan", *write_plan(tmp_path, 'model = "model.json"\n' + text))
    assert found["status"] == "ok"


def test_a_model_that_nobody_can_know(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = document(capfd, "model", *write_house(tmp_path, ONE, days=2), code=1)
    assert found["status"] == "unknown"
    assert "too short" in found["findings"][-1]["what"]


def test_plan(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = document(capfd, "plan", *write_plan(tmp_path))
    assert found["status"] == "ok"
    assert found["plan"]["discomfort_kh"] < 1e-3
    assert found["thermostat"]["discomfort_kh"] > 0.1
    assert not found["comparable"]
    assert len(found["plan"]["heat_kw"]) == 24


def test_comfort_that_cannot_be_held_is_told(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = write_plan(tmp_path, PLAN.replace("max_kw = 9", "max_kw = 3"))
    found = document(capfd, "plan", *words)
    assert found["status"] == "comfort-missed"
    told = [finding["what"] for finding in found["findings"]]
    assert told[0].startswith("comfort cannot be held from hour 5 to 24: up to 3.")


BROKEN = {
    "syntax": ("[[", "plan-syntax"),
    "no model": (PLAN.replace("loss_w_k = 200\n", ""), "plan-model"),
    "no comfort": (PLAN[: PLAN.index("[comfort]")], "plan-comfort"),
    "no device": (PLAN.replace("[heating]\nmax_kw = 9\nefficiency = 3\n", ""), "plan-device"),
    "no start": (PLAN.replace("start_c = 20\n", ""), "plan-number"),
    "upside down": (PLAN.replace("low_c = 20", "low_c = 24"), "plan-comfort"),
    "clock": (PLAN.replace('"05:00"', '"5 am"'), "plan-clock"),
    "key": (PLAN.replace("efficiency", "cop"), "plan-key"),
    "file": ('model = "none.json"\n' + PLAN.replace("[model]", "[x]"), "plan-model"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_plans(capfd: pytest.CaptureFixture[str], tmp_path: Path, case: str) -> None:
    text, code = BROKEN[case]
    assert main(["buildings", "plan", *write_plan(tmp_path, text), "--json"]) == 1
    out, err = capfd.readouterr()
    assert code in out + err
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2026-01-05T24:00,1,1", "plan-time"),
        ("2026-01-06T00:00,1,", "plan-number"),
        ("2026-01-06T01:00,1,1", "plan-steps"),
    ],
)
def test_broken_hours(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, row: str, code: str
) -> None:
    words = write_plan(tmp_path)
    with Path(words[-1]).open("a", encoding="utf-8") as file:
        file.write("\n" + row)
    assert main(["buildings", "plan", *words]) == 1
    assert code in "".join(capfd.readouterr())


def test_words_for_people(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    faults = ["faults", *write_unit(tmp_path, supply_air=30.0)]
    for words, part in (
        (faults, "Look for a heating valve"),
        ([*faults, "--lang", "lv"], "Meklējiet sildīšanas vārstu"),
        (["model", *write_house(tmp_path, TWO)], "W/K"),
        (["plan", *write_plan(tmp_path)], "EUR"),
    ):
        assert main(["buildings", *words]) == 0
        assert part in " ".join(capfd.readouterr().out.split())


def test_wrong_usage_and_wrong_files(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = write_unit(tmp_path)
    assert main(["buildings", "faults", *words, "--heat-price", "-1"]) == 2
    assert main(["buildings", "faults", *words, "--equipment", "no"]) == 2
    assert main(["buildings", "faults", str(tmp_path / "none.csv"), *words[1:]]) == 1
    assert main(["buildings", "faults", words[0], "--map", str(tmp_path / "none.toml")]) == 1
    assert main(["buildings", "model", *words]) == 1  # no building in that map
    house = write_house(tmp_path, ONE, days=3)
    assert main(["buildings", "faults", *house]) == 1  # no air handler in that one
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err


def test_the_schema_of_an_answer_that_failed_is_the_same(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kopa.domains.buildings.plan.SECONDS", 0.0)
    found = document(capfd, "plan", *write_plan(tmp_path), code=1)
    assert found["status"] == "unknown"
    assert json.dumps(found["findings"]).count("no-plan") == 1
