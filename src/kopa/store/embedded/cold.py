"""Parquet files of closed days: written once, read by DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kopa.store.errors import CorruptError
from kopa.store.times import day_name

GROUP_ROWS = 131_072
"""A row group has so many rows: what is read to find one series of a day."""
SCHEMA = pa.schema(
    [
        ("series", pa.int64()),
        ("observed_at", pa.int64()),
        ("value", pa.float64()),
        ("text", pa.string()),
        ("label", pa.int32()),
        ("raw", pa.string()),
    ]
)


def as_table(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Columns of rows (series, at, value, label, raw) as the day tables hold them."""
    if not rows:
        return SCHEMA.empty_table()
    series, at, values, label, raw = zip(*rows, strict=True)
    texts = pa.nulls(len(rows), pa.string())
    if any(type(value) is str for value in values):
        texts = pa.array([v if type(v) is str else None for v in values], pa.string())
        values = tuple(None if type(v) is str else v for v in values)
    return pa.table(
        [
            pa.array(series, pa.int64()),
            pa.array(at, pa.int64()),
            pa.array(values, pa.float64()),
            texts,
            pa.array(label, pa.int32()),
            pa.array(raw, pa.string()),
        ],
        schema=SCHEMA,
    )


def distinct(table: pa.Table) -> pa.Table:
    """Every (series, at) once, the last of them, sorted by series and at."""
    series, at = column(table, "series"), column(table, "observed_at")
    step = (np.diff(series) > 0) | ((np.diff(series) == 0) & (np.diff(at) > 0))
    if step.all():
        return table
    order = np.lexsort((at, series))  # stable: equal ones stay in their order
    series, at = series[order], at[order]
    last = np.append((series[1:] != series[:-1]) | (at[1:] != at[:-1]), True)
    return table.take(pa.array(order[last]))


def column(table: pa.Table, name: str) -> Any:
    """A column of numbers as a numpy array; NaN where there is none."""
    return table[name].to_numpy()


class Cold:
    """The folder of Parquet files, and the DuckDB that reads them.

    Parameters
    ----------
    folder
        Where the files are.
    threads
        How many threads a query may take.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self.folder = folder
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": str(threads or os.cpu_count() or 1),
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "false",
        }
        self._database = duckdb.connect(":memory:", config=settings)
        self._database.execute("SET enable_progress_bar = false")
        # pyarrow looks for pandas when it first sees numpy, which takes a second: not on a request
        distinct(pa.concat_tables([SCHEMA.empty_table(), as_table([(1, 1, 1.0, 1, None)] * 2)]))

    def close(self) -> None:
        """End DuckDB."""
        self._database.close()

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """A cursor for one query of one thread.

        Raises
        ------
        CorruptError
            If a file is damaged or gone.
        """
        cursor = self._database.cursor()
        try:
            yield cursor
        except (
            duckdb.IOException,
            duckdb.InvalidInputException,
            duckdb.SerializationException,
        ) as error:
            raise CorruptError(f"{self.folder}: {error}: restore the newest backup") from error
        finally:
            cursor.close()

    def scan(self, files: Sequence[str]) -> str:
        """SQL that reads files of the folder."""
        names = ", ".join("'" + str(self.folder / name).replace("'", "''") + "'" for name in files)
        return f"read_parquet([{names}])"

    def read(self, files: Sequence[str], series: Sequence[int], begin: int, end: int) -> pa.Table:
        """Rows of some series in [begin, end), sorted by series and at."""
        if not files or not series:
            return SCHEMA.empty_table()
        with self.cursor() as cursor:
            found = cursor.sql(
                f"SELECT * FROM {self.scan(files)} WHERE {wanted(series)}"
                f" AND observed_at >= {begin} AND observed_at < {end} ORDER BY series, observed_at"
            ).to_arrow_table()
        return found.cast(SCHEMA)

    def write(self, day: int, number: int, parts: Iterator[pa.Table]) -> tuple[str, int, int]:
        """Write a day's file: name, rows and bytes. It is whole on disk, or not there.

        Parameters
        ----------
        day
            The day.
        number
            Makes the name another than that of the file before.
        parts
            Its rows, by rising series.
        """
        name = f"{day_name(day)}.{number}.parquet"
        file, part_file = self.folder / name, self.folder / f"{name}.part"
        rows = 0
        try:
            with pq.ParquetWriter(part_file, SCHEMA, **_WRITING) as writer:
                for part in parts:
                    writer.write_table(part, GROUP_ROWS)
                    rows += len(part)
            sync(part_file)
            part_file.rename(file)
            sync(self.folder)
        except BaseException:
            part_file.unlink(missing_ok=True)  # on a full disk its space is needed
            raise
        return name, rows, file.stat().st_size


_WRITING: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 6,
    "use_dictionary": ["value", "text", "label", "raw"],
    "column_encoding": {"series": "DELTA_BINARY_PACKED", "observed_at": "DELTA_BINARY_PACKED"},
    "write_statistics": ["series", "observed_at"],
    "store_schema": False,
}


def wanted(series: Sequence[int]) -> str:
    """Condition on the series; the range lets DuckDB leave out row groups."""
    few = ", ".join(str(number) for number in sorted(series))
    return f"series BETWEEN {min(series)} AND {max(series)} AND series IN ({few})"


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
