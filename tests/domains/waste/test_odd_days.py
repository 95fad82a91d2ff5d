"""Days that are legal and odd: shifts past midnight, rounds of some weeks, ways that are cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import schemas
from domains.waste.small import ROUNDS, TOML, TRUCKS, write_waste

from kopa.cli import main
from kopa.domains.waste.calendar import driven_on
from kopa.domains.waste.rounds.day_tasks import in_shift

WEDNESDAY = 20_026
QUICK = ["--date", "2024-10-30", "--iterations", "20"]


def city(folder: Path, trucks: str = TRUCKS, rounds: str = ROUNDS, **values: Any) -> Path:
    write_waste(folder, **values)
    (folder / "trucks.csv").write_text(trucks, encoding="utf-8")
    (folder / "rounds.csv").write_text(rounds, encoding="utf-8")
    (folder / "city.toml").write_text('name = "Small"\n' + TOML, encoding="utf-8")
    return folder


def told(capfd: pytest.CaptureFixture[str], name: str, *words: str, code: int = 0) -> Any:
    capfd.readouterr()
    assert main(["waste", name, *words, "--json"]) == code
    return schemas.valid(f"waste-{name}", capfd.readouterr().out)


def test_weekly_and_fortnightly_stops_of_a_truck_are_one_round(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """b each second week, between a and c: one trip by one truck, as if all were weekly."""
    rounds = ROUNDS.replace("T1,wed,b,1,0", "T1,wed,b,2,1")
    found = told(capfd, "rounds", str(city(tmp_path, rounds=rounds)), *QUICK)
    assert [trip["truck"] for trip in found["baseline"]["trips"]] == ["T2", "T1"]
    assert found["baseline"]["distance_m"] == pytest.approx(4298.5, abs=1)
    town = load_city(tmp_path)
    stops = {one.truck: one.stops.tolist() for one in driven_on(town, WEDNESDAY)}
    assert stops[0] == [0, 1, 2]
    assert {one.truck: one.stops.tolist() for one in driven_on(town, WEDNESDAY + 7)} == {0: [0, 2]}


def load_city(folder: Path) -> Any:
    from domains.waste.small import SETTINGS

    from kopa.domains.waste import DOMAIN

    found, _ = DOMAIN.load(dict(SETTINGS), folder)
    return found.network  # type: ignore[attr-defined]  # the waste domain's


def test_what_is_open_all_day_is_open_past_midnight(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trucks = TRUCKS.replace("06:00,14:00", "23:58,30:00", 1)
    found = told(capfd, "rounds", str(city(tmp_path, trucks=trucks)), *QUICK)
    assert found["status"] == "ok"
    assert {"a", "c"} <= set(found["emptied"])
    early, late = in_shift(np.array([0, 5, 20]) * 3600.0, np.array([24, 7, 23]) * 3600.0, 79_200.0)
    assert early.tolist() == [0.0, 29 * 3600.0, 20 * 3600.0]
    assert late.tolist() == [np.inf, 31 * 3600.0, 23 * 3600.0]


def test_a_round_of_two_streams_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Sorting takes no residual waste: what T2 collects of it is not brought there."""
    trucks = TRUCKS.replace("T2,depot,paper", "T2,depot,paper residual")
    rounds = ROUNDS + "T2,wed,a,2,1\n"
    found = told(capfd, "rounds", str(city(tmp_path, trucks, rounds)), *QUICK)
    assert found["baseline"]["trips"][0]["containers"] == ["paper"]
    assert "waste.two-streams" in {one["code"] for one in found["findings"]}


def test_a_plant_that_no_street_leads_to(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The transfer station is cut off: nothing residual is emptied, today neither."""
    words = [str(city(tmp_path)), *QUICK]
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(told(capfd, "rounds", *words)), encoding="utf-8")
    shut = ["--closed", "102-1", "101-1"]
    found = told(capfd, "rounds", *words, *shut, code=1)
    assert found["baseline"]["emptied"] == ["paper"]
    assert {one["why"] for one in found["skipped"] if one["must"]} == {"unreachable"}
    words += ["--driven", str(plan), "--now", "06:01", *shut]
    found = told(capfd, "rounds", *words, code=1)
    assert sorted(found["emptied"]) == ["a", "paper"]
    assert "waste.cut-off" in {one["code"] for one in found["findings"]}


def test_a_plan_of_another_day_is_not_driven(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = [str(city(tmp_path)), *QUICK]
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(told(capfd, "rounds", *words)), encoding="utf-8")
    words[2] = "2024-10-28"
    words += ["--driven", str(plan), "--now", "06:01"]
    found = told(capfd, "rounds", *words, code=1)
    assert [one["code"] for one in found["findings"]] == ["waste.driven"]


def test_lifts_are_of_their_shift(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """b was lifted in the night before, a the next morning, c after what is known."""
    words = [str(city(tmp_path)), "--date", "2024-10-30", "--lifts", str(tmp_path / "l.csv")]
    (tmp_path / "l.csv").write_text(
        "truck,time,container,kg\nT1,2024-10-31T06:10:00,a,50\nT2,2024-10-30T00:10:00,b,\n"
        "T1,2024-10-30T06:10:00,c,\n"
    )
    served = [one["container"] for one in told(capfd, "proof", *words)["stops"]
              if one["verdict"] == "served"]  # fmt: skip
    assert served == ["c"]
    assert told(capfd, "proof", *words, "--until", "06:05")["served"] == 0


def test_a_short_line_of_an_export_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "h.csv"
    history.write_text("observed_at,entity,attribute,value\nx\n2024-10-29T00:00,a,fill,0.5\n")
    words = [str(city(tmp_path)), "--date", "2024-10-30", "--history", str(history)]
    assert [one["code"] for one in told(capfd, "fill", *words, code=1)["findings"]] == [
        "waste.cells"
    ]
    assert main(["waste", "fill", *words[:1], "--date", "9999-12-31"]) == 2


def test_kerbside_rounds_wait_for_the_plant(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The transfer station opens at noon; a truck without costs stops the answer."""
    kerbs = tmp_path / "kerbs.csv"
    kerbs.write_text("street,kg,m3,service_s\n100-1,50,0.5,60\n")
    folder = city(tmp_path, facilities={"transfer": {"opens": "12:00"}})
    words = [str(folder), str(kerbs), "--stream", "residual", "--iterations", "20"]
    (trip,) = told(capfd, "kerbside", *words)["trips"]
    assert trip["unloads"] >= "12:00"
    (folder / "trucks.csv").write_text(TRUCKS.replace("0.8,50,0.5", "0.8,,0.5"))
    found = told(capfd, "kerbside", *words, code=1)
    assert [one["code"] for one in found["findings"]] == ["waste.no-cost"]
