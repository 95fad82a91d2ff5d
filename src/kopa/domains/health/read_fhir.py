"""Reads facilities from a FHIR R4B Bundle; a Bundle that may be about persons is refused unread.

fhir.resources parses and does not validate: ids, references, positions and codes are held here.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, Severity, stopping

from .capability import capability_of, kinds
from .write_fhir import OPERATIONAL

READ = ("Location", "HealthcareService", "Organization")
HARMLESS = frozenset({"Endpoint", "OperationOutcome", "CapabilityStatement"})
"""What stands in Bundles of facilities, says nothing of persons, and is not read."""
STATES = {
    "C": "Closed", "H": "Housekeeping", "I": "Isolated", "K": "Contaminated", "O": "Occupied",
    "U": "Unoccupied",
}  # fmt: skip
SHUT = frozenset("CHK")
"""Codes of the operational status under which nobody is treated."""
SHOWN = 5
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass
class Place:
    """A facility as the Bundle has it.

    Parameters
    ----------
    id, name
        Of the Location.
    lon, lat
        Degrees.
    closed
        True where it is suspended, or its operational status says so.
    capabilities
        What its services are.
    """

    id: str
    name: str
    lon: float
    lat: float
    closed: bool
    capabilities: set[str] = field(default_factory=set)


def read_fhir(path: Path) -> tuple[tuple[Place, ...], tuple[Finding, ...]]:
    """Facilities of a Bundle, in its order.

    Parameters
    ----------
    path
        JSON.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    reader = _Reader(path)
    places = reader.places()
    if stopping(reader.findings):
        raise InputError(reader.findings)
    return tuple(places), tuple(reader.findings)


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.findings: list[Finding] = []
        self._parsed: dict[tuple[str, str], Any] = {}
        self._urls: dict[str, tuple[str, str]] = {}
        self._where: dict[tuple[str, str], str] = {}

    def tell(self, code: str, place: str, what: str, do: str, severity: Severity = "error") -> None:
        found = Finding(f"health.fhir-{code}", what, do, severity, str(self._path), place)
        self.findings.append(found)

    def places(self) -> list[Place]:
        entries = self._entries()
        if entries is None or self._persons(entries):
            return []
        for number, entry in enumerate(entries, 1):
            self._parse(f"entry {number}", entry)
        found = {}
        for (kind, name), one in self._parsed.items():
            if kind == "Location" and not one.partOf and one.status != "inactive":
                place = self._place(name, one)
                if place is not None:
                    found[name] = place
        self._status()
        self._services(found)
        if not found and not stopping(self.findings):
            self.tell("empty", "", "there is no Location in use.", "Add one for each facility.")
        for place in found.values():
            if not place.capabilities:
                what = f"what {place.id} can do is unknown: no service of it has a known code."
                do = "Add a HealthcareService with type or specialty; see capabilities.csv."
                self.tell("no-capability", f"Location/{place.id}", what, do, "warning")
        return list(found.values())

    def _entries(self) -> list[Any] | None:
        try:
            whole = json.loads(self._path.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            self.tell("no-file", "", f"it cannot be read: {error.strerror}.", "Check the path.")
            return None
        except (ValueError, RecursionError) as error:
            what = f"it is no JSON in UTF-8, or cut off: {str(error)[:80]}."
            self.tell("json", "", what, "Write the file again.")
            return None
        if not isinstance(whole, dict) or whole.get("resourceType") != "Bundle":
            self.tell("bundle", "", "it is no FHIR Bundle.", "Put all resources into a Bundle.")
            return None
        entries = whole.get("entry")
        if not isinstance(entries, list) or not entries:
            self.tell("empty", "", "the Bundle has no entries.", "Add a Location a facility.")
            return None
        return entries

    def _persons(self, entries: list[Any]) -> bool:
        """True, and told, where anything but facilities is in the Bundle; nothing of it is read."""
        strange: dict[str, list[int]] = {}
        for number, entry in enumerate(entries, 1):
            for kind in _types(entry):
                if kind not in READ and kind not in HARMLESS:
                    strange.setdefault(kind, []).append(number)
        for kind, numbers in strange.items():
            place = "entry " + ", ".join(map(str, numbers[:SHOWN]))
            what = f"{len(numbers)} {kind[:40]!r} may be about persons: the Bundle is refused."
            do = f"Export {', '.join(READ)} only."
            self.tell("person", place, what, do)
        return bool(strange)

    def _parse(self, place: str, entry: Any) -> None:
        from fhir.resources.R4B.healthcareservice import HealthcareService
        from fhir.resources.R4B.location import Location
        from fhir.resources.R4B.organization import Organization

        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            self.tell("entry", place, "it has no resource.", "Leave it out.")
            return
        kind, name = str(resource.get("resourceType")), resource.get("id")
        if kind in HARMLESS:
            self.tell("unread", place, f"{kind} is not read.", "", "info")
            return
        place = f"{place} ({kind}/{name})"
        if not isinstance(name, str) or not _ID.fullmatch(name):
            what = f"its id is {str(name)[:40]!r}."
            self.tell("id", place, what, "Write 1 to 64 letters, digits, - and '.'.")
            return
        if (kind, name) in self._parsed:
            what = f"{kind}/{name} stands in {self._where[kind, name]} already."
            self.tell("duplicate", place, what, "Give each resource an id of its own.")
            return
        models: dict[str, Any] = {
            "Location": Location,
            "HealthcareService": HealthcareService,
            "Organization": Organization,
        }
        try:
            self._parsed[kind, name] = models[kind].model_validate(resource)
        except RecursionError:
            self.tell("value", place, "it is nested too deep.", "Write it as FHIR R4B has it.")
            return
        except ValueError as error:
            for one in error.errors()[:SHOWN] if hasattr(error, "errors") else ():
                at = ".".join(map(str, one["loc"]))
                what = f"{at}: {str(one['msg'])[:120]}."
                self.tell("value", place, what, "Write it as FHIR R4B has it.")
            if not hasattr(error, "errors"):
                self.tell("value", place, f"{str(error)[:120]}.", "Write it as FHIR R4B has it.")
            return
        self._where[kind, name] = place
        if isinstance(entry.get("fullUrl"), str):
            self._urls[entry["fullUrl"]] = (kind, name)

    def _place(self, name: str, one: Any) -> Place | None:
        at = self._where["Location", name]
        position = one.position
        lon, lat = (
            (float(position.longitude), float(position.latitude)) if position else (math.nan,) * 2
        )
        if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 and lat == 0):
            what = "it has no position." if position is None else f"position is {lon:g}, {lat:g}."
            self.tell("position", at, what, "Give longitude and latitude in degrees, WGS 84.")
            return None
        status = one.operationalStatus
        code = status.code if status is not None else ""
        if status is not None and (status.system != OPERATIONAL or code not in STATES):
            what = f"operationalStatus is {str(code)[:40]!r}: it is taken for working."
            do = f"Use {', '.join(STATES)} of {OPERATIONAL}."
            self.tell("status", at, what, do, "warning")
            code = ""
        self._known(one.managingOrganization, "Organization", at)
        return Place(name, one.name or "", lon, lat, one.status == "suspended" or code in SHUT)

    def _status(self) -> None:
        for (kind, name), one in self._parsed.items():
            place = self._where[kind, name]
            if kind == "Location" and one.status == "inactive":
                self.tell("inactive", place, "it is inactive: left out.", "", "info")
            if kind == "HealthcareService" and one.active is False:
                self.tell("inactive", place, "it is not active: left out.", "", "info")
            if kind == "Location" and one.partOf and not self._root(name):
                what = "the Locations that it is part of go round in a circle, or are missing."
                self.tell("part-of", place, what, "Correct partOf.")

    def _services(self, found: Mapping[str, Place]) -> None:
        for (kind, name), one in self._parsed.items():
            if kind != "HealthcareService" or one.active is False:
                continue
            place = self._where[kind, name]
            self._known(one.providedBy, "Organization", place)
            able = self._able(one, place)
            if not one.location:
                what, do = "it names no Location: nobody can go there.", "Add its location."
                self.tell("no-location", place, what, do, "warning")
            for reference in one.location or ():
                key = self._known(reference, "Location", place, "error")
                root = self._root(key[1]) if key else ""
                if root in found:
                    found[root].capabilities |= able

    def _able(self, one: Any, place: str) -> set[str]:
        codings = [
            (str(coding.system or ""), str(coding.code or ""))
            for concept in (*(one.category or ()), *(one.type or ()), *(one.specialty or ()))
            for coding in concept.coding or ()
        ]
        able = {capability_of(*pair) for pair in codings} - {""}
        if not able:
            named = ", ".join(f"{system}|{code}" for system, code in codings[:SHOWN]) or "no code"
            what = f"what it is, is unknown: {named[:160]}."
            do = (
                f"Use a code of capabilities.csv, or urn:kopa:capability with {', '.join(kinds())}."
            )
            self.tell("capability", place, what, do, "warning")
        return able

    def _known(
        self, reference: Any, kind: str, place: str, severity: Severity = "warning"
    ) -> tuple[str, str] | None:
        """What a reference names; told where the Bundle does not have it."""
        if reference is None:
            return None
        text = str(reference.reference or "")
        key = self._urls.get(text) or (kind, text.rpartition("/")[2])
        if key in self._parsed and key[0] == kind:
            return key
        what = f"{text[:80]!r} is no {kind} of the Bundle."
        self.tell("reference", place, what, "Add it, or correct the reference.", severity)
        return None

    def _root(self, name: str) -> str:
        """The Location that another is part of in the end; empty where there is none."""
        seen = set()
        while name not in seen:
            seen.add(name)
            one = self._parsed.get(("Location", name))
            if one is None:
                return ""
            if not one.partOf:
                return name
            text = str(one.partOf.reference or "")
            name = (self._urls.get(text) or ("", text.rpartition("/")[2]))[1]
        return ""


def _types(whole: Any) -> Iterator[str]:
    """Types of all resources in a part of a Bundle, contained ones too, however deep."""
    left = [whole]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            if "resourceType" in node:
                yield str(node["resourceType"])
            left += node.values()
        elif isinstance(node, list):
            left += node


def parsed_back(bundle: Mapping[str, Any]) -> None:
    """Hold a Bundle that was made here against FHIR R4B.

    Raises
    ------
    InputError
        If it is none.
    """
    from fhir.resources.R4B.bundle import Bundle

    try:
        Bundle.model_validate(bundle)
    except ValueError as error:
        what = f"the Bundle is no FHIR R4B: {str(error)[:300]}."
        raise InputError([Finding("health.fhir-written", what, "Tell us.")]) from None
