"""A log of incidents that can only grow, and be replayed.

Each line is a JSON object that names the hash of the line before; a line that was changed, taken
out or put in between breaks the chain from there on. Free text is redacted before it is written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kopa.chained import append, read_chain
from kopa.errors import UsageError
from kopa.redact import redacted

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
    return read_chain(path, "emergency.log", _entry)


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
    return append(path, read_log, lambda known, before: _following(entry, known, before))


def _following(entry: Entry, known: tuple[Entry, ...], before: str) -> Entry:
    """An entry as it follows those before."""
    if known and entry.at < known[-1].at:
        raise UsageError(f"the log has an entry of {known[-1].at.isoformat()}: this one is older")
    state = replayed(known).get(entry.incident)
    if state and state.state == "resolved":
        raise UsageError(f"'{entry.incident}' is resolved: begin a new incident")
    return replace(entry, text=redacted(entry.text), before=before)


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
