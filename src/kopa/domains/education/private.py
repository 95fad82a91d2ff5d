"""A store of its own for who applied where and got what: pseudonyms, and a day of deletion.

Nothing of it goes anywhere else. Children stand in it by a keyed hash of the pseudonym that the
applications have; the key lies in a file of its own, so that the store alone tells of nobody.

References
----------
Regulation (EU) 2016/679, articles 4(5) (pseudonyms), 5(1)(e) (storage limitation), 15 and 17
(access, erasure). RFC 2104 (HMAC).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, UsageError
from kopa.model import IntArray

from .assignment.round import Round

KEY_BYTES = 32
TABLES = """
CREATE TABLE IF NOT EXISTS round (
    name TEXT PRIMARY KEY, delete_on TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS preference (
    round TEXT NOT NULL REFERENCES round ON DELETE CASCADE, child BLOB NOT NULL,
    rank INTEGER NOT NULL, school TEXT NOT NULL, priority INTEGER NOT NULL,
    sibling INTEGER NOT NULL, taken INTEGER NOT NULL,
    PRIMARY KEY (round, child, rank)
) STRICT, WITHOUT ROWID;
"""
Kept = dict[str, Any]


def key_of(file: Path, make: bool = False) -> bytes:
    """The key of pseudonyms.

    Parameters
    ----------
    file
        64 hexadecimal digits.
    make
        True to make a key where there is no file; only its owner may read it.

    Raises
    ------
    InputError
        If it cannot be read or made.
    """
    do = "Give a file of 64 hexadecimal digits, or none: it is made then."
    try:
        if make and not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_hex(KEY_BYTES) + "\n")
        key = bytes.fromhex(file.read_text("ascii").strip())
    except OSError as error:
        what = f"the key cannot be used: {error.strerror}."
        raise InputError([Finding("education.key", what, do, file=str(file))]) from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise InputError([Finding("education.key", "it is no key.", do, file=str(file))])
    return key


def day(text: str) -> date:
    """A day as YYYY-MM-DD.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no day: write YYYY-MM-DD") from None


class Private:
    """The store.

    Parameters
    ----------
    file
        SQLite; made where there is none.
    make
        False to want one that is there.
    """

    def __init__(self, file: Path, make: bool = False) -> None:
        self.file = file
        if not make and not file.is_file():
            what, do = "there is no such store.", "Check the path."
            raise InputError([Finding("education.store", what, do, file=str(file))])
        if make and not file.exists():
            try:
                os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except OSError as error:
                what = f"it cannot be made: {error.strerror}."
                found = Finding("education.store", what, "Check the folder.", file=str(file))
                raise InputError([found]) from None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.file)) as connection:
                # what is deleted is overwritten in the file
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.executescript(TABLES)
                yield connection
        except sqlite3.Error as error:
            what = f"it is no store that can be used: {error}."
            do = "Give the file that kopa education assign --store wrote."
            raise InputError([Finding("education.store", what, do, file=str(self.file))]) from None

    def keep(self, name: str, asked: Round, match: IntArray, terms: tuple[date, bytes]) -> None:
        """Write a round, in place of one of the same name.

        Lottery numbers are not kept: with the published seed anybody could tell by them who it is.

        Parameters
        ----------
        name
            Of the round.
        asked, match
            Applications, and the pair each child gets.
        terms
            Day of deletion, and key.
        """
        until, key = terms
        hashes = [pseudonym(key, name, child) for child in asked.children]
        rows = [
            (
                name, hashes[child], int(asked.rank[pair]), asked.schools[int(asked.school[pair])],
                int(asked.priority[pair]), int(asked.sibling[pair]), int(match[child] == pair),
            )
            for pair, child in enumerate(asked.child.tolist())
        ]  # fmt: skip
        with self._open() as connection, connection:
            deleted = connection.execute("DELETE FROM round WHERE name = ?", (name,))
            connection.execute("INSERT INTO round VALUES (?, ?)", (name, f"{until}"))
            connection.executemany("INSERT INTO preference VALUES (?,?,?,?,?,?,?)", rows)
            replaced = deleted.rowcount
        if replaced:
            with self._open() as connection:
                connection.execute("VACUUM")

    def purge(self, on: date) -> list[dict[str, Any]]:
        """Delete the rounds whose day has come; tells each with its number of children."""
        with self._open() as connection:
            found = [
                {"round": name, "delete_on": until, "children": children}
                for name, until, children in connection.execute(
                    "SELECT name, delete_on, (SELECT COUNT(DISTINCT child) FROM preference "
                    "WHERE round = name) FROM round WHERE delete_on <= ? ORDER BY name",
                    (f"{on}",),
                )
            ]
            with connection:
                connection.execute("DELETE FROM round WHERE delete_on <= ?", (f"{on}",))
            connection.execute("VACUUM")
        return found

    def rounds(self) -> list[dict[str, str]]:
        """Rounds that are there, and when they will be deleted."""
        with self._open() as connection:
            rows = connection.execute("SELECT name, delete_on FROM round ORDER BY name").fetchall()
        return [{"round": name, "delete_on": until} for name, until in rows]

    def of(self, child: str, key: bytes, forget: bool = False) -> list[Kept]:
        """All that is kept of a child, by round; nothing is left of it afterwards with `forget`."""
        columns = ("rank", "school", "priority", "sibling", "taken")
        found: list[Kept] = []
        with self._open() as connection:
            for name, until in connection.execute("SELECT name, delete_on FROM round").fetchall():
                who = (name, pseudonym(key, name, child))
                rows = connection.execute(
                    f"SELECT {', '.join(columns)} FROM preference "
                    "WHERE round = ? AND child = ? ORDER BY rank", who,
                ).fetchall()  # fmt: skip
                lines = [dict(zip(columns, row, strict=True)) for row in rows]
                if lines:
                    found.append({"round": name, "delete_on": until, "applications": lines})
                if forget:
                    with connection:
                        connection.execute(
                            "DELETE FROM preference WHERE round = ? AND child = ?", who
                        )
            if forget:
                connection.execute("VACUUM")
        return found


def pseudonym(key: bytes, name: str, child: str) -> bytes:
    """A child in the store: another one in every round, and nobody's without the key."""
    return hmac.new(key, f"{name}\n{child}".encode(), hashlib.sha256).digest()
