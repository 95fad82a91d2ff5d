"""Tables of a plant's file, checked against the attributes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kopa.domain.attributes import Attribute, attributes
from kopa.errors import Finding

PACKAGE = "kopa.domains.treatment"


class Tables:
    """Checks the tables of one file and gathers all that is wrong.

    Parameters
    ----------
    file
        The file's name, for the findings.
    findings
        Where they are put.
    """

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self.file, self._findings = file, findings

    def wrong(self, code: str, place: str, what: str, do: str, severity: Any = "error") -> None:
        """Tell a finding of this file."""
        self._findings.append(Finding(f"treatment.{code}", what, do, severity, self.file, place))

    def table(self, name: str, given: Any, place: str = "", extra: tuple[str, ...] = ()) -> Any:
        """Values of a table by name, defaults filled in.

        Parameters
        ----------
        name
            The table of ``attributes.csv``.
        given
            What the file has there.
        place
            How the file calls it; empty for the name.
        extra
            Keys that are no attributes and belong there all the same.
        """
        place = place or f"[{name}]"
        if not isinstance(given, Mapping):
            self.wrong("table", place, f"{place} is no table.", "Write key = value lines in it.")
            given = {}
        known = {a.name: a for a in attributes(PACKAGE) if a.table == name}
        for key in given:
            if key not in known and key not in extra:
                do = f"Use one of: {', '.join((*known, *extra))}."
                self.wrong("unknown-key", place, f"'{key}' is not known here.", do)
        values = {key: self._value(a, given.get(key), place) for key, a in known.items()}
        taken = [
            f"{key} = {a.default} {a.unit}".rstrip()
            for key, a in known.items()
            if a.required == "expected" and given.get(key) is None
        ]
        if taken:
            what = f"not given, so taken: {', '.join(taken)}."
            self.wrong("default", place, what, "Write what holds for this plant.", "warning")
        return values

    def _value(self, attribute: Attribute, given: Any, place: str) -> Any:
        name = attribute.name
        if given is None:
            if attribute.must:
                unit = f" ({attribute.unit})" if attribute.unit else ""
                do = f"{attribute.description}{unit}."
                self.wrong("missing", place, f"'{name}' is missing.", do)
            return () if attribute.type == "numbers" else attribute.value(None)
        if attribute.type == "numbers":
            if not isinstance(given, list) or not given:
                self.wrong("numbers", place, f"{name} is no list of numbers.", "Write [1.0, 2.0].")
                return ()
            return tuple(self._number(attribute, value, place) for value in given)
        if attribute.type == "number":
            return self._number(attribute, given, place)
        wanted = bool if attribute.type == "flag" else str
        if not isinstance(given, wanted) or given == "":
            words = "true or false" if wanted is bool else "a text"
            self.wrong("type", place, f"{name} is {str(given)[:60]!r}.", f"Write {words}.")
            return False if wanted is bool else ""
        return given

    def _number(self, attribute: Attribute, given: Any, place: str) -> float:
        good = isinstance(given, int | float) and not isinstance(given, bool)
        value = float(given) if good else math.nan
        if attribute.low <= value <= attribute.high and math.isfinite(value):
            return value
        limits = ""
        if math.isfinite(attribute.low):
            limits = f" from {attribute.low:g} to {attribute.high:g}"
        unit = f" {attribute.unit}" if attribute.unit else ""
        self.wrong(
            "number",
            place,
            f"{attribute.name} is {str(given)[:60]!r}.",
            f"Write a number{limits}{unit}: {attribute.description}.",
        )
        return math.nan
