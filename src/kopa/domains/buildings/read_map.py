"""Reads which column is which point: Kopa's own TOML or JSON, Brick (TTL), or Haystack (JSON)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kopa.errors import Finding, InputError, Severity, stopping

from .points import UNITS, Column, Equipment, PointMap, points
from .rules import rule_book

EQUIPMENT_KEYS = ("id", "points", "parameters", "design_airflow_m3_s", "constant_airflow_m3_s")
FILE_KEYS = ("time", "time_format", "timezone", "missing", "brick", "haystack", "equipment")


class Notes:
    """Gathers what is wrong with a file."""

    def __init__(self, file: Path) -> None:
        self.file, self.findings = file, list[Finding]()

    def tell(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        """Add a finding."""
        self.findings.append(
            Finding(f"buildings.map-{code}", what, do, severity, str(self.file), place)
        )

    def text(self) -> str:
        """The file's text.

        Raises
        ------
        InputError
            If there is none.
        """
        try:
            return self.file.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self.tell("no-file", f"cannot read it: {error.strerror}.", "Check the path.")
        except UnicodeDecodeError as error:
            self.tell("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        raise InputError(self.findings)


def read_map(file: Path) -> tuple[PointMap, tuple[Finding, ...]]:
    """Read a map.

    Parameters
    ----------
    file
        ``.toml`` or ``.json`` in Kopa's own form, ``.ttl`` (Brick), or ``.json`` (a Haystack grid).

    Returns
    -------
    tuple
        The map, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    notes = Notes(file)
    if file.suffix.lower() in (".ttl", ".turtle"):
        return _checked(PointMap(str(file), _brick(notes)), notes)
    raw = _raw(notes)
    if "rows" in raw and "equipment" not in raw:
        return _checked(PointMap(str(file), _haystack(raw, notes)), notes)
    return _checked(_own(raw, notes), notes)


def _checked(found: PointMap, notes: Notes) -> tuple[PointMap, tuple[Finding, ...]]:
    if not found.equipment and not notes.findings:
        what, do = "it names no air handler.", "Give at least one with its points."
        notes.tell("empty", what, do)
    ids = [one.id for one in found.equipment]
    for name in sorted({one for one in ids if ids.count(one) > 1}):
        notes.tell("twice", f"'{name}' stands there twice.", "Give each unit an id of its own.")
    if stopping(notes.findings):
        raise InputError(notes.findings)
    return found, tuple(notes.findings)


def _raw(notes: Notes) -> dict[str, Any]:
    text, raw = notes.text(), None
    try:
        raw = tomllib.loads(text) if notes.file.suffix.lower() == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        notes.tell("syntax", f"{str(error)[:80]}.", "Correct the TOML or JSON.")
    else:
        if isinstance(raw, dict):
            return raw
        notes.tell("syntax", "it is no table.", "Write a table with `equipment`.")
    raise InputError(notes.findings)


def _own(raw: Mapping[str, Any], notes: Notes) -> PointMap:
    _unknown(raw, FILE_KEYS, "", notes)
    base = _model(raw, notes)
    given = raw.get("equipment", [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        notes.tell("equipment", "`equipment` is no list of tables.", "Write [[equipment]].")
        given = []
    units = {one.id: one for one in base}
    for number, row in enumerate(given, 1):
        one = _unit(row, f"equipment {number}", units, notes)
        if one.id in units and one.id not in {b.id for b in base}:
            notes.tell("twice", f"'{one.id}' stands there twice.", "Give each an id of its own.")
        units[one.id] = one
    missing = raw.get("missing", [])
    if not isinstance(missing, list) or not all(isinstance(word, str) for word in missing):
        notes.tell("missing", "`missing` is no list of words.", 'Write ["n/a"].', "missing")
        missing = []
    return PointMap(
        str(notes.file),
        tuple(units.values()),
        _text(raw, "time", "", notes),
        _text(raw, "time_format", "", notes),
        _zone(raw, notes),
        frozenset(missing),
    )


def _zone(raw: Mapping[str, Any], notes: Notes) -> ZoneInfo | None:
    name = _text(raw, "timezone", "", notes)
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        do = "Write a name such as Europe/Riga."
        notes.tell("timezone", f"'{name}' is no time zone.", do, "timezone")
        return None


def _model(raw: Mapping[str, Any], notes: Notes) -> tuple[Equipment, ...]:
    """Equipment of the Brick or Haystack file that a map names."""
    found: tuple[Equipment, ...] = ()
    for key in ("brick", "haystack"):
        name = _text(raw, key, "", notes)
        if not name:
            continue
        beside = Notes(notes.file.parent / name)
        with suppress(InputError):  # told below
            found += _brick(beside) if key == "brick" else _haystack(_raw(beside), beside)
        notes.findings += beside.findings
    return found


def _brick(notes: Notes) -> tuple[Equipment, ...]:
    from .read_brick import read_brick

    return read_brick(notes)


def _haystack(raw: Mapping[str, Any], notes: Notes) -> tuple[Equipment, ...]:
    from .read_haystack import read_haystack

    return read_haystack(raw, notes)


def _unit(
    row: Mapping[str, Any], place: str, known: Mapping[str, Equipment], notes: Notes
) -> Equipment:
    _unknown(row, EQUIPMENT_KEYS, place, notes)
    name = _text(row, "id", place, notes)
    if not name:
        notes.tell("id", "it has no id.", "Write `id`.", place)
    base = known.get(name, Equipment(name, {}))
    columns = dict(base.points)
    for point, value in _table(row, "points", place, notes).items():
        column = _column(point, value, f"{place}, {point}", notes)
        if column is not None:
            columns[point] = column
    if not columns:
        notes.tell("points", "it has no points.", "Write [equipment.points].", place)
    return replace(
        base,
        points=columns,
        parameters=_parameters(row, place, notes),
        design_airflow=_positive(row, "design_airflow_m3_s", place, notes),
        constant_airflow=_positive(row, "constant_airflow_m3_s", place, notes),
    )


def _column(point: str, value: Any, place: str, notes: Notes) -> Column | None:
    kind = points().get(point)
    if kind is None:
        notes.tell("point", f"'{point}' is no point.", f"Use one of: {', '.join(points())}.", place)
        return None
    if isinstance(value, str):
        value = {"column": value}
    if not isinstance(value, dict) or not isinstance(value.get("column"), str):
        do = '{ column = "…", unit = "°C" }'
        notes.tell("column", "it names no column.", f"Write {do}.", place)
        return None
    unit = value.get("unit", "" if "" in UNITS[kind.quantity] else None)
    if unit not in UNITS[kind.quantity]:
        what = "it has no unit." if unit is None else f"'{unit}' is no unit of {kind.quantity}."
        do = f"Write one of: {', '.join(one for one in UNITS[kind.quantity] if one)}."
        notes.tell("unit", what, do, place)
        return None
    _unknown(value, ("column", "unit"), place, notes)
    return Column((value["column"].strip(),), str(unit), place)


def _parameters(row: Mapping[str, Any], place: str, notes: Notes) -> dict[str, float]:
    known, found = rule_book().parameters, {}
    for name, value in _table(row, "parameters", place, notes).items():
        if name not in known:
            do = f"Use one of: {', '.join(known)}."
            notes.tell("parameter", f"'{name}' is no parameter.", do, place)
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            what, do = f"{name} is {value!r}.", f"Write a number from 0: {known[name].what}."
            notes.tell("parameter", what, do, place)
        else:
            found[name] = float(value)
    return found


def _positive(row: Mapping[str, Any], key: str, place: str, notes: Notes) -> float | None:
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e4:
        notes.tell("number", f"{key} is {value!r}.", "Write a number above 0.", place)
        return None
    return float(value)


def _table(row: Mapping[str, Any], key: str, place: str, notes: Notes) -> Mapping[str, Any]:
    value = row.get(key, {})
    if isinstance(value, dict):
        return value
    notes.tell("table", f"`{key}` is no table.", f"Write [equipment.{key}].", place)
    return {}


def _text(row: Mapping[str, Any], key: str, place: str, notes: Notes) -> str:
    value = row.get(key, "")
    if isinstance(value, str):
        return value
    notes.tell("text", f"{key} is {value!r}.", "Write it in quotes.", place)
    return ""


def _unknown(row: Mapping[str, Any], keys: Sequence[str], place: str, notes: Notes) -> None:
    for key in row:
        if key not in keys:
            do = f"Use one of: {', '.join(keys)}."
            notes.tell("key", f"'{key}' is not known here.", do, place)
