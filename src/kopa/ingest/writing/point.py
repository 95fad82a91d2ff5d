"""What can be written: a signal of a device with a rule, and how a connection is made to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from kopa.errors import EngineError, KopaError, RangeError
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.sources.kinds import KINDS
from kopa.ingest.sources.read_writable import wire_of
from kopa.ingest.sources.source import Source, Writer
from kopa.ingest.sources.writable import Writable


@dataclass(frozen=True)
class Point:
    """A signal that may be written.

    Parameters
    ----------
    source
        Its device.
    signal
        Its row of `devices.csv`.
    rule
        Its limits, and when it returns.
    """

    source: Source
    signal: Signal
    rule: Writable

    @property
    def asset(self) -> str:
        """The asset: ``water:PU-1``."""
        return self.signal.key.entity

    @property
    def attribute(self) -> str:
        """What of it is set."""
        return self.signal.key.attribute

    def wire(self, kept: float | None) -> float | None:
        """A kept value as the device has it; None is a release."""
        return None if kept is None else wire_of(self.signal, kept)

    def kept(self, wire: Any) -> float | None:
        """A value of the device as it is kept; None where it is no number."""
        if not isinstance(wire, bool | int | float):
            return None
        return float(wire) * self.signal.factor + self.signal.offset

    def check(self, value: float, now: float) -> None:
        """Refuse a value that its rule does not allow.

        Parameters
        ----------
        value
            The value that is asked for, as it is kept.
        now
            The value that it has.

        Raises
        ------
        RangeError
            If it lies outside the limits, or too far from the present value.
        """
        rule, unit = self.rule, self.signal.unit
        name = f"{self.asset} {self.attribute}"
        if not rule.low <= value <= rule.high:  # so that nan is refused as well
            limits = f"{rule.low:g} to {rule.high:g} {unit}".strip()
            raise RangeError(f"{value:g} is outside the limits of {name}: {limits}")
        if rule.step is not None and abs(value - now) > rule.step * (1 + 1e-9):
            most = f"{rule.step:g} {unit}".strip()
            raise RangeError(f"{name} is {now:g}: one write changes it by {most} at most")


Points = Mapping[tuple[str, str], Point]
"""What can be written, by asset and attribute."""


def points_of(sources: Sequence[Source], devices: Devices) -> Points:
    """What can be written in a city.

    Parameters
    ----------
    sources
        What `sources.toml` says.
    devices
        What `devices.csv` says.
    """
    return {
        (signal.key.entity, signal.key.attribute): Point(source, signal, rule)
        for source in sources
        for signal in devices.by_device.get(source.device, ())
        if (rule := source.writable.get(signal.path)) is not None
    }


@asynccontextmanager
async def connected(source: Source, path: str) -> AsyncIterator[Writer]:
    """A connection of its own: the rounds of reading go on beside it."""
    writer = cast(Writer, KINDS[source.kind].make(source, [path]))
    try:
        yield writer
    finally:
        await writer.close()


def words_of(error: BaseException, source: Source) -> str:
    """What an error of a connection says, as half a sentence."""
    if isinstance(error, TimeoutError):
        return f"no answer within {source.timeout_s:g} s"
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    if isinstance(error, KopaError | ValueError):
        return str(error)
    return f"{type(error).__name__}: {error}"[:200]


def no_connection(error: BaseException, point: Point) -> EngineError:
    """The error that a device could not be asked, with nothing written."""
    name = f"{point.source.device} ({point.source.kind} at {point.source.address})"
    return EngineError(f"{name}: {words_of(error, point.source)}; nothing was written", "write")
