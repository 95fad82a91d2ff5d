"""Checks a table of a file against the attribute table, and tells all that is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kopa.domain.attributes import Attribute, attributes
from kopa.errors import Finding, Severity

PACKAGE = "kopa.domains.groundwater"
_WANTED = {
    "number": "a number",
    "integer": "a whole number",
    "flag": "true or false",
    "text": "a text in quotes",
    "path": "the name of a file in quotes",
    "points": "a list of two or more points: [[x, y], [x, y]]",
}


@dataclass
class Checker:
    """Collects what is wrong with one file.

    Parameters
    ----------
    file
        The file.
    findings
        What was found.
    """

    file: str
    findings: list[Finding] = field(default_factory=list)

    def wrong(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        """Add a finding of this file."""
        self.findings.append(
            Finding(f"groundwater.{code}", what, do, severity, file=self.file, place=place)
        )

    def table(
        self, kind: str, given: Mapping[str, Any], place: str, parts: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Values of a table by attribute, defaults filled in; NaN for a number that is not there.

        Parameters
        ----------
        kind
            Table of ``attributes.csv``.
        given
            What the file says.
        place
            Where in the file.
        parts
            Keys that are tables of their own.
        """
        known = {a.name: a for a in attributes(PACKAGE) if a.table == kind}
        for key in given:
            if key not in known and key not in parts:
                names = ", ".join(known)
                self.wrong("unknown-key", f"'{key}' is no key of a {kind}.", f"Use {names}.", place)
        return {name: self._value(a, given.get(name), place) for name, a in known.items()}

    def _value(self, attribute: Attribute, given: Any, place: str) -> Any:
        if given is None:
            return self._missing(attribute, place)
        if not _fits(attribute.type, given):
            what = f"{attribute.name} is {str(given)[:60]!r}."
            self.wrong("wrong-type", what, f"Write {_WANTED[attribute.type]}.", place)
            return attribute.value(None) if attribute.type != "number" else math.nan
        if attribute.type in ("number", "integer") and not attribute.low <= given <= attribute.high:
            unit = f" {attribute.unit}".rstrip()
            self.wrong(
                f"range-{attribute.name}".replace("_", "-"),
                f"{attribute.name} is {given:g}{unit}.",
                f"Possible are {attribute.low:g} to {attribute.high:g}{unit}: check the value "
                "and its unit.",
                place,
            )
        return given

    def _missing(self, attribute: Attribute, place: str) -> Any:
        default = attribute.value(None)
        if attribute.must:
            self.wrong(
                "missing", f"'{attribute.name}' is missing.", f"{attribute.description}.", place
            )
        elif attribute.required == "expected":
            taken = f"{default:g} {attribute.unit}".rstrip() if default is not None else "none"
            self.wrong(
                f"default-{attribute.name}".replace("_", "-"),
                f"'{attribute.name}' is missing: {taken} is taken.",
                f"Write it. {attribute.description}.",
                place,
                "warning",
            )
        if default is None and attribute.type in ("number", "integer"):
            return math.nan
        return default


def _fits(kind: str, given: Any) -> bool:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if kind == "number":
        return number and math.isfinite(given)
    if kind == "integer":
        return number and given == int(given)
    if kind == "flag":
        return isinstance(given, bool)
    if kind == "points":
        return isinstance(given, list) and len(given) >= 2 and all(map(_point, given))
    return isinstance(given, str)


def _point(given: Any) -> bool:
    return isinstance(given, list) and len(given) == 2 and all(_fits("number", v) for v in given)
