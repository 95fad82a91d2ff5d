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

    def take(self, raw: bytes, device: str = "") -> Future[Any] | None:
        """Take a message.

        Parameters
        ----------
        raw
            The message.
        device
            Its device, where it does not say it.

        Returns
        -------
        Future or None
            Done when it is durable; None if there is nothing in it to keep.

        Raises
        ------
        BusyError
            If too much is waiting: nothing was taken, send it again.
        """
        try:
            rows, findings = self._converter.convert(raw, self._now(), device)
        except PayloadError as error:
            rows, findings = [], [error.finding]
        future = self._write(rows) if rows else None
        self.tally.messages += 1
        self.tally.observations += len(rows)
        self.tally.tell(findings)
        return future
