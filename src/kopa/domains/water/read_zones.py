"""Reads what is known of zones for their night-flow balance."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from kopa.errors import Finding

from .night_flow import Zone
from .read_rows import Rows

NUMBERS = tuple(field.name for field in fields(Zone) if field.name != "name")


def read_zones(file: Path) -> tuple[list[Zone], tuple[Finding, ...]]:
    """Read zones: a row each, with the columns that `Zone` has, ``zone`` for its id.

    Parameters
    ----------
    file
        CSV; an empty cell is unknown.

    Raises
    ------
    InputError
        With all findings.
    """
    rows = Rows(file, "zones")
    if rows.rows and "zone" not in rows.heads:
        rows.note("column", "the column 'zone' is missing.", "Name it in the first line.", "line 1")
    unknown = [head for name, head in rows.heads.items() if name not in ("zone", *NUMBERS)]
    for head in unknown if rows.rows else ():
        do = f"Known are zone, {', '.join(NUMBERS)}."
        rows.note("column", f"'{head}' is no known column.", do, "line 1", "warning")
    found: dict[str, Zone] = {}
    for row in rows.rows:
        name = row.first("zone")
        if not name or name in found:
            what = f"the zone '{name}' is there twice." if name else "the zone has no id."
            rows.note("zone", what, "Give each zone one row.", row.place)
            continue
        found[name] = Zone(name, **{key: rows.number(row, key) for key in NUMBERS})
    rows.check()
    return list(found.values()), tuple(rows.findings)
