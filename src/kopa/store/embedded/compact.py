"""Moves closed days from tables into Parquet files, and forgets days that are too old.

A day goes in steps, and whatever ends the process between two of them loses and doubles nothing:

1. *seal*: its table is renamed, in a transaction; late data makes a new one.
2. *write*: the sealed table and the file of the day, if there is one, become a new file, which
   gets its name when it is whole on disk.
3. *swap*: in one transaction the new file is entered and the sealed table dropped.
4. *retire*: the file before goes when nobody reads it any more.

After a crash the next compaction goes on with the sealed table; a file that is not entered is
removed when the store is opened. Readers take the open table before the sealed before the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import pyarrow as pa

from kopa.store.contract import Compaction
from kopa.store.embedded.cold import Cold, as_table, distinct
from kopa.store.embedded.leases import Leases
from kopa.store.embedded.numbers import Numbers
from kopa.store.embedded.schema import SLOT, table_of
from kopa.store.embedded.writer import Writer
from kopa.store.observations import EARLIEST, LATEST
from kopa.store.times import DAY

PART_ROWS = 2_000_000
"""So many rows of a day are held in memory at a time."""


class Compactor:
    """Compacts days.

    Parameters
    ----------
    writer, cold, leases
        Those of the store.
    at_step
        Called with the name of a step when it is done; tests end the process there.
    """

    def __init__(
        self, writer: Writer, cold: Cold, leases: Leases, at_step: Callable[[str], None]
    ) -> None:
        self._writer = writer
        self._cold = cold
        self._leases = leases
        self._at_step = at_step

    def compact(self, connection: sqlite3.Connection, before: int) -> Compaction:
        """Compact all days that end before a moment; `connection` reads."""
        rows = connection.execute(
            "SELECT DISTINCT day FROM segment WHERE kind <> 'cold' AND day < ? ORDER BY day",
            (before // DAY,),
        ).fetchall()
        done = Compaction()
        for (day,) in rows:
            written, size = self._compact_day(connection, day)
            done = Compaction(done.days + 1, done.rows + written, done.bytes + size)
        return done

    def _compact_day(self, connection: sqlite3.Connection, day: int) -> tuple[int, int]:
        begun = not self._writer.submit(lambda c, numbers: _seal(c, numbers, day)).result()
        self._at_step("sealed")
        row = connection.execute(
            "SELECT file FROM segment WHERE day = ? AND kind = 'cold'", (day,)
        ).fetchone()
        old = row[0] if row else ""
        number = int(old.split(".")[1]) + 1 if old else 1
        name, rows, size = self._cold.write(day, number, self._parts(connection, day, old))
        self._at_step("written")
        self._writer.submit(lambda c, _: _swap(c, day, (name, rows, size))).result()
        self._at_step("swapped")
        if old:
            self._leases.retire(self._cold.folder / old)
        self._at_step("retired")
        if begun and self._is_open(connection, day):  # what came since the one that was cut off
            return self._compact_day(connection, day)
        return rows, size

    def _is_open(self, connection: sqlite3.Connection, day: int) -> bool:
        found = connection.execute(
            "SELECT 1 FROM segment WHERE day = ? AND kind = 'open'", (day,)
        ).fetchone()
        return found is not None

    def _parts(self, connection: sqlite3.Connection, day: int, old: str) -> Iterator[pa.Table]:
        """Rows of a day by rising series, as much at a time as memory should hold."""
        table = table_of(day, "sealed")
        counts = dict(connection.execute(f"SELECT series, count(*) FROM {table} GROUP BY series"))
        if old:
            with self._cold.cursor() as cursor:
                scan = self._cold.scan([old])
                for series, rows in cursor.execute(
                    f"SELECT series, count(*) FROM {scan} GROUP BY series"
                ).fetchall():
                    counts[series] = counts.get(series, 0) + rows
        part: list[int] = []
        rows = 0
        for series in sorted(counts):
            if part and rows + counts[series] > PART_ROWS:
                yield self._part(connection, day, old, part)
                part, rows = [], 0
            part.append(series)
            rows += counts[series]
        if part:
            yield self._part(connection, day, old, part)

    def _part(
        self, connection: sqlite3.Connection, day: int, old: str, series: list[int]
    ) -> pa.Table:
        tables = [self._cold.read([old], series, EARLIEST, LATEST)] if old else []
        found = connection.execute(
            f"SELECT series, {day * DAY} + slot * {SLOT} + moment, value, label, raw"
            f" FROM {table_of(day, 'sealed')} WHERE series BETWEEN ? AND ?",
            (series[0], series[-1]),
        )
        while rows := found.fetchmany(100_000):
            tables.append(as_table(rows))
        return distinct(pa.concat_tables(tables))


def _seal(connection: sqlite3.Connection, numbers: Numbers, day: int) -> bool:
    """Seal a day, unless a compaction that was cut off did so: then False."""
    sealed = connection.execute(
        "SELECT 1 FROM segment WHERE day = ? AND kind = 'sealed'", (day,)
    ).fetchone()
    if sealed:
        return False
    numbers.close_day(day)
    connection.execute(f"ALTER TABLE {table_of(day, 'open')} RENAME TO {table_of(day, 'sealed')}")
    connection.execute("UPDATE segment SET kind = 'sealed' WHERE day = ? AND kind = 'open'", (day,))
    return True


def _swap(connection: sqlite3.Connection, day: int, written: tuple[str, int, int]) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO segment VALUES (?, 'cold', ?, ?, ?)", (day, *written)
    )
    connection.execute("DELETE FROM segment WHERE day = ? AND kind = 'sealed'", (day,))
    connection.execute(f"DROP TABLE {table_of(day, 'sealed')}")


def forget(connection: sqlite3.Connection, numbers: Numbers, since: int) -> tuple[int, list[str]]:
    """Drop all days that end before a moment: their rows, and their files."""
    found = connection.execute(
        "SELECT day, kind, file, rows FROM segment WHERE day < ?", (since // DAY,)
    ).fetchall()
    total = 0
    for day, kind, _, rows in found:
        if kind == "cold":
            total += rows
            continue
        table = table_of(day, kind)
        total += connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        connection.execute(f"DROP TABLE {table}")
        if kind == "open":
            numbers.close_day(day)
    connection.execute("DELETE FROM segment WHERE day < ?", (since // DAY,))
    return total, [file for _, kind, file, _ in found if kind == "cold"]
