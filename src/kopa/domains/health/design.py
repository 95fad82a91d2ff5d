"""Hospitals, clinics and pharmacies of a map as FHIR; what the map does not say is synthetic."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import STREETS, Design, Designer, Progress, Survey
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.model import FloatArray

from .write_fhir import SYNTHETIC, bundle, location, service

FOLDER = "health"
HOMES = "places/homes.geojson"
"""Where a designed city has its residents."""
CAN: dict[str, tuple[str, ...]] = {
    "hospital": ("emergency", "maternity", "surgery", "inpatient"),
    "clinic": ("general_practice",),
    "pharmacy": ("pharmacy",),
}
"""What a facility of a kind is taken to do; the largest hospital, or clinic, dialyses as well."""
FLOOR_M2 = 100.0
"""Floor area of a hospital for each bed, m² (planning value of general hospitals, 80 to 120)."""
LEAST_BEDS = 10
SHARES = {"emergency": 0.1, "maternity": 0.1, "surgery": 0.3, "inpatient": 0.5}
"""Share of a hospital's beds by capability: our own assumption."""
PLACES = 10
"""Places of a dialysis station: our own assumption."""
OWN_POWER_H = 24.0
"""Hours of own power of a hospital (IEC 60364-7-710)."""
PROVIDER = "city"


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write facilities as a FHIR Bundle, beds and stores as CSV.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("facilities")
    spots = survey.spots
    rows = [row for row, kind in enumerate(spots.kinds) if kind in CAN]
    if not rows or not spots.homes.any() or not spots.people[spots.homes].sum() > 0:
        what = "the map has no hospital, clinic or pharmacy, or nobody lives there: no health care."
        do = "Add them to the map, or give a FHIR Bundle."
        return Design({}, (), findings=(Finding("health.design-none", what, do, "info"),))
    able = {row: CAN[spots.kinds[row]] for row in rows}
    able[_largest(survey, rows)] += ("dialysis",)
    where = Projection(survey.streets.crs).degrees(spots.x[rows], spots.y[rows])
    files = tuple(f"{FOLDER}/{name}" for name in ("facilities.json", "beds.csv", "stores.csv"))
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    whole = _bundle(survey, able, where)
    (folder / files[0]).write_text(json.dumps(whole, ensure_ascii=False, indent=1), "utf-8")
    beds = _beds(survey, able)
    count = sum(int(str(row[2])) for row in beds)
    _csv(folder / files[1], ("facility", "capability", "beds", "origin"), beds)
    hospitals = [row for row in rows if spots.kinds[row] == "hospital"]
    heads = ("facility", "electricity_h", "water_h", "heat_h", "origin")
    stores: list[tuple[object, ...]] = [
        (_id(survey, row), OWN_POWER_H, 0, 0, "synthetic") for row in hospitals
    ]
    _csv(folder / files[2], heads, stores)
    settings: dict[str, Any] = {
        "facilities": files[0], "beds": files[1], "stores": files[2], "residents": HOMES,
        "streets": STREETS, "crs": survey.streets.crs,
    }  # fmt: skip
    counts = {
        "hospitals": len(hospitals),
        "facilities": len(rows),
        "beds": count,
    }
    return Design(settings, files, counts)


def _id(survey: Survey, row: int) -> str:
    """Id of a spot as FHIR allows it: no other signs, at most 40 of them."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", survey.spots.ids[row])[:40]


def _largest(survey: Survey, rows: list[int]) -> int:
    """The largest hospital; without one the largest clinic, or else pharmacy."""
    order = list(CAN)
    spots = survey.spots
    return min(rows, key=lambda row: (order.index(spots.kinds[row]), -spots.floor_area[row], row))


def _bundle(
    survey: Survey, able: dict[int, tuple[str, ...]], where: tuple[FloatArray, FloatArray]
) -> dict[str, Any]:
    spots = survey.spots
    provider = {"resourceType": "Organization", "id": PROVIDER, "name": survey.name or "City"}
    resources: list[dict[str, Any]] = [provider]
    for row, lon, lat in zip(able, *(part.tolist() for part in where), strict=True):
        name = _id(survey, row)
        resources.append(location(name, spots.names[row], (lon, lat), ""))
        for capability in able[row]:
            key = f"{name}-{capability.replace('_', '-')}"
            resources.append(service(key, name, PROVIDER, capability))
    for one in resources:
        one["meta"] = {"tag": [{"system": "urn:kopa:origin", **SYNTHETIC}]}
    return bundle(resources)


def _beds(survey: Survey, able: dict[int, tuple[str, ...]]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for row, capabilities in able.items():
        size = max(float(np.floor(survey.spots.floor_area[row] / FLOOR_M2)), LEAST_BEDS)
        for capability in capabilities:
            if capability in SHARES:
                count = max(round(size * SHARES[capability]), 1)
                found.append((_id(survey, row), capability, count, "synthetic"))
            elif capability == "dialysis":
                found.append((_id(survey, row), capability, PLACES, "synthetic"))
    return found


def _csv(file: Path, heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)


DESIGNER = Designer("health", draw)
