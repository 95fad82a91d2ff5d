"""GTFS-Realtime: feeds that MobilityData's bindings have encoded, over HTTP and from files."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from field_devices import source_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kopa.errors import EngineError
from kopa.ingest.sources import fetch
from kopa.ingest.sources.engine_gtfs_realtime import FeedPoller, read_feed
from kopa.ingest.sources.feed import Feed, StopDelay
from kopa.ingest.sources.polling import asked_once

NOW_S = 1_795_341_600
NOW = NOW_S * 1_000_000


def message(*entities: dict[str, Any], made: int = NOW_S) -> bytes:
    from google.protobuf.json_format import ParseDict
    from google.transit import gtfs_realtime_pb2

    body = {
        "header": {"gtfsRealtimeVersion": "2.0", "timestamp": str(made)},
        "entity": [{"id": str(n), **entity} for n, entity in enumerate(entities)],
    }
    content: bytes = ParseDict(body, gtfs_realtime_pb2.FeedMessage()).SerializeToString()
    return content


VEHICLE = {
    "vehicle": {
        "vehicle": {"id": "1234", "label": "22"},
        "trip": {"tripId": "T1", "routeId": "R22"},
        "position": {"latitude": 56.95, "longitude": 24.1, "bearing": 90, "speed": 8.5},
        "stopId": "S1",
        "currentStatus": "STOPPED_AT",
        "timestamp": str(NOW_S - 5),
        "occupancyStatus": "FEW_SEATS_AVAILABLE",
    }
}


def stop(name: str, seconds: int, delay: int | None = None, **more: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"time": str(NOW_S + seconds)}
    if delay is not None:
        event["delay"] = delay
    return {"stopId": name, "arrival": event, **more}


# ------------------------------------------------------------------------------ reading


def test_a_vehicle() -> None:
    (vehicle,) = read_feed(message(VEHICLE), NOW).vehicles
    assert (vehicle.id, vehicle.at, vehicle.label) == ("1234", NOW - 5_000_000, "22")
    assert vehicle.place == (24.1, 56.95)
    assert (vehicle.trip, vehicle.route, vehicle.stop) == ("T1", "R22", "S1")
    assert (vehicle.heading, vehicle.speed) == (90.0, 8.5)
    assert (vehicle.status, vehicle.occupancy) == ("STOPPED_AT", "FEW_SEATS_AVAILABLE")


@pytest.mark.parametrize("place", [(0.0, 0.0), (91.0, 24.0), (float("nan"), 24.0), (56.0, 181.0)])
def test_a_place_that_cannot_be(place: tuple[float, float]) -> None:
    from google.transit import gtfs_realtime_pb2

    feed = gtfs_realtime_pb2.FeedMessage.FromString(message(VEHICLE))
    position = feed.entity[0].vehicle.position
    position.latitude, position.longitude = place
    found = read_feed(feed.SerializeToString(), NOW)
    assert found.vehicles == ()
    assert [f.code for f in found.findings] == ["ingest.position"]


def test_delays_go_on_until_they_change() -> None:
    stops = [stop("S0", -60, 0), stop("S1", 60, 120), stop("S2", 120, 120), stop("S3", 200, 90),
             stop("S4", 260, 90, scheduleRelationship="SKIPPED")]  # fmt: skip
    update = {"trip": {"tripId": "T1", "routeId": "R22", "startDate": "20261122"},
              "vehicle": {"id": "1234"}, "stopTimeUpdate": stops}  # fmt: skip
    (trip,) = read_feed(message({"tripUpdate": update}), NOW).trips
    assert (trip.id, trip.route, trip.vehicle, trip.status) == ("T1", "R22", "1234", "SCHEDULED")
    assert trip.delay == 120
    assert [(one.stop, one.delay, one.skipped) for one in trip.stops] == [
        ("S1", 120, False), ("S3", 90, False), ("S4", 90, True),
    ]  # fmt: skip
    assert trip.stops[0].at == NOW + 60_000_000


def test_delays_that_are_told_in_other_ways() -> None:
    trip = {"trip": {"tripId": "T1"}}
    whole = {"tripUpdate": {**trip, "delay": 30}}
    timed = {"tripUpdate": {**trip, "stopTimeUpdate": [
        {"stopSequence": 4, "departure": {"time": str(NOW_S + 80), "scheduledTime": str(NOW_S)}}
    ]}}  # fmt: skip
    unknown = {"tripUpdate": {**trip, "stopTimeUpdate": [stop("S1", 60)]}}
    canceled = {"tripUpdate": {"trip": {"tripId": "T1", "scheduleRelationship": "CANCELED"}}}
    found = read_feed(message(whole, timed, unknown, canceled), NOW).trips
    assert [trip.delay for trip in found] == [30, 80, None, None]
    assert found[1].stops == (StopDelay("", 4, 80.0, NOW + 80_000_000, False),)
    assert found[3].status == "CANCELED"


def test_an_alert() -> None:
    alert = {
        "activePeriod": [{"start": str(NOW_S), "end": str(NOW_S + 60)}],
        "informedEntity": [{"routeId": "R22"}, {"stopId": "S1"}, {"trip": {"tripId": "T1"}},
                           {"routeId": "R22", "stopId": "S2"}],
        "cause": "CONSTRUCTION", "effect": "DETOUR", "severityLevel": "WARNING",
        "headerText": {"translation": [{"text": "Slēgts", "language": "lv"}, {"text": "Shut"}]},
    }  # fmt: skip
    (found,) = read_feed(message({"alert": alert}), NOW).alerts
    assert found.header == {"lv": "Slēgts", "und": "Shut"}
    assert (found.cause, found.effect, found.severity) == ("CONSTRUCTION", "DETOUR", "WARNING")
    assert (found.routes, found.stops, found.trips) == (("R22",), ("S1", "S2"), ("T1",))
    assert (found.start, found.end) == (NOW, NOW + 60_000_000)


def test_clocks() -> None:
    assert read_feed(message(made=NOW_S + 100), NOW).at == NOW + 100_000_000
    ahead = read_feed(message(VEHICLE, made=NOW_S + 4000), NOW)
    assert (ahead.at, [f.code for f in ahead.findings]) == (NOW, ["ingest.clock"])
    old = read_feed(message(made=NOW_S - 3600), NOW)
    assert [f.code for f in old.findings] == ["ingest.old-feed"]


@pytest.mark.parametrize("content", [b"<html>no</html>", b"\xff" * 50, b"", message(VEHICLE)[:-9]])
def test_what_is_no_feed(content: bytes) -> None:
    with pytest.raises(EngineError, match="no GTFS-Realtime feed"):
        read_feed(content, NOW)


@settings(max_examples=400, deadline=None)
@example(b"", 0)
@given(st.binary(max_size=60), st.integers(0, 200))
def test_any_bytes_are_a_feed_or_told(said: bytes, place: int) -> None:
    whole = message(VEHICLE, {"tripUpdate": {"trip": {"tripId": "T1"}}}, {"alert": {}})
    for content in (said, whole[:place] + said + whole[place:], whole[:place] + said):
        try:
            assert isinstance(read_feed(content, NOW), Feed)
        except EngineError:
            continue


# ----------------------------------------------------------------------------- fetching


class Site:
    """What a web server has, and how it was asked."""

    def __init__(self) -> None:
        self.content, self.tag, self.status = message(VEHICLE), "1", 200
        self.zipped = False
        self.seen: list[dict[str, str]] = []
        self.sent: list[int] = []


@contextmanager
def serving(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.seen.append({name.lower(): value for name, value in self.headers.items()})
            site.seen[-1]["path"] = self.path
            if self.path == "/slow":
                time.sleep(1.0)
            fresh = self.headers.get("if-none-match") != site.tag
            status = site.status if fresh or site.status != 200 else 304
            body = site.content if status == 200 else b""
            site.sent.append(status)
            self.send_response(status)
            self.send_header("etag", site.tag)
            if self.path.startswith("/moved"):
                self.send_header("location", "/feed")
            if site.zipped and body:
                body = gzip.compress(body)
                self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def rounds(poller: FeedPoller, source: Any, *steps: Any) -> list[tuple[list[Any], str]]:
    """What each round gives; `steps` are done before them."""

    async def main() -> list[tuple[list[Any], str]]:
        found = []
        for step in steps:
            step()
            found.append(await asked_once(source, poller))
        await poller.close()
        return found

    return asyncio.run(main())


def nothing() -> None:
    pass


def test_what_has_not_changed_is_not_sent_again() -> None:
    site = Site()
    with serving(site) as url:
        source = source_of("gtfs_rt", url, headers={"x-api-key": "secret"})
        poller = FeedPoller(source)

        def change() -> None:
            site.tag = "2"

        found = rounds(poller, source, nothing, nothing, change)
    assert [(len(came), problem) for came, problem in found] == [(1, ""), (0, ""), (1, "")]
    assert site.sent == [200, 304, 200]
    assert {seen["x-api-key"] for seen in site.seen} == {"secret"}
    assert "secret" not in repr(source)


def test_keys_go_to_the_address_alone() -> None:
    """A key stands in the head or in the URL; who redirects a request does not get it sent on."""
    site = Site()
    site.status = 302
    with serving(site) as url:
        moved = url.replace("/feed", "/moved")
        source = source_of("gtfs_rt", f"{moved}?a=1", headers={"x-api-key": "secret"})
        ((_, problem),) = rounds(FeedPoller(source), source, nothing)
        assert problem == "it answers 302 Found /feed"
        assert [seen["path"] for seen in site.seen] == ["/moved?a=1"]
        site.status = 200
        source = source_of("gtfs_rt", f"{url}?a=1", query={"key": "secret"})
        ((came, problem),) = rounds(FeedPoller(source), source, nothing)
        assert (len(came), problem) == (1, "")
        assert site.seen[-1]["path"] == "/feed?a=1&key=secret"
    assert "secret" not in repr(source)


def test_a_server_that_fails_and_recovers() -> None:
    site = Site()
    with serving(site) as url:
        source = source_of("gtfs_rt", url)

        def fail(status: int = 500, content: bytes = b"<html>") -> None:
            site.status, site.content = status, content

        found = rounds(
            FeedPoller(source), source, fail, lambda: fail(200),
            lambda: fail(200, message(VEHICLE)), lambda: fail(304),
        )  # fmt: skip
    assert [problem.partition(":")[0] for _, problem in found] == [
        "it answers 500 Internal Server Error", "it is no GTFS-Realtime feed", "", "",
    ]  # fmt: skip


def test_a_feed_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a small answer unpacks to a large one."""
    monkeypatch.setattr(fetch, "MOST", 1 << 20)
    site = Site()
    site.content, site.zipped = b"\0" * (3 << 20), True
    with serving(site) as url:
        source = source_of("gtfs_rt", url)
        ((came, problem),) = rounds(FeedPoller(source), source, nothing)
    assert (came, problem) == ([], "it is larger than 1 MB")


def test_a_slow_server_and_none() -> None:
    site = Site()
    with serving(site) as url:
        slow = source_of("gtfs_rt", url.replace("/feed", "/slow"), timeout_s=0.2)
        ((came, problem),) = rounds(FeedPoller(slow), slow, nothing)
        assert (came, bool(problem)) == ([], True)
    gone = source_of("gtfs_rt", url)
    ((came, problem),) = rounds(FeedPoller(gone), gone, nothing)
    assert (came, problem.partition(":")[0]) == ([], "it cannot be fetched")


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "feed.pb"
    source = source_of("gtfs_rt", f"file://{file}")

    def write(content: bytes) -> Any:
        return lambda: file.write_bytes(content)

    found = rounds(
        FeedPoller(source), source, nothing, write(message(VEHICLE)), nothing,
        write(message(VEHICLE, VEHICLE)),
    )  # fmt: skip
    assert [len(came) for came, _ in found] == [0, 1, 0, 1]
    assert "cannot be read" in found[0][1]
    assert [problem for _, problem in found[1:]] == ["", "", ""]
