"""Sights of a map; how many come is synthetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domain.design import STREETS, Design, Designer, Progress, Survey
from kopa.engine_opening_hours import problem
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.geo.write_geojson import point, write_features

from .read_sights_osm import sights_of_map

FILE = "tourism/sights.geojson"
VISITORS = {"museum": 150, "attraction": 200, "monument": 60, "viewpoint": 80}
"""Visitors of an open day: our own assumption, until the city counts them."""
STAY_MIN = {"museum": 75, "attraction": 60, "monument": 15, "viewpoint": 20}
"""Minutes of a visit: our own assumption."""
HOURS = {"museum": "Tu-Su 10:00-18:00"}
"""Where the map has none: usual at Latvian museums; what has no doors is always open."""
PEAK_H = 14.0
"""Hour that most come at: our own assumption."""
TRANSIT, WATER_L, WASTE_KG = 0.3, 5.0, 0.1
"""Share who come by public transport, litres and kg a visitor and hour: our own assumptions."""


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write sights as GeoJSON in the city's CRS.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("tourism")
    found = sights_of_map(survey.osm)
    if not found:
        what, do = "the map has no sight with a name.", "Add them to the map, or give files."
        return Design({}, (), findings=(Finding("tourism.design-none", what, do, "info"),))
    crs = survey.streets.crs
    lon, lat = (np.array([getattr(one, name) for one in found]) for name in ("lon", "lat"))
    x, y = Projection(crs).metres(lon, lat)
    features = []
    for one, east, north in zip(found, x.tolist(), y.tolist(), strict=True):
        hours = one.hours if one.hours and not problem(one.hours) else HOURS.get(one.kind, "")
        properties = {
            "id": one.id,
            "name": one.name,
            "kind": one.kind,
            "opening_hours": hours,
            "visitors_day": VISITORS[one.kind],
            "stay_min": STAY_MIN[one.kind],
            "peak_h": PEAK_H,
            "wheelchair": one.wheelchair,
            "osm": one.id,
            "origin": "synthetic",
        }
        features.append(point(east, north, properties))
    write_features(folder / FILE, crs, features)
    counts = {"sights": len(found), "visitors": sum(VISITORS[one.kind] for one in found)}
    settings = {
        "sights": FILE, "streets": STREETS, "crs": crs, "transit_share": TRANSIT,
        "water_l_visitor_h": WATER_L, "waste_kg_visitor_h": WASTE_KG,
    }  # fmt: skip
    return Design(settings, (FILE,), counts)


DESIGNER = Designer("tourism", draw)
