"""What a device answers becomes observations."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from kopa.errors import Finding
from kopa.ingest.convert import judged, refused
from kopa.ingest.devices import Signal
from kopa.ingest.sink import Sink
from kopa.ingest.sources.source import Reading
from kopa.store import Observation

AHEAD_US = 300 * 1_000_000
"""A clock that runs ahead by more is not believed."""


class Answers:
    """Takes the readings of one device to the store.

    Parameters
    ----------
    device
        Its name.
    signals
        Its rows of `devices.csv`.
    sink
        Where observations go.
    now
        Time, µs since 1970 UTC.
    """

    def __init__(
        self,
        device: str,
        signals: Sequence[Signal],
        sink: Sink,
        now: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._device, self._sink, self._now = device, sink, now
        self._signals = {signal.path: signal for signal in signals}
        self._last: dict[str, Reading] = {}
        self._since: dict[str, tuple[float | str | None, int]] = {}

    def __call__(self, readings: Sequence[Reading]) -> Future[Any] | None:
        """Keep readings; what has the time and value of the round before is not news.

        Raises
        ------
        BusyError
            If too much is waiting: nothing was taken.
        """
        fresh = [one for one in readings if one.at is None or self._last.get(one.path) != one]
        now = self._now()
        rows, findings = observations(self._device, self._signals, fresh, now)
        future = self._sink.keep(rows, [*findings, *self._stuck(readings, now)])
        self._last.update((one.path, one) for one in fresh)
        if future is not None:
            future.add_done_callback(self._forget_lost)
        return future

    def _stuck(self, readings: Sequence[Reading], now: int) -> Iterator[Finding]:
        """What has not changed for longer than its row of `devices.csv` takes for possible."""
        for one in readings:
            signal = self._signals[one.path]
            value, since = self._since.get(one.path, (None, now))
            if one.value is None or one.value != value:
                self._since[one.path] = one.value, now
            elif now - since > signal.stuck_s * 1e6:
                yield _stuck(self._device, one, signal)

    def _forget_lost(self, done: Future[Any]) -> None:
        """Take everything for news after a write that failed."""
        if done.exception() is not None:
            self._last.clear()


def observations(
    device: str, signals: Mapping[str, Signal], readings: Sequence[Reading], now: int
) -> tuple[list[Observation], list[Finding]]:
    """Observations of readings, and what is wrong with them.

    Parameters
    ----------
    device
        Whose readings.
    signals
        What they are, by path.
    readings
        What it said.
    now
        Time of what has none, µs since 1970 UTC.
    """
    rows: list[Observation] = []
    findings: list[Finding] = []
    for one in readings:
        signal = signals[one.path]
        at = now if one.at is None else one.at
        if at > now + AHEAD_US:
            at = now
            findings.append(_ahead(device))
        if one.quality == "bad" or one.value is None or _is_nan(one.value):
            findings.append(_no_value(device, one, signal))
            if one.value is not None:
                rows.append(refused(signal, one.value, at))
            continue
        row, finding = judged(signal, one.value, at, one.quality)
        rows.append(row)
        findings += [finding] if finding else []
    return rows, findings


def _is_nan(value: object) -> bool:
    """Whether it is the number that says that there is none."""
    return isinstance(value, float) and math.isnan(value)


def _no_value(device: str, one: Reading, signal: Signal) -> Finding:
    return Finding(
        "ingest.no-value",
        f"{signal.key.attribute} at '{one.path}' of {device}: {one.problem or 'it is no number'}.",
        "Check the sensor, and the path in devices.csv.",
        "warning",
        asset=signal.key.entity,
    )


def _stuck(device: str, one: Reading, signal: Signal) -> Finding:
    return Finding(
        "ingest.stuck",
        f"{signal.key.attribute} at '{one.path}' of {device} is {one.value} "
        f"and has not changed for more than {signal.stuck_s:g} s.",
        "Check the sensor; if that can be, raise stuck_s in devices.csv.",
        "warning",
        asset=signal.key.entity,
    )


def _ahead(device: str) -> Finding:
    return Finding(
        "ingest.clock",
        f"the clock of {device} is ahead of now.",
        "Set its clock; until then values have the time at which they came.",
        "warning",
        asset=device,
    )
