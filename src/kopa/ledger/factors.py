"""Factors: numbers with range, unit, source, year and region.

Every price and emission factor stands in ``factors.csv`` or in the city's own overrides; none
in code. A factor says which quantity it applies to and which it gives.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from kopa.errors import Finding, RangeError
from kopa.ledger.account import LENSES, Lens
from kopa.ledger.effects import Effects


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor.

    Parameters
    ----------
    id
        Its name.
    applies_to, service, from_unit
        The quantity, service (empty for any) and unit that it multiplies.
    gives, lens, unit
        The quantity that comes of it.
    low, mid, high
        Range and best value, per `from_unit`; NaN where none is known.
    source, year, region
        Where the number is from, and when and where it holds.
    scope, sector
        For greenhouse gases: as in the GHG Protocol for cities (GPC).

    Raises
    ------
    RangeError
        If low, mid and high are not in this order.
    """

    id: str
    applies_to: str
    service: str
    from_unit: str
    gives: str
    lens: Lens
    unit: str
    low: float
    mid: float
    high: float
    source: str
    year: int
    region: str
    scope: str = ""
    sector: str = ""

    def __post_init__(self) -> None:
        if self.known and not self.low <= self.mid <= self.high:
            raise RangeError(f"factor {self.id}: low, mid and high must rise")
        if self.lens not in LENSES:
            raise RangeError(f"factor {self.id}: '{self.lens}' is no lens")

    @property
    def known(self) -> bool:
        """False where nobody has given a value yet: then what it would give is unknown."""
        return not math.isnan(self.mid)

    def fits(self, effect: Effects) -> bool:
        """True if it applies to an effect; people of a group are counted among all as well."""
        return (
            effect.quantity == self.applies_to
            and effect.unit == self.from_unit
            and self.service in ("", effect.service)
            and not effect.group
        )


@cache
def shipped_factors() -> tuple[Factor, ...]:
    """The factors that Kopa brings."""
    text = files("kopa.ledger").joinpath("factors.csv").read_text(encoding="utf-8")
    return tuple(_factor(row) for row in csv.DictReader(text.splitlines()))


def _factor(row: Mapping[str, Any]) -> Factor:
    numbers = {name: float(row[name] or "nan") for name in ("low", "mid", "high")}
    return Factor(**{**row, **numbers, "year": int(row["year"])})


_CHANGEABLE = ("low", "mid", "high", "source", "year", "region")


def with_overrides(
    factors: Sequence[Factor], overrides: Mapping[str, Any]
) -> tuple[tuple[Factor, ...], list[Finding]]:
    """Factors with the city's own numbers, and what is wrong with these.

    Parameters
    ----------
    factors
        The factors to begin with.
    overrides
        The table ``[factors]`` of ``city.toml``: id -> ``{low, mid, high, source, year,
        region}``; `mid` and `source` must be there, `low` and `high` are `mid` if left out.
    """
    known = {factor.id: factor for factor in factors}
    findings: list[Finding] = []

    def wrong(key: str, what: str, do: str) -> None:
        findings.append(
            Finding("city.factor", what, do, file="city.toml", place=f"[factors] {key}")
        )

    for key, given in overrides.items():
        if key not in known:
            wrong(key, f"there is no factor '{key}'.", f"Use one of: {', '.join(known)}.")
        elif not isinstance(given, Mapping) or not {"mid", "source"} <= given.keys():
            wrong(key, "a factor needs mid and source.", "Write { mid = 1.2, source = '…' }.")
        elif set(given) - set(_CHANGEABLE):
            more = ", ".join(sorted(set(given) - set(_CHANGEABLE)))
            wrong(key, f"unknown keys: {more}.", f"Use: {', '.join(_CHANGEABLE)}.")
        else:
            try:
                known[key] = _overridden(known[key], given)
            except (TypeError, ValueError, RangeError) as error:
                wrong(key, f"{error}.", "Give numbers: low <= mid <= high.")
    return tuple(known.values()), findings


def _overridden(factor: Factor, given: Mapping[str, Any]) -> Factor:
    low, mid, high = (float(given.get(name, given["mid"])) for name in ("low", "mid", "high"))
    return replace(
        factor,
        low=low,
        mid=mid,
        high=high,
        source=str(given["source"]),
        year=int(given.get("year", factor.year)),
        region=str(given.get("region", factor.region)),
    )


def priced(effects: Sequence[Effects], factors: Sequence[Factor]) -> list[Effects]:
    """The effects, and what the factors make of them.

    A factor applies to effects of its quantity, service and unit; what it gives is not priced
    again.
    """
    made = [
        _priced(effect, factor)
        for factor in factors
        if factor.known
        for effect in effects
        if factor.fits(effect)
    ]
    return [*effects, *made]


def unpriced(effects: Sequence[Effects], factors: Sequence[Factor]) -> list[Finding]:
    """What stays unknown because a factor has no value."""
    return [
        Finding(
            "ledger.unknown-factor",
            f"{factor.gives} of {factor.applies_to} ({factor.service}) is unknown: "
            f"{factor.source}.",
            f"Give {factor.id} in [factors] of city.toml.",
            "info",
            values={
                "gives": factor.gives,
                "of": factor.applies_to,
                "service": factor.service,
                "factor": factor.id,
            },
        )
        for factor in factors
        if not factor.known and any(factor.fits(effect) for effect in effects)
    ]


def _priced(effect: Effects, factor: Factor) -> Effects:
    ends = np.sort([effect.mid * factor.low, effect.mid * factor.high], axis=0)
    return replace(
        effect,
        lens=factor.lens,
        quantity=factor.gives,
        unit=factor.unit,
        method=f"{effect.quantity} × {factor.id}",
        low=ends[0],
        mid=effect.mid * factor.mid,
        high=ends[1],
        factors=(*effect.factors, factor.id),
        own=False,
    )
