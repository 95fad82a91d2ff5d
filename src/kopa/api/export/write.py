"""Tables as text or bytes, piece by piece."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kopa.api.ngsi_ld.history import moment_text
from kopa.store.parquet import ColumnType, parquet

Part = Sequence[Sequence[Any]]
"""Columns of some rows."""
MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(form: str, columns: Mapping[str, ColumnType], parts: Iterable[Part]) -> Iterator[bytes]:
    """A table as ``csv`` or ``parquet``.

    Parameters
    ----------
    form
        Which of them.
    columns
        Names, and what they hold.
    parts
        Its rows.
    """
    return parquet(columns, parts) if form == "parquet" else _csv(columns, parts)


def _csv(columns: Mapping[str, ColumnType], parts: Iterable[Part]) -> Iterator[bytes]:
    kinds = list(columns.values())
    yield _lines([list(columns)])
    for part in parts:
        shown = [[_cell(value, kind) for value in column]
                 for column, kind in zip(part, kinds, strict=True)]  # fmt: skip
        yield _lines(zip(*shown, strict=True))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any, kind: ColumnType) -> str:
    """A cell; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if kind == "moment":
        return moment_text(value)
    if kind == "truth":
        return "true" if value else "false"
    if kind == "number":
        return repr(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(value)
    return f"'{value}" if str(value).startswith(_FORMULA) else str(value)
