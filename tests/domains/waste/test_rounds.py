"""Rounds of a day in the small town: what is emptied, at what cost, and what a closure does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import schemas
from domains.waste.small import TOML, write_waste

from kopa.cli import main
from kopa.domains.waste import DOMAIN
from kopa.domains.waste.city_files import start_levels, streets_named
from kopa.domains.waste.domain import WasteDomain
from kopa.domains.waste.fill import Forecast, forecast
from kopa.domains.waste.network import Network
from kopa.domains.waste.rounds.day import DayRounds, Now, day_rounds, resume
from kopa.domains.waste.rounds.day_tasks import AHEAD, Prices, Wish, choose, next_chance
from kopa.domains.waste.routing.problem import Effort
from kopa.errors import InputError, UsageError

WEDNESDAY = 20_026
QUICK = Effort(seconds=0.0, iterations=60, tries=1)
PRICES = Prices(2.0, 2.5)
TOUR = ["100-1", "100-2", "100-3", "106-1", "106-1", "105-1", "101-3", "101-2", "101-1", "102-1"]


def load(folder: Path, **values: Any) -> Network:
    found, _ = DOMAIN.load(write_waste(folder, **values), folder)
    assert isinstance(found, WasteDomain)
    return found.network


def levels(town: Network, day: int = WEDNESDAY) -> Forecast:
    return forecast(town, start_levels(town, day), day, AHEAD)


def planned(town: Network, day: int = WEDNESDAY, **wish: Any) -> DayRounds:
    return day_rounds(town, levels(town, day), Wish(day, QUICK, PRICES, **wish))


def emptied(found: DayRounds) -> list[str]:
    return [
        one.plan.task.stops.ids[row] for one in found.streams for row in one.plan.emptied.tolist()
    ]


def closed(town: Network, *streets: str) -> np.ndarray[Any, Any]:
    speed = np.ones(len(town.driving.edges))
    speed[streets_named(town, list(streets))] = 0
    return speed


def test_what_must_may_and_need_not_be_emptied(tmp_path: Path) -> None:
    """On Wednesday a, b, c hold 0.48, 0.36, 0.54 of their volume, by Friday's end twice that."""
    town = load(tmp_path)
    told = levels(town)
    assert told.now[:3] == pytest.approx([38 / 24 * kg / 132 for kg in (40, 30, 45)])
    chosen = choose(town, "residual", told, Wish(WEDNESDAY, QUICK, PRICES))
    # by the end of Friday c holds 206 of 132 kg and a 183; b 137
    assert [chosen.why.get(row) for row in range(3)] == ["flows over"] * 3
    rates = zip("abc", (20, 10, 2), strict=True)
    slow = {name: {"kg_per_day": float(kg), "interval_days": 7.0} for name, kg in rates}
    slow["b"]["interval_days"] = 3
    slow["a"]["volume_m3"] = 0.55
    town = load(tmp_path, containers=slow)
    chosen = choose(town, "residual", levels(town), Wish(WEDNESDAY, QUICK, PRICES))
    assert chosen.why == {0: "flows over", 1: "interval"}  # Monday to Friday are four days
    assert (chosen.must.tolist(), chosen.may.tolist(), chosen.need_not.tolist()) == (
        [0, 1],
        [],
        [2],
    )
    four = load(tmp_path, containers={**slow, "b": {**slow["b"], "interval_days": 4.0}})
    assert choose(four, "residual", levels(four), Wish(WEDNESDAY, QUICK, PRICES)).why.keys() == {0}
    free = Wish(WEDNESDAY, QUICK, PRICES, intervals=False)
    assert choose(town, "residual", levels(town), free).why == {0: "flows over"}


def test_the_next_chance(tmp_path: Path) -> None:
    town = load(tmp_path)
    assert [next_chance(town, "residual", WEDNESDAY + day) for day in range(7)] == [
        2, 1, 3, 2, 1, 2, 1,
    ]  # fmt: skip
    assert next_chance(town, "paper", WEDNESDAY) == 14
    rare = tuple(replace(one, every=12, week=11) for one in town.rounds)
    assert next_chance(replace(town, rounds=rare), "paper", WEDNESDAY) == AHEAD - 1
    assert next_chance(replace(town, rounds=()), "paper", WEDNESDAY) == 1


def test_a_risk_that_is_known_decides(tmp_path: Path) -> None:
    town = load(tmp_path)
    told = levels(town)
    risk = np.full_like(told.risk, 0.05)
    risk[:, 1] = 0.2
    chosen = choose(town, "residual", replace(told, risk=risk), Wish(WEDNESDAY, QUICK, PRICES))
    assert chosen.must.tolist() == [1]
    bold = Wish(WEDNESDAY, QUICK, PRICES, risk=0.3)
    assert choose(town, "residual", replace(told, risk=risk), bold).must.tolist() == []


def test_rounds_cost_what_they_cost_by_hand(tmp_path: Path) -> None:
    """One truck, one tour that is as good as today's: 2,393 m and three stops of residual waste."""
    town = load(tmp_path)
    found = planned(town)
    residual = next(one for one in found.streams if one.stream == "residual")
    assert found.status == "ok"
    metres = sum(
        float(town.streets.length[town.streets.ids.index(name)])
        for name in [
            "100-1",
            "100-2",
            "100-3",
            "106-1",
            "106-1",
            "105-1",
            "101-3",
            "101-2",
            "101-1",
            "102-1",
        ]
    )
    sums = residual.sums
    assert sums.distance_m == pytest.approx(metres, abs=2)
    hours = (metres / 8 + 3 * 45 + 600) / 3600
    assert sums.hours == pytest.approx(hours, abs=1e-3)
    litres = 0.4 * metres / 1000 + 0.3
    assert sums.litres == pytest.approx(litres, abs=1e-3)
    assert sums.kgco2e == pytest.approx(litres * 2.5, abs=1e-2)
    assert sums.cost_eur == pytest.approx(hours * 50 + metres / 1000 * 0.5 + litres * 2, abs=0.05)
    assert residual.baseline is not None
    assert residual.baseline.cost_eur == pytest.approx(sums.cost_eur, abs=0.05)


def test_a_better_order_than_todays_is_found(tmp_path: Path) -> None:
    town = load(tmp_path)
    turned = tuple(replace(one, stops=np.roll(one.stops, 1)) for one in town.rounds)
    found = planned(replace(town, rounds=turned))
    residual = next(one for one in found.streams if one.stream == "residual")
    assert residual.baseline is not None
    assert residual.baseline.distance_m > residual.sums.distance_m + 300


def test_a_closed_street_moves_the_round_and_says_what_it_costs(tmp_path: Path) -> None:
    town = load(tmp_path)
    usual, detour = planned(town), planned(town, speed=closed(town, "transport:100-2"))
    more = sum(one.sums.cost_eur for one in detour.streams)
    more -= sum(one.sums.cost_eur for one in usual.streams)
    assert more > 0.5
    assert sorted(emptied(detour)) == sorted(emptied(usual))
    cut = planned(town, speed=closed(town, "way/106"))
    assert cut.status == "partial"
    assert [one.code for one in cut.findings] == ["waste.not-emptied"]
    assert cut.findings[0].values["stop"] == "c"
    alone = planned(town, speed=closed(town, "102-1", "100-1"))
    assert {one.code for one in alone.findings} >= {"waste.depot-shut"}
    with pytest.raises(UsageError, match="no street"):
        streets_named(town, ["way/9"])


def test_trucks_and_plants_that_are_not_there(tmp_path: Path) -> None:
    town = load(tmp_path)
    assert "a" not in emptied(planned(town, broken=frozenset({0})))
    assert planned(town, broken=frozenset({0})).idle == ("residual",)
    with pytest.raises(InputError, match="no facility takes residual"):
        planned(town, shut=frozenset({1}))
    assert planned(town, day=WEDNESDAY + 1).streams == ()
    assert len(planned(town, day=WEDNESDAY + 1, all_trucks=True).streams) == 2
    costless = replace(town, trucks=replace(town.trucks, hourly=np.array([np.nan, 50.0])))
    with pytest.raises(InputError, match="cost_eur_h"):
        planned(costless)


def driven(found: DayRounds) -> dict[str, dict[str, list[tuple[str, str]]]]:
    tours: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for one in found.streams:
        ids = {"stop": one.plan.task.stops.ids, "dump": one.plan.task.dumps.ids}
        tours[one.stream] = {
            tour.name: [(v.kind, ids[v.kind][v.row]) for v in tour.visits if v.kind in ids]
            for tour in one.plan.tours
        }
    return tours


def test_a_street_that_closes_during_the_shift(tmp_path: Path) -> None:
    """At 06:01 the truck empties a; the street to b closes, and it goes round."""
    town = load(tmp_path)
    before = planned(town)
    now = Now(6 * 3600 + 60.0, (), closed(town, "100-2"))
    found = resume(town, levels(town), Wish(WEDNESDAY, QUICK, PRICES), driven(before), now)
    residual = next(one for one in found.streams if one.stream == "residual")
    assert residual.plan.emptied.tolist() == [0, 1, 2]
    assert residual.baseline is not None
    more = residual.sums.distance_m - residual.baseline.distance_m
    assert more > 200
    broken = Now(6 * 3600 + 60.0, ["T1"])
    found = resume(town, levels(town), Wish(WEDNESDAY, QUICK, PRICES), driven(before), broken)
    assert len(set(emptied(found)) & {"a", "b", "c"}) == 1
    assert "waste.load-left" in {one.code for one in found.findings}
    with pytest.raises(UsageError, match="no truck of the day"):
        resume(town, levels(town), Wish(WEDNESDAY, QUICK, PRICES), {}, Now(0.0, ["T9"]))
    strange = {"residual": {"T1": [("stop", "z")]}}
    with pytest.raises(UsageError, match="not due"):
        resume(town, levels(town), Wish(WEDNESDAY, QUICK, PRICES), strange, Now(0.0))


@pytest.fixture(name="city")
def _city(tmp_path: Path) -> Path:
    write_waste(tmp_path)
    (tmp_path / "city.toml").write_text('name = "Small"\n' + TOML, encoding="utf-8")
    return tmp_path


def told(capfd: pytest.CaptureFixture[str], name: str, *words: str, code: int = 0) -> Any:
    assert main(["waste", name, *words, "--json"]) == code
    return schemas.valid(f"waste-{name}", capfd.readouterr().out)


def test_the_job(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = [str(city), "--date", "2024-10-30", "--iterations", "40"]
    found = told(capfd, "rounds", *words)
    assert sorted(found["emptied"]) == ["a", "b", "c", "paper"]  # paper waits two weeks else
    assert sorted(found["baseline"]["emptied"]) == ["a", "b", "c", "paper"]
    assert found["skipped"] == []
    trips = [(trip["truck"], trip["plant"]) for trip in found["trips"]]
    assert sorted(trips) == [("T1", "transfer"), ("T2", "sorting")]
    assert found["cost_eur"] <= found["baseline"]["cost_eur"] + 1e-6
    plan = city / "plan.json"
    plan.write_text(json.dumps(found), encoding="utf-8")
    cut = told(capfd, "rounds", *words, "--closed", "100-2")
    assert cut["cost_eur"] > cut["undisturbed"]["cost_eur"] + 0.5
    late = told(capfd, "rounds", *words, "--driven", str(plan), "--now", "06:01", "--broken", "T1")
    assert sorted(late["emptied"]) == ["a", "paper"]  # T1 stood at a at 06:01
    plan.write_text("{}")
    words += ["--driven", str(plan), "--now", "06:01"]
    assert told(capfd, "rounds", *words, code=1)["findings"][0]["code"] == "waste.driven"


def test_the_job_for_people(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["waste", "rounds", str(city), "--date", "2024-10-30", "--iterations", "40"]) == 0
    text = capfd.readouterr().out
    assert "residual: 3 must be emptied" in text
    assert main(["waste", "rounds", str(city), "--date", "2024-10-31", "--iterations", "40"]) == 0
    assert main(["waste", "rounds", str(city), "--now", "06:00"]) == 2
    assert main(["waste", "rounds", str(city), "--date", "soon"]) == 2
    assert main(["waste", "rounds", str(city), "--broken", "T9"]) == 2
    assert main(["waste", "rounds", str(city / "none")]) == 1


def test_levels_and_proof_as_jobs(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = told(capfd, "fill", str(city), "--date", "2024-10-30", "--days", "3")
    assert [one["id"] for one in found["containers"]][:2] == ["c", "a"]
    assert found["containers"][0]["full_on"] == "2024-10-31"
    assert main(["waste", "fill", str(city), "--date", "2024-10-30"]) == 0
    assert main(["waste", "fill", str(city), "--days", "99"]) == 2
    capfd.readouterr()
    lifts = city / "lifts.csv"
    lifts.write_text("truck,time,container,kg\nT1,2024-10-30T06:00:31,a,63\n")
    complaints = city / "complaints.csv"
    complaints.write_text("time,container,lon,lat\n2024-10-30T12:00,a,,\n2024-10-30T12:00,b,,\n")
    words = [str(city), "--date", "2024-10-30", "--lifts", str(lifts)]
    words += ["--complaints", str(complaints)]
    found = told(capfd, "proof", *words)
    assert (found["planned"], found["served"], found["unknown"]) == (4, 1, 3)
    assert [one["answer"] for one in found["complaints"]] == ["wrong", "unknown"]
    capfd.readouterr()
    assert main(["waste", "proof", *words]) == 0
    assert "wrong" in capfd.readouterr().out
    assert main(["waste", "proof", str(city)]) == 2


def test_bins_at_the_kerb(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Main Street is narrow, the dead end is not: it is driven along and back."""
    kerbs = city / "kerbs.csv"
    rows = [f"100-{n},50,0.5,60,true\n" for n in (1, 2, 3)] + ["106-1,40,0.4,60,\n"]
    kerbs.write_text("street,kg,m3,service_s,narrow\n" + "".join(rows))
    words = [str(city), str(kerbs), "--stream", "residual", "--iterations", "200"]
    found = told(capfd, "kerbside", *words)
    assert sorted(found["emptied"]) == ["100-1", "100-2", "100-3", "106-1", "106-1"]
    (trip,) = found["trips"]
    assert trip["kg"] == 190
    lengths = [("102-1", 2), ("101-1", 0), ("100-1", 2), ("100-2", 2), ("100-3", 2), ("106-1", 2)]
    town = load(city)
    longest = sum(n * town.streets.length[town.streets.ids.index(name)] for name, n in lengths)
    assert found["distance_m"] == pytest.approx(longest, rel=0.02)
    html, gpx = city / "r.html", city / "r.gpx"
    assert main(["waste", "kerbside", *words, "-o", str(html), str(gpx), "--lang", "lv"]) == 0
    assert "<svg" in html.read_text(encoding="utf-8")
    assert "Reisi" in html.read_text(encoding="utf-8")
    assert (city / "r-T1.gpx").is_file()
    kerbs.write_text("street,kg,m3,service_s\n100-1,50,0.5,60\n100-1,5,0.5,60\n9-9,5,x,60\n")
    capfd.readouterr()
    bad = told(capfd, "kerbside", *words, code=1)
    assert [one["code"] for one in bad["findings"]] == [
        "waste.value",
        "waste.duplicate",
        "waste.street",
    ]
    assert main(["waste", "kerbside", *words, "--trucks", "T9"]) == 1
    kerbs.write_text("street,kg,m3,service_s\n100-1,50,0.5,60\n")
    assert main(["waste", "kerbside", *words, "--trucks", "T9"]) == 2
    assert main(["waste", "kerbside", *words[:3], "ash"]) == 1
    assert main(["waste", "kerbside", *words, "-o", "x.pdf"]) == 2


@pytest.mark.parametrize(
    "words", [["--seconds", "0"], ["--seconds", "-1"], ["--iterations", "-1"], ["--risk", "2"]]
)
def test_searches_that_would_not_end_are_refused(city: Path, words: list[str]) -> None:
    assert main(["waste", "rounds", str(city), "--date", "2024-10-30", *words]) == 2


def test_a_shut_depot_stops_the_answer(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = [str(city), "--date", "2024-10-30", "--iterations", "20", "--closed", "102-1", "100-1"]
    found = told(capfd, "rounds", *words, code=1)
    assert found["emptied"] == []
    assert "waste.depot-shut" in {one["code"] for one in found["findings"]}
