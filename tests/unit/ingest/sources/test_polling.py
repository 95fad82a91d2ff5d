"""Many sources at once: none holds up another, nothing piles up, nothing ends the rounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from field_devices import (
    HOST,
    Plant,
    free_port,
    modbus_device,
    run,
    signals_of,
    source_of,
    tcp_server,
    until,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from kopa.errors import EngineError
from kopa.ingest.sink import Sink
from kopa.ingest.sources.polling import LONGEST_S, Asked, Polling, asked_once, pause
from kopa.ingest.sources.signals import Answers
from kopa.ingest.sources.source import Reading
from kopa.store import Observation, Store, open_store
from kopa.store.errors import BusyError, FullError

NOW = 1_795_341_600_000_000
LEVEL = "holding:40101:float32"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


class Said:
    """A poller that says what it is told to; what it is told to raise, it raises."""

    def __init__(self, *said: Reading | BaseException) -> None:
        self.said, self.rounds, self.closed = said, 0, 0

    async def read(self) -> AsyncGenerator[Reading, None]:
        self.rounds += 1
        for one in self.said:
            if isinstance(one, BaseException):
                raise one
            yield one

    async def close(self) -> None:
        self.closed += 1


def answers_into(sink: Any, *paths: str, **more: Any) -> Answers:
    return Answers("plc", signals_of(list(paths), **more), sink, lambda: NOW)


def written() -> tuple[list[Observation], Sink]:
    rows: list[Observation] = []

    def write(given: Sequence[Observation]) -> Future[Any]:
        rows.extend(given)
        future: Future[Any] = Future()
        future.set_result(None)
        return future

    return rows, Sink(Any, write)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------ readings


def test_readings_are_scaled_judged_and_dated() -> None:
    rows, sink = written()
    take = answers_into(sink, "a", "b", "c", "d", "e", factor=0.5, low=0, high=10)
    take(
        [
            Reading("a", 4, NOW - 5),
            Reading("b", 40),
            Reading("c", 4, NOW + 10**12, "suspect"),
            Reading("d", 4, None, "bad", "BadSensorFailure"),
            Reading("e", None, None, "bad", "it has no such register"),
        ]
    )
    assert [(row.key.attribute, row.at, row.value, row.label.quality) for row in rows] == [
        ("a", NOW - 5, 2.0, "good"),
        ("b", NOW, None, "bad"),
        ("c", NOW, 2.0, "suspect"),
        ("d", NOW, None, "bad"),
    ]
    assert rows[1].raw == "40"
    assert sink.tally.by_code == {"ingest.impossible": 1, "ingest.clock": 1, "ingest.no-value": 2}


@settings(deadline=None)
@given(
    st.one_of(st.none(), st.floats(), st.integers(), st.booleans(), st.text(max_size=5)),
    st.one_of(st.none(), st.integers(-(2**50), 2**60)),
    st.sampled_from(["good", "suspect", "bad"]),
)
def test_any_reading_is_an_observation_or_told(value: Any, at: int | None, quality: Any) -> None:
    rows, sink = written()
    answers_into(sink, "a", low=-1e6, high=1e6)([Reading("a", value, at, quality)])
    assert len(rows) <= 1
    good = [row for row in rows if row.value is not None]
    assert len(good) + sum(sink.tally.by_code.values()) >= 1
    assert all(row.at <= NOW + 300_000_000 for row in rows)


def test_the_same_time_and_value_is_no_news_unless_it_was_lost() -> None:
    rows, sink = written()
    take = answers_into(sink, "a", "b")
    take([Reading("a", 1, NOW), Reading("b", 1)])
    take([Reading("a", 1, NOW), Reading("b", 1)])
    assert [row.key.attribute for row in rows] == ["a", "b", "b"]
    lost: Future[Any] = Future()
    take([Reading("a", 2, NOW)])
    sink._write = lambda rows: lost
    take([Reading("a", 3, NOW)])
    lost.set_exception(FullError("no space"))
    sink._write = lambda given: rows.extend(given) or Future()
    take([Reading("a", 3, NOW)])
    assert [row.value for row in rows] == [1, 1, 1, 2, 3]


def test_a_value_that_is_stuck_is_told_and_kept() -> None:
    clock = [NOW]
    rows, sink = written()
    take = Answers("plc", signals_of(["a", "b"], stuck_s=60), sink, lambda: clock[0])
    for second in range(0, 121, 30):
        clock[0] = NOW + second * 1_000_000
        # b has the time of its server, which has stopped: it is no news, and stuck all the same
        take([Reading("a", 1.0 if second < 120 else 2.0), Reading("b", 1.0, NOW)])
    assert sink.tally.by_code == {"ingest.stuck": 3}
    ((finding, times),) = sink.tally.findings.values()
    assert (times, finding.severity, finding.asset) == (3, "warning", "water:T1")
    assert "'b' of plc is 1.0 and has not changed for more than 60 s" in finding.what
    assert [row.value for row in rows] == [1, 1, 1, 1, 1, 2]


def test_what_may_stand_still_is_not_told() -> None:
    clock = [NOW]
    _, sink = written()
    take = Answers("plc", signals_of(["a"]), sink, lambda: clock[0])
    for _ in range(3):
        clock[0] += 10**12
        take([Reading("a", 1.0)])
    assert sink.tally.by_code == {}


# -------------------------------------------------------------------------------- rounds


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (EngineError("it is busy"), "it is busy"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (KeyError("x"), "KeyError: 'x'"),
        (TimeoutError(), "no answer within 10 s"),
    ],
)
def test_what_came_before_a_failure_counts(raised: Exception, told: str) -> None:
    poller = Said(Reading("a", 1.0), raised, Reading("b", 2.0))
    came, problem = asyncio.run(asked_once(source_of("modbus", "plc"), poller))
    assert ([one.path for one in came], problem, poller.closed) == (["a"], told, 1)


def test_a_round_that_does_not_end_is_ended() -> None:
    class Hangs(Said):
        async def read(self) -> AsyncGenerator[Reading, None]:
            yield Reading("a", 1.0)
            await asyncio.sleep(3600)

    poller = Hangs()
    came, problem = asyncio.run(asked_once(source_of("modbus", "plc", timeout_s=0.1), poller))
    assert (len(came), problem, poller.closed) == (1, "no answer within 0.1 s", 1)


def test_pauses_grow_and_end() -> None:
    assert [pause(n, 5.0) for n in range(5)] == [5, 10, 20, 40, LONGEST_S]
    assert pause(10_000, 5.0) == LONGEST_S
    assert pause(3, 600.0) == 600.0


def polled(poller: Said, take: Any, until_met: Callable[[Asked, Polling], bool]) -> Polling:
    _, sink = written()
    asked = Asked(source_of("modbus", "plc", every_s=0.01), poller, take)
    polling = Polling([asked], sink.tally)

    async def main() -> None:
        await polling.start()
        await until(lambda: until_met(asked, polling))
        await polling.stop()

    run(main())
    return polling


def test_while_the_store_is_busy_nothing_is_asked() -> None:
    poller, refused = Said(Reading("a", 1.0)), 0

    def take(came: Any) -> None:
        nonlocal refused
        if refused < 2:
            refused += 1
            assert poller.rounds == 1
            raise BusyError("too much is waiting")

    polling = polled(poller, take, lambda asked, _: asked.rounds >= 2)
    assert refused == 2
    assert polling.states[0]["state"] == "ok"


@pytest.mark.parametrize("fault", [FullError("no space is left"), ValueError("a fault of ours")])
def test_a_round_that_cannot_be_kept_is_told_and_not_the_last(fault: Exception) -> None:
    def take(came: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(fault)
        return future

    def met(asked: Asked, polling: Polling) -> bool:
        return asked.failed >= 2

    poller = Said(Reading("a", 1.0))
    polling = polled(poller, take, met)
    assert poller.closed >= 3
    ((finding, times),) = polling._tally.findings.values()
    assert (finding.code, times >= 2) == ("ingest.lost", True)
    assert str(fault) in finding.what
    (state,) = polling.states
    assert (state["state"], state["last_success"]) == ("failing", None)


def test_a_slow_device_holds_up_no_other(store: Store) -> None:
    """One never answers, one answers a byte a second; a third is asked ten times a second."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"\0")
            await writer.drain()
            await asyncio.sleep(1)

    async def main() -> None:
        ports = [free_port() for _ in range(3)]
        plant = Plant(store)
        for name, port in zip(("dead", "slow", "plc"), ports, strict=True):
            source = source_of("modbus", f"{HOST}:{port}", device=name, timeout_s=1.0)
            plant.add(source, [LEVEL])
        dead, slow, well = plant.asked
        async with (
            tcp_server(ports[0], never),
            tcp_server(ports[1], drips),
            modbus_device(ports[2]),
            plant.polling(),
        ):
            await until(lambda: dead.failed >= 1 and slow.failed >= 1)
            assert well.rounds >= 5
            assert well.failed == 0
        assert plant.codes().keys() == {("ingest.silent", "dead"), ("ingest.silent", "slow")}

    run(main())
