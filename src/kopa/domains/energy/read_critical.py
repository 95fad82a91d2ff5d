"""Reads what hangs on a grid's loads: customers, and sites that must not stay dark."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kopa.errors import Finding, InputError, UsageError
from kopa.model import Assets

COLUMNS = ("asset", "site", "customers", "battery_h")


@dataclass(frozen=True)
class Served:
    """What hangs on a load or a bus.

    Parameters
    ----------
    row
        Its asset.
    site
        A site that must not stay dark, empty where there is none.
    customers
        Metering points behind it; NaN where the file does not say.
    battery_h
        Hours for which the site can do without the grid; NaN where the file does not say.
    """

    row: int
    site: str
    customers: float
    battery_h: float


def read_critical(file: Path, assets: Assets) -> tuple[Served, ...]:
    """Customers and sites of a CSV file: ``asset,site,customers,battery_h``.

    Parameters
    ----------
    file
        The file; `site`, `customers` and `battery_h` may be empty.
    assets
        Those of the grid.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    findings: list[Finding] = []

    def wrong(what: str, do: str, place: str = "") -> None:
        findings.append(Finding("energy.critical", what, do, file=file.name, place=place))

    try:
        reader = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restkey="")
        names = list(reader.fieldnames or ())
        rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        wrong(f"The file cannot be read: {error}.", "Give a CSV file in UTF-8.")
        raise InputError(findings) from None
    if "asset" not in names or not set(names) <= set(COLUMNS):
        wrong(f"Its columns are {', '.join(names)}.", f"Write {','.join(COLUMNS)}.", "line 1")
        raise InputError(findings)
    found: list[Served] = []
    seen: set[int | None] = set()
    for line, row in enumerate(rows, 2):
        place = f"line {line}"
        if "" in row:
            wrong("The row has more cells than there are columns.", "Quote commas.", place)
            continue
        asset = None
        try:
            asset = _asset(row, assets)
        except UsageError as error:
            wrong(f"{error}.", "Write a bus, load or motor of the grid, such as load:7.", place)
        if asset in seen:
            wrong(f"'{row['asset']}' is there twice.", "Write one row each.", place)
        numbers = [_number(row, name) for name in ("customers", "battery_h")]
        for name, number in zip(("customers", "battery_h"), numbers, strict=True):
            if number is None:
                wrong(f"{name} is '{row[name]}'.", "Write a number of 0 or more.", place)
        if asset is not None and None not in numbers:
            seen.add(asset)
            customers, battery = (math.nan if one is None else one for one in numbers)
            found.append(Served(asset, (row.get("site") or "").strip(), customers, battery))
    if findings:
        raise InputError(findings)
    return tuple(found)


def _asset(row: Mapping[str, str | None], assets: Assets) -> int:
    found = assets.find((row["asset"] or "").strip())
    if assets.kinds[found] not in ("bus", "load", "motor"):
        raise UsageError(f"{assets.full(found)} is a {assets.kinds[found]}")
    return found


def _number(row: Mapping[str, str | None], name: str) -> float | None:
    """A number of 0 or more, NaN for an empty cell, None for anything else."""
    text = (row.get(name) or "").strip()
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None
