"""Plays recorded observations again, at any speed."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kopa.errors import Finding, InputError
from kopa.store import Key, Label, Observation

COLUMNS = ("observed_at", "entity", "attribute", "value", "unit")
BATCH = 1000


@dataclass(frozen=True)
class Pace:
    """How fast, and where in time.

    Parameters
    ----------
    speed
        Recorded seconds in a second; 0 plays as fast as it goes.
    start
        The first observation is given this time, µs since 1970 UTC; None leaves all times.
    """

    speed: float = 0.0
    start: int | None = None


def read_recording(file: Path) -> list[Observation]:
    """Read a CSV of observations, sorted by time.

    Parameters
    ----------
    file
        Columns ``observed_at`` (ISO 8601), ``entity``, ``attribute``, ``value``, ``unit``.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def wrong(code: str, what: str, do: str, line: int = 1) -> None:
        findings.append(Finding(f"replay.{code}", what, do, file=str(file), place=f"line {line}"))

    try:
        reader = csv.DictReader(file.read_bytes().decode("utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        wrong("unreadable", f"the file cannot be read: {error}.", "Save it as CSV in UTF-8.")
        raise InputError(findings) from None
    for name in COLUMNS[:4]:
        if name not in (reader.fieldnames or []):
            wrong("missing-column", f"the column '{name}' is missing.", "Add it.")
    if findings:
        raise InputError(findings)
    rows: list[Observation] = []
    for row in reader:
        line = reader.line_num
        try:
            moment = datetime.fromisoformat(row["observed_at"] or "")
        except ValueError:
            wrong("time", f"'{row['observed_at']}' is no time.", "Write ISO 8601.", line)
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if not row["entity"] or not row["attribute"]:
            wrong("missing-value", "entity or attribute is empty.", "Fill it in.", line)
            continue
        text = row["value"] or ""
        try:
            value: float | str = float(text)
        except ValueError:
            value = text
        at = round(moment.timestamp() * 1e6)
        label = Label(row.get("unit") or "", "good")
        rows.append(Observation(Key(row["entity"], row["attribute"]), at, value, label))
    if findings:
        raise InputError(findings)
    return sorted(rows, key=lambda row: row.at)


def played(
    rows: list[Observation],
    pace: Pace,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[list[Observation]]:
    """Batches of observations, each when its time has come.

    Parameters
    ----------
    rows
        Sorted by time.
    pace
        How fast.
    sleep, clock
        The clock of the player.
    """
    if not rows:
        return
    first, begin = rows[0].at, clock()
    shift = 0 if pace.start is None else pace.start - first
    waiting: list[Observation] = []
    for row in rows:
        if pace.speed > 0:
            ahead = begin + (row.at - first) / 1e6 / pace.speed - clock()
            if ahead > 0:
                if waiting:
                    yield waiting
                    waiting = []
                sleep(ahead)
        waiting.append(Observation(row.key, row.at + shift, row.value, row.label, row.raw))
        if len(waiting) >= BATCH:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
