"""Firms of a city from a map."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domain.design import Design, Designer, Progress, Survey
from kopa.domains.ebusiness.read_businesses import read_businesses
from kopa.engine_opening_hours import problem
from kopa.geo.write_geojson import point, write_features

FILE = "ebusiness/firms.geojson"
KW_PERSON = {"office": 0.3, "shop": 0.8, "industry": 5.0, "craft": 2.0}
"""Electric power for each person at work: round planning values."""
HOURS = {
    "office": "Mo-Fr 09:00-17:00",
    "shop": "Mo-Sa 10:00-19:00",
    "industry": "Mo-Fr 07:00-22:00",
    "craft": "Mo-Fr 08:00-17:00",
}
"""Where the map has none."""
LEAST_PEOPLE = 1.0


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write firms as GeoJSON in the city's CRS.

    They are the spots that the map tags as shops, offices, crafts or industry; spots where people
    work and nobody says at what are offices. Where there are neither, one shop stands where
    people's middle is.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("ebusiness")
    spots = survey.spots
    known = read_businesses(survey.osm)
    rows = [
        row
        for row, (name, kind) in enumerate(zip(spots.ids, spots.kinds, strict=True))
        if name in known or kind == "business"
    ]
    if not rows:
        weight = np.where(spots.homes, spots.people, 0.0)
        weight = weight if weight.any() else np.ones(len(spots))
        middle = (np.average(spots.x, weights=weight), np.average(spots.y, weights=weight))
        rows = [int(np.hypot(spots.x - middle[0], spots.y - middle[1]).argmin())]
        known = {spots.ids[rows[0]]: ("shop", "")}
    features = []
    for row in rows:
        kind, name = known.get(spots.ids[row], ("office", spots.names[row]))
        told = spots.opening_hours[row]
        people = LEAST_PEOPLE if spots.homes[row] else max(LEAST_PEOPLE, float(spots.people[row]))
        properties = {
            "id": f"firm/{spots.ids[row]}",
            "kind": kind,
            "name": name,
            "zone": spots.zones[row],
            "people": round(people, 2),
            "opening_hours": told if told and not problem(told) else HOURS[kind],
            "electricity_kw": round(people * KW_PERSON[kind], 2),
            "osm": spots.ids[row],
            "origin": "synthetic",
        }
        features.append(point(spots.x[row], spots.y[row], properties))
    write_features(folder / FILE, survey.streets.crs, features)
    return Design({"firms": FILE}, (FILE,), {"firms": len(features)})


DESIGNER = Designer("ebusiness", draw)
