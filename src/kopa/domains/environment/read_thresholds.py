"""Reads thresholds: Kopa's, and a city's own in their place."""

from __future__ import annotations

import csv
import itertools
import math
from functools import cache
from importlib.resources import files
from pathlib import Path

from kopa.errors import Finding, InputError

from .thresholds import Threshold

COLUMNS = (
    "id", "kind", "subject", "quantity", "value", "unit", "averaging", "allowed", "legal_source",
)  # fmt: skip


def read_thresholds(own: Path | None = None) -> dict[str, Threshold]:
    """Thresholds by id.

    Parameters
    ----------
    own
        The city's file; its rows replace Kopa's of the same id, or are added.

    Raises
    ------
    InputError
        With all that is wrong in the city's file.
    """
    found = dict(_shipped())
    if own is None:
        return found
    try:
        text = own.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError([_wrong(own, "", f"it cannot be read: {error.strerror}.")]) from None
    except UnicodeDecodeError as error:
        raise InputError([_wrong(own, "", f"byte {error.start} is not UTF-8.")]) from None
    rows, findings = _rows(text, own)
    for row in rows:
        shipped = found.get(row.id)
        if shipped is not None and (row.quantity, row.unit) != (shipped.quantity, shipped.unit):
            what = f"'{row.id}' is in {row.unit} of {row.quantity}, Kopa's in {shipped.unit}."
            findings.append(_wrong(own, row.id, what))
        found[row.id] = row
    if findings:
        raise InputError(findings)
    return found


@cache
def _shipped() -> dict[str, Threshold]:
    here = files("kopa.domains.environment").joinpath("thresholds.csv")
    rows, findings = _rows(here.read_text(encoding="utf-8"), Path("thresholds.csv"))
    if findings:
        raise InputError(findings)
    return {row.id: row for row in rows}


def _rows(text: str, file: Path) -> tuple[list[Threshold], list[Finding]]:
    reader = csv.DictReader(text.splitlines(), restkey="")
    lost = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if lost:
        return [], [_wrong(file, "line 1", f"columns are missing: {', '.join(lost)}.")]
    rows: list[Threshold] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    for row in reader:
        place = f"line {reader.line_num}"
        try:
            values = tuple(float(part) for part in (row["value"] or "").split())
            allowed = int(row["allowed"] or 0)
        except ValueError:
            findings.append(_wrong(file, place, "value or allowed is no number."))
            continue
        rising = all(a < b for a, b in itertools.pairwise(values))
        if not values or not rising or not all(math.isfinite(v) and v > 0 for v in values):
            findings.append(_wrong(file, place, "values must be numbers above 0 that rise."))
        elif not all(row[name] for name in ("id", "quantity", "unit", "averaging")):
            findings.append(_wrong(file, place, "id, quantity, unit or averaging is missing."))
        elif not row["legal_source"]:
            findings.append(_wrong(file, place, "a threshold without its source is no threshold."))
        elif row["id"] in seen:
            findings.append(_wrong(file, place, f"'{row['id']}' stands twice."))
        else:
            seen.add(row["id"])
            head = (row["id"], row["kind"], row["subject"], row["quantity"])
            tail = (row["unit"], row["averaging"], allowed, row["legal_source"])
            rows.append(Threshold(*head, values, *tail))
    return rows, findings


def _wrong(file: Path, place: str, what: str) -> Finding:
    do = f"Write the columns {', '.join(COLUMNS)} as docs/domains/environment.md says."
    return Finding("environment.thresholds", what, do, file=str(file), place=place)
