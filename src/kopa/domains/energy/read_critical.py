"""Reads what hangs on a grid's loads: customers, and sites that must not stay dark."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kopa.domains.energy.read_rows import Rows
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
    rows = Rows(file, "energy.critical", COLUMNS, COLUMNS[:1])
    found: list[Served] = []
    seen: set[int | None] = set()
    for line, asset, row in rows.each(assets):
        if asset in seen:
            rows.wrong(f"'{row['asset']}' is there twice.", "Write one row each.", line)
        numbers = [_number(row, name) for name in ("customers", "battery_h")]
        for name, number in zip(("customers", "battery_h"), numbers, strict=True):
            if number is None:
                rows.wrong(f"{name} is '{row[name]}'.", "Write a number of 0 or more.", line)
        if asset is not None and None not in numbers:
            seen.add(asset)
            customers, battery = (math.nan if one is None else one for one in numbers)
            found.append(Served(asset, (row.get("site") or "").strip(), customers, battery))
    rows.check()
    return tuple(found)


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
