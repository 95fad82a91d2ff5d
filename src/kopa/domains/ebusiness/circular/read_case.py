"""Reads a circular exchange from JSON, and tells all that is wrong with it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, Severity, stopping
from kopa.ewc import find
from kopa.ledger.factors import shipped_factors

from .case import Case, Offer, Want

_WASTE = ("waste_incinerated", "waste_composted", "waste_digested")
EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
_GROUP = re.compile(r"\d\d( \d\d)?")
_KNOWN = {
    "case": {"name", "period", "transport", "firms", "offers", "wants", "distances",
             "carbon_eur_t"},
    "transport": {"eur_tkm", "kgco2e_tkm", "detour"},
    "firm": {"id", "name", "x", "y", "lon", "lat"},
    "offer": {"id", "firm", "ewc", "t", "disposal_eur_t", "disposal_kgco2e_t", "disposal_factor",
              "quality"},
    "want": {"id", "firm", "accepts", "hazardous", "t", "least_t", "replaces", "virgin_eur_t",
             "virgin_kgco2e_t", "treatment_eur_t", "treatment_kgco2e_t", "limits", "within_km"},
    "distance": {"from", "to", "km"},
}  # fmt: skip


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def tell(self, code: str, place: str, what: str, do: str, severity: Severity = "error") -> None:
        self.findings.append(
            Finding(f"ebusiness.{code}", what, do, severity, str(self.path), place)
        )

    def document(self) -> Mapping[str, Any]:
        try:
            whole = json.loads(self.path.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            self.tell("no-file", "", f"it cannot be read: {error.strerror}.", "Check the path.")
        except (ValueError, RecursionError) as error:
            self.tell("json", "", f"it is no JSON: {str(error)[:80]}.", "Write the file again.")
        else:
            if isinstance(whole, dict):
                return whole
            self.tell("json", "", "it is no JSON object.", "Write the case as an object.")
        raise InputError(self.findings)

    def rows(self, whole: Mapping[str, Any], name: str, kind: str) -> list[tuple[str, Any]]:
        """Objects of a list with their places; ids must be there once."""
        given = whole.get(name, [])
        if not isinstance(given, list):
            self.tell("case", name, "it is no list.", "Write a list of objects.")
            return []
        found, seen = [], set()
        for number, row in enumerate(given, 1):
            place = f"{name} {number}"
            if not isinstance(row, dict):
                self.tell("case", place, "it is no object.", "Write an object.")
                continue
            if kind != "distance":
                key = row.get("id")
                if not isinstance(key, str) or not key or key in seen:
                    what = f"its id is {key!r}, which is no text or stands there already."
                    self.tell("case", place, what, "Give each an id of its own.")
                    continue
                seen.add(key)
                place += f" ({key})"
            self.strange(row, kind, place)
            found.append((place, row))
        return found

    def strange(self, row: Mapping[str, Any], kind: str, place: str) -> None:
        """Tell names that nobody reads."""
        if more := sorted(row.keys() - _KNOWN[kind]):
            what = f"not read: {', '.join(more)}."
            self.tell("unknown", place, what, "Look for a word written otherwise.", "warning")

    def number(
        self, row: Mapping[str, Any], name: str, place: str, low: float = 0.0,
        none: float | None = None, must: bool = True,
    ) -> float | None:  # fmt: skip
        """A finite number from `low`; `none` where it is not given and need not be."""
        given = row.get(name)
        if given is None:
            if must:
                self.tell("missing", place, f"'{name}' is missing.", "Write it as a number.")
            return none
        good = isinstance(given, int | float) and not isinstance(given, bool)
        if not good or not math.isfinite(given) or given < low:
            what = f"{name} is {str(given)[:40]!r}."
            self.tell("value", place, what, f"Write a number from {low:g}.")
            return none
        return float(given)

    def qualities(self, row: Mapping[str, Any], name: str, place: str) -> dict[str, float]:
        given = row.get(name, {})
        if not isinstance(given, dict):
            self.tell("value", place, f"{name} is no object.", "Write names and numbers.")
            return {}
        found = {key: self.number(given, key, f"{place}, {name}") for key in given}
        return {key: value for key, value in found.items() if value is not None}


def read_case(path: Path) -> tuple[Case, tuple[Finding, ...]]:
    """The exchange of a file.

    Parameters
    ----------
    path
        JSON; firms with ``x, y`` in m or ``lon, lat``, or ways in ``distances``.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    reader = _Reader(path)
    whole = reader.document()
    reader.strange(whole, "case", "")
    transport = whole.get("transport")
    if not isinstance(transport, dict):
        reader.tell("missing", "transport", "it is missing.", 'Write {"eur_tkm": …}.')
        transport = {"eur_tkm": 0.0}
    reader.strange(transport, "transport", "transport")
    firms = {row["id"]: (place, row) for place, row in reader.rows(whole, "firms", "firm")}
    offers = [_offer(reader, place, row) for place, row in reader.rows(whole, "offers", "offer")]
    wants = [_want(reader, place, row) for place, row in reader.rows(whole, "wants", "want")]
    for one in (*offers, *wants):
        if one and one.firm not in firms:
            what = f"its firm '{one.firm}' is not in firms."
            reader.tell("firm", one.id, what, "Write the id of a firm.")
    ways = _ways(reader, whole, firms, transport)
    cost = reader.number(transport, "eur_tkm", "transport")
    emitted = reader.number(transport, "kgco2e_tkm", "transport", must=False)
    carbon = reader.number(whole, "carbon_eur_t", "", must=False)
    if stopping(reader.findings):
        raise InputError(reader.findings)
    case = Case(
        str(whole.get("name", path.stem)), str(whole.get("period", "year")),
        tuple(one for one in offers if one), tuple(one for one in wants if one), ways, cost or 0.0,
        _shipped("road_freight_emissions") if emitted is None else emitted, carbon or 0.0,
    )  # fmt: skip
    return case, tuple(reader.findings)


def _shipped(name: str) -> float:
    return next(one.mid for one in shipped_factors() if one.id == name)


def _offer(reader: _Reader, place: str, row: Mapping[str, Any]) -> Offer | None:
    entry = find(str(row.get("ewc", "")), str(reader.path), place, "ebusiness")
    tonnes = reader.number(row, "t", place)
    cost = reader.number(row, "disposal_eur_t", place, -1e6)
    emitted = reader.number(row, "disposal_kgco2e_t", place, -1e9, must=False)
    name = row.get("disposal_factor")
    if name is not None:
        known = {one.id: one for one in shipped_factors() if one.applies_to in _WASTE}
        if name not in known or emitted is not None:
            what = f"disposal_factor is {name!r}, or stands beside disposal_kgco2e_t."
            reader.tell("factor", place, what, f"Write one of {', '.join(sorted(known))}.")
        else:
            emitted = known[name].mid
    if isinstance(entry, Finding):
        reader.findings.append(entry)
        return None
    quality = reader.qualities(row, "quality", place)
    if tonnes is None or cost is None:
        return None
    return Offer(row["id"], str(row.get("firm")), entry, tonnes, cost, emitted, quality)


def _want(reader: _Reader, place: str, row: Mapping[str, Any]) -> Want | None:
    accepts = row.get("accepts")
    codes = []
    if not isinstance(accepts, list) or not accepts:
        reader.tell("missing", place, "'accepts' is no list of codes.", 'Write ["15 01 02"].')
        accepts = []
    for code in map(str, accepts):
        if _GROUP.fullmatch(code):
            codes.append(code)
            continue
        entry = find(code, str(reader.path), place, "ebusiness")
        if isinstance(entry, Finding):
            reader.findings.append(entry)
        else:
            codes.append(entry.code)
    hazardous = row.get("hazardous", False)
    if not isinstance(hazardous, bool):
        reader.tell("value", place, f"hazardous is {hazardous!r}.", "Write true or false.")
    most = reader.number(row, "t", place)
    least = reader.number(row, "least_t", place, none=0.0, must=False)
    if most is not None and least is not None and least > most:
        what = f"least_t ({least:g}) is more than t ({most:g})."
        reader.tell("value", place, what, "Write least_t up to t.")
    numbers = (
        reader.number(row, "replaces", place),
        reader.number(row, "virgin_eur_t", place),
        reader.number(row, "virgin_kgco2e_t", place, -1e9, must=False),
        reader.number(row, "treatment_eur_t", place, none=0.0, must=False),
        reader.number(row, "treatment_kgco2e_t", place, -1e9, none=0.0, must=False),
    )
    treatment = ("treatment_eur_t", "treatment_kgco2e_t")
    if len(none := [name for name in treatment if row.get(name) is None]) == 1:
        what = f"'{none[0]}' is missing beside the other of treatment: it counts as 0."
        reader.tell("treatment", place, what, "Write both, or neither.", "warning")
    limits = reader.qualities(row, "limits", place)
    far = reader.number(row, "within_km", place, none=math.inf, must=False)
    replaces, price, emitted, cost, carbon = numbers
    if most is None or replaces is None or price is None:
        return None
    return Want(
        row["id"], str(row.get("firm")), tuple(codes), bool(hazardous), most, least or 0.0,
        replaces, price, emitted, cost or 0.0, carbon or 0.0, limits,
        math.inf if far is None else far,
    )  # fmt: skip


def _ways(
    reader: _Reader, whole: Mapping[str, Any], firms: Mapping[str, Any], transport: Any
) -> dict[tuple[str, str], float]:
    """Kilometres by pair: told ones both ways, the others straight times `detour`."""
    found: dict[tuple[str, str], float] = {}
    for place, row in reader.rows(whole, "distances", "distance"):
        ends = (str(row.get("from")), str(row.get("to")))
        if missing := [one for one in ends if one not in firms]:
            reader.tell("firm", place, f"no firm {', '.join(missing)}.", "Write ids of firms.")
        length = reader.number(row, "km", place)
        if length is not None:
            found[ends] = length
            found.setdefault((ends[1], ends[0]), length)
    detour = reader.number(transport, "detour", "transport", 1.0, must=False)
    spots: dict[str, tuple[bool, float, float]] = {}
    for name, (place, row) in firms.items():
        metric = "x" in row or "y" in row
        keys = ("x", "y") if metric else ("lon", "lat")
        if metric or "lon" in row or "lat" in row:
            east, north = (reader.number(row, key, place, -1e9) for key in keys)
            if east is not None and north is not None:
                spots[name] = (metric, east, north)
    straight = False
    for one, at in spots.items():
        for other, to in spots.items():
            if at[0] == to[0] and (one, other) not in found:
                found[one, other] = _kilometres(at, to) * (detour or 1.0)
                straight |= one != other
    if straight and detour is None:
        what = "ways are straight lines: no 'detour' is given."
        do = "Write how much longer streets are, such as 1.3, or distances."
        reader.tell("straight", "transport", what, do, "warning")
    return found


def _kilometres(at: tuple[bool, float, float], to: tuple[bool, float, float]) -> float:
    if at[0]:
        return math.dist(at[1:], to[1:]) / 1000
    a, b, c, d = map(math.radians, (at[2], at[1], to[2], to[1]))
    part = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, part)))
