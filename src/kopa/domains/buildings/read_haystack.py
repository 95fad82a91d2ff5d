"""Reads air handlers and their points from a Haystack grid in JSON, of version 4 or 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .points import UNITS, Column, Equipment, PointKind, points

if TYPE_CHECKING:
    from .read_map import Notes

UNIT_WORDS = {
    "°F": "°F", "fahrenheit": "°F", "°C": "°C", "celsius": "°C", "K": "K", "%": "%",
    "percent": "%", "Pa": "Pa", "kPa": "kPa", "inH₂O": "inH2O", "in/wc": "inH2O", "psi": "psi",
    "m³/s": "m3/s", "m³/h": "m3/h", "L/s": "L/s", "cfm": "cfm",
}  # fmt: skip


def read_haystack(raw: Mapping[str, Any], notes: Notes) -> tuple[Equipment, ...]:
    """Air handlers of a grid: rows with `ahu` and `equip`, and points whose `equipRef` they are.

    A point's column is named by its `navName`, `dis` or id.

    Parameters
    ----------
    raw
        The grid.
    notes
        The file, and where findings go.
    """
    rows = raw.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        notes.tell("rows", "`rows` is no list of records.", "Export the grid as JSON again.")
        return ()
    units = [row for row in rows if _has(row, "ahu") and _has(row, "equip")]
    found = []
    for unit in units:
        columns: dict[str, Column] = {}
        for row in rows:
            if not _has(row, "point") or _word(row.get("equipRef")) != _word(unit.get("id")):
                continue
            kind = _kind(row)
            column = None if kind is None else _column(row, kind, notes)
            if kind is None or column is None:
                continue
            if kind.name in columns:
                what = f"it is a second point for {kind.name}."
                notes.tell("two-points", what, "Leave one of them out.", column.place)
            columns[kind.name] = column
        found.append(Equipment(_word(unit.get("dis")) or _word(unit.get("id")), columns))
    return tuple(found)


def _kind(row: Mapping[str, Any]) -> PointKind | None:
    """The kind of point whose tags a row has; that with the most of them."""
    tags = {name for name in row if _has(row, name)}
    best: tuple[int, PointKind] | None = None
    for kind in points().values():
        if kind.without & tags:
            continue
        for wanted in kind.haystack:
            if wanted <= tags and (best is None or len(wanted) > best[0]):
                best = (len(wanted), kind)
    return None if best is None else best[1]


def _column(row: Mapping[str, Any], kind: PointKind, notes: Notes) -> Column | None:
    place = f"point {_word(row.get('id'))}"
    unit = _word(row.get("unit"))
    known = UNIT_WORDS.get(unit, unit)
    if known not in UNITS[kind.quantity]:
        what = f"'{unit}' is no unit of {kind.quantity}." if unit else "it has no unit."
        notes.tell("unit", what, "Give the point its `unit`.", place)
        return None
    names = [_word(row.get(key)) for key in ("navName", "dis", "id")]
    return Column(tuple(dict.fromkeys(name for name in names if name)), known, place)


def _has(row: Mapping[str, Any], tag: str) -> bool:
    """True if a row bears a marker (or any other value) under a tag."""
    value = row.get(tag)
    return (
        value is not None
        and value is not False
        and not (isinstance(value, dict) and value.get("_kind") in ("remove", "na"))
    )


def _word(value: Any) -> str:
    """A text or reference: ``{"_kind": "ref", "val": "x"}`` in version 4, ``r:x`` in version 3."""
    if isinstance(value, dict):
        value = value.get("val", "")
    text = str(value or "")
    for head in ("r:", "s:", "@"):
        text = text.removeprefix(head)
    return text.strip()
