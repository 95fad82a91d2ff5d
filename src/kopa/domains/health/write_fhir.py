"""Facilities as FHIR R4B has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .capability import OWN

OPERATIONAL = "http://terminology.hl7.org/CodeSystem/v2-0116"
DISPLAY = {"C": "Closed", "O": "Occupied", "U": "Unoccupied"}
SYNTHETIC = {"code": "synthetic", "display": "designed by rules, not surveyed"}


def location(name: str, title: str, place: tuple[float, float], status: str) -> dict[str, Any]:
    """A Location.

    Parameters
    ----------
    name, title
        Id and name.
    place
        Longitude and latitude, degrees.
    status
        Code of the operational status; empty where it is not known.
    """
    found: dict[str, Any] = {
        "resourceType": "Location",
        "id": name,
        "status": "suspended" if status == "C" else "active",
        "mode": "instance",
        "position": {"longitude": round(place[0], 6), "latitude": round(place[1], 6)},
    }
    if title:
        found["name"] = title
    if status:
        found["operationalStatus"] = {
            "system": OPERATIONAL, "code": status, "display": DISPLAY[status],
        }  # fmt: skip
    return found


def service(name: str, place: str, provider: str, capability: str) -> dict[str, Any]:
    """A HealthcareService of one capability at a Location."""
    return {
        "resourceType": "HealthcareService",
        "id": name,
        "active": True,
        "providedBy": {"reference": f"Organization/{provider}"},
        "type": [{"coding": [{"system": OWN, "code": capability}]}],
        "location": [{"reference": f"Location/{place}"}],
    }


def bundle(resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A Bundle that holds resources."""
    entries = [
        {"fullUrl": f"urn:kopa:{one['resourceType']}:{one['id']}", "resource": one}
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
