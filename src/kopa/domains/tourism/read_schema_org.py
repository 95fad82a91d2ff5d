"""Reads sights and events of schema.org as JSON-LD, and tells all that is wrong with them.

References
----------
schema.org: TouristAttraction, Event, GeoCoordinates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kopa.domain.rows import Rows
from kopa.errors import InputError, stopping
from kopa.geo.project import Projection

from .network import PACKAGE, Sights
from .read_ical import Found, Happening
from .read_sights import sights_of

KINDS = {
    "TouristAttraction": "attraction",
    "Museum": "museum",
    "LandmarksOrHistoricalBuildings": "monument",
    "Park": "park",
    "EventVenue": "venue",
    "StadiumOrArena": "venue",
}
"""Kinds of sight by schema.org's type."""
DAYS = {
    "Monday": "Mo", "Tuesday": "Tu", "Wednesday": "We", "Thursday": "Th", "Friday": "Fr",
    "Saturday": "Sa", "Sunday": "Su", "PublicHolidays": "PH",
}  # fmt: skip


def read_sights_jsonld(file: Path, projection: Projection | None) -> tuple[Sights, Found]:
    """Read sights.

    Parameters
    ----------
    file
        JSON-LD: a node, a list of nodes, or a ``@graph``.
    projection
        The city's CRS.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(file, PACKAGE, "sight", "tourism")
    found = []
    for number, node in enumerate(_nodes(rows.document()), 1):
        place = f"node {number}"
        kinds = [KINDS[one] for one in _types(node) if one in KINDS]
        if not kinds:
            what = f"its type is {', '.join(_types(node))[:60] or 'none'}: it is left out."
            rows.tell("type", place, what, f"Give it one of {', '.join(KINDS)}.", "warning")
            continue
        named = [one for one in kinds if one != "attraction"]
        wanted: dict[str, Any] = {
            "id": _id(node),
            "name": _text(node.get("name")),
            "kind": (named or kinds)[0],
            "opening_hours": _hours(node),
            "capacity": node.get("maximumAttendeeCapacity"),
            "wheelchair": _wheelchair(node),
        }
        row = rows.row(wanted, place)
        at = _lonlat(node)
        row["point"] = rows.point({"type": "Point", "coordinates": at}, row["place"])
        found.append(row)
    return sights_of(rows, found, projection)


def read_events(file: Path, zone: str) -> tuple[list[Happening], Found]:
    """Read events.

    Parameters
    ----------
    file
        JSON-LD.
    zone
        Time zone of the city.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(file, PACKAGE, "event", "tourism")
    found = []
    for number, node in enumerate(_nodes(rows.document()), 1):
        place = f"node {number} ({_id(node)})"
        if not any(one.endswith("Event") or one == "Festival" for one in _types(node)):
            what = f"its type is {', '.join(_types(node))[:60] or 'none'}: it is left out."
            rows.tell("type", place, what, "Give Event.", "warning")
            continue
        times = [_moment(node.get(name), zone) for name in ("startDate", "endDate")]
        if times[0] is None or times[1] is None or times[0] >= times[1]:
            what = "startDate and endDate are no moments, or not in order."
            rows.tell("when", place, what, "Write 2026-06-23T18:00 for both.")
            continue
        venue = node.get("location")
        at = _lonlat(venue) if isinstance(venue, dict) else []
        many = node.get("maximumAttendeeCapacity")
        number_ = float(many) if isinstance(many, int | float) and many >= 0 else float("nan")
        name = _text(venue.get("name")) if isinstance(venue, dict) else _text(venue)
        found.append(
            Happening(
                _id(node), _text(node.get("name")), times[0], times[1], name,
                (at[0], at[1]) if len(at) == 2 else None, number_,
            )
        )  # fmt: skip
    if stopping(rows.findings):
        raise InputError(rows.findings)
    return found, tuple(rows.findings)


def _nodes(whole: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(whole, dict):
        graph = whole.get("@graph")
        whole = graph if isinstance(graph, list) else [whole]
    for one in whole if isinstance(whole, list) else ():
        if isinstance(one, dict):
            yield one


def _types(node: Mapping[str, Any]) -> list[str]:
    given = node.get("@type", [])
    return [str(one).rpartition("/")[2] for one in (given if isinstance(given, list) else [given])]


def _id(node: Mapping[str, Any]) -> str:
    given = node.get("@id") or node.get("identifier") or ""
    return str(given).rpartition("/")[2] or str(given)


def _text(given: Any) -> str:
    """A text, the first of several languages."""
    if isinstance(given, list):
        given = given[0] if given else ""
    if isinstance(given, dict):
        given = given.get("@value", "")
    return str(given or "")


def _lonlat(node: Mapping[str, Any]) -> list[float]:
    geo = node.get("geo")
    if not isinstance(geo, dict):
        return []
    try:
        return [float(geo["longitude"]), float(geo["latitude"])]
    except (KeyError, TypeError, ValueError):
        return []


def _hours(node: Mapping[str, Any]) -> str:
    """Opening hours as OpenStreetMap writes them."""
    given = node.get("openingHours")
    if given:
        return "; ".join(map(str, given)) if isinstance(given, list) else str(given)
    rules = node.get("openingHoursSpecification", [])
    found = []
    for rule in rules if isinstance(rules, list) else [rules]:
        if not isinstance(rule, dict):
            continue
        days = rule.get("dayOfWeek", [])
        names = [
            str(one).rpartition("/")[2] for one in (days if isinstance(days, list) else [days])
        ]
        opens, closes = (str(rule.get(name, ""))[:5] for name in ("opens", "closes"))
        when = "off" if opens == closes else f"{opens}-{closes}"
        found.append(f"{','.join(DAYS.get(one, one) for one in names)} {when}".strip())
    return "; ".join(found)


def _wheelchair(node: Mapping[str, Any]) -> str:
    features = node.get("amenityFeature", [])
    for one in features if isinstance(features, list) else [features]:
        if isinstance(one, dict) and "wheelchair" in str(one.get("name", "")).lower():
            given = one.get("value")
            return {True: "yes", False: "no"}[given] if isinstance(given, bool) else ""
    return ""


def _moment(given: Any, zone: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError:
        return None
    if found.tzinfo is not None:
        found = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return found
