"""Small whole numbers for tenants, labels and series, remembered by the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable
from typing import Any

from kopa.store.embedded.schema import day_table
from kopa.store.errors import BusyError
from kopa.store.observations import Key, Label

MOST_OPEN_DAYS = 4000
"""Observations may be spread over so many days before they are compacted."""


class Numbers:
    """Finds the number of a name, and gives a new one where it has none.

    What a transaction adds is noted, so that it can be forgotten when that is rolled back.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tenants: dict[str, int] = {}
        self._labels: dict[Label, int] = {}
        self._series: dict[tuple[int, Key], int] = {}
        self._days: dict[int, int] = {}
        self._added: list[tuple[dict[Any, int], Hashable]] = []
        rows = connection.execute("SELECT day FROM segment WHERE kind = 'open'")
        self._days = dict.fromkeys((day for (day,) in rows), 1)

    def mark(self) -> int:
        """Where the notes stand, for `undo`."""
        return len(self._added)

    def undo(self, mark: int) -> None:
        """Forget what was added after a mark: its transaction was rolled back."""
        for names, name in self._added[mark:]:
            names.pop(name, None)
        del self._added[mark:]

    def kept(self) -> None:
        """The transaction was committed."""
        self._added.clear()

    def _note(self, names: dict[Any, int], name: Hashable, number: int) -> int:
        names[name] = number
        self._added.append((names, name))
        return number

    def tenant(self, name: str) -> int:
        """Number of a tenant."""
        return self._tenants.get(name) or self._note(
            self._tenants, name, self._number("tenant", ("name",), (name,))
        )

    def label(self, label: Label) -> int:
        """Number of a label."""
        values = (label.unit, label.quality, int(label.simulated))
        return self._labels.get(label) or self._note(
            self._labels, label, self._number("label", ("unit", "quality", "simulated"), values)
        )

    def series(self, tenant: int, key: Key) -> int:
        """Number of a series."""
        columns = ("tenant", "entity", "attribute", "dataset")
        values = (tenant, key.entity, key.attribute, key.dataset)
        return self._series.get((tenant, key)) or self._note(
            self._series, (tenant, key), self._number("series", columns, values)
        )

    def _number(self, table: str, columns: tuple[str, ...], values: tuple[Any, ...]) -> int:
        found = self._connection.execute(
            f"SELECT key FROM {table} WHERE {' AND '.join(f'{c} = ?' for c in columns)}", values
        ).fetchone()
        if found:
            return int(found[0])
        signs = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({signs})"
        return int(self._connection.execute(statement, values).lastrowid or 0)

    def open_day(self, day: int) -> None:
        """See that the table of a day is there.

        Raises
        ------
        BusyError
            If too many days are open.
        """
        if day in self._days:
            return
        if len(self._days) >= MOST_OPEN_DAYS:
            raise BusyError(f"observations of {MOST_OPEN_DAYS} days wait to be compacted")
        self._connection.execute(day_table(day))
        self._connection.execute(
            "INSERT OR IGNORE INTO segment VALUES (?, 'open', '', 0, 0)", (day,)
        )
        self._note(self._days, day, 1)

    def close_day(self, day: int) -> None:
        """The table of a day is about to be sealed or dropped, in this transaction."""
        self._days.pop(day, None)
