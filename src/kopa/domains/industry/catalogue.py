"""The measures of ``measures.toml``: formulas, inputs with units and ranges, sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from kopa.errors import RangeError

from .formula import Formula

Carrier = Literal["electricity", "fuel"]
GROUPS = ("compressed_air", "steam", "drives")


@dataclass(frozen=True)
class Input:
    """A number that a measure needs.

    Parameters
    ----------
    name, unit, what
        What it is.
    low, high
        Range in which it is plausible.
    many
        True where it is a list.
    whole
        True where the numbers of the list make 1 together.
    """

    name: str
    unit: str
    what: str
    low: float
    high: float
    many: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Measure:
    """A measure that a check-list asks about.

    Parameters
    ----------
    id, group, name
        What it is.
    saves
        ``electricity`` or ``fuel``.
    formula
        Energy saved a year, kWh.
    where
        Intermediate values of the formula by name, in their order.
    inputs
        Names of the inputs.
    source
        Where the formula is from.
    """

    id: str
    group: str
    name: str
    saves: Carrier
    formula: Formula
    where: Mapping[str, Formula]
    inputs: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Catalogue:
    """All measures and all inputs, by name."""

    measures: Mapping[str, Measure]
    inputs: Mapping[str, Input]


@cache
def catalogue() -> Catalogue:
    """The measures that Kopa brings.

    Raises
    ------
    RangeError
        If the file contradicts itself.
    """
    text = files("kopa.domains.industry").joinpath("measures.toml").read_text(encoding="utf-8")
    return parsed(text)


def parsed(text: str) -> Catalogue:
    """Measures from the text of a file.

    Parameters
    ----------
    text
        TOML with the tables ``input`` and ``measure``.

    Raises
    ------
    RangeError
        If a formula is none, or names what is not there.
    """
    whole = tomllib.loads(text)
    inputs = {
        name: Input(
            name, one["unit"], one["what"], float(one["low"]), float(one["high"]),
            one.get("list", False), one.get("whole", False),
        )
        for name, one in whole["input"].items()
    }  # fmt: skip
    measures: dict[str, Measure] = {}
    for one in whole["measure"]:
        where = {name: Formula(text) for name, text in one.get("where", {}).items()}
        formula = Formula(one["formula"])
        asked: dict[str, None] = {}
        known: set[str] = set()
        for name, part in [*where.items(), ("", formula)]:
            for used in part.names:
                if used not in known and used not in inputs:
                    raise RangeError(f"{one['id']}: nothing is called '{used}'")
                if used not in known:
                    asked[used] = None
            known.add(name)
        if one["id"] in measures or one["group"] not in GROUPS:
            raise RangeError(f"{one['id']} is there twice, or of no group")
        measures[one["id"]] = Measure(
            one["id"], one["group"], one["name"], one["saves"], formula, where, tuple(asked),
            one["source"],
        )  # fmt: skip
    return Catalogue(measures, inputs)
