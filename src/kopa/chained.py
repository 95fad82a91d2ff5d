"""Logs that can only grow: each line names the hash of the line before.

A line that was changed, taken out or put in between breaks the chain from there on.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from kopa.errors import Finding, InputError

FIRST = "0" * 64


class Chained(Protocol):
    """An entry of a log: it knows the hash of the line before, and its own line."""

    @property
    def before(self) -> str:
        """Hash of the line before; `FIRST` for the first."""
        ...

    @property
    def line(self) -> str:
        """As it stands in the file."""
        ...


_Entry = TypeVar("_Entry", bound=Chained)


def read_chain(path: Path, code: str, entry: Callable[[Any], _Entry]) -> tuple[_Entry, ...]:
    """All entries of a log, the chain checked; none where there is no file.

    Parameters
    ----------
    path
        The log.
    code
        Of the findings.
    entry
        Makes an entry of a line's JSON; what it raises as ValueError, KeyError, TypeError or
        AttributeError says why it is none.

    Raises
    ------
    InputError
        With every line that is none, and the first that breaks the chain.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        what = f"it cannot be read: {error}."
        raise InputError([Finding(code, what, "Check it.", file=str(path))]) from error
    entries, findings, before = [], [], FIRST
    for number, line in enumerate(lines, 1):
        place, do = f"line {number}", "Take a copy."
        try:
            one = entry(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"it is no entry: {error}."
            findings.append(Finding(code, what, do, "error", str(path), place))
            continue
        if one.before != before and not findings:
            what = "it does not follow the line before: the log was changed here or above."
            findings.append(Finding(code, what, do, "error", str(path), place))
        before = hash_of(line)
        entries.append(one)
    if findings:
        raise InputError(findings)
    return tuple(entries)


def append(
    path: Path,
    read: Callable[[Path], tuple[_Entry, ...]],
    make: Callable[[tuple[_Entry, ...], str], _Entry],
) -> _Entry:
    """Write an entry at the end of a log, and see that it is on the disk.

    Two who write at once would break the chain: one waits for the other.

    Parameters
    ----------
    path
        The log; it is made where there is none.
    read
        As `read_chain` does.
    make
        Gives the entry that follows those that are there, and the hash of the last.
    """
    with path.open("a", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        known = read(path)
        made = make(known, hash_of(known[-1].line) if known else FIRST)
        stream.write(made.line + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return made


def hash_of(line: str) -> str:
    """SHA-256 of a line."""
    return sha256(line.encode("utf-8")).hexdigest()
