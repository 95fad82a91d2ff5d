"""Asks all sources of a city, each at its own interval; none of them holds up another."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kopa.errors import Finding, KopaError
from kopa.ingest.sink import Tally
from kopa.ingest.sources.source import Poller, Source
from kopa.store.errors import BusyError

BUSY_S = 0.5
"""So long we wait when the store is busy."""
LONGEST_S = 60.0
"""A source that does not answer is asked again after so long at most, or after its interval."""

Take = Callable[[Sequence[Any]], "Future[Any] | None"]
"""Takes what a round gave; the future is done when it is durable. May raise `BusyError`."""


@dataclass
class Asked:
    """A source, and how it does.

    Parameters
    ----------
    source
        The source.
    poller
        Asks it.
    take
        Keeps what it says.
    rounds, values
        How often it was asked, and how much it said.
    failed
        Rounds in a row that failed.
    success
        When it last answered, s since 1970; 0 if never.
    error
        What was wrong in the last round; empty if nothing was.
    """

    source: Source
    poller: Poller[Any]
    take: Take
    rounds: int = 0
    values: int = 0
    failed: int = 0
    success: float = 0.0
    error: str = field(default="")

    @property
    def state(self) -> dict[str, Any]:
        """How it does, as JSON has it."""
        return {
            "device": self.source.device,
            "kind": self.source.kind,
            "address": self.source.address,
            "every_s": self.source.every_s,
            "state": "failing" if self.failed else "ok" if self.rounds else "waiting",
            "rounds": self.rounds,
            "values": self.values,
            "failed": self.failed,
            "last_success": _moment(self.success) if self.success else None,
            "error": self.error,
        }


class Polling:
    """Asks sources until it is stopped.

    Parameters
    ----------
    asked
        The sources.
    tally
        Where findings are told: a source that does not answer is one, counted.
    """

    def __init__(self, asked: Sequence[Asked], tally: Tally) -> None:
        self._asked, self._tally = asked, tally
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; a source that does not answer yet is a finding, and asked again."""
        self._tasks = [asyncio.create_task(self._forever(one)) for one in self._asked]

    async def stop(self) -> None:
        """End all rounds and close all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in self._asked:
            await one.poller.close()

    @property
    def states(self) -> list[dict[str, Any]]:
        """How each source does."""
        return [one.state for one in self._asked]

    async def _forever(self, one: Asked) -> None:
        every_s = one.source.every_s
        await asyncio.sleep(random.uniform(0, min(every_s, 1)))  # not all at the same moment
        while True:
            begin = time.monotonic()
            await self._round(one)
            wait_s = pause(one.failed, every_s) * random.uniform(0.8, 1) if one.failed else every_s
            await asyncio.sleep(max(0.0, begin + wait_s - time.monotonic()))

    async def _round(self, one: Asked) -> None:
        came, problem = await asked_once(one.source, one.poller)
        findings = [silent(one.source, problem)] if problem else []
        try:
            if came:
                await self._kept(one, came)
        except Exception as error:  # noqa: BLE001  a round that is lost must not be the last
            problem = f"what it said is not kept: {_words(error)}"
            findings.append(_lost(one.source, _words(error)))
            await one.poller.close()  # it says all of it again, changed or not
        self._tally.tell(findings)
        one.rounds += 1
        one.values += len(came)
        one.error = problem
        if problem:
            one.failed += 1
        else:
            one.failed, one.success = 0, time.time()

    async def _kept(self, one: Asked, came: Sequence[Any]) -> None:
        """Hand over what came; while the store is busy this source waits, and asks nothing."""
        while True:
            try:
                future = one.take(came)
            except BusyError:
                await asyncio.sleep(BUSY_S)
                continue
            if future is not None:
                await asyncio.wrap_future(future)
            return


async def asked_once(source: Source, poller: Poller[Any]) -> tuple[list[Any], str]:
    """One round of a source: what came, and why no more did.

    Parameters
    ----------
    source
        The source.
    poller
        Asks it; after a failure its connection is closed.
    """
    came: list[Any] = []
    problem = ""
    try:
        async with asyncio.timeout(source.timeout_s), aclosing(poller.read()) as coming:
            async for one in coming:
                came.append(one)  # noqa: PERF401  what came before a failure counts
    except TimeoutError:
        problem = f"no answer within {source.timeout_s:g} s"
    except OSError as error:
        problem = error.strerror or str(error) or type(error).__name__
    except Exception as error:  # noqa: BLE001  what a device sends must not end the others
        problem = _words(error)
    if problem:
        await poller.close()
    return came, problem


def pause(failed: int, every_s: float) -> float:
    """Seconds from the beginning of a round that failed to the next.

    Parameters
    ----------
    failed
        Rounds in a row that failed.
    every_s
        The interval of the source.
    """
    return max(every_s, min(every_s * 2.0 ** min(failed, 20), LONGEST_S))


def silent(source: Source, problem: str) -> Finding:
    """The finding that a source does not answer."""
    return Finding(
        "ingest.silent",
        f"{source.device} ({source.kind} at {source.address}): {problem}.",
        "Check that it runs, and its address in sources.toml; it is asked again by itself.",
        "warning",
        asset=source.device,
    )


def _lost(source: Source, words: str) -> Finding:
    return Finding(
        "ingest.lost",
        f"what {source.device} said is not kept: {words}.",
        "See to the store; the source is asked again by itself.",
        "warning",
        asset=source.device,
    )


def _words(error: Exception) -> str:
    """What an error says; its kind too, where it is none of ours."""
    return str(error) if isinstance(error, KopaError) else f"{type(error).__name__}: {error}"[:200]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
