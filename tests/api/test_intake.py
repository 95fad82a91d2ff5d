"""A running city that asks its devices, follows a feed and takes a stream."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from field_devices import HOST, modbus_in_a_thread, run
from kopa_up import KOPA, Up
from nats_server import NatsServer, needed
from small_city import write_city

TANK = "/ngsi-ld/v1/entities/urn:ngsi-ld:Tank:water:T"
BUS = "/ngsi-ld/v1/entities/urn:ngsi-ld:Vehicle:transport:vehicle%252Fbuses%252F1234"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir()
    write_city(folder)
    (folder / "devices.csv").write_text(
        "device,path,entity,attribute,unit,factor\n"
        "plc,holding:40101:float32,water:T,level,MTR,2\n"
        "plc,holding:40091,water:U,flow,,\n"
        "t1,level,water:T,temperature,CEL,\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def up(city: Path, tmp_path: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(*more: str) -> Up:
        started.append(Up(city, tmp_path / f"log{len(started)}", *more))
        started[-1].log_in()
        return started[-1]

    yield start
    for one in started:
        one.close()


def waited(told: Callable[[], Any]) -> Any:
    """What is told, as soon as it is something."""
    for _ in range(400):
        found = told()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come to be")


def asked(one: Up) -> Any:
    """What ``GET /ingest`` says, once every source was asked."""
    found = one.http.get("/ingest").json()
    return found if all(source["rounds"] for source in found["sources"]) else None


def feed() -> bytes:
    from google.protobuf.json_format import ParseDict
    from google.transit import gtfs_realtime_pb2

    vehicle = {"vehicle": {"id": "1234"}, "position": {"latitude": 56.95, "longitude": 24.1}}
    message = {
        "header": {"gtfsRealtimeVersion": "2.0", "timestamp": str(int(time.time()))},
        "entity": [{"id": "1", "vehicle": vehicle}],
    }
    content: bytes = ParseDict(message, gtfs_realtime_pb2.FeedMessage()).SerializeToString()
    return content


def test_sources_become_attributes_and_entities(city: Path, up: Callable[..., Up]) -> None:
    (city / "feed.pb").write_bytes(feed())
    with modbus_in_a_thread() as port:
        table = '[[source]]\ndevice = "{}"\nkind = "{}"\naddress = "{}"\nevery_s = 0.2\n'
        (city / "sources.toml").write_text(
            table.format("plc", "modbus", f"{HOST}:{port}")
            + table.format("buses", "gtfs_rt", "feed.pb")
            + table.format("gone", "gtfs_rt", "none.pb")
            + table.format("idle", "bacnet", HOST),
            encoding="utf-8",
        )
        one = up()
        level = waited(lambda: one.http.get(TANK).json().get("level"))
        assert (level["value"], level["unitCode"]) == (7, "MTR")
        place = waited(lambda: one.http.get(BUS).json().get("location"))
        assert place["value"]["coordinates"] == [24.1, 56.95]
        told = waited(lambda: asked(one))
    assert "devices.csv has no row" in re.sub(r"\s+", " ", one.log.read_text())
    plc, buses, gone = told["sources"]
    assert (plc["state"], plc["error"], plc["kind"]) == ("ok", "", "modbus")
    assert plc["last_success"]
    assert (buses["state"], gone["state"]) == ("ok", "failing")
    assert "cannot be read" in gone["error"]
    codes = {finding["code"] for finding in told["findings"]}
    assert codes == {"ingest.no-value", "ingest.silent"}


@needed
def test_a_stream_becomes_attributes(up: Callable[..., Up], tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    try:
        one = up("--nats", server.address, "--stream", "city", "--subject", "city.*.>")
        run(server.publish("city.water.t1", *(json.dumps({"level": n}).encode() for n in (1, 7))))
        waited(lambda: one.http.get(TANK).json().get("temperature", {}).get("value") == 7)
        assert one.http.get("/ingest").json()["observations"] == 2
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--nats", "http://x"], 2, "write nats://HOST:PORT"),
        (["--nats", "nats://user:secret@x"], 2, "set KOPA_NATS_USER"),
        (["--nats", "nats://x", "--stream", "a.b"], 2, "no name of a stream"),
        (["--nats", "nats://127.0.0.1:9"], 1, "the stream kopa at nats://127.0.0.1:9"),
        (["--mqtt", "host:x"], 2, "write HOST or HOST:PORT"),
    ],
)
def test_streams_that_cannot_be(city: Path, words: list[str], code: int, told: str) -> None:
    done = subprocess.run(
        [*KOPA, "up", str(city), "--port", "0", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    text = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert told in text
    assert "Traceback" not in text


def test_a_broken_file_stops_the_start(city: Path) -> None:
    (city / "sources.toml").write_text("[[source]]\nkind = 'x'\n", encoding="utf-8")
    done = subprocess.run([*KOPA, "up", str(city)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "sources.missing-key" in done.stdout
