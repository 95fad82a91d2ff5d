"""Reads GeoReport's requests, XML or JSON: no DTD, no entities, no network, a limit of size.

Fields that say who reported (names, e-mail, telephone, device, account) are not taken in.

References
----------
Open311 GeoReport v2, ``GET /requests``.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, Severity, stopping

from .model import STATES, ServiceRequest, Update

MOST_BYTES = 256 * 1024 * 1024
PRIVATE = ("first_name", "last_name", "name", "email", "phone", "device_id", "account_id")
"""Fields of ``POST /requests`` that say who reported."""
NEEDED = ("service_request_id", "status", "service_code", "requested_datetime")
_NAMED = 5
"""So many requests are named where the same is wrong in many."""


def read_requests(path: Path) -> tuple[tuple[ServiceRequest, ...], tuple[Finding, ...]]:
    """Requests of a file, XML or JSON by what it begins with.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        With all findings.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        what = f"it cannot be read: {error.strerror}."
        found = Finding("open311.no-file", what, "Check the path.", file=str(path))
        raise InputError([found]) from None
    return parse_requests(data, str(path))


def parse_requests(
    data: bytes, file: str = ""
) -> tuple[tuple[ServiceRequest, ...], tuple[Finding, ...]]:
    """Requests of a document.

    Parameters
    ----------
    data
        XML or JSON.
    file
        For the findings.

    Raises
    ------
    InputError
        With all findings.
    """
    reader = _Reader(file)
    if len(data) > MOST_BYTES:
        reader.tell("size", "", "it is larger than 256 MiB.", "Split it.")
        raise InputError(reader.findings)
    markup = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
    rows = reader.xml(data) if markup else reader.json(data)
    found = [one for row, place in rows if (one := reader.request(row, place)) is not None]
    return tuple(found), reader.finish()


class _Reader:
    """Requests, and all that is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._many: dict[tuple[str, str, str, Severity], list[str]] = defaultdict(list)
        self._seen: Counter[str] = Counter()

    def tell(self, code: str, place: str, what: str, do: str) -> None:
        self.findings.append(Finding(f"open311.{code}", what, do, "error", self.file, place))

    def count(
        self, code: str, place: str, what: str, do: str, severity: Severity = "error"
    ) -> None:
        """Note what may be wrong in many requests: it is told once."""
        self._many[code, what, do, severity].append(place)

    def finish(self) -> tuple[Finding, ...]:
        for (code, what, do, severity), places in self._many.items():
            more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
            where = ", ".join(places[:_NAMED]) + more
            self.findings.append(Finding(f"open311.{code}", what, do, severity, self.file, where))
        if stopping(self.findings):
            raise InputError(self.findings)
        return tuple(self.findings)

    def json(self, data: bytes) -> list[tuple[dict[str, Any], str]]:
        try:
            whole = json.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            what = f"it is neither XML nor JSON: {str(error)[:80]}."
            self.tell("json", "", what, "Write the file again.")
            raise InputError(self.findings) from None
        if isinstance(whole, dict):
            whole = whole.get("service_requests")
        if not isinstance(whole, list):
            self.tell("json", "", "it is no list of requests.", "Write [{…}, …].")
            raise InputError(self.findings)
        found = []
        for number, row in enumerate(whole, 1):
            if isinstance(row, dict):
                found.append((row, f"request {number}"))
            else:
                self.count("request", f"request {number}", "it is no object.", "Write {…}.")
        return found

    def xml(self, data: bytes) -> list[tuple[dict[str, Any], str]]:
        from lxml import etree

        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            self.tell("xml", "", f"it is no XML: {error}.", "Correct it.")
            raise InputError(self.findings) from None
        if root.getroottree().docinfo.internalDTD is not None:
            what, do = "it has a document type (DTD), which may hide anything.", "Take it out."
            self.tell("dtd", "", what, do)
            raise InputError(self.findings)
        if root.tag != "service_requests":
            what = f"its root is <{root.tag}>."
            self.tell("xml", "", what, "Write <service_requests> with a <request> each.")
            raise InputError(self.findings)
        return [(_row(node), f"line {node.sourceline}") for node in root if node.tag == "request"]

    def request(self, row: dict[str, Any], place: str) -> ServiceRequest | None:
        """One request; None where it cannot be used, which is told."""
        texts = {name: self._text(row, name, place) for name in _TEXTS}
        id = texts["service_request_id"]
        place = f"{place} ({id})" if id else place
        if any(row.get(one) for one in PRIVATE):
            what = "it says who reported: that is not taken in."
            self.count("private", place, what, "Leave it out of the export.", "info")
        missing = [name for name in NEEDED if not texts[name]]
        for name in missing:
            self.count("missing", place, f"{name} is missing.", "The standard asks for it.")
        if id:
            self._seen[id] += 1
            if self._seen[id] == 2:
                what = "its service_request_id stands more than once."
                self.count("duplicate-id", place, what, "Give each one of its own.")
        if texts["status"] and texts["status"] not in STATES:
            what = f"status is '{texts['status'][:40]}'."
            self.count("status", place, what, "Write open or closed.")
        times = {name: self._time(texts[name], name, place) for name in _TIMES}
        lat, lon = (self._degree(row, *one, place) for one in (("lat", 90.0), ("long", 180.0)))
        if (lat is None) != (lon is None):
            self.count("place", place, "it has lat or long, but not both.", "Write both.")
        requested = times["requested_datetime"]
        if missing or requested is None:
            return None
        extended = _mapping(_mapping(row.get("extended_attributes")).get("kopa"))
        photos = [texts["media_url"], *_list(extended.get("photos"))]
        return ServiceRequest(
            id, texts["status"], texts["service_code"], requested, lat, lon,
            texts["description"], texts["address"], texts["address_id"], texts["zipcode"],
            texts["status_notes"], texts["service_notice"], texts["agency_responsible"],
            texts["service_name"], times["updated_datetime"], times["expected_datetime"],
            tuple(dict.fromkeys(one for one in photos if one)),
            self._updates(extended, place),
        )  # fmt: skip

    def _updates(self, extended: dict[str, Any], place: str) -> tuple[Update, ...]:
        found = []
        given = extended.get("updates") or []
        for one in given if isinstance(given, list) else [given]:
            at = self._time(str(_mapping(one).get("at") or ""), "updates.at", place)
            status = _mapping(one).get("status")
            if at is None or status not in STATES:
                what = "an update has no time, or a status that is not open or closed."
                self.count("update", place, what, "Write at, status and text.")
                continue
            found.append(Update(at, status, str(one.get("text") or "")))
        return tuple(sorted(found, key=lambda one: one.at))

    def _text(self, row: dict[str, Any], name: str, place: str) -> str:
        given = row.get(name)
        if given is None or given == "None":
            return ""
        if isinstance(given, dict | list | bool):
            self.count("value", place, f"{name} is no text.", "Write a text.")
            return ""
        return str(given).strip()

    def _degree(self, row: dict[str, Any], name: str, most: float, place: str) -> float | None:
        given = row.get(name)
        if given is None or given == "":
            return None
        try:
            value = float(given) if not isinstance(given, bool) else math.nan
        except (TypeError, ValueError):
            value = math.nan
        if not abs(value) <= most:
            what = f"{name} is {str(given)[:40]!r}."
            self.count("place", place, what, f"Write degrees from {-most:g} to {most:g}.")
            return None
        return value

    def _time(self, text: str, name: str, place: str) -> datetime | None:
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            found.astimezone(UTC)
        except (ValueError, OverflowError):
            what = f"{name} is '{text[:40]}'."
            self.count("time", place, what, "Write it as 2026-11-24T08:30:00+02:00.")
            return None
        if datetime.fromisoformat(text).tzinfo is None:
            what = f"{name} has no time zone; UTC is taken."
            self.count("zone", place, what, "Write it, such as +02:00.", "warning")
        return found


_TIMES = ("requested_datetime", "updated_datetime", "expected_datetime")
_TEXTS = (
    *NEEDED[:3], *_TIMES, "description", "address", "address_id", "zipcode", "status_notes",
    "service_notice", "agency_responsible", "service_name", "media_url",
)  # fmt: skip


def _row(node: Any) -> dict[str, Any]:
    """Children of an element as an object; an element of elements is one too."""
    found: dict[str, Any] = {}
    for child in node:
        if child.tag in ("photos", "updates"):
            found[child.tag] = [_row(one) if len(one) else one.text for one in child]
        else:
            found[child.tag] = _row(child) if len(child) else (child.text or "").strip()
    return found


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
