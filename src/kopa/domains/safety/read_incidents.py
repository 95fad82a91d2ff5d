"""Reads incidents: where and what, and nothing of anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding
from kopa.model import FloatArray

from .network import PACKAGE

PERSONAL = re.compile(
    r"name|surname|phone|mobile|mail|person|passport|birth|address|vards|vārds|talrun|tālrun|adrese"
    r"|victim|suspect|witness|caller|\bid_?code\b|\bssn\b|dzim|имя|фамил|телефон",
    re.IGNORECASE,
)
"""Heads of columns that may tell of somebody."""


@dataclass(frozen=True)
class Incidents:
    """Where something happened.

    Parameters
    ----------
    lon, lat
        Degrees, shape (incident,).
    kinds, zones
        Of each.
    """

    lon: FloatArray
    lat: FloatArray
    kinds: tuple[str, ...]
    zones: tuple[str, ...]


def read_incidents(file: Path) -> tuple[Incidents, tuple[Finding, ...]]:
    """Read incidents.

    Columns that the table of attributes does not have are not read; those that may tell of
    somebody are named.

    Parameters
    ----------
    file
        CSV with ``lon,lat`` and perhaps ``kind,zone,time``.

    Raises
    ------
    InputError
        With all findings.
    """
    table = Rows(file, PACKAGE, "incident", "safety")
    rows = table.lines()
    head = table.text().partition("\n")[0]
    known = {one.name for one in table.known}
    columns = [name.strip() for name in re.split(r"[,;\t]", head)]
    personal = [name for name in columns if name not in known and PERSONAL.search(name)]
    if personal:
        what = f"columns that may tell of somebody are not read: {', '.join(personal)}."
        table.tell("personal", "line 1", what, "Leave them out of the file.", "warning")
    if not rows and not table.findings:
        table.tell("empty", "", "there is no incident.", "Write one a line.")
    table.finish()
    lon, lat = (np.array([row[name] for row in rows], dtype=np.float64) for name in ("lon", "lat"))
    kinds, zones = (tuple(row[name] or "" for row in rows) for name in ("kind", "zone"))
    return Incidents(lon, lat, kinds, zones), tuple(table.findings)
