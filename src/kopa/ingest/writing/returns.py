"""Takes written values back when their time is over, however often that is tried.

What is due stands in the store: a process that ends, or a device that is away, delays a return
and never loses it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from kopa.errors import Finding, KopaError, UsageError
from kopa.ingest.sources.polling import pause
from kopa.ingest.sources.source import RefusedError, Source
from kopa.ingest.writing.book import Book, Standing
from kopa.ingest.writing.control import Clock, lease_us, now_us, settled
from kopa.ingest.writing.point import connected, words_of

LOOK_S = 1.0
"""Seconds from one look at what is due to the next."""
AGAIN_S = 1.0
"""The first pause after a return that failed; pauses grow to a minute."""
LATE_S = 120
"""Of several Kopas one may name a device: the others tell it if nobody returns it for so long."""
BY = "kopa"
"""Who returns, in the audit log."""

Tell = Callable[[Sequence[Finding]], None]


class Returns:
    """Returns what is due, from `start` to `stop`; each device by itself.

    Parameters
    ----------
    book
        Where it is kept what stands.
    sources
        Devices by name.
    tell
        Where it is told that a value does not return.
    clock
        Time, µs since 1970 UTC.
    """

    def __init__(
        self, book: Book, sources: Sequence[Source], tell: Tell, clock: Clock = now_us
    ) -> None:
        self._book, self._tell, self._clock = book, tell, clock
        self._sources: Mapping[str, Source] = {one.device: one for one in sources}
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._told: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; what fell due while nobody looked returns first."""
        self._task = asyncio.create_task(self._forever())

    async def stop(self) -> None:
        """End; what stands returns after the next start."""
        tasks = [*self._at_work.values(), *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _forever(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  nothing ends the looking: what stands returns
                self._tell([_blind(f"{error}")])
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Begin the returns that are due.

        Raises
        ------
        StoreError
            If the store does not answer.
        """
        now = self._clock()
        for standing, version in await asyncio.to_thread(self._book.all_standing):
            if standing.due > now or standing.id in self._at_work:
                continue
            if standing.device not in self._sources:
                self._tell_unknown(standing, now)
            else:
                task = asyncio.create_task(self._return(standing, version))
                self._at_work[standing.id] = task
                task.add_done_callback(partial(self._done, standing.id))

    def _tell_unknown(self, one: Standing, now: int) -> None:
        """Tell, once, that nobody returns what stands at a device that this city does not name."""
        if one.due + LATE_S * 1_000_000 < now and one.plan not in self._told:
            self._told.add(one.plan)
            problem = f"sources.toml has no device {one.device} any more"
            self._tell([not_returned(msgspec.structs.replace(one, problem=problem))])

    def _done(self, id: str, task: asyncio.Task[None]) -> None:
        del self._at_work[id]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._tell([_blind(f"{type(error).__name__}: {error}")])  # its lease ends by itself

    async def _return(self, standing: Standing, version: int) -> None:
        try:
            claimed, version = await asyncio.to_thread(self._claim, standing, version)
        except UsageError:
            return  # another Kopa has it, or somebody wrote anew
        except KopaError as error:
            self._tell([_blind(str(error))])
            return
        was, said, problem = await self._sent(claimed)
        try:
            await asyncio.to_thread(self._keep, claimed, version, (was, said), problem)
        except KopaError as error:  # it is tried again: to return twice harms nobody
            self._tell([_blind(str(error))])

    def _claim(self, standing: Standing, version: int) -> tuple[Standing, int]:
        """Take a return for as long as it may last; conflicts are `UsageError`."""
        now = self._clock()
        due = now + lease_us(self._sources[standing.device])
        claimed = msgspec.structs.replace(standing, state="returning", due=due)
        (version,) = self._book.commit(self._book.put(claimed, now, version))
        return claimed, version

    async def _sent(self, one: Standing) -> tuple[object, object, str]:
        """Write what it returns to: the value before, the value read back, and what is wrong."""
        source = self._sources[one.device]
        was: object = None
        place = one.path, one.priority
        try:
            async with connected(source, one.path) as writer:
                async with asyncio.timeout(source.timeout_s):
                    async for reading in writer.read():
                        was = reading.value
                    send = await writer.prepare(one.path, one.wire, one.priority, True)
                    await send()
                found, problem = await settled(writer, source, place, one.wire, True)
        except RefusedError as error:
            return was, None, f"it refuses the return: {error}"
        except Exception as error:  # noqa: BLE001  whatever a device or a library does
            return was, None, words_of(error, source)
        return was, None if found is None else found.value, problem

    def _keep(
        self, one: Standing, version: int, values: tuple[object, object], problem: str
    ) -> None:
        """Keep that a value returned; or that it did not, and when it is tried again."""
        now = self._clock()
        name, detail = one.name, {"plan": one.plan, "attempts": str(one.attempts + 1)}
        for key, value in zip(("device_had", "device_has"), values, strict=True):
            detail |= {} if value is None else {key: str(value)}
        if not problem:
            detail["returned_to"] = "release" if one.returns_to is None else f"{one.returns_to:.9g}"
            self._book.commit(
                self._book.put(one, now, version, gone=True),
                self._book.entry(now, BY, "write.returned", name, detail),
            )
            return
        again = now + round(pause(one.attempts, AGAIN_S) * 1e6)
        later = msgspec.structs.replace(one, due=again, attempts=one.attempts + 1, problem=problem)
        told = [
            self._book.entry(now, BY, "write.not-returned", name, detail | {"problem": problem})
        ]
        # the log has the first failure and the end; what is between counts in `attempts`
        self._book.commit(self._book.put(later, now, version), *(told if not one.attempts else []))
        self._tell([not_returned(later)])


def not_returned(one: Standing) -> Finding:
    """The finding that a value stands beyond its time."""
    to = "its release" if one.returns_to is None else f"{one.returns_to:g} {one.unit}".strip()
    return Finding(
        "write.not-returned",
        f"{one.name} at {one.device} was set to {one.value:g} and does not return to {to}: "
        f"{one.problem}.",
        "See to the device and set it by hand; it is tried again by itself.",
        asset=one.asset,
    )


def _blind(words: str) -> Finding:
    return Finding(
        "write.store",
        f"what is to return is not known: {words}.",
        "See to the store; it is asked again by itself.",
    )
