"""Reads feeds of GTFS-Realtime, by the bindings of MobilityData.

References
----------
GTFS Realtime 2.0 reference, https://gtfs.org/documentation/realtime/reference/
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any

from kopa.errors import EngineError, Finding
from kopa.ingest.sources.feed import Alert, Feed, StopDelay, Trip, Vehicle
from kopa.ingest.sources.fetch import Fetcher
from kopa.ingest.sources.source import Source

AHEAD_S = 300
"""A clock that runs ahead by more is not believed."""
OLD_S = 900
"""A feed that is older is told: its maker has stopped."""
LATEST_S = 253_402_300_800
"""The year 10000."""


class FeedPoller:
    """A feed that is fetched when it has changed.

    Parameters
    ----------
    source
        Where it is.
    paths
        Not used: a feed says itself what it is about.
    """

    def __init__(self, source: Source, paths: Sequence[str] = ()) -> None:
        self._name = source.device
        headers, query = source.settings["headers"], source.settings["query"]
        self._fetcher = Fetcher(source.address, source.folder, headers, query, source.timeout_s)

    async def read(self) -> AsyncGenerator[Feed, None]:
        """Fetch the feed; nothing comes where it has not changed."""
        content = await self._fetcher.fetch()
        if content is None:
            return
        # A large feed takes a second: others are served meanwhile.
        yield await asyncio.to_thread(read_feed, content, time.time_ns() // 1000, self._name)

    async def close(self) -> None:
        """Close the connection; the next fetch takes all of it."""
        self._fetcher.forget()
        await self._fetcher.close()


def read_feed(content: bytes, now: int, name: str = "") -> Feed:
    """What a feed says.

    Parameters
    ----------
    content
        A FeedMessage in protobuf.
    now
        Time, µs since 1970 UTC.
    name
        Of the feed, for findings.

    Raises
    ------
    EngineError
        If it is no feed.
    """
    from google.protobuf.message import DecodeError
    from google.transit import gtfs_realtime_pb2

    try:
        message = gtfs_realtime_pb2.FeedMessage.FromString(content)
        known = message.HasField("header")  # nothing at all is a message, and no feed
    except (DecodeError, RecursionError):
        known = False
    if not known:
        begin = ascii(content[:24].decode("ascii", "replace"))
        raise EngineError(f"it is no GTFS-Realtime feed: it begins with {begin}", "gtfs")
    return _Reader(now, name).feed(message)


class _Reader:
    """Reads one message; findings gather on the way."""

    def __init__(self, now: int, name: str) -> None:
        self._now, self._name = now, name
        self._made = now
        self._findings: list[Finding] = []

    def feed(self, message: Any) -> Feed:
        self._made = self._time(message.header.timestamp, self._now)
        age_s = (self._now - self._made) / 1e6
        if age_s > OLD_S:
            what = f"the feed {self._name} is {age_s / 60:.0f} min old."
            self._wrong("old-feed", what, "Ask its maker whether it still runs.")
        here = [entity for entity in message.entity if not entity.is_deleted]
        return Feed(
            self._made,
            tuple(v for e in here if e.HasField("vehicle") for v in self._vehicle(e)),
            tuple(t for e in here if e.HasField("trip_update") for t in self._trip(e)),
            tuple(self._alert(e) for e in here if e.HasField("alert")),
            tuple(self._findings),
        )

    def _vehicle(self, entity: Any) -> Iterator[Vehicle]:
        said = entity.vehicle
        id = said.vehicle.id or said.vehicle.label or entity.id
        if not said.HasField("position"):
            return  # an unknown place is no place
        x, y = said.position.longitude, said.position.latitude
        if not (abs(x) <= 180 and abs(y) <= 90) or (x == 0 and y == 0):
            what = f"the vehicle {id} says that it is at {y:g}, {x:g}, which cannot be."
            self._wrong("position", what, "Check its receiver.", id)
            return
        yield Vehicle(
            id,
            self._time(said.timestamp, self._made),
            (round(x, 5), round(y, 5)),  # a float of 32 bits knows no more
            said.trip.trip_id,
            said.trip.route_id,
            said.stop_id,
            said.vehicle.label,
            _word(said, "current_status") if said.stop_id else "",
            _word(said, "occupancy_status"),
            _number(said.position, "bearing"),
            _number(said.position, "speed"),
        )

    def _trip(self, entity: Any) -> Iterator[Trip]:
        said = entity.trip_update
        if not said.trip.trip_id:
            what = f"the feed {self._name} has delays of a trip without its id."
            self._wrong("trip", what, "Ask its maker for trip_id.")
            return
        stops = tuple(_changes(self._ahead(said.stop_time_update)))
        delay = stops[0].delay if stops else None
        if delay is None and said.HasField("delay"):
            delay = float(said.delay)
        yield Trip(
            said.trip.trip_id,
            self._time(said.timestamp, self._made),
            _word(said.trip, "schedule_relationship") or "SCHEDULED",
            said.trip.route_id,
            said.vehicle.id,
            said.trip.start_date,
            delay,
            stops,
        )

    def _ahead(self, updates: Any) -> Iterator[StopDelay]:
        """What is told of the stops that it has not left."""
        for update in updates:
            arrival, departure = update.arrival, update.departure
            left = departure.time or arrival.time
            if left and left * 1_000_000 < self._made:
                continue
            event = arrival if update.HasField("arrival") else departure
            delay: float | None = None
            if event.HasField("delay"):
                delay = float(event.delay)
            elif event.time and event.scheduled_time:
                delay = float(event.time - event.scheduled_time)
            yield StopDelay(
                update.stop_id,
                update.stop_sequence if update.HasField("stop_sequence") else None,
                delay,
                event.time * 1_000_000 if 0 < event.time < LATEST_S else None,
                _word(update, "schedule_relationship") == "SKIPPED",
            )

    def _alert(self, entity: Any) -> Alert:
        said = entity.alert
        periods = said.active_period
        starts = [period.start for period in periods]
        ends = [period.end for period in periods]
        return Alert(
            entity.id,
            self._made,
            _texts(said.header_text),
            _texts(said.description_text),
            _word(said, "cause"),
            _word(said, "effect"),
            _word(said, "severity_level"),
            _moment(min(starts)) if starts and all(starts) else None,
            _moment(max(ends)) if ends and all(ends) else None,
            _distinct(one.route_id or one.trip.route_id for one in said.informed_entity),
            _distinct(one.stop_id for one in said.informed_entity),
            _distinct(one.trip.trip_id for one in said.informed_entity),
        )

    def _time(self, seconds: int, otherwise: int) -> int:
        """A POSIX time in µs; `otherwise` where there is none, or one that lies ahead."""
        at = int(seconds) * 1_000_000
        if at > self._now + AHEAD_S * 1_000_000:
            what = f"the feed {self._name} speaks of times ahead of now."
            self._wrong("clock", what, "Check the clocks of its maker, and of this machine.")
            return otherwise
        return at or otherwise

    def _wrong(self, code: str, what: str, do: str, asset: str = "") -> None:
        self._findings.append(
            Finding(f"ingest.{code}", what, do, "warning", asset=asset or self._name)
        )


def _changes(stops: Iterator[StopDelay]) -> Iterator[StopDelay]:
    """The first of them, and each whose delay is not that of the one before."""
    before: StopDelay | None = None
    for stop in stops:
        if before is None or (before.delay, before.skipped) != (stop.delay, stop.skipped):
            yield stop
        before = stop


def _word(message: Any, name: str) -> str:
    """Name of an enumeration's value; empty where the feed does not say it."""
    if not message.HasField(name):
        return ""
    kind = message.DESCRIPTOR.fields_by_name[name].enum_type
    found = kind.values_by_number.get(getattr(message, name))
    return found.name if found else ""


def _number(message: Any, name: str) -> float | None:
    """A number that is there and finite."""
    value = round(float(getattr(message, name)), 3) if message.HasField(name) else math.nan
    return value if math.isfinite(value) else None


def _texts(translated: Any) -> dict[str, str]:
    return {one.language or "und": one.text for one in translated.translation if one.text}


def _moment(seconds: int) -> int | None:
    return int(seconds) * 1_000_000 if 0 < seconds < LATEST_S else None


def _distinct(words: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))
