"""The live loop as its users have it: what is patched is solved, found, told and acknowledged."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from kopa_up import Up
from small_city import write_city

ENTITIES = "/ngsi-ld/v1/entities"
LINE, PUMP = "urn:ngsi-ld:Line:energy:line%3A0", "urn:ngsi-ld:Pump:water:U"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("live")
    city = folder / "city"
    city.mkdir()
    one = Up(write_city(city), folder / "log", "--look", "0.3")
    one.log_in()
    yield one
    one.close()


def until(ask: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What a question gives as soon as it gives something."""
    for _ in range(int(seconds / 0.1)):
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it never came")


def say(up: Up, entity: str, name: str, value: Any, **more: Any) -> None:
    body = {name: {"type": "Property", "value": value, **more}}
    url = f"{ENTITIES}/{entity.replace('%', '%25')}/attrs"
    answer = up.http.post(url, json=body)
    assert answer.status_code == 204, answer.text


def finding(up: Up, id: str, state: str = "") -> Callable[[], Any]:
    def ask() -> Any:
        rows = up.http.get("/findings", params={"state": state} if state else {}).json()
        return next((row for row in rows["findings"] if row["id"] == id), None)

    return ask


class Listener:
    """An EventSource: keeps events, and their last number."""

    def __init__(self, up: Up, last: str = "") -> None:
        self.events: list[tuple[str, Any]] = []
        self.last = ""
        headers = dict(up.http.headers) | ({"last-event-id": last} if last else {})
        self._client = httpx.Client(base_url=up.http.base_url, headers=headers, trust_env=False)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        kind = ""
        try:
            with self._client.stream("GET", "/events", timeout=None) as answer:
                for line in answer.iter_lines():
                    name, _, rest = line.partition(": ")
                    if name == "id":
                        self.last = rest
                    elif name == "event":
                        kind = rest
                    elif name == "data":
                        self.events.append((kind, json.loads(rest)))
        except httpx.HTTPError:
            pass  # it was closed, or the server went away

    def of(self, kind: str) -> list[Any]:
        return [content for name, content in self.events if name == kind]

    def close(self) -> None:
        self._client.close()


def test_a_patched_asset_is_the_one_that_the_domains_solve(up: Up) -> None:
    """An NGSI-LD client says that a line is out: a finding, its people, its cause, an event."""
    listener = Listener(up)
    until(lambda: listener.of("now"))
    assert up.http.get("/now").json()["status"] == "ok"
    say(up, LINE, "in_service", False)
    found = until(finding(up, "energy.out:energy:line:0", "new"))
    assert found["people"] == 110  # the pump stops too, and the tank is empty some hours later
    assert {loss["service"] for loss in found["losses"]} == {"electricity", "water"}
    assert found["cause"][0] == {
        "asset": "energy:line:0",
        "what": "out",
        "from": found["cause"][0]["from"],
        "to": found["cause"][0]["to"],
    }
    now = up.http.get("/now").json()
    assert now["changes"] == ["energy:line:0 out"]
    people = {service["service"]: service["people_now"] for service in now["services"]}
    figures = up.http.get("/metrics").text
    assert 'kopa_people_without{service="electricity"} 40.0' in figures
    assert people == {"electricity": 40, "water": 0}  # the hospital has an own store
    until(lambda: [f for f in listener.of("finding") if f["id"] == found["id"]])
    rows = until(lambda: [row for batch in listener.of("values") for row in batch])
    assert ["energy:line:0", "in_service", 0.0] in [row[:3] for row in rows]

    url = f"/findings/{found['id']}"
    assert up.http.patch(url, json={"state": "gone"}).status_code == 400
    assert up.http.patch("/findings/none", json={"state": "resolved"}).status_code == 404
    assert up.http.patch(url, json={"state": "acknowledged", "note": "a crew is on its way"})
    acknowledged = until(finding(up, found["id"], "acknowledged"))
    assert (acknowledged["by"], acknowledged["note"]) == ("account:admin", "a crew is on its way")
    until(lambda: listener.of("finding")[-1]["state"] == "acknowledged")
    time.sleep(1)  # some looks later it still is
    assert finding(up, found["id"], "acknowledged")()
    rows = up.http.get("/audit", params={"tenant": ""}).json()["rows"]
    assert "finding.led" in rows[-1]["record"]

    last = listener.last
    listener.close()
    say(up, LINE, "in_service", True)
    until(lambda: up.http.get("/now").json()["changes"] == [])
    again = Listener(up, last)  # what happened meanwhile comes first
    until(lambda: again.of("values"))
    assert ["energy:line:0", "in_service", 1.0] in [row[:3] for row in again.of("values")[0]]
    again.close()
    strange = Listener(up, "999999999")
    until(lambda: strange.of("reload"))
    strange.close()


def test_state_has_age_quality_and_what_the_model_expects(up: Up) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    tank = "urn:ngsi-ld:Tank:water:T"
    say(up, tank, "level", 2.5, observedAt=at, unitCode="MTR")

    def level() -> Any:
        rows = up.http.get("/state", params={"asset": "water:T"}).json()["state"]
        return [row for row in rows if row["quantity"] == "level" and row["expected"]]

    (row,) = until(level)
    assert (row["value"], row["unit"], row["quality"]) == (2.5, "MTR", "fresh")
    assert 0 <= row["age_s"] < 60
    until(lambda: abs(level()[0]["expected"] - 2.5) < 1)
    ahead = up.http.get("/forecast", params={"asset": "water:T", "quantity": "level"}).json()
    assert len(ahead["values"]) == 24
    unknown = up.http.get("/forecast", params={"asset": "water:T", "quantity": "colour"})
    assert unknown.status_code == 404


def test_what_if_from_the_live_state(up: Up) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    say(up, "urn:ngsi-ld:Tank:water:T", "level", 2.0, observedAt=at)
    until(lambda: "water:T level 2m" in (up.http.get("/now").json()["changes"] or ()))
    body = {"changes": ["energy:line:0 out 00:00-48:00"], "hours": 12}
    answer = up.http.post("/whatif", json=body)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["status"] == "ok"
    assert document["window"]["steps"] == 12
    assert "electricity" in {total["service"] for total in document["totals"]}
    assert any("water:T level" in change for change in document["changes"])
    usual = up.http.post("/whatif", json={**body, "live": False}).json()
    assert not any("water:T level" in change for change in usual["changes"])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"changes": []}, "1 to 50"),
        ({"changes": ["water:none off"]}, "no asset"),
        ({"changes": ["nonsense"]}, "no change"),
        ({"changes": ["water:U off"], "hours": 100000}, "hours"),
        ({"changes": "water:U off"}, "array"),
        ({"changes": ["water:U off"], "hour": 3}, "unknown field"),
    ],
)
def test_a_what_if_that_makes_no_sense(up: Up, body: Any, told: str) -> None:
    answer = up.http.post("/whatif", json=body)
    assert answer.status_code == 400
    assert told in answer.text


def test_who_only_sees_may_not_ask_or_acknowledge(up: Up) -> None:
    key = up.http.post(
        "/auth/keys", json={"label": "wall", "grants": [{"role": "viewer", "tenant": "*"}]}
    ).json()["key"]
    with httpx.Client(
        base_url=up.http.base_url, headers={"x-api-key": key}, trust_env=False
    ) as wall:
        assert wall.get("/now").status_code == 200
        assert wall.get("/findings").status_code == 200
        assert wall.post("/whatif", json={"changes": ["water:U off"]}).status_code == 403
        assert wall.patch("/findings/x", json={"state": "resolved"}).status_code == 403
    with httpx.Client(base_url=up.http.base_url, trust_env=False) as nobody:
        for path in ("/now", "/state", "/findings", "/events", "/forecast"):
            assert nobody.get(path).status_code == 401


def test_an_engine_that_dies_costs_one_answer(up: Up) -> None:
    """kill −9 of the engine's process: the next question is answered by another."""

    def engines() -> list[int]:
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    line = (folder / "cmdline").read_bytes()
                    parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                if b"spawn_main" in line and parent in _family(up.process.pid):
                    found.append(int(folder.name))
        return found

    (pid,) = until(engines)
    os.kill(pid, signal.SIGKILL)
    body = {"changes": ["water:U off"]}
    until(lambda: up.http.post("/whatif", json=body).status_code == 200)
    assert until(engines) != [pid]
    until(lambda: up.http.get("/now").json()["trouble"] == "")


def _family(pid: int) -> set[int]:
    """A process and its children."""
    found = {pid}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.add(int(folder.name))
    return found
