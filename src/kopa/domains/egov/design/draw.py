"""Offices of a municipality from a map."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domain.design import Design, Designer, Progress, Survey
from kopa.domains.egov.engine_opening_hours import problem
from kopa.domains.egov.read_townhalls import read_townhalls
from kopa.geo.write_geojson import point, write_features

FILE = "egov/offices.geojson"
VISITORS = 0.0005
"""People in an open hour per resident, of all offices together: a round planning value, one visit
a resident and year in 2,000 open hours."""
OFFICE_KW = 10.0
"""Electric power of an office: 400 m² at 25 W/m², a round planning value."""
HOURS = "Mo 08:30-18:00; Tu-Th 08:30-17:00; Fr 08:30-16:00"
"""Where the map has none: usual at Latvian municipalities."""


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write offices as GeoJSON in the city's CRS.

    They are those of the map; where it has none, a town hall stands where people's middle is.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("egov")
    spots = survey.spots
    kinds = read_townhalls(survey.osm)
    rows = [row for row, name in enumerate(spots.ids) if name in kinds]
    if not rows:
        weight = np.where(spots.homes, spots.people, 0.0)
        weight = weight if weight.any() else np.ones(len(spots))
        middle = (np.average(spots.x, weights=weight), np.average(spots.y, weights=weight))
        rows = [int(np.hypot(spots.x - middle[0], spots.y - middle[1]).argmin())]
    people = max(1.0, VISITORS * float(spots.people[spots.homes].sum())) / len(rows)
    features = []
    for row in rows:
        told = spots.opening_hours[row]
        properties = {
            "id": f"office/{spots.ids[row]}",
            "kind": kinds.get(spots.ids[row], "town_hall"),
            "name": spots.names[row],
            "zone": spots.zones[row],
            "people": round(people, 2),
            "opening_hours": told if told and not problem(told) else HOURS,
            "electricity_kw": OFFICE_KW,
            "needs_electricity": True,
            "osm": spots.ids[row] if spots.ids[row] in kinds else "",
            "origin": "synthetic",
        }
        features.append(point(spots.x[row], spots.y[row], properties))
    write_features(folder / FILE, survey.streets.crs, features)
    return Design({"offices": FILE}, (FILE,), {"offices": len(features)})


DESIGNER = Designer("egov", draw)
