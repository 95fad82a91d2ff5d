"""A log of incidents that can only grow, and be replayed.

Each line is a JSON object that names the hash of the line before; a line that was changed, taken
out or put in between breaks the chain from there on. Free text is redacted before it is written.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, UsageError
from kopa.redact import redacted

FIRST = "0" * 64
STATES = ("reported", "confirmed", "alerted", "dispatched", "on_scene", "resolved")
"""In the order that an incident usually goes through them; any may follow any but `resolved`."""


@dataclass(frozen=True)
class Entry:
    """A line of the log.

    Parameters
    ----------
    at
        When, with a time zone.
    incident, state
        Which, and to what it came.
    by
        Who wrote it: a role or an account, not a name.
    text
        Redacted.
    before
        Hash of the line before.
    """

    at: datetime
    incident: str
    state: str
    by: str
    text: str
    before: str

    @property
    def line(self) -> str:
        """As it stands in the file."""
        row = {
            "at": self.at.isoformat(),
            "incident": self.incident,
            "state": self.state,
            "by": self.by,
            "text": self.text,
            "before": self.before,
        }
        return json.dumps(row, ensure_ascii=False)


def read_log(path: Path) -> tuple[Entry, ...]:
    """All entries of a log, the chain checked.

    Raises
    ------
    InputError
        With every line that is none, and the first that breaks the chain.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        what = f"it cannot be read: {error}."
        raise InputError([Finding("emergency.log", what, "Check it.", file=str(path))]) from error
    entries, findings, before = [], [], FIRST
    for number, line in enumerate(lines, 1):
        place = f"line {number}"
        try:
            entry = _entry(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"it is no entry: {error}."
            findings.append(
                Finding("emergency.log", what, "Take a copy.", "error", str(path), place)
            )
            continue
        if entry.before != before and not findings:
            what = "it does not follow the line before: the log was changed here or above."
            findings.append(
                Finding("emergency.log", what, "Take a copy.", "error", str(path), place)
            )
        before = _hash(line)
        entries.append(entry)
    if findings:
        raise InputError(findings)
    return tuple(entries)


def add(path: Path, entry: Entry) -> Entry:
    """Append an entry.

    Parameters
    ----------
    path
        The log; it is made where there is none.
    entry
        Its text is redacted and its `before` is set here.

    Raises
    ------
    InputError
        If the log was changed.
    UsageError
        If the incident is resolved already, the state is none, or time runs backwards.
    """
    if entry.state not in STATES:
        raise UsageError(f"there is no state '{entry.state}': {', '.join(STATES)}")
    with path.open("a", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # two who write at once would break the chain
        made = _following(entry, read_log(path))
        stream.write(made.line + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return made


def _following(entry: Entry, known: tuple[Entry, ...]) -> Entry:
    """An entry as it follows those before."""
    if known and entry.at < known[-1].at:
        raise UsageError(f"the log has an entry of {known[-1].at.isoformat()}: this one is older")
    state = replayed(known).get(entry.incident)
    if state and state.state == "resolved":
        raise UsageError(f"'{entry.incident}' is resolved: begin a new incident")
    before = _hash(known[-1].line) if known else FIRST
    return Entry(
        entry.at, entry.incident, entry.state, entry.by, redacted(entry.text), before
    )  # fmt: skip


def replayed(entries: tuple[Entry, ...], until: datetime | None = None) -> dict[str, Entry]:
    """How each incident stood at a time: its last entry until then, in order of first report.

    Parameters
    ----------
    entries
        Of the log.
    until
        With a time zone; None for now.
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        if until is None or entry.at <= until:
            found[entry.incident] = entry
    return found


def _entry(row: Any) -> Entry:
    at = datetime.fromisoformat(row["at"])
    if at.tzinfo is None:
        raise ValueError("its time has no time zone")
    if row["state"] not in STATES:
        raise ValueError(f"'{row['state']}' is no state")
    return Entry(at, row["incident"], row["state"], row["by"], row["text"], row["before"])


def _hash(line: str) -> str:
    return sha256(line.encode("utf-8")).hexdigest()
