"""What the devices of a city are: which value of which device is which attribute of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kopa.store import Key

FORMATS = ("json", "ttn", "chirpstack")


@dataclass(frozen=True)
class Signal:
    """One value of a device; a row of ``devices.csv``.

    Parameters
    ----------
    device
        Id of the device: DevEUI, or the name that its messages bear.
    path
        Where the value stands in what the device says: ``level``, ``inputs.0.value``.
    key
        The series that it belongs to.
    unit
        Unit of the value that is kept, as a UN/CEFACT code.
    factor, offset
        kept = came × factor + offset.
    low, high
        What the kept value can be; anything else is impossible.
    stuck_s
        A value that a source has told for so long, s, without any change is stuck.
    """

    device: str
    path: str
    key: Key
    unit: str = ""
    factor: float = 1.0
    offset: float = 0.0
    low: float = float("-inf")
    high: float = float("inf")
    stuck_s: float = float("inf")


@dataclass(frozen=True)
class Devices:
    """All signals of a city.

    Parameters
    ----------
    signals
        The rows.
    codecs
        JavaScript that decodes the bytes of a device, by device; only those that have one.
    """

    signals: tuple[Signal, ...]
    codecs: Mapping[str, str]

    @cached_property
    def by_device(self) -> Mapping[str, Sequence[Signal]]:
        """Signals by device."""
        found: dict[str, list[Signal]] = defaultdict(list)
        for signal in self.signals:
            found[signal.device].append(signal)
        return dict(found)
