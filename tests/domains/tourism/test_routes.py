"""Routes for a day, held against a checker of their own, and quiet hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import opening_hours
import pytest
from domains.tourism.jobs import codes, runner
from domains.tourism.small import SIGHTS, write_town

from kopa.geo.on_foot import crossing
from kopa.geo.read_osm import read_streets
from kopa.geo.walking import Walks

WEDNESDAY, MONDAY, HOLIDAY = "2026-10-14", "2026-10-12", "2026-11-18"
WALK = 1.25


@pytest.fixture(name="town", scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town"))


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def breaks(town: Path, found: Any, hours: tuple[str, str] = ("09:00", "18:00")) -> list[str]:
    """What a route breaks: opening hours by the library itself, walks by a search of their own."""
    streets = read_streets(town / "streets.osm.pbf", "")[0]
    walks = Walks(streets, streets.length)
    day = datetime.fromisoformat(found["date"])
    wrong, now, at = [], minutes(hours[0]), found["start"]
    from domains.transport.small_streets import place

    def metres(one: str, other: str) -> float:
        nodes = [crossing(streets, *place(SIGHTS[name][0]), 100) for name in (one, other)]
        way = walks.shortest(*nodes)
        assert way is not None
        return way.metres

    for stop in found["stops"]:
        name = stop["sight"]
        begin, leave = minutes(stop["begin"]), minutes(stop["leave"])
        if begin < now + metres(at, name) / WALK / 60 - 1.01:
            wrong.append(f"{name} begins before one can be there")
        if leave - begin < SIGHTS[name][1]["stay_min"]:
            wrong.append(f"{name} is left too early")
        text = SIGHTS[name][1].get("opening_hours", "24/7")
        told = opening_hours.OpeningHours(text, country="LV")
        for minute in range(begin, leave):
            if not told.is_open(day + timedelta(minutes=minute)):
                wrong.append(f"{name} is closed at {minute}")
                break
        now, at = leave, name
    if found["stops"] and now + metres(at, found["start"]) / WALK / 60 > minutes(hours[1]) + 1:
        wrong.append("the day ends before one is back")
    return wrong


def names(found: Any) -> list[str]:
    return [one["sight"] for one in found["stops"]]


def why(found: Any) -> dict[str, str]:
    return {one["sight"]: one["reason"] for one in found["left_out"]}


def test_all_that_is_open_fits_into_a_day(town: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, found = runner(capfd, "routes")(town, "--date", WEDNESDAY, "--json")
    assert code == 0
    assert sorted(names(found)) == ["museum", "park", "stage", "tower"]
    assert breaks(town, found) == []
    assert (found["prize"], found["all_prizes"], found["ways"]) == (7, 7, "streets")
    # 1-5-6-7-8-4-9 and straight back: 2 × 4 east, 2 × north
    assert found["metres"] == pytest.approx(8 * 243.4 + 2 * 222.7, abs=2)
    # the checker sees what is wrong
    found["stops"][-1]["begin"] = found["stops"][-1]["leave"] = "03:00"
    assert breaks(town, found) != []


@pytest.mark.parametrize("day", [MONDAY, HOLIDAY])
def test_the_museum_is_closed_on_mondays_and_holidays(
    day: str, town: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, found = runner(capfd, "routes")(town, "--date", day, "--json")
    assert why(found) == {"museum": "not_open"}
    assert breaks(town, found) == []


def test_a_short_day_takes_what_is_worth_most(
    town: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In two hours from the tower: an hour at the museum (3), and the tower (2); from 10 to 12 the
    tower is open."""
    words = [town, "--date", WEDNESDAY, "--hours", "10:00-12:15", "--start", "tower", "--json"]
    _, found = runner(capfd, "routes")(*words)
    assert sorted(names(found)) == ["museum", "tower"]
    assert breaks(town, found, ("10:00", "12:15")) == []
    assert why(found) == {"park": "time", "stage": "time"}


def test_closures_shift_the_route(town: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, found = runner(capfd, "routes")(
        town, "--date", WEDNESDAY, "--closed", "museum", "tourism:park", "--json"
    )
    assert sorted(names(found)) == ["stage", "tower"]
    assert why(found) == {"museum": "closed", "park": "closed"}


def test_by_wheelchair_only_what_is_known_to_be_step_free(
    town: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, found = runner(capfd, "routes")(town, "--date", WEDNESDAY, "--accessible", "--json")
    assert names(found) == ["museum", "park"] or names(found) == ["park", "museum"]
    assert why(found) == {"tower": "wheelchair", "stage": "wheelchair"}
    assert codes(found) == {"accessible"}


def test_a_full_sight_is_left_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Ten are there from 11 to 18: a room for ten is full, but for the first hour in part."""
    town = write_town(tmp_path, {"museum": {"capacity": 6}})
    _, found = runner(capfd, "routes")(town, "--date", WEDNESDAY, "--json")
    assert why(found) == {"museum": "full"}


def test_words_and_wrong_use(town: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, text = runner(capfd, "routes")(town, "--date", HOLIDAY, "--language", "lv")
    assert code == 0
    assert "Dienas maršruts" in text
    assert "tajā dienā nav atvērts" in text
    for words in (["--closed", "x"], ["--hours", "18:00-09:00"], ["--language", "xx"]):
        assert runner(capfd, "routes")(town, *words)[0] == 2


def test_quiet_hours_by_hand(town: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The park's visitors rise to 14 and fall to 20: at night there is nobody. The museum fills in
    its first hour."""
    code, found = runner(capfd, "quiet")(town, "--date", WEDNESDAY, "--json")
    assert code == 0
    rows = {one["sight"]: one for one in found["sights"]}
    assert rows["museum"]["quiet"][0]["hour"] == "10:00"
    assert rows["museum"]["quiet"][0]["of_capacity"] == pytest.approx(0.2, abs=0.02)
    assert rows["park"]["quiet"][0] == {"hour": "00:00", "visitors": 0, "of_capacity": None}
    assert rows["park"]["busiest"] == "14:00"
    _, found = runner(capfd, "quiet")(town, "--date", HOLIDAY, "--json")
    assert {one["sight"]: one["status"] for one in found["sights"]}["museum"] == "closed"
    assert date.fromisoformat(found["date"]).weekday() == 2
    code, text = runner(capfd, "quiet")(town, "--language", "lv")
    assert (code, "Klusās stundas" in text) == (0, True)
