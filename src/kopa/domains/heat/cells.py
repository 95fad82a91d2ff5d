"""Rows of a file, checked against ``attributes.csv``."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from kopa.domain.attributes import Attribute, attributes
from kopa.errors import Finding, InputError, Severity

PACKAGE = "kopa.domains.heat"
NONE = -1
"""Stands for a whole number that a file does not give; its finding is told already."""


class Cells:
    """Checks rows and gathers what is wrong with them.

    Parameters
    ----------
    file
        The file, for the findings.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._taken: Counter[tuple[str, str]] = Counter()
        self._rows: Counter[str] = Counter()

    def tell(self, code: str, place: str, what: str, do: str, severity: Severity = "error") -> None:
        """Add a finding."""
        self.findings.append(Finding(f"heat.{code}", what, do, severity, self.file, place))

    def stop(self, code: str, place: str, what: str, do: str) -> InputError:
        """The error that ends the reading, with all findings."""
        self.tell(code, place, what, do)
        return InputError(self.findings)

    def row(self, table: str, given: Mapping[str, Any], place: str) -> dict[str, Any]:
        """Values of a row by name, defaults filled in; numbers that lack one are NaN.

        Parameters
        ----------
        table
            The table of ``attributes.csv``.
        given
            What the file has.
        place
            Where it stands in the file.
        """
        self._rows[table] += 1
        known = (a for a in attributes(PACKAGE) if a.table == table)
        return {a.name: self._value(a, given.get(a.name), place) for a in known}

    def tell_taken(self) -> None:
        """Tell which defaults were taken that somebody should look at."""
        for (table, name), count in sorted(self._taken.items()):
            (one,) = (a for a in attributes(PACKAGE) if (a.table, a.name) == (table, name))
            unit = f" {one.unit}" if one.unit else ""
            what = (
                f"{name} is not given in {count} of {self._rows[table]} rows; "
                f"{one.default}{unit} is taken."
            )
            self.tell("assumed", f"{table}, {name}", what, "Write what holds.", "warning")

    def _value(self, attribute: Attribute, given: Any, place: str) -> Any:
        if given is None or given == "" or given != given:
            return self._missing(attribute, place)
        if attribute.type in ("number", "integer"):
            return self._number(attribute, given, place)
        if attribute.type == "flag":
            if given not in (True, False):
                self._wrong(attribute, given, place, "true or false")
            return bool(given)
        return str(given)

    def _missing(self, attribute: Attribute, place: str) -> Any:
        if attribute.must:
            unit = f", {attribute.unit}" if attribute.unit else ""
            do = f"{attribute.description}{unit}."
            self.tell("missing", place, f"'{attribute.name}' is missing.", do)
        elif attribute.required == "expected":
            self._taken[attribute.table, attribute.name] += 1
        if attribute.type == "number":
            return float(attribute.default or "nan")
        if attribute.type == "integer":
            return int(attribute.default or NONE)
        return attribute.default == "true" if attribute.type == "flag" else attribute.default

    def _number(self, attribute: Attribute, given: Any, place: str) -> float | int:
        good = isinstance(given, int | float) and not isinstance(given, bool)
        whole = attribute.type == "integer"
        good = good and (not whole or given == int(given) if good and abs(given) < 1e15 else False)
        if not good or not attribute.low <= given <= attribute.high:
            kind = "a whole number" if whole else "a number"
            unit = f" {attribute.unit}" if attribute.unit else ""
            wanted = f"{kind} from {attribute.low:g} to {attribute.high:g}{unit}"
            self._wrong(attribute, given, place, wanted)
            return NONE if whole else math.nan
        return int(given) if whole else float(given)

    def _wrong(self, attribute: Attribute, given: Any, place: str, wanted: str) -> None:
        what = f"{attribute.name} is {str(given)[:60]!r}."
        do = f"Write {wanted}: {attribute.description}."
        self.tell("value", place, what, do)
