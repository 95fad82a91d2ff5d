"""Bases, shelters and blocks of homes where a city has no files of them: synthetic.

Ambulances stand at hospitals, fire engines and rescuers at fire stations, shelters are schools.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import STREETS, Design, Designer, Progress, Survey
from kopa.geo.write_geojson import point, write_features

BASE_FILE, SHELTER_FILE = "emergency/bases.geojson", "emergency/shelters.geojson"
CELL_FILE = "emergency/cells.geojson"
BLOCK_M = 300.0
"""Side of the squares whose homes are one block, m."""
STANDS = {"ambulance": ("hospital",), "fire": ("fire_station",), "rescue": ("fire_station",)}
"""Kinds of site at which units stand; a city without one has them at its people's middle."""
MANY = {"ambulance": 2, "fire": 2, "rescue": 1}
"""Units of a base: a round planning value."""
TURNOUT_S = {"ambulance": 60, "fire": 80, "rescue": 80}
"""NFPA 1710 (2020) 4.1.2.1: 60 s for medical calls, 80 s for fire and special operations."""
BACKUP_H = {"ambulance": 24.0, "fire": 12.0, "rescue": 12.0}
"""Hours of own power: hospitals as IEC 60364-7-710, stations a round planning value."""
SHELTER_KINDS = ("school", "university")
PLACE_M2 = 3.5
"""Covered floor for each person, m² (Sphere Handbook (2018), shelter standard 3)."""
USABLE = 0.5
"""Share of a school's floors on which people can stay: our own assumption."""


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write bases, shelters and cells as GeoJSON in the city's CRS.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("emergency")
    crs = survey.streets.crs
    bases, shelters, cells = _bases(survey), _shelters(survey), _cells(survey)
    if not cells:
        return Design({}, ())
    named = {"bases": BASE_FILE, "cells": CELL_FILE}
    write_features(folder / BASE_FILE, crs, bases)
    write_features(folder / CELL_FILE, crs, cells)
    if shelters:
        named["shelters"] = SHELTER_FILE
        write_features(folder / SHELTER_FILE, crs, shelters)
    counts = {
        "bases": len(bases),
        "shelters": len(shelters),
        "places": sum(one["properties"]["places"] for one in shelters),
        "cells": len(cells),
    }
    settings = {**named, "streets": STREETS, "crs": crs}
    return Design(settings, tuple(named.values()), counts)


def _bases(survey: Survey) -> list[dict[str, Any]]:
    spots = survey.spots
    found = []
    for kind, sites in STANDS.items():
        where = [
            (f"{kind}/{spots.ids[row]}", spots.names[row], spots.zones[row],
             float(spots.x[row]), float(spots.y[row]))
            for row, site in enumerate(spots.kinds)
            if site in sites
        ]  # fmt: skip
        for name, title, zone, x, y in where or [(kind, "", "", *_middle(survey))]:
            properties = {
                "id": name,
                "kind": kind,
                "name": title,
                "zone": zone,
                "units": MANY[kind],
                "turnout_s": TURNOUT_S[kind],
                "needs_electricity": True,
                "backup_h": BACKUP_H[kind],
                "origin": "synthetic",
            }
            found.append(point(x, y, properties))
    return found


def _middle(survey: Survey) -> tuple[float, float]:
    """The crossing that is nearest to the people's middle."""
    spots, streets = survey.spots, survey.streets
    weights = spots.people if spots.people.sum() > 0 else None
    x, y = (np.average(at, weights=weights) for at in (spots.x, spots.y))
    nodes = np.unique(np.concatenate([streets.a[streets.drive], streets.b[streets.drive]]))
    node = nodes[np.hypot(streets.x[nodes] - x, streets.y[nodes] - y).argmin()]
    return float(streets.x[node]), float(streets.y[node])


def _shelters(survey: Survey) -> list[dict[str, Any]]:
    spots = survey.spots
    found = []
    for row, kind in enumerate(spots.kinds):
        places = int(spots.floor_area[row] * USABLE / PLACE_M2)
        if kind in SHELTER_KINDS and places > 0:
            properties = {
                "id": f"shelter/{spots.ids[row]}",
                "name": spots.names[row],
                "zone": spots.zones[row],
                "places": places,
                "origin": "synthetic",
            }
            found.append(point(spots.x[row], spots.y[row], properties))
    return found


def _cells(survey: Survey) -> list[dict[str, Any]]:
    """Squares with homes; each stands where its people are, in the zone of most of them."""
    spots = survey.spots
    homes = np.flatnonzero(spots.homes & (spots.people > 0))
    inside: dict[tuple[int, int], list[int]] = defaultdict(list)
    for home in homes.tolist():
        square = int(spots.x[home] // BLOCK_M), int(spots.y[home] // BLOCK_M)
        inside[square].append(home)
    found = []
    for (east, north), some in sorted(inside.items()):
        people = spots.people[some]
        zones: dict[str, float] = defaultdict(float)
        for home, many in zip(some, people.tolist(), strict=True):
            zones[spots.zones[home]] += many
        properties = {
            "id": f"{east}-{north}",
            "people": round(float(people.sum()), 2),
            "zone": max(sorted(zones), key=lambda name: zones[name]),
            "origin": "synthetic",
        }
        x, y = (np.average(at[some], weights=people) for at in (spots.x, spots.y))
        found.append(point(float(x), float(y), properties))
    return found


DESIGNER = Designer("emergency", draw)
