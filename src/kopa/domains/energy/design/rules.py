"""Rules of the design, from its tables."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kopa.domain.rules import rules


def _rows(name: str) -> list[dict[str, str]]:
    text = files("kopa.domains.energy.design").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


RULES = rules("kopa.domains.energy.design")
"""Numbers of ``rules.csv`` by name."""


@cache
def peaks() -> dict[str, tuple[float, float]]:
    """Peak of a dwelling, kW, and of a square metre, kW, by kind of spot."""
    return {
        row["kind"]: (float(row["kw_per_dwelling"] or 0), float(row["w_per_m2"] or 0) / 1000)
        for row in _rows("loads.csv")
    }


@dataclass(frozen=True)
class Cable:
    """A row of ``cables.csv``: values per km, rated current in kA."""

    name: str
    r: float
    x: float
    c: float
    rated: float


@cache
def cables(level: str) -> tuple[Cable, ...]:
    """Cables of a level, ``LV`` or ``MV``, from thin to thick."""
    return tuple(
        Cable(
            row["name"],
            float(row["r_ohm_per_km"]),
            float(row["x_ohm_per_km"]),
            float(row["c_nf_per_km"]),
            float(row["max_i_ka"]),
        )
        for row in _rows("cables.csv")
        if row["level"] == level
    )


@cache
def transformers(high_kv: float) -> tuple[dict[str, str], ...]:
    """Rows of ``transformers.csv`` of an upper voltage, from small to large."""
    return tuple(row for row in _rows("transformers.csv") if float(row["vn_hv_kv"]) == high_kv)
