"""Indicators of ISO 37120 and U4SSC, computed from a city's files where these allow it.

References
----------
ISO 37120:2018, Sustainable cities and communities: Indicators for city services and quality of
life. U4SSC (2017), Collection Methodology for Key Performance Indicators.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .read_city import CityFiles


@dataclass(frozen=True)
class Indicator:
    """An indicator as ``indicators.csv`` has it.

    Parameters
    ----------
    code, standard, theme, unit
        What it is, and of which standard.
    method, what
        How it is computed, and from what.
    en, lv
        Its name.
    missing
        What a city needs to have it.
    """

    code: str
    standard: str
    theme: str
    unit: str
    method: str
    what: str
    en: str
    lv: str
    missing: str


@dataclass(frozen=True)
class Value:
    """What a city has of an indicator.

    Parameters
    ----------
    indicator
        Which.
    value
        In its unit; NaN where there are no data.
    source
        What it is from, or why there are none.
    """

    indicator: Indicator
    value: float
    source: str


@cache
def known() -> tuple[Indicator, ...]:
    """All indicators that are asked for."""
    text = files("kopa.domains.egov").joinpath("indicators.csv").read_text(encoding="utf-8")
    return tuple(Indicator(**row) for row in csv.DictReader(text.splitlines()))


def indicators(city: CityFiles) -> tuple[Value, ...]:
    """All indicators of a city.

    Parameters
    ----------
    city
        What its files say.
    """
    return tuple(_value(city, one) for one in known())


def _value(city: CityFiles, one: Indicator) -> Value:
    found = _METHODS[one.method](city, one.what)
    if found is None or not math.isfinite(found[0]):
        return Value(one, math.nan, f"no data: it needs {one.missing}.")
    return Value(one, *found)


def _setting(city: CityFiles, what: str) -> tuple[float, str] | None:
    given = city.settings.get(what)
    if isinstance(given, int | float) and not isinstance(given, bool):
        return float(given), "city.toml"
    return None


def _people(city: CityFiles) -> tuple[float, str] | None:
    told = _setting(city, "population")
    if told is None and city.homes is not None:
        return city.homes.total, f"residents of [{city.homes.table}]"
    return told


def _per_100000(city: CityFiles, what: str) -> tuple[float, str] | None:
    people, some = _people(city), city.columns.get(what)
    if people is None or some is None or people[0] <= 0:
        return None
    return some[0] / people[0] * 1e5, f"{some[1]} and {people[1]}"


def _linked(city: CityFiles, what: str) -> tuple[float, str] | None:
    """Share of the residents at whose place a link brings something, %."""
    homes = city.homes
    if homes is None or homes.total <= 0:
        return None
    own = [
        row for row in city.links
        if row.get("dst_domain") == homes.table and row.get("dst_port") == what
    ]  # fmt: skip
    if not own:
        return None
    reached = {row.get("dst_asset") or "" for row in own}
    served = sum(many for name, many in homes.people.items() if name in reached)
    origins = ", ".join(sorted({row.get("origin") or "unknown" for row in own}))
    return served / homes.total * 100, f"links.csv ({origins}) and residents of [{homes.table}]"


def _group(city: CityFiles, what: str) -> tuple[float, str] | None:
    homes = city.homes
    if homes is None or homes.total <= 0 or what not in homes.groups:
        return None
    return homes.groups[what] / homes.total * 100, f"residents of [{homes.table}]"


def _none(city: CityFiles, what: str) -> tuple[float, str] | None:
    return None


_METHODS = {
    "setting": _setting, "per_100000": _per_100000, "linked": _linked, "group": _group,
    "none": _none,
}  # fmt: skip
