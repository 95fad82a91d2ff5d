"""What runs on the streets as entities: vehicles, trips with their delays, alerts.

They are told by GTFS-Realtime feeds, and gone an hour after a feed has last spoken of them; their
past stays. Stops are those of the city.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Self

from kopa.api.assets import entity_id
from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.attribute import Reading
from kopa.api.ngsi_ld.broker import Broker, Change
from kopa.api.ngsi_ld.entity import Entity, attributes, read_fragment
from kopa.api.ngsi_ld.history import moment_text
from kopa.api.ngsi_ld.names import NULL
from kopa.ingest.sink import Tally
from kopa.ingest.sources.feed import Alert, Feed, StopDelay, Trip, Vehicle

DOMAIN = "transport"
LASTS_US = 3600 * 1_000_000
"""So long something is there after a feed has spoken of it."""
CHUNK = 500
"""Entities of one commit."""
Record = Vehicle | Trip | Alert


class FeedWriter:
    """Writes what feeds say to entities; what is as it was is not written.

    Parameters
    ----------
    broker
        Keeps entities.
    ids
        Entity of each asset: ``transport:stop/12``.
    tally
        Where is counted what came, and told what was wrong.
    name
        Of the feed: vehicles and alerts of two feeds may have the same ids.
    tenant
        Whose they are.
    """

    def __init__(
        self, broker: Broker, ids: Mapping[str, str], tally: Tally, name: str, tenant: str = ""
    ) -> None:
        self._broker, self._ids, self._tally = broker, ids, tally
        self._name, self._tenant = name, tenant
        self._how = Reading(broker.contexts.use(None))
        self._known: dict[str, tuple[Record, int]] = {}
        self._worker = ThreadPoolExecutor(1, f"kopa-feed-{name}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.shutdown()

    def __call__(self, feeds: Sequence[Feed]) -> Future[None]:
        """Write feeds; the future is done when all of it is durable."""
        return self._worker.submit(self._write, feeds)

    def _write(self, feeds: Sequence[Feed]) -> None:
        for feed in feeds:
            news = iter(list(self._news(feed)))
            while chunk := dict(islice(news, CHUNK)):
                changes: list[tuple[str, Change]] = [
                    (id, partial(_told, self._fragment(id, record, feed.at)))
                    for id, record in chunk.items()
                ]
                self._broker.change_all(self._tenant, changes)
                self._known |= {id: (record, feed.at) for id, record in chunk.items()}
                self._tally.observations += len(chunk)
            self._known = {
                id: (record, at)
                for id, (record, at) in self._known.items()
                if at > feed.at - LASTS_US
            }
            self._tally.messages += 1
            self._tally.tell(feed.findings)

    def _news(self, feed: Feed) -> Iterator[tuple[str, Record]]:
        """What differs from what is known, or is soon to be gone."""
        records: tuple[Record, ...] = (*feed.vehicles, *feed.trips, *feed.alerts)
        for record in records:
            id = self._id(record)
            known, at = self._known.get(id, (None, 0))
            if known is None or not _same(known, record) or feed.at - at > LASTS_US / 2:
                yield id, record

    def _id(self, record: Record) -> str:
        if isinstance(record, Trip):
            return entity_id(DOMAIN, "trip", f"trip/{record.id}")
        kind = "vehicle" if isinstance(record, Vehicle) else "alert"
        return entity_id(DOMAIN, kind, f"{kind}/{self._name}/{record.id}")

    def _fragment(self, id: str, record: Record, at: int) -> Entity:
        """A record as a part of its entity; null stands for what the feed does not say."""
        content: dict[str, Any]
        if isinstance(record, Vehicle):
            content = {"type": "Vehicle", **self._vehicle(record)}
        elif isinstance(record, Trip):
            content = {"type": "Trip", **self._trip(record)}
        else:
            content = {"type": "Alert", **self._alert(record)}
        said = {name: value for name, value in content.items() if value is not None}
        made = read_fragment({"id": id, "expiresAt": moment_text(at + LASTS_US), **said}, self._how)
        keep = self._how.context.keep
        return made | {keep(name): NULL for name in content.keys() - said.keys()}

    def _vehicle(self, record: Vehicle) -> dict[str, Any]:
        point = {"type": "Point", "coordinates": list(record.place)}
        when = moment_text(record.at)
        return {
            "location": {"type": "GeoProperty", "value": point, "observedAt": when},
            "speed": _property(record.speed, at=record.at, unit="MTS"),
            "heading": _property(record.heading, at=record.at, unit="DD"),
            "trip": _property(_asset("trip", record.trip)),
            "route": _property(_asset("route", record.route)),
            "stop": self._stop(record.stop),
            "stopStatus": _property(record.status),
            "occupancy": _property(record.occupancy),
            "name": _property(record.label),
        }

    def _trip(self, record: Trip) -> dict[str, Any]:
        following = record.stops[0] if record.stops else None
        return {
            "asset": _property(_asset("trip", record.id)),
            "delay": _property(record.delay, at=record.at, unit="SEC"),
            "status": _property(record.status),
            "route": _property(_asset("route", record.route)),
            "vehicle": _property(record.vehicle),
            "serviceDate": _property(record.date),
            "nextStop": self._stop(following.stop if following else ""),
            "stops": _property([_stop_delay(stop) for stop in record.stops] or None),
        }

    def _alert(self, record: Alert) -> dict[str, Any]:
        return {
            "category": _property("traffic"),
            "header": _property(_texts(record.header)),
            "description": _property(_texts(record.description)),
            "cause": _property(record.cause),
            "effect": _property(record.effect),
            "severity": _property(record.severity),
            "validFrom": _property(moment_text(record.start) if record.start else None),
            "validTo": _property(moment_text(record.end) if record.end else None),
            "routes": _property([_asset("route", route) for route in record.routes] or None),
            "stops": _property([_asset("stop", stop) for stop in record.stops] or None),
            "trips": _property([_asset("trip", trip) for trip in record.trips] or None),
        }

    def _stop(self, stop: str) -> dict[str, Any] | None:
        """The stop's entity, where the city has it; else the name of the stop."""
        asset = _asset("stop", stop)
        entity = self._ids.get(asset)
        return {"type": "Relationship", "object": entity} if entity else _property(asset)


def _same(known: Record, record: Record) -> bool:
    """Whether a record says the same as another; a vehicle that stands still says so anew."""
    if isinstance(record, Vehicle):
        return known == record
    return replace(known, at=record.at) == record


def _told(fragment: Entity, old: Entity | None, now: str) -> Entity:
    """The entity with what a feed says; what it said before is left as it is."""
    if old is None:
        return change.created(fragment, now)
    fragment = {
        name: found
        for name, found in fragment.items()
        if name not in attributes(fragment) or _is_news(old.get(name), found)
    }
    return change.appended(old, fragment, now).entity


def _is_news(old: Any, new: Any) -> bool:
    if new == NULL:
        return old is not None
    if not isinstance(old, list):
        return True
    members = ("type", "value", "object", "unitCode", "observedAt")
    return [[one.get(m) for m in members] for one in old] != [
        [one.get(m) for m in members] for one in new
    ]


def _asset(kind: str, id: str) -> str:
    """Name of an asset of the transport domain; empty where there is none."""
    return f"{DOMAIN}:{kind}/{_kept(id)}" if id else ""


def _property(value: Any, at: int | None = None, unit: str = "") -> dict[str, Any] | None:
    if value is None or value == "":
        return None
    made = {"type": "Property", "value": _kept(value) if isinstance(value, str) else value}
    if unit:
        made["unitCode"] = unit
    if at is not None:
        made["observedAt"] = moment_text(at)
    return made


def _texts(texts: Mapping[str, str]) -> dict[str, str] | None:
    return {_kept(language): _kept(text) for language, text in texts.items()} or None


def _kept(text: str) -> str:
    """A text without the character that the store cannot keep."""
    return text.replace("\0", "")


def _stop_delay(stop: StopDelay) -> dict[str, Any]:
    found = {
        "stop": _asset("stop", stop.stop) or None,
        "sequence": stop.sequence,
        "delay": stop.delay,
        "expectedAt": None if stop.at is None else moment_text(stop.at),
        "skipped": stop.skipped or None,
    }
    return {name: value for name, value in found.items() if value is not None}
