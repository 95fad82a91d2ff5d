"""NATS JetStream with a real server: acknowledged means durable, and once."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from contract.store_servers import postgres, postgres_programs
from field_devices import run, until
from nats_server import NatsServer, needed

from kopa.errors import EngineError, RangeError
from kopa.ingest import jetstream
from kopa.ingest.convert import Converter
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.jetstream import Puller, Stream
from kopa.ingest.sink import Sink, Tally, into
from kopa.store import Key, Span, Store, open_store
from kopa.store.errors import BusyError, FullError

pytestmark = needed
LEVEL = Key("water:T1", "level")
WORKER = Path(__file__).parents[2] / "nats_worker.py"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    running = NatsServer(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def sink_of(store: Store) -> Sink:
    return Sink(Converter(Devices((Signal("t1", "level", LEVEL),), {})), into(store, "riga"))


def levels(store: Store) -> list[float]:
    found: list[float] = store.points("riga", [LEVEL], Span()).value.tolist()
    return found


async def pulling(server: NatsServer, sink: Any, **more: Any) -> Puller:
    puller = Puller(Stream(server.address, **more), sink)
    await puller.start()
    return puller


async def settled(server: NatsServer, delivered: int) -> Any:
    """What the consumer says when nothing is on its way."""
    for _ in range(200):
        info = await server.consumer()
        if info.num_pending == 0 and info.num_ack_pending == 0:
            break
        await asyncio.sleep(0.05)
    assert (info.num_pending, info.num_ack_pending) == (0, 0)
    assert info.delivered.stream_seq == delivered
    return info


def test_messages_come_into_the_store_and_are_acknowledged(
    server: NatsServer, store: Store
) -> None:
    async def main() -> None:
        puller = await pulling(server, sink_of(store))
        await server.levels("kopa.t1", *range(300))
        await until(lambda: len(levels(store)) == 300)
        info = await settled(server, 300)
        assert info.num_redelivered == 0
        await puller.stop()

    run(main())
    assert levels(store) == list(range(300))


def test_what_came_while_we_were_away_comes_after(server: NatsServer, store: Store) -> None:
    async def main() -> None:
        for first in (0, 20):
            puller = await pulling(server, sink_of(store))
            if first:
                await until(lambda: len(levels(store)) == 20)
            await puller.stop()
            await server.levels("kopa.t1", *range(20))

    run(main())
    assert levels(store) == list(range(20))


def test_a_server_that_goes_away_and_comes_back(server: NatsServer, store: Store) -> None:
    async def main() -> None:
        sink = sink_of(store)
        puller = await pulling(server, sink)
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.start)
        await server.levels("kopa.t1", 1.0, 2.0)
        await until(lambda: len(levels(store)) == 2)
        await puller.stop()

    run(main())


def test_a_message_without_a_time_is_the_same_again(server: NatsServer, store: Store) -> None:
    """Two consumers see it: both give it the time at which the stream took it."""

    async def main() -> None:
        one = await pulling(server, sink_of(store))
        await server.publish("kopa.t1", b'{"level": 5}')
        await until(lambda: levels(store) == [5.0])
        other = await pulling(server, sink_of(store), consumer="other")
        for _ in range(200):
            info = await server.consumer(name="other")
            if info.ack_floor.stream_seq == 1:
                break
            await asyncio.sleep(0.05)
        await one.stop()
        await other.stop()

    run(main())
    assert levels(store) == [5.0]


class Refusing:
    """A sink whose first writes fail."""

    def __init__(self, sink: Sink, *faults: Exception) -> None:
        self.tally: Tally = sink.tally
        self._sink, self.faults = sink, list(faults)

    def take(self, raw: bytes, device: str = "", at: int | None = None) -> Any:
        if not self.faults:
            return self._sink.take(raw, device, at)
        fault = self.faults.pop(0)
        if isinstance(fault, BusyError):
            raise fault
        future: Future[Any] = Future()
        future.set_exception(fault)
        return future


@pytest.mark.parametrize(
    "fault",
    [FullError("no space is left"), BusyError("too much is waiting"), ValueError("our own fault")],
    ids=["full", "busy", "fault"],
)
def test_what_could_not_be_kept_comes_again(
    fault: Exception, server: NatsServer, store: Store
) -> None:
    async def main() -> None:
        sink = Refusing(sink_of(store), fault)
        puller = await pulling(server, sink)
        await server.levels("kopa.t1", 7.0)
        await until(lambda: levels(store) == [7.0])
        await settled(server, 1)
        await puller.stop()

    run(main())


def test_what_would_be_refused_for_ever_is_told_and_let_go(
    server: NatsServer, store: Store
) -> None:
    async def main() -> None:
        sink = Refusing(sink_of(store), RangeError("a text holds U+0000"))
        puller = await pulling(server, sink)
        await server.publish("kopa.t1", b'{"level": 1}', b"broken", b'{"level": 2}')
        await until(lambda: levels(store) == [2.0])
        await settled(server, 3)
        await puller.stop()
        assert sink.tally.by_code == {"ingest.refused": 1, "ingest.payload": 1}

    run(main())


def test_no_more_is_in_our_hands_than_a_batch(
    server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "BATCH", 10)
    held: list[Future[Any]] = []

    class Never:
        def take(self, raw: bytes, device: str = "", at: int | None = None) -> Any:
            held.append(Future())
            return held[-1]

    async def main() -> None:
        await (await pulling(server, Never())).stop()
        await server.levels("kopa.t1", *range(40))
        puller = await pulling(server, Never())
        await until(lambda: len(held) > 5)
        await asyncio.sleep(0.3)
        assert len(held) <= 10
        assert (await server.consumer()).num_ack_pending == len(held)
        await puller.stop()

    run(main())


def test_a_stream_that_is_there_and_a_part_of_it(server: NatsServer, store: Store) -> None:
    async def main() -> None:
        first = await pulling(server, sink_of(store), name="city", subject="city.*.t1")
        await server.levels("city.riga.t1", 1.0)
        await until(lambda: levels(store) == [1.0])
        await first.stop()
        with pytest.raises(EngineError, match="the stream city at nats"):
            await pulling(server, sink_of(store), name="city", subject="elsewhere.>")

    run(main())


def test_no_server_and_wrong_credentials(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "CONNECT_S", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    guarded = NatsServer(tmp_path, "--user", "kopa", "--pass", "secret")

    async def main() -> None:
        for stream in (Stream(f"nats://127.0.0.1:{port}"), Stream(guarded.address, user="x")):
            with pytest.raises(EngineError, match="the stream kopa at nats") as caught:
                await Puller(stream, sink_of(store)).start()
            assert "secret" not in str(caught.value)
        puller = Puller(Stream(guarded.address, user="kopa", password="secret"), sink_of(store))
        await puller.start()
        await puller.stop()

    try:
        run(main())
    finally:
        guarded.stop()


# ---------------------------------------------------------------------- several workers


@pytest.fixture
def worker(server: NatsServer) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Kopa that take the stream into a store; what still runs is ended."""
    running: list[subprocess.Popen[str]] = []

    def start(data: str, slow_s: float = 0.0) -> subprocess.Popen[str]:
        words = [sys.executable, str(WORKER), server.address, data, str(slow_s)]
        running.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        out = running[-1].stdout
        assert out is not None
        assert out.readline().strip() == "ready"
        return running[-1]

    yield start
    for one in running:
        one.kill()
        one.wait(20)
        assert one.stdout is not None
        one.stdout.close()


def ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(20)


def test_a_worker_that_is_killed_loses_nothing(
    server: NatsServer, worker: Callable[..., Any], tmp_path: Path
) -> None:
    """kill -9 in the midst of its work: what it had not acknowledged goes to the next one."""
    data, count = str(tmp_path / "data"), 400

    async def main() -> None:
        first = await asyncio.to_thread(worker, data, 0.01)
        await server.levels("kopa.t1", *range(count))
        while (await server.consumer()).ack_floor.stream_seq < 20:
            await asyncio.sleep(0.02)
        ended(first)
        at_kill = await server.consumer()
        assert at_kill.ack_floor.stream_seq < count
        with open_store(data) as store:
            kept = levels(store)
            # All that the stream was told of is there.
            assert set(range(at_kill.ack_floor.stream_seq)) <= set(kept)
            assert len(kept) < count
        second = await asyncio.to_thread(worker, data)
        info = await asyncio.wait_for(_all_acknowledged(server, count), 60)
        ended(second)
        assert info.num_pending == 0

    run(main())
    with open_store(data) as store:
        assert levels(store) == list(range(count))


async def _all_acknowledged(server: NatsServer, count: int) -> Any:
    while True:
        info = await server.consumer()
        if info.ack_floor.stream_seq == count and info.num_ack_pending == 0:
            return info
        await asyncio.sleep(0.05)


@pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL with PostGIS is not installed")
def test_workers_share_a_stream_and_one_is_killed(
    server: NatsServer, worker: Callable[..., Any]
) -> None:
    count = 600

    async def main(address: str) -> None:
        workers = [await asyncio.to_thread(worker, address, 0.005) for _ in range(2)]
        await server.levels("kopa.t1", *range(count))
        while (await server.consumer()).ack_floor.stream_seq < 30:
            await asyncio.sleep(0.02)
        ended(workers[0])
        await asyncio.wait_for(_all_acknowledged(server, count), 60)
        ended(workers[1])

    with postgres() as address:
        run(main(address))
        with open_store(address) as store:
            assert levels(store) == list(range(count))
