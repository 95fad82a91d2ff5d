"""Reads what is known of a plant, for its check-list."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError, stopping

from .catalogue import GROUPS, Catalogue, Input, catalogue
from .formula import Value

CARRIERS = ("electricity", "fuel")
_MONEY = {
    "discount_rate": Input("discount_rate", "", "discount rate a year", 0.0, 1.0),
    "price_eur_kwh": Input("price_eur_kwh", "EUR/kWh", "price of a kWh", 0.0, 10.0),
    "kgco2e_kwh": Input("kgco2e_kwh", "kgCO2e/kWh", "greenhouse gas of a kWh", 0.0, 5.0),
    "investment_eur": Input("investment_eur", "EUR", "what the measure costs", 0.0, 1e10),
    "lifetime_yr": Input("lifetime_yr", "yr", "whole years that it lasts", 1.0, 60.0),
}
_HEADS = {"name", "discount_rate", *CARRIERS, *GROUPS, "measure"}
_OWN = {"use", "name", "investment_eur", "lifetime_yr"}


@dataclass(frozen=True)
class Planned:
    """A measure at a place in the plant.

    Parameters
    ----------
    use
        Id in the catalogue.
    name
        Where, in words; empty for the whole plant.
    values
        Inputs by name; what is not known is not there.
    investment, lifetime
        EUR and years, NaN where unknown.
    """

    use: str
    name: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    investment: float = math.nan
    lifetime: float = math.nan


@dataclass(frozen=True)
class Plant:
    """What is known of a plant.

    Parameters
    ----------
    name
        Its name.
    discount
        Discount rate a year, NaN where unknown.
    price, co2
        EUR and kgCO2e a kWh by carrier, NaN where unknown.
    planned
        Measures: those that the file names, and all others of the catalogue with what is known.
    """

    name: str
    discount: float
    price: Mapping[str, float]
    co2: Mapping[str, float]
    planned: tuple[Planned, ...]


def read_plant(file: Path) -> tuple[Plant, tuple[Finding, ...]]:
    """Read a plant.

    Parameters
    ----------
    file
        TOML: ``discount_rate``; ``[electricity]`` and ``[fuel]`` with ``price_eur_kwh`` and
        ``kgco2e_kwh``; ``[compressed_air]``, ``[steam]`` and ``[drives]`` with inputs that hold
        for all their measures; ``[[measure]]`` with ``use``, ``name``, ``investment_eur``,
        ``lifetime_yr`` and inputs of its own.

    Raises
    ------
    InputError
        With all findings.
    """
    reader = _Reader(file)
    whole = reader.whole()
    reader.known(whole, _HEADS, "")
    groups = {name: reader.group(whole.get(name, {}), name) for name in GROUPS}
    rows = whole.get("measure", [])
    if not isinstance(rows, list):
        reader.tell("table", "measure", "it is no list of tables.", "Write [[measure]].")
        rows = []
    planned = [reader.measure(row, groups, f"measure {n}") for n, row in enumerate(rows, 1)]
    found = [one for one in planned if one is not None]
    named = {one.use for one in found}
    for one in reader.catalogue.measures.values():
        if one.id not in named:
            mine = {k: v for k, v in groups[one.group].items() if k in one.inputs}
            found.append(Planned(one.id, values=mine))
    carriers = {name: reader.table(whole.get(name, {}), name) for name in CARRIERS}
    for name, table in carriers.items():
        reader.known(table, {"price_eur_kwh", "kgco2e_kwh"}, name)
    plant = Plant(
        str(whole.get("name", file.stem)),
        reader.money(whole, "discount_rate", ""),
        {n: reader.money(table, "price_eur_kwh", n) for n, table in carriers.items()},
        {n: reader.money(table, "kgco2e_kwh", n) for n, table in carriers.items()},
        tuple(found),
    )
    if stopping(reader.findings):
        raise InputError(reader.findings)
    return plant, tuple(reader.findings)


class _Reader:
    """A file of a plant and what is wrong with it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.catalogue: Catalogue = catalogue()

    def tell(self, code: str, place: str, what: str, do: str) -> None:
        """Add a finding."""
        self.findings.append(
            Finding(f"industry.{code}", what, do, file=str(self.file), place=place)
        )

    def whole(self) -> dict[str, Any]:
        """The file's tables."""
        try:
            return tomllib.loads(self.file.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            self.tell("no-file", "", f"it cannot be read: {error.strerror}.", "Check the path.")
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.tell("encoding", "", what, "Save the file as UTF-8.")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.tell("toml", "", f"it is no TOML: {error}.", "Correct it.")
        raise InputError(self.findings)

    def table(self, given: Any, place: str) -> dict[str, Any]:
        """A table; what is none is told."""
        if isinstance(given, dict):
            return given
        self.tell("table", place, "it is no table.", f"Write [{place}].")
        return {}

    def known(self, table: Mapping[str, Any], names: set[str], place: str) -> None:
        """Tell of keys that mean nothing here: they are misspelt."""
        import difflib

        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, sorted(names), n=1)
                do = (
                    f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(names))}."
                )
                self.tell("unknown-key", place, f"'{key}' is unknown.", do)

    def group(self, given: Any, name: str) -> dict[str, Value]:
        """Inputs that all measures of a group share."""
        table = self.table(given, name)
        mine = [one for one in self.catalogue.measures.values() if one.group == name]
        names = {used for one in mine for used in one.inputs}
        self.known(table, names, name)
        return self._values(table, names, name)

    def measure(
        self, given: Any, groups: Mapping[str, Mapping[str, Value]], place: str
    ) -> Planned | None:
        """A measure with the inputs of its group and its own."""
        row = self.table(given, place)
        use = row.get("use")
        one = self.catalogue.measures.get(use) if isinstance(use, str) else None
        if one is None:
            known = ", ".join(self.catalogue.measures)
            what = f"use is {use!r}." if use is not None else "'use' is missing."
            self.tell("measure", place, what, f"Write one of: {known}.")
            return None
        place = f"{place} ({one.id})"
        self.known(row, {*_OWN, *one.inputs}, place)
        shared = {k: v for k, v in groups[one.group].items() if k in one.inputs}
        values = shared | self._values(row, set(one.inputs), place)
        sizes = {len(v) for v in values.values() if isinstance(v, np.ndarray)}
        if len(sizes) > 1:
            what = f"its lists have {' and '.join(map(str, sorted(sizes)))} numbers."
            self.tell("lists", place, what, "Give all of them as many.")
        years = self.money(row, "lifetime_yr", place)
        if years != math.floor(years) if math.isfinite(years) else False:
            self.tell("value", place, f"lifetime_yr is {years:g}.", "Write whole years.")
        return Planned(
            one.id,
            str(row.get("name", "")),
            values,
            self.money(row, "investment_eur", place),
            years,
        )

    def money(self, table: Mapping[str, Any], name: str, place: str) -> float:
        """A number of the table of money; NaN where it is not there."""
        if name not in table:
            return math.nan
        value = self._number(table[name], _MONEY[name], place)
        return math.nan if value is None else value

    def _values(self, table: Mapping[str, Any], names: set[str], place: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name in table:
            if name not in names:
                continue
            one, given = self.catalogue.inputs[name], table[name]
            if not one.many:
                value = self._number(given, one, place)
                if value is not None:
                    found[name] = value
            elif not isinstance(given, list) or not given:
                self.tell("value", place, f"{name} is no list.", f"Write a list: {one.what}.")
            else:
                numbers = [self._number(part, one, place) for part in given]
                if None not in numbers:
                    found[name] = np.array(numbers, dtype=np.float64)
                    self._together(one, found[name], place)
        return found

    def _together(self, one: Input, values: Value, place: str) -> None:
        total = float(np.sum(values))
        if one.whole and abs(total - 1) > 1e-3:
            what = f"the numbers of {one.name} make {total:.4g} together."
            self.tell("value", place, what, "They must make 1.")

    def _number(self, given: Any, one: Input, place: str) -> float | None:
        good = isinstance(given, int | float) and not isinstance(given, bool)
        if good and one.low <= given <= one.high:
            return float(given)
        unit = f" {one.unit}" if one.unit else ""
        do = f"Write a number from {one.low:g} to {one.high:g}{unit}: {one.what}."
        self.tell("value", place, f"{one.name} is {str(given)[:60]!r}.", do)
        return None
