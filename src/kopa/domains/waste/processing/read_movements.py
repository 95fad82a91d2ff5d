"""Reads movements of waste from CSV: one a line, told with its line where it is wrong."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from kopa.domains.waste.ewc import Entry, find
from kopa.errors import Finding, InputError

from .report import Movement, is_municipal, operations

COLUMNS = ("date", "ewc", "tonnes", "operation", "from", "to")
OPTIONAL = ("municipal",)
_CODE = "waste.report-input"


def read_movements(file: Path) -> list[Movement]:
    """All movements of a file.

    Parameters
    ----------
    file
        CSV with a comma or a semicolon between the columns ``date`` (2026-01-31), ``ewc``,
        ``tonnes``, ``operation`` (R3, D5), ``from`` and ``to``; ``municipal`` (yes or no) says
        where the code does not.

    Raises
    ------
    InputError
        With everything that is wrong, each with its line.
    """
    text = _text(file)
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    findings: list[Finding] = []
    found = []
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        _heads(names, findings, file.name)
        reader.fieldnames = names
        for cells in reader:
            if findings and findings[0].place == "line 1":
                break
            one = _movement(cells, reader.line_num, separator, findings, file.name)
            if one is not None:
                found.append(one)
    except csv.Error as error:
        what = f"It is no CSV: {error}."
        findings.append(
            Finding(_CODE, what, "Correct it.", file=file.name, place=f"line {reader.line_num}")
        )
    if not findings and not found:
        do = "Write one movement a line."
        findings.append(Finding(_CODE, "It has no movements.", do, file=file.name))
    if findings:
        raise InputError(findings)
    return found


def _text(file: Path) -> str:
    def stop(what: str, do: str) -> InputError:
        return InputError([Finding(_CODE, what, do, file=file.name)])

    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise stop(f"It cannot be read: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError as error:
        raise stop(f"Byte {error.start} is not UTF-8.", "Save it as UTF-8.") from None


def _heads(names: list[str], findings: list[Finding], file: str) -> None:
    def wrong(what: str, do: str) -> None:
        findings.append(Finding(_CODE, what, do, file=file, place="line 1"))

    for name in COLUMNS:
        if names.count(name) != 1:
            what = "missing" if name not in names else "there twice"
            wrong(f"The column '{name}' is {what}.", f"Write {', '.join(COLUMNS)}.")
    for name in sorted(set(names) - {*COLUMNS, *OPTIONAL}):
        wrong(f"The column '{name}' is not known.", f"Known are {', '.join(COLUMNS + OPTIONAL)}.")


def _movement(
    cells: Mapping[str | None, str | list[str] | None],
    line: int,
    separator: str,
    findings: list[Finding],
    file: str,
) -> Movement | None:
    """A movement, or None after noting what is wrong."""
    before, place = len(findings), f"line {line}"

    def wrong(what: str, do: str) -> None:
        findings.append(Finding(_CODE, what, do, file=file, place=place))

    if None in cells or any(value is None for value in cells.values()):
        wrong("It has more or fewer cells than the head.", "Quote cells that hold a separator.")
        return None
    told = {str(name): str(value).strip() for name, value in cells.items()}
    entry = find(told["ewc"], file, place)
    if isinstance(entry, Finding):
        findings.append(entry)
    on = _date(told["date"])
    if on is None:
        wrong(f"'{told['date']}' is no date.", "Write it as 2026-01-31.")
    tonnes = _tonnes(told["tonnes"], separator)
    if tonnes is None:
        wrong(f"'{told['tonnes']}' are no tonnes.", "Write a number above 0.")
    operation = operations().get(told["operation"].upper().replace(" ", ""))
    if operation is None:
        what = f"'{told['operation']}' is no operation."
        wrong(what, "Write R1 to R13 or D1 to D15 (2008/98/EC, annexes I and II).")
    for name in ("from", "to"):
        if not told[name]:
            wrong(f"'{name}' is empty.", "Say where it went.")
    municipal = {"yes": True, "no": False, "": None}
    known = told.get("municipal", "").lower()
    if known not in municipal:
        wrong(f"'{told['municipal']}' is neither yes nor no.", "Write one of them, or nothing.")
    if len(findings) > before or not isinstance(entry, Entry):
        return None
    if on is None or tonnes is None or operation is None:
        return None
    own = municipal[known]
    counts = is_municipal(entry) if own is None else own
    return Movement(line, on, entry, tonnes, operation, told["from"], told["to"], counts)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tonnes(text: str, separator: str) -> float | None:
    try:
        value = float(text.replace(",", ".") if separator == ";" else text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 < value < 1e9 else None
