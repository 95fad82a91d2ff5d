"""Columns as a Parquet file, written while it is read: nothing but one part is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

ColumnType = Literal["text", "number", "truth", "moment"]
_TYPES = {
    "text": pa.string(),
    "number": pa.float64(),
    "truth": pa.bool_(),
    "moment": pa.timestamp("us", "UTC"),
}


class _Pipe:
    """A file that is only written: what came is taken away between writes."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def write(self, content: Any) -> int:
        part = bytes(content)
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The reader has it all."""

    def take(self) -> bytes:
        content = b"".join(self._parts)
        self._parts.clear()
        return content


def parquet(
    columns: Mapping[str, ColumnType], parts: Iterable[Sequence[Sequence[Any]]]
) -> Iterator[bytes]:
    """A Parquet file, piece by piece.

    Parameters
    ----------
    columns
        Names, and what they hold; a moment is µs since 1970 UTC.
    parts
        Columns of some rows each, in the same order; a part is a row group.
    """
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in columns.items()])
    pipe = _Pipe()
    with pq.ParquetWriter(pipe, schema, compression="zstd") as writer:
        for part in parts:
            arrays = [
                pa.array(values, field.type) for values, field in zip(part, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield pipe.take()
    yield pipe.take()
