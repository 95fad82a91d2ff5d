"""Feeds as entities: vehicles move, delays change, alerts end; what stands still is not written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kopa.api import transit
from kopa.api.app import make_app
from kopa.api.assets import entity_id
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.transit import FeedWriter
from kopa.ingest.sink import Tally
from kopa.ingest.sources.feed import Alert, Feed, StopDelay, Trip, Vehicle
from kopa.store import Span, open_store

STOP = entity_id("transport", "stop", "stop/S1")
IDS = {"transport:stop/S1": STOP}
BUS = "urn:ngsi-ld:Vehicle:transport:vehicle%2Fbuses%2F1234"
TRIP = "urn:ngsi-ld:Trip:transport:trip%2FT1"
ALERT = "urn:ngsi-ld:Alert:transport:alert%2Fbuses%2FA"
NOW = time.time_ns() // 1_000_000_000 * 1_000_000
VEHICLE = Vehicle("1234", NOW, (24.1, 56.95), "T1", "R22", "S1", "22", "STOPPED_AT", "", 90.0, 8.5)
STOPS = (StopDelay("S1", 4, 120.0, NOW, False), StopDelay("S9", 5, None, None, True))
LATE = Trip("T1", NOW, "SCHEDULED", "R22", "1234", "20261122", 120.0, STOPS)
SHUT = Alert("A", NOW, {"lv": "Slēgts"}, {}, "CONSTRUCTION", "DETOUR", "WARNING", NOW, None,
             ("R22",), ("S1",), ())  # fmt: skip


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with open_store(tmp_path / "store") as store:
        yield make_app(store).state.broker


def written(broker: Broker, *feeds: Feed) -> Tally:
    tally = Tally()
    with FeedWriter(broker, IDS, tally, "buses") as writer:
        for feed in feeds:
            writer([feed]).result(20)
    return tally


def value(entity: Any, name: str) -> Any:
    full = next((key for key in entity if key.rsplit("/", 1)[-1] == name), None)
    return None if full is None else entity[full][0].get("value", entity[full][0].get("object"))


def test_a_feed_becomes_entities(broker: Broker) -> None:
    tally = written(broker, Feed(NOW, (VEHICLE,), (LATE,), (SHUT,)))
    bus, trip, alert = (broker.entity("", id) for id in (BUS, TRIP, ALERT))
    assert value(bus, "location") == {"type": "Point", "coordinates": [24.1, 56.95]}
    assert (value(bus, "speed"), value(bus, "heading"), value(bus, "name")) == (8.5, 90.0, "22")
    assert (value(bus, "stop"), value(bus, "route")) == (STOP, "transport:route/R22")
    assert value(bus, "occupancy") is None
    assert (value(trip, "delay"), value(trip, "asset")) == (120.0, "transport:trip/T1")
    assert value(trip, "nextStop") == STOP
    first, second = value(trip, "stops")
    assert (first["stop"], first["delay"]) == ("transport:stop/S1", 120.0)
    assert second == {"stop": "transport:stop/S9", "sequence": 5, "skipped": True}
    assert (value(alert, "header"), value(alert, "effect")) == ({"lv": "Slēgts"}, "DETOUR")
    assert value(alert, "stops") == ["transport:stop/S1"]
    assert value(alert, "validTo") is None
    assert (tally.messages, tally.observations) == (1, 3)


def test_only_what_is_new_is_written_and_has_a_past(broker: Broker) -> None:
    later = NOW + 10_000_000
    moved = replace(VEHICLE, at=later, place=(24.2, 56.95), speed=None)
    tally = written(
        broker,
        Feed(NOW, (VEHICLE,), (LATE,)),
        Feed(NOW + 1, (VEHICLE,), (replace(LATE, at=NOW + 1),)),
        Feed(later, (moved,), (replace(LATE, at=later, delay=60.0),)),
    )
    assert tally.observations == 4
    bus = broker.entity("", BUS)
    assert value(bus, "speed") is None  # the feed no longer says it
    store = broker.storage.store
    keys = {key.attribute.rsplit("/", 1)[-1]: key for key in store.series("", TRIP)}
    assert store.points("", [keys["delay"]], Span()).value.tolist() == [120.0, 60.0]
    assert len(store.points("", [keys["route"]], Span())) == 1
    moves = {key.attribute.rsplit("/", 1)[-1]: key for key in store.series("", BUS)}
    assert len(store.points("", [moves["location"]], Span())) == 2


def test_what_a_feed_no_longer_speaks_of_goes(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written again before its time is over, changed or not, as long as it is spoken of."""
    monkeypatch.setattr(transit, "LASTS_US", 2_000_000)
    other = replace(VEHICLE, id="5")

    def now() -> int:
        return time.time_ns() // 1000

    with FeedWriter(broker, IDS, Tally(), "buses") as writer:
        writer([Feed(now(), (VEHICLE, other))]).result(20)
        time.sleep(1.2)
        writer([Feed(now(), (VEHICLE,))]).result(20)
        time.sleep(1.0)
    assert broker.storage.entity("", BUS) is not None
    assert broker.storage.entity("", BUS.replace("1234", "5")) is None
    assert any("location" in key.attribute for key in broker.storage.store.series("", BUS))


texts = st.text(max_size=6)


@settings(max_examples=60, deadline=None)
@example(
    replace(VEHICLE, id="\0", label="\0", trip="\0"),
    replace(LATE, status="\0", stops=(replace(STOPS[0], stop="\0"),)),
    replace(SHUT, header={"\0": "\0"}, routes=("\0",)),
)
@given(
    st.builds(Vehicle, texts.filter(bool), st.just(NOW), st.tuples(st.floats(-180, 180),
              st.floats(-90, 90)), texts, texts, texts, texts, texts, texts),
    st.builds(Trip, texts.filter(bool), st.just(NOW), texts, texts, texts, texts,
              st.none() | st.floats(-1e6, 1e6)),
    st.builds(Alert, texts, st.just(NOW), st.dictionaries(texts, texts, max_size=2),
              st.just({}), texts, texts, texts),
)  # fmt: skip
def test_any_words_of_a_feed_are_kept(vehicle: Vehicle, trip: Trip, alert: Alert) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder, open_store(Path(folder) / "store") as store:
        broker = make_app(store).state.broker
        assert written(broker, Feed(NOW, (vehicle,), (trip,), (alert,))).observations == 3
