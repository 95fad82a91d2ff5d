"""Reads the tables ``[[source.write]]``: what may be written, and within which limits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kopa.access.roles import roles
from kopa.errors import UsageError
from kopa.ingest.devices import Signal
from kopa.ingest.sources.kinds import Kind
from kopa.ingest.sources.writable import PRIORITY, ROLE, Writable
from kopa.model.window import duration

MUST = ("path", "low", "high", "returns_after", "returns_to")
KEYS = (*MUST, "step", "priority", "role")
LONGEST_S = 7 * 86_400
"""What stands for longer is no write that returns, but a setting of the device."""
RELEASE = "release"
CONTROL = "control"
"""What a role must be allowed to do."""
_MINIMUM_OFF = 6
"""The place of minimum on and off times: devices keep it for themselves (135, 19.2.3)."""

Fault = tuple[str, str, str, str]
"""Code, key, what is wrong, what to do."""


def read_writable(
    tables: Any, kind: Kind, signals: Sequence[Signal]
) -> tuple[dict[str, Writable], list[Fault]]:
    """What may be written to a device, by path, and all that is wrong.

    Parameters
    ----------
    tables
        ``[[source.write]]``, as TOML has it.
    kind
        Protocol of the device.
    signals
        Its rows of `devices.csv`.
    """
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        do = "Write [[source.write]]."
        return {}, [("type", "write", "'write' is no list of tables.", do)]
    by_path = {signal.path: signal for signal in signals}
    found: dict[str, Writable] = {}
    faults: list[Fault] = []
    for number, table in enumerate(tables, 1):
        reader = _Reader(f"write {number}", table, kind, by_path)
        one = reader.read()
        if one is not None and one.path in found:
            reader.wrong("twice", "path", f"'{one.path}' stands twice.", "Delete one.")
        elif one is not None:
            found[one.path] = one
        faults += reader.faults
    return found, faults


class _Reader:
    """Reads one table; faults gather on the way."""

    def __init__(
        self, place: str, table: Mapping[str, Any], kind: Kind, by_path: Mapping[str, Signal]
    ) -> None:
        self.faults: list[Fault] = []
        self._place, self._table, self._kind = place, table, kind
        self._signal = by_path.get(str(table.get("path")))

    def wrong(self, code: str, key: str, what: str, do: str) -> None:
        """Tell a fault."""
        self.faults.append((code, f"{self._place}, {key}", what, do))

    def read(self) -> Writable | None:
        """What the table says; None if something is wrong with it."""
        known = KEYS if self._kind.releases else tuple(key for key in KEYS if key != "priority")
        for key in (key for key in self._table if key not in known):
            self.wrong("unknown-key", key, f"'{key}' is unknown.", f"Use {', '.join(known)}.")
        for key in (key for key in MUST if self._table.get(key) in (None, "")):
            self.wrong("missing-key", key, f"'{key}' is missing.", f"Write {key} = …")
        if self.faults:
            return None
        if self._signal is None:
            what = f"devices.csv has no path '{self._table['path']}' of this device."
            self.wrong("path", "path", what, "Add its row: what is written is read as well.")
        low, high = self._number("low"), self._number("high")
        step = self._number("step") if "step" in self._table else None
        back, after = self._returns_to(), self._after()
        priority, role = self._priority(), self._role()
        if self.faults:
            return None
        found = Writable(
            str(self._table["path"]), low, high, after, back, step, priority, role
        )  # fmt: skip
        self._check(found)
        return None if self.faults else found

    def _check(self, rule: Writable) -> None:
        """Check what lies between the values."""
        signal = self._signal
        assert signal is not None
        if rule.low > rule.high:
            self.wrong("range", "low", "low lies above high.", "Exchange them.")
        if rule.step is not None and rule.step <= 0:
            self.wrong("range", "step", f"step is {rule.step:g}.", "Write a number above 0.")
        if rule.low < signal.low or rule.high > signal.high:
            what = f"devices.csv takes {signal.low:g} to {signal.high:g} for possible."
            self.wrong("range", "low", what, "Write limits within these.")
        if rule.returns_to is not None and not rule.low <= rule.returns_to <= rule.high:
            what = f"returns_to is {rule.returns_to:g}, outside the limits."
            self.wrong("range", "returns_to", what, f"Write {rule.low:g} to {rule.high:g}.")
        if signal.factor == 0:
            do = "Write another factor: a value is divided by it on its way to the device."
            self.wrong("factor", "path", "devices.csv has the factor 0 for it.", do)
        elif not self.faults:
            self._try(rule, signal)

    def _try(self, rule: Writable, signal: Signal) -> None:
        """Check that the device has a place for what is written at the return."""
        assert self._kind.write is not None
        kept = rule.low if rule.returns_to is None else rule.returns_to
        key = "path" if rule.returns_to is None else "returns_to"
        try:
            self._kind.write(rule.path, wire_of(signal, kept))
        except ValueError as error:
            self.wrong("write", key, f"'{rule.path}' cannot be written: {error}.", "")

    def _number(self, key: str) -> float:
        given = self._table[key]
        good = isinstance(given, int | float) and not isinstance(given, bool)
        if not good or not math.isfinite(given):
            self.wrong("type", key, f"{key} is {given!r}.", "Write a number.")
            return 0.0
        return float(given)

    def _returns_to(self) -> float | None:
        if self._table["returns_to"] != RELEASE:
            return self._number("returns_to")
        if not self._kind.releases:
            what = f"{self._kind.title} knows no release."
            self.wrong("choice", "returns_to", what, "Write the value that it returns to.")
        return None

    def _after(self) -> int:
        given = self._table["returns_after"]
        try:
            length = duration(given if isinstance(given, str) else "")
        except UsageError:
            do = 'Write a text: "15min", "2h" or "900s".'
            self.wrong("type", "returns_after", f"returns_after is {given!r}.", do)
            return 1
        if length > LONGEST_S:
            do = "Write a week (168h) at most."
            self.wrong("range", "returns_after", f"returns_after is {given}.", do)
        return length

    def _priority(self) -> int:
        given = self._table.get("priority", PRIORITY)
        if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 16:
            do = "Write a whole number from 1 to 16."
            self.wrong("range", "priority", f"priority is {given!r}.", do)
            return PRIORITY
        if given == _MINIMUM_OFF:
            do = "Write another: devices keep it for minimum on and off times."
            self.wrong("range", "priority", "priority is 6.", do)
        return given

    def _role(self) -> str:
        given = self._table.get("role", ROLE)
        able = [role.name for role in roles().values() if CONTROL in role.actions]
        if given not in able:
            do = f"Use one that may write to devices: {', '.join(able)}."
            self.wrong("choice", "role", f"role is {given!r}.", do)
        return str(given)


def wire_of(signal: Signal, kept: float) -> float:
    """A kept value as the device has it: what `convert.judged` does, backwards."""
    return (kept - signal.offset) / signal.factor
