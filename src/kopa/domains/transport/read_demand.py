"""Reads car trips from CSV, and tells all that is wrong with them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from kopa.domain.attributes import attributes
from kopa.errors import Finding, InputError

from .network import Demand

PACKAGE = "kopa.domains.transport"


def read_demand(file: Path) -> Demand:
    """Read car trips of a usual day, a row for each pair of places.

    Parameters
    ----------
    file
        CSV with the columns of the table `demand`.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def wrong(code: str, what: str, do: str, place: str = "") -> None:
        findings.append(Finding(f"transport.demand-{code}", what, do, file=str(file), place=place))

    columns = {a.name: a for a in attributes(PACKAGE) if a.table == "demand"}
    rows: list[list[float]] = []
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError:
        wrong("missing", "there is no such file.", "Check the path in [transport] of city.toml.")
    except UnicodeDecodeError as error:
        wrong("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
    else:
        table = csv.DictReader(text.splitlines())
        heads = table.fieldnames or []
        for name in columns:
            if name not in heads:
                wrong("column", f"the column '{name}' is missing.", "Add it.", "line 1")
        for row in table if not findings else ():
            values = []
            for name, attribute in columns.items():
                value = _number(row[name])
                if not attribute.low <= value <= attribute.high:
                    what = f"{name} is '{str(row[name])[:40]}'."
                    do = f"Write a number from {attribute.low:g} to {attribute.high:g}."
                    wrong("number", what, do, f"line {table.line_num}")
                values.append(value)
            rows.append(values)
    if findings:
        raise InputError(findings)
    return Demand(*np.array(rows, dtype=np.float64).reshape(-1, len(columns)).T)


def _number(text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        return float("nan")
