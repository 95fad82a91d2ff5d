"""Attribute tables: the one source of a domain's settings, defaults, ranges and docs.

A table is a CSV file with the columns ``table, name, type, unit, default, low, high, required,
description, standard``. Rows of the table ``setting`` are the keys of the domain's table in
``city.toml``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

_TYPES: dict[str, tuple[type, ...]] = {
    "path": (str,),
    "paths": (list, str),
    "text": (str,),
    "number": (int, float),
    "integer": (int,),
    "flag": (bool,),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One row of an attribute table.

    Parameters
    ----------
    table, name
        Where it stands.
    type
        ``number``, ``integer``, ``flag``, ``text``, ``path``, ``paths``, or a word of the domain.
    unit
        Unit in the file.
    default
        What holds where the file says nothing, as text; empty for nothing.
    low, high
        Range of a number.
    required
        ``yes``: must be there; ``expected``: taking the default is told as a warning; ``no``.
    description, standard
        What it is, and where it is defined.
    """

    table: str
    name: str
    type: str
    unit: str
    default: str
    low: float
    high: float
    required: str
    description: str
    standard: str

    @property
    def must(self) -> bool:
        """True if it must be there."""
        return self.required == "yes"

    def value(self, given: Any) -> Any:
        """The value given, or else the default of the table, None where it has none."""
        if given is not None:
            return given
        if self.type == "flag" and self.default:
            return self.default == "true"
        if self.default and self.type not in ("text", "path", "paths"):
            return float(self.default)
        return self.default or None


@cache
def attributes(package: str) -> tuple[Attribute, ...]:
    """The attribute table that a package carries.

    Parameters
    ----------
    package
        Name of the package, such as ``kopa.domains.water``.
    """
    text = files(package).joinpath("attributes.csv").read_text(encoding="utf-8")
    return tuple(
        Attribute(
            table=row["table"],
            name=row["name"],
            type=row["type"],
            unit=row["unit"],
            default=row["default"],
            low=float(row["low"] or "-inf"),
            high=float(row["high"] or "inf"),
            required=row["required"],
            description=row["description"],
            standard=row["standard"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def settings(section: Mapping[str, Any], package: str, domain: str) -> dict[str, Any]:
    """The settings of a domain, checked against its table.

    Parameters
    ----------
    section
        The domain's table of ``city.toml``.
    package, domain
        The domain's package and name.

    Returns
    -------
    dict
        Value by name, defaults filled in.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    known = {a.name: a for a in attributes(package) if a.table == "setting"}
    findings: list[Finding] = []

    def wrong(code: str, key: str, what: str, do: str) -> None:
        findings.append(
            Finding(f"city.{code}", what, do, file="city.toml", place=f"[{domain}] {key}")
        )

    for key in section:
        if key not in known:
            wrong(
                "unknown-setting",
                key,
                f"'{key}' is no setting of {domain}.",
                f"Use one of: {', '.join(known)}.",
            )
    values: dict[str, Any] = {}
    for name, attribute in known.items():
        given = section.get(name)
        if given is None and attribute.must:
            wrong("missing-setting", name, f"'{name}' is missing.", attribute.description + ".")
        elif given is not None and (
            not isinstance(given, _TYPES[attribute.type])
            or (isinstance(given, bool) and attribute.type != "flag")
        ):
            wrong("wrong-type", name, f"{given!r} is no {attribute.type}.", attribute.description)
        elif isinstance(given, int | float) and not attribute.low <= given <= attribute.high:
            wrong(
                "out-of-range",
                name,
                f"{given:g} {attribute.unit} is out of range.".replace("  ", " "),
                f"Give a value from {attribute.low:g} to {attribute.high:g}.",
            )
        else:
            values[name] = attribute.value(given)
    if findings:
        raise InputError(findings)
    return values


def out_of_range(
    attribute: Attribute, values: FloatArray, ids: Sequence[str], code: str, file: str
) -> list[Finding]:
    """Findings for values outside the range that the table gives.

    Parameters
    ----------
    attribute
        The row of the table.
    values
        The values, in the table's unit, shape (asset,).
    ids
        Ids of the assets.
    code
        Area of the finding's code, such as ``water``.
    file
        The file that was read.
    """
    bad = map(int, np.flatnonzero(~((values >= attribute.low) & (values <= attribute.high))))
    return [
        Finding(
            code=f"{code}.range-{attribute.name}",
            what=f"{attribute.table} {ids[row]}: {attribute.name} is "
            f"{values[row]:g} {attribute.unit}.",
            do=f"Plausible are {attribute.low:g} to {attribute.high:g} {attribute.unit}: "
            "check the value and the units of the file.",
            severity="warning",
            file=file,
            asset=f"{code}:{ids[row]}",
        )
        for row in bad
    ]
