"""From what devices say to observations; what cannot be is kept as it came, and told."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Sequence
from typing import Any

from kopa.errors import EngineError, Finding
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.engine_quickjs import Codec
from kopa.ingest.payload import Message, at_path, read_message
from kopa.store import Label, Observation

STRIKES, SLOW_S, REST_S = 3, 0.25, 60.0
"""A codec that took so long so often in a row is left alone for so long: others wait for it."""
MOST_RAW = 1000
"""Characters that are kept of what cannot be interpreted."""


class Converter:
    """Converts messages of the devices of a city.

    Parameters
    ----------
    devices
        What they are.
    """

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self._codecs: dict[str, _Guarded] = {}
        self._lock = threading.Lock()

    def convert(
        self, raw: bytes, arrived: int, device: str = ""
    ) -> tuple[list[Observation], list[Finding]]:
        """Observations of a message, and what is wrong with it.

        Parameters
        ----------
        raw
            The message.
        arrived
            When it came, µs since 1970 UTC.
        device
            The device where the message does not say it.

        Raises
        ------
        PayloadError
            If the message cannot be read at all.
        """
        message = read_message(raw, arrived, self._decode, device)
        signals = self._devices.by_device.get(message.device)
        if signals is None:
            told = Finding(
                "ingest.unknown-device",
                f"the device '{message.device}' is not in devices.csv.",
                "Add its signals, or take it off the air.",
                "warning",
                asset=message.device,
            )
            return [], [told]
        return _observations(message, signals)

    def _decode(self, device: str, data: bytes, port: int) -> dict[str, Any] | None:
        source = self._devices.codecs.get(device)
        if source is None:
            return None
        with self._lock:  # a codec is used by one thread at a time
            if device not in self._codecs:
                self._codecs[device] = _Guarded(Codec(source))
            return self._codecs[device].decode(data, port)


class _Guarded:
    """A codec that rests for a while when it was too slow several times in a row."""

    def __init__(self, codec: Codec) -> None:
        self._codec, self._slow, self._until = codec, 0, 0.0

    def decode(self, data: bytes, port: int) -> dict[str, Any]:
        begin = time.monotonic()
        if begin < self._until:
            raise EngineError(f"the codec was too slow {STRIKES} times: it rests", "codec")
        try:
            return self._codec.decode(data, port)
        finally:
            slow = time.monotonic() - begin >= SLOW_S
            self._slow = self._slow + 1 if slow else 0
            if self._slow >= STRIKES:
                self._slow, self._until = 0, time.monotonic() + REST_S


def _observations(
    message: Message, signals: Sequence[Signal]
) -> tuple[list[Observation], list[Finding]]:
    found: list[Observation] = []
    findings: list[Finding] = []
    for signal in signals:
        given = at_path(message.data, signal.path)
        if given is None:
            continue  # a device does not say everything every time
        row, finding = judged(signal, given, message.at)
        found.append(row)
        findings += [finding] if finding else []
    return found, findings


def judged(
    signal: Signal, given: Any, at: int, quality: str = "good"
) -> tuple[Observation, Finding | None]:
    """The observation that a value is, and what is wrong with it.

    Parameters
    ----------
    signal
        Whose value.
    given
        As it came.
    at
        When, µs since 1970 UTC.
    quality
        What the device thinks of it.
    """
    value = _number(given)
    kept = math.nan if value is None else value * signal.factor + signal.offset
    if value is not None and signal.low <= kept <= signal.high:
        return Observation(signal.key, at, kept, Label(signal.unit, quality)), None
    row = refused(signal, given, at)
    return row, _impossible(signal, row.raw or "", kept)


def refused(signal: Signal, given: Any, at: int) -> Observation:
    """A value that is none: it is kept as it came."""
    raw = json.dumps(given, ensure_ascii=False)[:MOST_RAW]
    return Observation(signal.key, at, None, Label(signal.unit, "bad"), raw)


def _impossible(signal: Signal, raw: str, kept: float) -> Finding:
    what = "is no number" if math.isnan(kept) else f"would be {kept:g}, which cannot be"
    return Finding(
        "ingest.impossible",
        f"{signal.key.attribute} of {signal.device} {what}: it sent {raw[:60]}.",
        f"Plausible are {signal.low:g} to {signal.high:g} {signal.unit}: check sensor and unit.",
        "warning",
        asset=signal.key.entity,
    )


def _number(given: Any) -> float | None:
    """A number, true and false as 1 and 0; None for anything else."""
    if isinstance(given, bool):
        return float(given)
    if isinstance(given, int | float):
        try:
            value = float(given)
        except OverflowError:
            return None
        return value if math.isfinite(value) else None
    return None


__all__ = ["Converter", "EngineError"]
