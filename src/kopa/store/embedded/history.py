"""Reads observations from tables and files together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kopa.model import IntArray
from kopa.store.contract import Aggregates, Method, Span, chunks
from kopa.store.embedded.cold import SCHEMA, Cold, as_table, column, distinct, wanted
from kopa.store.embedded.schema import SLOT, table_of
from kopa.store.observations import Key, Label, Observations
from kopa.store.selection import FUNCTIONS
from kopa.store.times import DAY, Duration, bucket_edges

_FIRST_DAYS = 2


@dataclass(frozen=True)
class Day:
    """Where the observations of a day are: tables (sealed before open) and a file."""

    day: int
    tables: tuple[str, ...]
    file: str


def days_in(connection: sqlite3.Connection, begin: int, end: int) -> list[Day]:
    """Days that have observations in [begin, end), from first to last."""
    found = connection.execute(
        "SELECT day, kind, file FROM segment WHERE day BETWEEN ? AND ? ORDER BY day, kind DESC",
        (begin // DAY, (end - 1) // DAY),
    )
    tables: dict[int, list[str]] = {}
    files: dict[int, str] = {}
    for day, kind, file in found:
        tables.setdefault(day, [])
        if kind == "cold":
            files[day] = file
        else:
            tables[day].append(table_of(day, kind))
    return [Day(day, tuple(names), files.get(day, "")) for day, names in tables.items()]


def read_table(
    connection: sqlite3.Connection, day: Day, table: str, series: Sequence[int], span: Span
) -> pa.Table:
    """Rows of some series in one table."""
    low = max(0, span.begin - day.day * DAY) // SLOT
    high = min(DAY, span.end - day.day * DAY) - 1
    slots = ", ".join(str(slot) for slot in range(low, high // SLOT + 1))
    rows: list[tuple[object, ...]] = []
    for part in chunks(len(series), 5000):
        names = ", ".join(str(number) for number in series[part])
        rows += connection.execute(
            f"SELECT series, {day.day * DAY} + slot * {SLOT} + moment AS at, value, label, raw"
            f" FROM {table} WHERE slot IN ({slots}) AND series IN ({names})"
            " AND at >= ? AND at < ?",
            (span.begin, span.end),
        ).fetchall()
    return as_table(rows)


class History:
    """Reads series in one snapshot of the database.

    Parameters
    ----------
    connection
        In a transaction, so that tables and the list of files belong together.
    cold
        The files.
    tenant
        Whose series.
    """

    def __init__(self, connection: sqlite3.Connection, cold: Cold, tenant: str) -> None:
        self._connection = connection
        self._cold = cold
        self._tenant = tenant

    def numbers(self, keys: Sequence[Key]) -> dict[int, int]:
        """Number of the series → place in `keys`; those never observed are left out."""
        row = self._connection.execute(
            "SELECT key FROM tenant WHERE name = ?", (self._tenant,)
        ).fetchone()
        if row is None:
            return {}
        places = {}
        for place, key in enumerate(keys):
            found = self._connection.execute(
                "SELECT key FROM series"
                " WHERE tenant = ? AND entity = ? AND attribute = ? AND dataset = ?",
                (row[0], key.entity, key.attribute, key.dataset),
            ).fetchone()
            if found:
                places[found[0]] = place
        return places

    def last(self, keys: Sequence[Key]) -> Observations:
        """The newest observation of each series."""
        places = self.numbers(keys)
        rows: list[tuple[object, ...]] = []
        for number in places:
            rows += self._connection.execute(
                "SELECT series, at, value, label, raw FROM last WHERE series = ?", (number,)
            ).fetchall()
        return self._observations(keys, places, as_table(rows))

    def points(self, keys: Sequence[Key], span: Span) -> Observations:
        """Observations of series."""
        places = self.numbers(keys)
        days = days_in(self._connection, span.begin, span.end)
        parts = [SCHEMA.empty_table()]
        if places and span.most:
            parts += self._until_enough(days, list(places), span)
        elif places:
            parts += self._read(days, list(places), span)
        return self._observations(keys, places, pa.concat_tables(parts))

    def _read(self, days: Sequence[Day], series: Sequence[int], span: Span) -> Iterator[pa.Table]:
        files = [day.file for day in days if day.file]
        parts = [self._cold.read(files, series, span.begin, span.end)]
        for day in days:
            parts += [read_table(self._connection, day, t, series, span) for t in day.tables]
        yield distinct(pa.concat_tables(parts))

    def _until_enough(
        self, days: list[Day], series: Sequence[int], span: Span
    ) -> Iterator[pa.Table]:
        """Read day by day from the end asked for, each time more, until all series have enough."""
        counts = dict.fromkeys(series, 0)
        if span.newest:
            days = days[::-1]
        at_once, low = _FIRST_DAYS, 0
        while low < len(days) and counts:
            for table in self._read(days[low : low + at_once], list(counts), span):
                kept = _ends(table, counts, span)
                yield kept
                for number, rows in zip(
                    *np.unique(column(kept, "series"), return_counts=True), strict=True
                ):
                    counts[int(number)] += int(rows)
            counts = {number: rows for number, rows in counts.items() if rows < span.most}
            low, at_once = low + at_once, at_once * 4

    def aggregate(
        self, keys: Sequence[Key], span: Span, bucket: str, methods: Sequence[Method]
    ) -> Aggregates:
        """Aggregates of series by bucket."""
        duration = Duration.parse(bucket)
        edges = bucket_edges(span.begin, span.end, duration)
        places = self.numbers(keys)
        days = days_in(self._connection, span.begin, span.end)
        if not places or not days:
            return Aggregates.none(tuple(keys), methods)
        plain = [day for day in days if not day.tables]
        hot = pa.concat_tables(  # day by day, for a late row replaces one of its day's file
            [SCHEMA.empty_table()]
            + [t for day in days if day.tables for t in self._read([day], list(places), span)]
        )
        sources = (
            ["SELECT series, observed_at, value, text FROM hot"] if len(hot) or not plain else []
        )
        if plain:
            files = self._cold.scan([day.file for day in plain])
            few = wanted(list(places))
            window = f"observed_at >= {span.begin} AND observed_at < {span.end}"
            sources.append(
                f"SELECT series, observed_at, value, text FROM {files} WHERE {few} AND {window}"
            )
        wide = duration.us or (0 if duration.months else span.end - span.begin)
        with self._cold.cursor() as cursor:
            cursor.register("hot", hot)
            cursor.register(
                "edges", pa.table({"edge": edges[:-1], "bucket": np.arange(len(edges) - 1)})
            )
            found = cursor.sql(
                _aggregation(" UNION ALL ".join(sources), span.begin, wide, methods)
            ).to_arrow_table()
        series = column(found, "series")
        bucket_of = column(found, "bucket").astype(np.int64)
        place = np.array([places[int(number)] for number in series], dtype=np.int64)
        order = np.lexsort((bucket_of, place))
        bucket_of = bucket_of[order]
        values = {m: column(found, m).astype(np.float64)[order] for m in methods}
        return Aggregates(tuple(keys), place[order], edges[bucket_of], edges[bucket_of + 1], values)

    def _observations(
        self, keys: Sequence[Key], places: dict[int, int], table: pa.Table
    ) -> Observations:
        """Rows as they are given out."""
        labels = self._connection.execute("SELECT key, unit, quality, simulated FROM label")
        by_key = {key: Label(unit, quality, bool(sim)) for key, unit, quality, sim in labels}
        place = _mapped(column(table, "series"), places)
        at = column(table, "observed_at")
        order = np.lexsort((at, place))
        table = table.take(pa.array(order))
        used, label = np.unique(column(table, "label"), return_inverse=True)
        return Observations(
            self._tenant,
            tuple(keys),
            place[order],
            at[order],
            np.asarray(column(table, "value"), dtype=np.float64),
            _texts(table["text"]),
            tuple(by_key[int(number)] for number in used) or (Label(),),
            label.astype(np.int64),
            _texts(table["raw"]),
        )


def _aggregation(source: str, begin: int, wide: int, methods: Sequence[Method]) -> str:
    chosen = ", ".join(f'{FUNCTIONS[method]} AS "{method}"' for method in methods)
    if wide:
        rows = f"SELECT *, (observed_at - {begin}) // {wide} AS bucket FROM ({source})"
    else:
        rows = (
            f"SELECT r.*, e.bucket FROM ({source}) r ASOF JOIN edges e ON r.observed_at >= e.edge"
        )
    return f"SELECT series, bucket, {chosen} FROM ({rows}) GROUP BY series, bucket"


def _mapped(series: IntArray, places: dict[int, int]) -> IntArray:
    if not len(series):
        return np.empty(0, dtype=np.int64)
    used, row = np.unique(series, return_inverse=True)
    return np.array([places[int(number)] for number in used], dtype=np.int64)[row]


def _texts(texts: pa.ChunkedArray) -> dict[int, str]:
    if texts.null_count == len(texts):
        return {}
    return {row: text for row, text in enumerate(texts.to_pylist()) if text is not None}


def _ends(table: pa.Table, counts: dict[int, int], span: Span) -> pa.Table:
    """Of a sorted table, the first (or newest) rows of each series that are still missing."""
    series = column(table, "series")
    used, first, rows = np.unique(series, return_index=True, return_counts=True)
    rank = np.arange(len(series)) - np.repeat(first, rows)
    if span.newest:
        rank = np.repeat(rows, rows) - 1 - rank
    missing = np.repeat([span.most - counts[int(number)] for number in used], rows)
    return table.take(pa.array(np.flatnonzero(rank < missing)))
