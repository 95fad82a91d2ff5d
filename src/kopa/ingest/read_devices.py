"""Reads ``devices.csv``, and tells all that is wrong with it."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from kopa.errors import Finding, InputError
from kopa.ingest.devices import Devices, Signal
from kopa.store import Key

COLUMNS = (
    "device",
    "path",
    "entity",
    "attribute",
    "unit",
    "factor",
    "offset",
    "low",
    "high",
    "codec",
    "stuck_s",
)
_MUST = COLUMNS[:4]
_NUMBERS = {
    "factor": 1.0,
    "offset": 0.0,
    "low": -math.inf,
    "high": math.inf,
    "stuck_s": math.inf,
}


def read_devices(file: Path) -> Devices:
    """Read the mapping of devices to assets.

    Parameters
    ----------
    file
        CSV with the columns `COLUMNS`; `codec` names a JavaScript file beside it.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def wrong(code: str, what: str, do: str, line: int | None = None) -> None:
        place = "" if line is None else f"line {line}"
        findings.append(Finding(f"devices.{code}", what, do, file=str(file), place=place))

    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        wrong("unreadable", f"the file cannot be read: {error}.", "Save it as CSV in UTF-8.")
        raise InputError(findings) from None
    reader = csv.DictReader(text.splitlines(), restkey="")
    heads = reader.fieldnames or []
    for name in (name for name in _MUST if name not in heads):
        wrong("missing-column", f"the column '{name}' is missing.", "Add it.", 1)
    for name in (name for name in heads if name not in COLUMNS):
        wrong("unknown-column", f"'{name}' is no column.", f"Use {', '.join(COLUMNS)}.", 1)
    if findings:
        raise InputError(findings)
    signals: list[Signal] = []
    codecs: dict[str, str] = {}
    places: dict[tuple[str, str], int] = {}
    series: dict[Key, int] = {}
    for row in reader:
        line = reader.line_num
        cells = {name: (value or "").strip() for name, value in row.items() if name}
        lost = [name for name in _MUST if not cells.get(name)]
        for name in lost:
            wrong("missing-value", f"'{name}' is empty.", "Fill it in.", line)
        numbers = {name: _number(cells, name) for name in _NUMBERS}
        for name in (name for name, value in numbers.items() if value is None):
            wrong("number", f"{name} is '{cells[name]}'.", "Write a number.", line)
        if lost or None in numbers.values():
            continue
        values = {name: value for name, value in numbers.items() if value is not None}
        if values["low"] > values["high"]:
            wrong("range", "low lies above high.", "Exchange them.", line)
        if values["stuck_s"] <= 0:
            wrong("range", "stuck_s is no time.", "Write seconds above 0, or nothing.", line)
        signal = Signal(
            cells["device"].lower(),
            cells["path"],
            Key(cells["entity"], cells["attribute"]),
            cells.get("unit", ""),
            **values,
        )
        first = places.setdefault((signal.device, signal.path), line)
        other = series.setdefault(signal.key, line)
        if first != line or other != line:
            what = "device and path" if first != line else "entity and attribute"
            wrong("twice", f"this {what} stand in line {min(first, other)}.", "Delete one.", line)
        if cells.get("codec"):
            codec = file.parent / cells["codec"]
            try:
                codecs[signal.device] = codec.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                wrong("codec", f"{codec} cannot be read: {error}.", "Check its path.", line)
        signals.append(signal)
    if findings:
        raise InputError(findings)
    return Devices(tuple(signals), codecs)


def _number(cells: Mapping[str, str], name: str) -> float | None:
    """A cell as a number, the default where it is empty, None where it is none."""
    if not cells.get(name):
        return _NUMBERS[name]
    try:
        value = float(cells[name])
    except ValueError:
        return None
    return value if math.isfinite(value) else None
