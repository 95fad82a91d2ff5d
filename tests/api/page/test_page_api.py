"""What the page asks for, of a small city with engines in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_city import Page, made
from small_city import write_whole_city
from watched_city import LINE, NOON

from kopa.api.page.city import services_of
from kopa.city.load import load_city
from kopa.open311.public import public_text
from kopa.store import Batch, Key, Observation, Observations

OUT = "energy:line:1 out"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with made(tmp_path, "EPSG:32635") as one:
        yield one


def test_what_everybody_may_know(page: Page) -> None:
    told = page.get("/public/city").json()
    assert (told["name"], told["languages"], told["simulated"]) == ("Small", ["en", "lv"], True)
    west, south, east, north = told["box"]
    assert west < east
    assert south <= north
    latvian = page.get("/public/words/lv").json()
    assert "kind-pump = sūknis" in latvian["water"]
    assert "lens-people = cilvēki" in latvian[""]
    missing = page.get("/public/words/xx")
    assert (missing.status_code, missing.json()["detail"]) == (404, "en, lv")


def test_a_city_that_lies_nowhere_has_no_box_and_answers_all_the_same(tmp_path: Path) -> None:
    with made(tmp_path, "") as page:
        assert page.get("/public/city").json()["box"] is None
        assert page.get("/page/asset", id="water:U").json()["lon"] is None
        assert page.get("/public/services", lon=22.5, lat=0.0).json()["found"] is False
        told = page.post("/page/whatif", {"changes": [OUT]}).json()
        assert told["status"] == "ok"
        assert told["losses"][0]["assets"][0][2:] == [None, None]


def test_domains_say_how_they_are_drawn(page: Page) -> None:
    told = page.get("/page/domains").json()
    assert told["services"] == ["water", "electricity"]  # nothing offers the others
    water = next(one for one in told["domains"] if one["name"] == "water")
    assert water["kinds"]["pipe"] == 3
    assert {"kind": "off", "units": []}.items() <= next(
        one for one in water["changes"] if one["kind"] == "off"
    ).items()
    assert water["page"]["series"]["level"]["unit"] == "m"


def test_assets_are_found_by_name_and_id(page: Page) -> None:
    def names(text: str, **more: Any) -> list[str]:
        found = page.get("/page/assets", q=text, **more).json()["assets"]
        return [one["asset"] for one in found]

    assert names("hosp") == ["places:hospital"]
    assert names("water:P") == ["water:P1", "water:P2", "water:P3"]
    assert names("water:P", limit=1) == ["water:P1"]
    assert names("") == []
    assert page.get("/page/assets", q="x", limit=0).status_code == 400


def test_an_asset_is_told_whole(page: Page) -> None:
    page.world.measure(0.0)
    page.world.watch.look()
    told = page.get("/page/asset", id="energy:load:1").json()
    assert {one["asset"] for one in told["feeds"]} == {"places:h1", "places:hospital"}
    assert {one["kind"] for one in told["changes"]} == {"out", "factor"}
    line = page.get("/page/asset", id="energy:line:0").json()
    measured = next(one for one in line["series"] if one["quantity"] == "in_service")
    assert measured["value"] == 0.0
    modelled = {one["quantity"] for one in line["series"] if one["value"] is None}
    assert "loading" in modelled
    assert page.get("/page/asset", id="energy:nowhere").status_code == 404


def test_past_now_and_forecast(page: Page) -> None:
    page.world.time -= 60
    page.world.measure(1.0)
    page.world.time += 60
    page.world.measure(0.0)
    page.world.watch.look()
    page.world.time += 1800
    page.world.measure(1.0)
    page.world.watch.look()
    past = page.get("/page/moment", at=NOON + 600).json()
    assert (past["kind"], past["first"]) == ("past", NOON)
    assert past["values"] == [["energy:line:0", "in_service", 0.0, "", False]]
    assert [one["code"] for one in past["findings"]] == ["energy.out"]
    assert {one["service"] for one in past["services"]} == {"water", "electricity"}
    now = page.get("/page/moment", at=page.world.time).json()
    assert (now["kind"], now["services"]) == ("now", [])
    assert now["values"] == [["energy:line:0", "in_service", 1.0, "", False]]
    ahead = page.get("/page/moment", at=page.world.time + 7200).json()
    assert ahead["kind"] == "forecast"
    assert {one[1] for one in ahead["values"]} >= {"level", "loading"}
    before = page.get("/page/moment", at=NOON - 86400).json()
    assert (before["status"], before["services"], before["values"]) == ("unknown", None, [])
    assert page.get("/page/moment", at="soon").status_code == 400


def test_what_was_said_without_a_time_holds_in_the_past_too(page: Page) -> None:
    said = Observation(
        Key(LINE, "in_service"),
        round((NOON - 86_400) * 1e6),
        None,
        raw='{"type": "Property", "value": false}',
    )
    page.world.store.commit(Batch(observations=(Observations.of("", [said]),)))
    page.world.watch.look()
    told = page.get("/page/moment", at=NOON - 3600).json()
    assert told["values"] == [["energy:line:0", "in_service", 0.0, "", False]]
    before = page.get("/page/moment", at=NOON - 90_000).json()
    assert before["values"] == []


def test_a_series_has_history_and_forecast(page: Page) -> None:
    for value in (1.0, 0.0):
        page.world.measure(value)
        page.world.time += 60
    page.world.watch.look()
    asked = {"asset": "energy:line:0", "quantity": "in_service", "points": 10}
    told = page.get("/page/series", **asked, **{"from": NOON - 300, "to": NOON + 300}).json()
    assert told["history"]["mean"] == [1.0, 0.0]
    assert told["history"]["at"] == [NOON + 30, NOON + 90]
    only = {"asset": "water:T", "quantity": "level", "from": NOON, "to": NOON + 60}
    told = page.get("/page/series", **only).json()
    assert told["history"]["at"] == []
    assert len(told["forecast"]["value"]) == 24
    assert told["forecast"]["at"][1] - told["forecast"]["at"][0] == 3600
    assert page.get("/page/series", **{**only, "quantity": "taste"}).status_code == 404
    assert page.get("/page/series", **{**only, "to": NOON - 1}).status_code == 400


def test_a_usual_day_begins_at_midnight_whatever_the_hour_is(page: Page) -> None:
    """What ended in the morning is asked of a whole day, not of what is left of this one."""
    body = {"changes": ["energy:line:0 out 01:00-03:00"]}
    for hours in (0, 8):
        page.world.time = NOON + hours * 3600
        usual = page.post("/page/whatif", {**body, "live": False}).json()
        assert usual["window"]["start"] == NOON - 12 * 3600
        assert usual["services"], usual
        assert not page.post("/page/whatif", body).json()["services"]


def test_a_what_if_and_a_decision_by_two_people(page: Page) -> None:
    story = page.post("/page/whatif", {"changes": [OUT], "live": False}).json()
    assert story["live"] is False
    wrong = page.post("/page/whatif", {"changes": ["water:nowhere out"]})
    assert (wrong.status_code, "nowhere" in wrong.json()["detail"]) == (400, True)
    one = {"low": 1, "mid": 1, "high": 1}
    measures = [{**m, "name": m["kind"], "cost": one} for m in story["measures"]]
    for measure in measures:
        del measure["text"]
    asked = {"events": [OUT], "measures": measures, "times_a_year": one, "years": 10}
    answer = page.post("/page/decide", asked).json()
    assert answer["options"][0]["net"]["mid"] > 0
    assert answer["currency"] == "EUR"
    assert page.post("/page/decide", {**asked, "measures": []}).status_code == 400
    twice = [measures[0], measures[0]]
    assert "an id of its own" in page.post("/page/decide", {**asked, "measures": twice}).text

    wish = {
        "title": "A battery",
        "reason": "It is worth it.",
        "scenario": answer["scenario"],
        "options": answer["options"],
        "chosen": [answer["options"][0]["id"]],
        "second": True,
    }
    assert page.post("/page/decisions", {**wish, "reason": " "}).status_code == 400
    assert page.post("/page/decisions", {**wish, "chosen": ["other"]}).status_code == 400
    made = page.post("/page/decisions", wish)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    path = f"/page/decisions/{made.json()['id']}"
    refused = page.patch(path, {"state": "approved"})
    assert (refused.status_code, "second person" in refused.json()["title"]) == (403, True)
    done = page.patch(path, {"state": "approved", "note": "yes"}, "bert").json()
    assert [step["by"] for step in done["steps"]] == ["account:anna", "account:bert"]
    undone = page.patch(path, {"state": "withdrawn"}).json()
    assert undone["state"] == "withdrawn"
    assert page.patch(path, {"state": "approved"}, "bert").status_code == 400
    (kept,) = page.get("/page/decisions").json()["decisions"]
    assert kept == undone
    actions = [row.entry.action for row in page.world.store.audit("")]
    assert actions == ["decision.added", "decision.approved", "decision.withdrawn"]


def test_an_alert_takes_a_second_person_and_works_do_not(page: Page) -> None:
    wish = {
        "kind": "works",
        "title": {"en": "No power"},
        "text": {"en": "We repair a line."},
        "changes": [OUT],
        "from": NOON + 3600,
        "to": NOON + 5 * 3600,
    }
    answer = page.post("/page/notices", wish)
    assert answer.status_code == 201, answer.text
    works = answer.json()
    assert (works["people"], works["area"], works["services"]) == (50, 2, ["electricity"])
    assert page.get("/public/notices").json() == {"notices": []}
    assert page.patch(f"/page/notices/{works['id']}", {"state": "published"}).status_code == 200
    alert = page.post("/page/notices", {**wish, "kind": "alert"}).json()
    path = f"/page/notices/{alert['id']}"
    assert page.patch(path, {"state": "published"}).status_code == 403
    assert page.patch(path, {"state": "published"}, "bert").status_code == 200
    shown = page.get("/public/notices").json()["notices"]
    assert {one["kind"] for one in shown} == {"alert", "works"}
    assert all("author" not in one and "people" not in one for one in shown)
    page.world.time += 86400
    assert page.get("/public/notices").json() == {"notices": []}
    page.world.time = NOON
    evening = {**wish, "changes": ["energy:line:1 out 20:00-22:00"]}
    evening |= {"from": NOON + 8 * 3600, "to": NOON + 10 * 3600}
    assert page.post("/page/notices", evening).json()["people"] == 40
    late = {**wish, "from": NOON - 7200, "to": NOON - 3600}
    assert page.post("/page/notices", late).status_code == 400
    assert page.post("/page/notices", {**wish, "text": {}}).status_code == 400


def test_what_residents_see_where_they_live(page: Page) -> None:
    page.world.measure(0.0)  # line 0 feeds all
    page.world.watch.look()
    home = page.get("/page/asset", id="places:h1").json()
    told = page.get("/public/services", lon=home["lon"], lat=home["lat"]).json()
    assert told["found"]
    assert told["distance_m"] < 1
    states = {one["service"]: one["state"] for one in told["services"]}
    assert states["electricity"] == "lost"
    assert "road_access" not in states  # nothing tells whether there is any
    far = page.get("/public/services", lon=home["lon"] + 1, lat=home["lat"]).json()
    assert not far["found"]
    assert {one["state"] for one in far["services"]} == {"unknown"}
    assert "people" not in str(told)
    assert page.get("/public/services", lon=200, lat=0).status_code == 400


def test_a_report_is_blotted_answered_and_limited(page: Page) -> None:
    wish = {"category": "water", "text": "Brown water. Anna, anna@example.lv, +371 29 123 456"}
    made = page.post("/public/reports", wish)
    assert made.status_code == 201
    code = made.json()["code"]
    (kept,) = page.get("/page/reports").json()["reports"]
    assert kept["text"] == "Brown water. Anna, [e-mail], [phone]"
    answered = {"state": "done", "answer": "It is flushed."}
    assert page.patch(f"/page/reports/{code}", answered).json()["state"] == "done"
    told = page.get(f"/public/reports/{code}").json()
    assert (told["state"], told["answer"]) == ("done", "It is flushed.")
    assert "text" not in told
    assert page.get("/public/reports/guess").status_code == 404
    assert page.post("/public/reports", {**wish, "text": "x"}).status_code == 400
    statuses = [page.post("/public/reports", wish).status_code for _ in range(7)]
    assert statuses == [201] * 5 + [429] * 2


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("code 010190-12345 please", "code [personal code] please"),
        ("call 29123456", "call [phone]"),
        ("at 14:30 in Brīvības iela 12-34", "at 14:30 in Brīvības iela 12-34"),
        ("since 23.11. the pressure is 2.5 bar", "since 23.11. the pressure is 2.5 bar"),
    ],
)
def test_only_what_is_personal_is_blotted(text: str, kept: str) -> None:
    assert public_text(text) == kept


def test_a_screen_runs_in_a_process_of_its_own(page: Page) -> None:
    started = page.post("/page/screens", {"domain": "energy"})
    assert started.status_code == 202
    again = page.post("/page/screens", {"domain": ""})
    assert (again.status_code, "running" in again.json()["detail"]) == (400, True)
    path = f"/page/screens/{started.json()['id']}"
    for _ in range(600):
        found = page.get(path).json()
        if found["state"] != "running":
            break
        time.sleep(0.1)
    assert found["state"] == "done", found
    for _ in range(100):  # it is kept a moment later
        if page.world.store.document("", "screen", found["id"]) is not None:
            break
        time.sleep(0.05)
    rows = page.get(path).json()["rows"]
    assert rows[0]["people"] == max(row["people"] for row in rows)
    assert set(rows[0]["services"]) <= {"water", "electricity"}
    assert page.get("/page/screens").json()["screens"][0]["rows"] == []
    assert page.http.delete(path).status_code == 204
    assert page.get(path).status_code == 404
    assert page.post("/page/screens", {"domain": "air"}).status_code == 400


def test_services_are_what_people_get_and_no_power(tmp_path: Path) -> None:
    """Buildings tell the heat network their demand in kW: that is no service."""
    city = load_city(write_whole_city(tmp_path))
    services = {"water", "electricity", "sewerage", "road_access", "heat", "collection"}
    services |= {"transit"}  # visitors come by it
    assert set(services_of(city)) == services
