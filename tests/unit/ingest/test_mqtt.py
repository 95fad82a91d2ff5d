"""MQTT with a real broker: acknowledged means durable."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from mosquitto import Mosquitto, needed

from kopa.errors import EngineError
from kopa.ingest.convert import Converter
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.mqtt import Broker, Subscriber
from kopa.ingest.sink import Sink, into
from kopa.store import Key, Receipt, Span, Store, open_store
from kopa.store.errors import BusyError

pytestmark = needed
LEVEL = Key("water:T1", "level")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    running = Mosquitto(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def sink_of(store: Store) -> Sink:
    return Sink(Converter(Devices((Signal("t1", "level", LEVEL),), {})), into(store, "riga"))


async def until(store: Store, count: int) -> None:
    for _ in range(1200):
        if len(store.points("riga", [LEVEL], Span())) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(store.points('riga', [LEVEL], Span()))} of {count} came")


async def subscribed(broker: Mosquitto, sink: Any) -> Subscriber:
    made = Subscriber(Broker("127.0.0.1", broker.port, ("city/#",)), sink)
    await made.start()
    await asyncio.wait_for(made.subscribed.wait(), 10)
    return made


def test_messages_come_into_the_store(broker: Mosquitto, store: Store) -> None:
    async def run() -> None:
        one = await subscribed(broker, sink_of(store))
        await asyncio.to_thread(broker.publish, *range(50))
        await until(store, 50)
        await one.stop()

    asyncio.run(run())
    assert store.points("riga", [LEVEL], Span()).value.tolist() == list(range(50))


def test_what_came_while_we_were_away_comes_after(broker: Mosquitto, store: Store) -> None:
    async def run() -> None:
        one = await subscribed(broker, sink_of(store))
        await one.stop()
        await asyncio.to_thread(broker.publish, *range(20))
        other = await subscribed(broker, sink_of(store))
        await until(store, 20)
        await other.stop()

    asyncio.run(run())


def test_a_broker_that_goes_away_and_comes_back(broker: Mosquitto, store: Store) -> None:
    async def run() -> None:
        one = await subscribed(broker, sink_of(store))
        broker.stop()
        await asyncio.sleep(0.3)
        one.subscribed.clear()
        await asyncio.to_thread(broker.start)
        await asyncio.wait_for(one.subscribed.wait(), 20)
        await asyncio.to_thread(broker.publish, 1.0, 2.0)
        await until(store, 2)
        await one.stop()

    asyncio.run(run())


def test_nothing_is_acknowledged_before_it_is_durable(broker: Mosquitto, store: Store) -> None:
    """A store that fails the first time: the broker still has the message, and sends it again."""

    class Failing:
        def take(self, raw: bytes, device: str = "") -> Future[Receipt]:
            future: Future[Receipt] = Future()
            future.set_exception(OSError("the disk is gone"))
            return future

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        one = await subscribed(broker, Failing())
        await asyncio.to_thread(broker.publish, 7.0)
        await asyncio.sleep(0.5)
        await one.stop()
        other = await subscribed(broker, sink_of(store))
        await until(store, 1)
        await other.stop()

    asyncio.run(run())
    assert store.points("riga", [LEVEL], Span()).value.tolist() == [7.0]


def test_a_full_store_holds_the_broker_back(broker: Mosquitto, store: Store) -> None:
    class Busy:
        def __init__(self, sink: Sink) -> None:
            self.sink, self.refused = sink, 0

        def take(self, raw: bytes, device: str = "") -> Any:
            if self.refused < 2:
                self.refused += 1
                raise BusyError("too much is waiting")
            return self.sink.take(raw, device)

    async def run() -> None:
        one = await subscribed(broker, Busy(sink_of(store)))
        await asyncio.to_thread(broker.publish, 1.0)
        await until(store, 1)
        await one.stop()

    asyncio.run(run())


def test_no_broker(store: Store) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with pytest.raises(EngineError, match="the broker 127"):
        asyncio.run(Subscriber(Broker("127.0.0.1", port), sink_of(store)).start())
