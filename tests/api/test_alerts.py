"""Alerts of a running city: drafted, sent by a second person, heard by a neighbour, ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cap_keys import person
from page_city import Page, made
from watched_city import NOON

from kopa.api.heard import Hearing
from kopa.api.hub import Hub
from kopa.cap.feed import read_feed
from kopa.cap.read_cap import read_cap
from kopa.cap.verify import verdict_of
from kopa.city.read_sections import Alerting, Heard
from kopa.city.read_toml import Settings
from kopa.errors import InputError

OUT = "energy:line:1 out"
WISH = {
    "kind": "alert",
    "title": {"en": "No power in the south", "lv": "Dienvidos nav strāvas"},
    "text": {"en": "We repair a line.", "lv": "Labojam līniju."},
    "changes": [OUT],
    "from": NOON + 3600,
    "to": NOON + 5 * 3600,
}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    person(tmp_path, "city")
    toml = '[alerts]\nsender = "alerts@city.lv"\nkey = "city.key"\ncertificate = "city.pem"\n'
    with made(tmp_path, "EPSG:32635", toml) as one:
        yield one


def led(page: Page, paper: Any, state: str, name: str = "anna", code: int = 200) -> Any:
    answer = page.patch(f"/page/notices/{paper['id']}", {"state": state}, name)
    assert answer.status_code == code, answer.text
    return answer.json()


def feed(page: Page) -> list[str]:
    answer = page.get("/public/alerts")
    assert answer.headers["content-type"] == "application/atom+xml"
    return [one.link.partition("testserver")[2] for one in read_feed(answer.content, "feed")]


def test_an_alert_is_sent_updated_and_ended_each_by_two(page: Page, tmp_path: Path) -> None:
    draft = page.post("/page/notices", WISH).json()
    assert (draft["people"], draft["area"], draft["services"]) == (50, 2, ["electricity"])
    assert feed(page) == []
    led(page, draft, "published", code=403)
    led(page, draft, "published", "bert")
    (link,) = feed(page)
    sent = page.get(link)
    assert sent.headers["content-type"] == "application/cap+xml"
    now = datetime.fromtimestamp(page.world.time, UTC)
    verdict = verdict_of(sent.content, "sent", tmp_path / "city.pem", now)
    assert verdict.word == "trusted", verdict.findings
    first = verdict.alert
    assert first is not None
    assert (first.status, first.kind, first.sent) == ("Actual", "Alert", now)
    assert {info.language: info.headline for info in first.infos} == WISH["title"]
    assert first.infos[0].onset == datetime.fromtimestamp(NOON + 3600, UTC)
    assert first.infos[0].areas[0].polygons
    assert "anna" not in sent.text
    assert "bert" not in sent.text

    page.world.time += 600
    newer = {**WISH, "to": NOON + 7 * 3600, "updates": draft["id"]}
    second = page.post("/page/notices", newer).json()
    led(page, second, "published", "bert")
    assert [n["state"] for n in page.get("/page/notices").json()["notices"]] == [
        "published", "replaced",
    ]  # fmt: skip
    (link,) = feed(page)
    update = read_cap(page.get(link).content, "update")
    assert (update.kind, update.references) == ("Update", (first.reference,))
    # what is replaced is nothing to update any more
    assert page.post("/page/notices", {**newer, "updates": draft["id"]}).status_code == 400
    led(page, draft, "withdrawn", code=400)

    led(page, second, "withdrawn", code=400)  # not by one person
    led(page, second, "ending")
    assert len(page.get("/public/notices").json()["notices"]) == 1
    led(page, second, "withdrawn", code=403)
    led(page, second, "withdrawn", "bert")
    assert feed(page) == []
    (kept,) = [n for n in page.get("/page/notices").json()["notices"] if n["id"] == second["id"]]
    assert kept["messages"] == 2
    assert page.get("/public/alerts/none").status_code == 404


def test_the_end_can_be_taken_back_before_it_is_told(page: Page) -> None:
    draft = page.post("/page/notices", WISH).json()
    led(page, draft, "published", "bert")
    led(page, draft, "ending")
    led(page, draft, "published")
    assert len(feed(page)) == 1
    led(page, draft, "replaced", code=400)


def test_without_changes_it_is_for_the_whole_city(page: Page) -> None:
    smoke = {**WISH, "changes": [], "title": {"en": "Smoke"}, "text": {"en": "Shut windows."}}
    led(page, page.post("/page/notices", smoke).json(), "published", "bert")
    (link,) = feed(page)
    alert = read_cap(page.get(link).content, "smoke")
    assert alert.infos[0].headline == "Smoke"
    assert alert.infos[0].areas[0].polygons


def test_words_are_proposed_of_a_finding(page: Page) -> None:
    times = {"from": NOON, "to": NOON + 24 * 3600}
    ask = {**times, "finding": "energy.out:energy:line:0"}
    assert page.post("/page/notices/proposal", ask).status_code == 400
    page.world.measure(0.0)
    page.world.watch.look()
    finding = next(
        one for one in page.world.watch.findings().values() if one.asset == "energy:line:0"
    )
    told = page.post("/page/notices/proposal", {**times, "finding": finding.id})
    assert told.status_code == 200, told.text
    words = told.json()
    assert words["people"] == finding.people > 0
    assert "no electricity" in words["title"]["en"].lower()
    assert set(words["title"]) == set(words["text"]) == {"en"}  # what the city speaks
    assert words["changes"][0].startswith("energy:line:0")
    whole = {**WISH, **{name: words[name] for name in ("title", "text", "changes", "services")}}
    assert page.post("/page/notices", whole).status_code == 201


def test_an_alert_that_concerns_nobody_is_refused(page: Page) -> None:
    answer = page.post("/page/notices", {**WISH, "changes": ["energy:line:1 out 03:00-03:01"]})
    assert answer.status_code == 400
    assert "nobody is cut off" in answer.text


def test_a_city_without_a_name_for_alerts_says_so(tmp_path: Path) -> None:
    with made(tmp_path, "EPSG:32635") as page:
        led(page, page.post("/page/notices", WISH).json(), "published", "bert")
        told = page.get("/public/alerts")
        assert told.status_code == 404
        assert "[alerts] sender" in told.json()["detail"]


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served, and its address."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_alerts_of_others_are_heard_and_verified(
    page: Page, neighbour: tuple[Path, str], tmp_path: Path
) -> None:
    folder, address = neighbour
    led(page, page.post("/page/notices", WISH).json(), "published", "bert")
    (link,) = feed(page)
    text = page.get("/public/alerts").text
    served = text.replace("http://testserver/public/alerts", f"{address}/alerts")
    (folder / "alerts").mkdir()
    (folder / "feed.xml").write_text(served, encoding="utf-8")
    document = folder / "alerts" / Path(link).name
    document.write_bytes(page.get(link).content)

    trusting = Heard("Neighbour", f"{address}/feed.xml", "city.pem")
    unknown = Heard("Same, no trust", f"{address}/feed.xml")
    silent = Heard("Nobody", f"{address}/none.xml")
    settings = Settings(tmp_path, "Here", alerting=Alerting(heard=(trusting, unknown, silent)))
    hearing = Hearing(settings, Hub(), lambda: page.world.time)
    hearing.look()
    told = hearing.document()
    assert [row["verdict"] for row in told["alerts"]] == ["trusted", "untrusted"]
    assert told["alerts"][0]["title"] == WISH["title"]
    assert [len(one["findings"]) for one in told["feeds"]] == [0, 0, 1]
    assert "404" in told["feeds"][2]["findings"][0]["what"]
    page.world.time += 86_400
    assert hearing.document()["alerts"] == []
    page.world.time = NOON

    # somebody changes the document on the way
    document.write_bytes(document.read_bytes().replace(b"in the south", b"in the north"))
    again = Hearing(settings, Hub(), lambda: page.world.time)
    again.look()
    assert [row["verdict"] for row in again.document()["alerts"]] == ["tampered", "tampered"]
    # and the feed leads elsewhere
    (folder / "feed.xml").write_text(served.replace(address, "http://127.0.0.2:1"))
    again = Hearing(settings, Hub(), lambda: page.world.time)
    again.look()
    assert "leads elsewhere" in again.document()["feeds"][0]["findings"][0]["what"]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ('sender = "a b"', "has a space"),
        ('sender = "a@b"\nkey = "k.pem"', "go together"),
        ('heard = "x"', "the feeds are no tables"),
        ('heard = [{name = "N", address = "ftp://x"}]', "no web address"),
        ("sender = 3", "sender"),
    ],
)
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, table: str, what: str) -> None:
    with (
        pytest.raises(InputError) as raised,
        made(tmp_path, "EPSG:32635", f"[alerts]\n{table}\n"),
    ):
        raise AssertionError("it was used")
    assert any(what in one.what for one in raised.value.findings)
