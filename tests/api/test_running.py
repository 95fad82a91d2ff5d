"""`kopa up` as its users have it: a process, a port, a terminal."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kopa_up import KOPA, Up
from mosquitto import Mosquitto, needed
from small_city import write_city

from kopa.access.accounts import PLATFORM
from kopa.api.running import Listen
from kopa.city.data import store_of
from kopa.errors import UsageError

PUMP = "urn:ngsi-ld:Pump:water:U"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir()
    return write_city(folder)


@pytest.fixture
def runs(city: Path, tmp_path: Path) -> Iterator[Any]:
    started: list[Up] = []

    def start(*more: str) -> Up:
        started.append(Up(city, tmp_path / f"log{len(started)}", *more))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_assets_are_entities_and_survive_a_kill(runs: Any, city: Path) -> None:
    first = runs()
    told = re.search(r"Account: admin, password: (\S+)", first.log.read_text())
    assert told is not None
    first.log_in(told[1])
    pump = first.http.get(f"/ngsi-ld/v1/entities/{PUMP}", params={"options": "keyValues"}).json()
    assert (pump["asset"], pump["category"]) == ("water:U", "pump")
    state = {"state": {"type": "Property", "value": "off"}}
    url = f"/ngsi-ld/v1/entities/{PUMP}/attrs"
    assert first.http.post(url, json=state).status_code == 204
    first.end(signal.SIGKILL)
    second = runs()
    assert "password" not in second.log.read_text()
    second.log_in(told[1])
    pump = second.http.get(f"/ngsi-ld/v1/entities/{PUMP}", params={"options": "keyValues"}).json()
    assert (pump["state"], pump["asset"]) == ("off", "water:U")
    second.end()
    with store_of(city) as store:
        assert store.verify().broken == 0
        assert [row.entry.action for row in store.audit(PLATFORM)] == ["account.added"]


def test_telemetry_becomes_attributes(runs: Any, city: Path) -> None:
    (city / "devices.csv").write_text(
        "device,path,entity,attribute,unit,low,high\nt1,level,water:T,level,MTR,0,10\n", "utf-8"
    )
    one = runs()
    one.log_in()
    url = "/ngsi-ld/v1/entities/urn:ngsi-ld:Tank:water:T"
    for level, time_s in ((3.0, 1_795_341_600), (2.5, 1_795_341_000), (99, 1_795_341_700)):
        message = {"device": "T1", "level": level, "time": time_s}
        assert one.http.post("/ingest", json=[message]).json() == {"messages": 1, "written": 1}
    for _ in range(100):  # seen within a second
        found = one.http.get(url).json().get("level", {})
        if found.get("value") == 3:
            break
        time.sleep(0.01)
    assert (found["value"], found["unitCode"]) == (3, "MTR")
    assert found["observedAt"].startswith("2026-11-22T10:00:00")
    past = one.http.get(
        url.replace("/entities", "/temporal/entities"),
        params={"attrs": "level", "options": "temporalValues"},
    ).json()
    assert [row[0] for row in past["level"]["values"]][:2] == [2.5, 3]
    (finding,) = one.http.get("/ingest").json()["findings"]
    assert (finding["code"], finding["times"]) == ("ingest.impossible", 1)
    for body in (b"{", b"\xff", b"5"):
        assert one.http.post("/ingest", content=body).status_code in (200, 400)


@needed
def test_a_broker_s_messages_are_heard_of(runs: Any, city: Path, tmp_path: Path) -> None:
    """mosquitto_pub at one end, a client of the API at the other."""
    (city / "devices.csv").write_text(
        "device,path,entity,attribute,unit\nt1,level,water:T,level,MTR\n", "utf-8"
    )
    broker = Mosquitto(tmp_path)
    try:
        one = runs("--mqtt", f"127.0.0.1:{broker.port}", "--topic", "city/#")
        one.log_in()
        broker.publish(*range(1, 21))
        url = "/ngsi-ld/v1/entities/urn:ngsi-ld:Tank:water:T"
        for _ in range(400):
            level = one.http.get(url).json().get("level", {})
            if level.get("value") == 20:
                break
            time.sleep(0.1)
        assert level["value"] == 20
        assert one.http.get("/ingest").json()["observations"] == 20
    finally:
        broker.stop()


def test_a_backup_is_made_while_it_runs(runs: Any, city: Path, tmp_path: Path) -> None:
    one = runs()
    told = re.search(r"password: (\S+)", one.log.read_text())
    assert told is not None
    assert one.http.put("/backups/first").status_code == 401
    one.log_in(told[1])
    assert one.http.put("/backups/first").status_code == 200
    assert one.http.put("/backups/first").status_code == 409
    assert one.http.put("/backups/..%2Fout").status_code in (400, 404)
    assert one.http.get("/statistics").json()["entities"] > 10
    figures = one.http.get("/metrics").text
    assert re.search(r"kopa_store_entities \d{2}", figures)
    assert 'kopa_http_requests_total{method="PUT",status="200"} 1.0' in figures
    log = one.http.get("/audit").json()
    assert log["holds"]
    assert "backup.made" in log["rows"][-1]["record"]
    other = tmp_path / "other"
    other.mkdir()
    write_city(other)
    done = subprocess.run(
        [*KOPA, "restore", str(other), str(city / "backups" / "first")], check=False
    )
    assert done.returncode == 0
    with store_of(other) as store:
        assert store.entity("", PUMP) is not None


def test_simulated_telemetry_says_so(runs: Any) -> None:
    one = runs("--simulate", "0.2")
    one.log_in()
    url = "/ngsi-ld/v1/entities/urn:ngsi-ld:Junction:water:A"
    seen = set()
    for _ in range(400):
        pressure = one.http.get(url).json().get("pressure")
        if pressure:
            assert pressure["simulated"]["value"] is True
            assert pressure["unitCode"] == "m"
            seen.add(pressure["value"])
        if len(seen) > 2:
            break
        time.sleep(0.1)
    assert len(seen) > 2


def test_nothing_without_a_caller(runs: Any) -> None:
    answer = runs().http.get(f"/ngsi-ld/v1/entities/{PUMP}")
    assert answer.status_code == 401


def test_passwords_are_not_sent_in_the_open() -> None:
    with pytest.raises(UsageError, match="--behind-proxy"):
        Listen("0.0.0.0")
    with pytest.raises(UsageError, match="both"):
        Listen(certificate=Path("c.pem"))
    assert Listen("0.0.0.0", proxied=True).host == "0.0.0.0"
