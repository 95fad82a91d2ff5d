"""Telemetry and entities: durable first, then seen; what a crash leaves behind is made up for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kopa.api.app import make_app
from kopa.api.live import PAUSE_S, EntityWriter
from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.attribute import Reading
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.entity import Entity, read_entity
from kopa.store import Batch, Key, Label, Observation, Observations, Span, open_store
from kopa.store.errors import StoreError

ID = "urn:ngsi-ld:Tank:water:T"
AT = 1_795_348_800_000_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with open_store(tmp_path / "store") as store:
        found: Broker = make_app(store).state.broker
        entity = read_entity({"id": ID, "type": "Tank"}, Reading(found.contexts.use(None)))
        found.create("", entity, lambda old, now: change.created(entity, now))
        yield found


def row(value: float | None, seconds: int, **label: Any) -> Observation:
    at = AT + seconds * 1_000_000
    raw = None if value is not None else '"broken"'
    return Observation(Key("water:T", "level"), at, value, Label("MTR", **label), raw)


def level(broker: Broker) -> Any:
    (instance,) = broker.entity("", ID).get("level", [{}])
    return instance


def until(ask: Callable[[], bool]) -> None:
    for _ in range(300):
        if ask():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_what_is_acknowledged_is_durable_and_seen_within_a_second(broker: Broker) -> None:
    with EntityWriter(broker, {"water:T": ID}) as write:
        write([row(3.5, 60, simulated=True)]).result()
        store = broker.storage.store
        assert store.last("", [Key(ID, "level")]).value.tolist() == [3.5]
        begin = time.monotonic()
        until(lambda: level(broker).get("value") == 3.5)
        assert time.monotonic() - begin < 1
        assert level(broker)["simulated"][0]["value"] is True
        write([row(1.0, 0), row(None, 120)]).result()  # late; and no value at all
        time.sleep(3 * PAUSE_S)
        assert level(broker)["value"] == 3.5
        write([row(4.0, 180)]).result()
        until(lambda: level(broker).get("value") == 4)
    points = broker.storage.store.points("", [Key(ID, "level")], Span())
    assert [one.value for one in points.rows()] == [1.0, 3.5, None, 4.0]
    assert [one.raw for one in points.rows()] == [None, None, '"broken"', None]


def test_of_many_values_that_wait_the_newest_is_seen(broker: Broker) -> None:
    with EntityWriter(broker, {"water:T": ID}) as write:
        futures = [write([row(float(n), n)]) for n in range(300)]
        for future in futures:
            future.result()
    assert level(broker)["value"] == 299
    assert len(broker.storage.store.points("", [Key(ID, "level")], Span())) == 300


def test_what_a_crash_left_behind_is_made_up_for(broker: Broker) -> None:
    """The observation was durable, the entity not yet told: the next start tells it."""
    key = Key(ID, "level")
    lost = Observation(key, AT, 2.25, Label("MTR"))
    broker.storage.store.commit(Batch(observations=(Observations.of("", [lost]),)))
    assert level(broker) == {}
    with EntityWriter(broker, {"water:T": ID}):
        until(lambda: level(broker).get("value") == 2.25)
    before = broker.entity("", ID)
    with EntityWriter(broker, {"water:T": ID}):
        pass
    assert broker.entity("", ID) == before  # nothing new, nothing written


def failing(broker: Broker, monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[bool]:
    """Let changes of several entities fail, as often as the list is long."""
    whole, fails = broker.change_all, [True, True]

    def change_all(*args: Any, **more: Any) -> list[Entity | None]:
        if fails:
            fails.pop()
            raise error
        return whole(*args, **more)

    monkeypatch.setattr(broker, "change_all", change_all)
    return fails


def test_a_store_that_fails_for_a_while_loses_no_update(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing comes later that would hide the loss."""
    with EntityWriter(broker, {"water:T": ID}) as write:
        fails = failing(broker, monkeypatch, StoreError("the disk is full"))
        write([row(1.0, 0)]).result()
        until(lambda: level(broker).get("value") == 1)
        assert fails == []


def test_subscriptions_hear_of_telemetry(broker: Broker) -> None:
    told: list[Any] = []
    send = broker.sends

    def sends(tenant: str, event: Any) -> Any:
        told.append(event.new["level"][0]["value"])
        return send(tenant, event)

    broker.sends = sends  # type: ignore[method-assign]
    with EntityWriter(broker, {"water:T": ID}) as write:
        write([row(5.0, 0)]).result()
        until(partial(bool, told))
    assert told == [5.0]


def test_a_fault_costs_one_entity_and_ends_no_updates(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two fail together, then the first alone; the other follows."""
    with EntityWriter(broker, {"water:T": ID}) as write:
        failing(broker, monkeypatch, ValueError("nobody thought of this"))
        other = replace(row(9.0, 0), key=Key("urn:ngsi-ld:Tank:other", "level"))
        write([other, row(1.0, 0)]).result()
        until(lambda: level(broker).get("value") == 1)
        write([row(2.0, 1)]).result()
        until(lambda: level(broker).get("value") == 2)
