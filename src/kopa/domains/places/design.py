"""Homes and sites of a map as files of places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import Design, Designer, Progress, Survey
from kopa.engine_opening_hours import problem
from kopa.errors import Finding
from kopa.geo.write_geojson import point, write_features

HOMES, SITES = "places/homes.geojson", "places/sites.geojson"
PEOPLE_PER_CONNECTION = 2.2
"""Residents of a dwelling, which a utility counts as one customer (Eurostat ilc_lvph01: average
household size in the EU 2023)."""
OWN_POWER_H = {"hospital": 24.0, "care_home": 4.0, "fire_station": 12.0, "police": 12.0}
"""Hours of own power by kind (IEC 60364-7-710: 24 h for hospitals; others as planned in civil
protection)."""


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write homes and sites as GeoJSON, in the city's CRS.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("places")
    spots = survey.spots
    customers = np.where(spots.homes, np.ceil(spots.people / PEOPLE_PER_CONNECTION), 1)
    bands = _bands(survey)
    hours, findings = _hours(survey)
    features: dict[str, list[dict[str, Any]]] = {HOMES: [], SITES: []}
    counts = {"homes": 0, "sites": 0, "residents": float(spots.people[spots.homes].sum())}
    for row in np.flatnonzero(spots.people > 0).tolist():
        kind = spots.kinds[row]
        properties: dict[str, Any] = {
            "id": spots.ids[row],
            "name": spots.names[row],
            "kind": kind,
            "people": float(spots.people[row]),
            "customers": float(customers[row]),
            "zone": spots.zones[row],
            "opening_hours": hours[row],
            "electricity_buffer_h": OWN_POWER_H.get(kind),
            "floor_area_m2": round(float(spots.floor_area[row]), 1),
            "osm": spots.ids[row],
            "origin": "synthetic",
        }
        if kind == "home":
            properties["groups"] = {name: float(band[row]) for name, band in bands.items()}
        file = HOMES if kind == "home" else SITES
        features[file].append(point(spots.x[row], spots.y[row], properties))
        counts["homes" if kind == "home" else "sites"] += 1
    files = tuple(file for file, found in features.items() if found)
    for file in files:
        write_features(folder / file, survey.streets.crs, features[file])
    return Design({"places": list(files)}, files, counts, findings=findings)


def _hours(survey: Survey) -> tuple[list[str], tuple[Finding, ...]]:
    """Opening hours of the map, or the usual ones where it has none that can be read."""
    spots = survey.spots
    bad = {text for text in set(spots.opening_hours) if text and problem(text)}
    pairs = zip(spots.opening_hours, spots.usual_hours, strict=True)
    hours = [usual if not given or given in bad else given for given, usual in pairs]
    if not bad:
        return hours, ()
    told = Finding(
        "osm.opening-hours",
        f"{len(bad)} opening hours on the map cannot be read, such as '{min(bad)}': the usual "
        "ones are taken.",
        "Correct them on the map.",
        "info",
        str(survey.osm),
    )
    return hours, (told,)


def _bands(survey: Survey) -> dict[str, Any]:
    """Residents of each age band at each spot; the bands of a home add up to its people."""
    left, share = survey.spots.people.copy(), sum(survey.ages.values())
    bands = {}
    for name, part in survey.ages.items():
        bands[name] = np.round(left * part / share, 2) if share > 0 else left * 0
        left, share = left - bands[name], share - part
    return bands


DESIGNER = Designer("places", draw)
