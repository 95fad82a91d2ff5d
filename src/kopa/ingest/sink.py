"""Puts converted messages into the store; done means durable."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from kopa.errors import Finding
from kopa.ingest.convert import Converter
from kopa.ingest.payload import PayloadError
from kopa.store import Batch, Observation, Observations, Store

KEPT = 1000
"""So many different findings are remembered."""


@dataclass
class Tally:
    """What came so far.

    Parameters
    ----------
    messages, observations
        Number of each.
    findings
        The latest finding of each code and asset, with how often it occurred.
    """

    messages: int = 0
    observations: int = 0
    findings: dict[tuple[str, str], tuple[Finding, int]] = field(default_factory=dict)

    def tell(self, findings: Sequence[Finding]) -> None:
        """Count findings; the same of the same device is one."""
        for finding in findings:
            name = (finding.code, finding.asset)
            _, before = self.findings.pop(name, (finding, 0))
            self.findings[name] = (finding, before + 1)
            if len(self.findings) > KEPT:
                del self.findings[next(iter(self.findings))]

    @property
    def by_code(self) -> Counter[str]:
        """How often each code occurred, among those that are remembered."""
        return Counter({code: 0 for code, _ in self.findings}) + Counter(
            {code: times for (code, _), (_, times) in self.findings.items()}
        )


Write = Callable[[Sequence[Observation]], "Future[Any]"]
"""Writes observations; the future is done when they are durable. May raise `BusyError`."""


def into(store: Store, tenant: str) -> Write:
    """Writes series alone: nobody is told, and no entity changes."""

    def write(rows: Sequence[Observation]) -> Future[Any]:
        return store.submit(Batch(observations=(Observations.of(tenant, rows),)))

    return write


class Sink:
    """Converts messages and writes them.

    Parameters
    ----------
    converter
        Reads them.
    write
        Writes what they say.
    now
        Time, µs since 1970 UTC.
    """

    def __init__(
        self,
        converter: Converter,
        write: Write,
        now: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self.tally = Tally()
        self._converter, self._write, self._now = converter, write, now

    def take(self, raw: bytes, device: str = "", at: int | None = None) -> Future[Any] | None:
        """Take a message.

        Parameters
        ----------
        raw
            The message.
        device
            Its device, where it does not say it.
        at
            When it came to whoever kept it for us, µs since 1970 UTC; None for now. It is the time
            of a message that has none, so that the same message is the same again.

        Returns
        -------
        Future or None
            Done when it is durable; None if there is nothing in it to keep.

        Raises
        ------
        BusyError
            If too much is waiting: nothing was taken, send it again.
        """
        return self.keep(*self._converted(raw, at or self._now(), device))

    def take_all(self, messages: Sequence[bytes]) -> tuple[int, Future[Any] | None]:
        """Take messages that came together, all or none; as `take`.

        Returns
        -------
        tuple
            How many of them had something to keep, and the future.
        """
        written = 0
        rows: list[Observation] = []
        findings: list[Finding] = []
        for raw in messages:
            more, wrong = self._converted(raw, self._now())
            written += bool(more)
            rows += more
            findings += wrong
        return written, self.keep(rows, findings, len(messages))

    def _converted(
        self, raw: bytes, at: int, device: str = ""
    ) -> tuple[list[Observation], list[Finding]]:
        try:
            return self._converter.convert(raw, at, device)
        except PayloadError as error:
            return [], [error.finding]

    def keep(
        self, rows: Sequence[Observation], findings: Sequence[Finding] = (), messages: int = 1
    ) -> Future[Any] | None:
        """Keep observations that came together, and what was wrong with them; as `take`."""
        future = self._write(rows) if rows else None
        self.tally.messages += messages
        self.tally.observations += len(rows)
        self.tally.tell(findings)
        return future
