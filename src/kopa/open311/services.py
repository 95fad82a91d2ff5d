"""Kinds of request: what they are called, what explains them, and when they are due, as data."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError

COLUMNS = (
    "code", "group", "en", "lv", "keywords", "explained_by", "within_m", "early_h", "late_h",
    "due_h", "duplicate_h", "reopen_days",
)  # fmt: skip
_NUMBERS = COLUMNS[6:]


@dataclass(frozen=True)
class Service:
    """A kind of request.

    Parameters
    ----------
    code, group
        ``service_code``, and what it belongs to.
    names
        By language.
    keywords
        As the standard has them, with commas.
    explained_by
        Services whose loss explains such a request.
    within
        How far from a fault it may lie, m.
    early, late
        How long before a fault is known to begin, and after it ends, it may come, h.
    due
        Until it is to be done, h.
    duplicate
        Two of them within this time may be one, h.
    reopen
        One so long after another was closed asks for it again, days.
    """

    code: str
    group: str
    names: Mapping[str, str]
    keywords: str
    explained_by: frozenset[str]
    within: float
    early: float
    late: float
    due: float
    duplicate: float
    reopen: float

    def name(self, language: str) -> str:
        """Name in a language, or else in English."""
        return self.names.get(language) or self.names["en"]


def services(path: Path | None = None) -> dict[str, Service]:
    """Kinds of request by code: Kopa's, or those of a city's own file instead.

    Parameters
    ----------
    path
        A file in the shape of ``services.csv``.

    Raises
    ------
    InputError
        With all findings.
    """
    try:
        if path is None:
            text = files("kopa.open311").joinpath("services.csv").read_text(encoding="utf-8")
        else:
            text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = f"it cannot be read: {error}."
        found = Finding("open311.services", what, "Check the file.", file=str(path))
        raise InputError([found]) from None
    return _services(text, str(path or "services.csv"))


def _services(text: str, file: str) -> dict[str, Service]:
    findings: list[Finding] = []

    def wrong(place: str, what: str, do: str) -> None:
        findings.append(Finding("open311.services", what, do, file=file, place=place))

    reader = csv.DictReader(text.splitlines())
    missing = [one for one in COLUMNS if one not in (reader.fieldnames or ())]
    if missing:
        wrong("line 1", f"there is no column {', '.join(missing)}.", f"Write {','.join(COLUMNS)}.")
        raise InputError(findings)
    found: dict[str, Service] = {}
    for row in reader:
        place = f"line {reader.line_num}"
        if None in row or None in row.values():
            wrong(place, "it has more or fewer cells than the header.", "One cell a column.")
            continue
        if not row["code"] or not row["en"] or row["code"] in found:
            wrong(place, "its code or English name is missing, or the code stands twice.",
                  "Give each kind a code of its own and a name.")  # fmt: skip
            continue
        numbers = {name: _number(row[name]) for name in _NUMBERS}
        for name, value in numbers.items():
            if math.isnan(value):
                wrong(place, f"{name} is {row[name]!r}.", "Write a number from 0.")
        found[row["code"]] = Service(
            row["code"], row["group"], {one: row[one] for one in ("en", "lv")}, row["keywords"],
            frozenset(row["explained_by"].split()), *numbers.values(),
        )  # fmt: skip
    if not found and not findings:
        wrong("", "there is no kind of request.", "Write one at least.")
    if findings:
        raise InputError(findings)
    return found


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if 0 <= value < 1e9 else math.nan


def service_rows(known: Mapping[str, Service], language: str = "en") -> list[dict[str, Any]]:
    """Kinds as GeoReport's ``services`` has them.

    Parameters
    ----------
    known
        By code.
    language
        Of the names.
    """
    return [
        {
            "service_code": one.code,
            "service_name": one.name(language),
            "description": None,
            "metadata": False,
            "type": "realtime",
            "keywords": one.keywords or None,
            "group": one.group or None,
        }
        for one in known.values()
    ]
