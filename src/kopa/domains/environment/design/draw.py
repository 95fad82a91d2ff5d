"""Rivers and bathing waters for a city that has no files of them.

Lines, names and some widths are the map's; flows and depths are synthetic. Rules and their
sources stand in ``rules.csv``; ``docs/design/environment.md`` tells how they are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import Design, Progress, Survey
from kopa.domain.rules import Rules, rules
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.geo.read_features import Features, read_tagged
from kopa.geo.read_waters import read_waters
from kopa.geo.write_geojson import point, write_features
from kopa.model import FloatArray

from .reaches import Reach, reaches

PACKAGE = "kopa.domains.environment.design"
RIVERS, BATHING = "environment/rivers.geojson", "environment/bathing.geojson"
SEASON = ("05-15", "09-15")
"""First and last day of the season: a common one in the EU (Directive 2006/7/EC leaves it open)."""
PLACES = (
    ("leisure", "bathing_place"),
    ("leisure", "swimming_area"),
    ("natural", "beach"),
    ("sport", "swimming"),
)
"""Tags of the map by which people bathe there, at a river."""
POOLS = {"swimming_pool", "sports_centre", "water_park", "fitness_centre", "sports_hall"}
"""`leisure` of what is no bathing water though people swim there."""


def draw(survey: Survey, folder: Path, progress: Progress = lambda text: None) -> Design:
    """Write rivers and bathing waters as GeoJSON, in the city's CRS; nothing where none is."""
    rule = rules(PACKAGE)
    progress("rivers")
    streets = survey.streets
    projection = Projection(streets.crs)
    ends = np.unique(np.concatenate([streets.a[survey.mains], streets.b[survey.mains]]))
    mains = np.column_stack([streets.x[ends], streets.y[ends]])
    found = reaches(rule, read_waters(survey.osm, projection), mains)
    if not found:
        return Design({}, (), {"reaches": 0}, findings=(_no_river(survey),))
    flow, width, depth = sizes(rule, found)
    rivers = [
        _river(rule, found, number, (flow[number], width[number], depth[number]))
        for number in range(len(found))
    ]
    write_features(folder / RIVERS, streets.crs, rivers)
    bathing = _bathing(rule, found, read_tagged(survey.osm, projection, *PLACES))
    files: tuple[str, ...] = (RIVERS,)
    if bathing:
        write_features(folder / BATHING, streets.crs, bathing)
        files = (RIVERS, BATHING)
    counts = {
        "reaches": len(found),
        "waters_km": round(sum(reach.line.length for reach in found) / 1000, 1),
        "bathing_waters": len(bathing),
    }
    return Design(settings={"files": list(files)}, files=files, counts=counts)


def _no_river(survey: Survey) -> Finding:
    what = "the map has no river, stream or canal near the city: overflows of sewers go nowhere."
    do = (
        "Take an extract with the ways tagged 'waterway', or draw your own rivers "
        "(docs/domains/environment.md). A coast is no river."
    )
    return Finding("design.environment-no-river", what, do, "info", str(survey.osm))


def sizes(rule: Rules, found: Sequence[Reach]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean flow, m³/s, width and depth, m, of each reach, shape (reach,).

    A reach carries what its own kind and width bring, or all that comes from above, if that is
    more. Width and depth follow from the flow (Leopold and Maddock 1953) unless the map knows
    the width.

    Parameters
    ----------
    rule
        The rules of the design.
    found
        The reaches, each before the one it flows into.
    """
    kinds = [reach.line.kind for reach in found]
    usual = np.array([rule[f"width.{kind}"] for kind in kinds])
    deep = np.array([rule[f"depth.{kind}"] for kind in kinds])
    full = usual * deep * np.array([rule[f"speed.{kind}"] for kind in kinds])
    known = np.array([reach.line.width for reach in found])
    mapped = known > 0
    flow = full * np.where(mapped, known / usual, 1.0) ** (1 / rule["width_exponent"])
    above = np.zeros(len(found))
    for number, reach in enumerate(found):
        flow[number] = max(flow[number], above[number])
        if reach.downstream >= 0:
            above[reach.downstream] += flow[number]
    width = np.where(mapped, known, usual * (flow / full) ** rule["width_exponent"])
    return flow, width, deep * (flow / full) ** rule["depth_exponent"]


def _river(
    rule: Rules, found: Sequence[Reach], number: int, size: tuple[float, float, float]
) -> dict[str, Any]:
    reach, (flow, width, depth) = found[number], size
    below = reach.downstream
    properties = {
        "kind": "river",
        "id": reach.id,
        "name": reach.line.name,
        "downstream": found[below].id if below >= 0 else "",
        "flow_m3_s": round(flow, 4),
        "low_flow_m3_s": round(flow * rule["low_flow"], 4),
        "width_m": round(width, 2),
        "depth_m": round(depth, 3),
        "background_ecoli": rule["background_ecoli"],
        "background_enterococci": rule["background_enterococci"],
        "background_ammonia_mg_l": rule["background_ammonia"],
        "waterway": reach.line.kind,
        "width_from": "OpenStreetMap" if reach.line.width > 0 else "rule",
        "osm": f"w{reach.line.way}",
        "origin": "synthetic",
    }
    line = {"type": "LineString", "coordinates": np.round(reach.line.xy, 2).tolist()}
    kept = {key: value for key, value in properties.items() if value != ""}
    return {"type": "Feature", "geometry": line, "properties": kept}


def _bathing(rule: Rules, found: Sequence[Reach], places: Features) -> list[dict[str, Any]]:
    """Bathing waters of the map on the bank of a reach; what lies on the sea or a lake is none."""
    import shapely

    lines = [shapely.LineString(reach.line.xy) for reach in found]
    tree = shapely.STRtree(lines)
    bathing = []
    for row, tags in enumerate(places.tags):
        if tags.get("leisure") in POOLS or "building" in tags or "amenity" in tags:
            continue
        here = places.shapes[row] or shapely.Point(places.x[row], places.y[row])
        near = int(tree.nearest(here))
        if lines[near].distance(here) > rule["bathing_within"]:
            continue
        properties = {
            "kind": "bathing",
            "id": places.ids[row],
            "name": tags.get("name", ""),
            "reach": found[near].id,
            "water": "inland",
            "people_a_day": rule["bathers"],
            "season_start": SEASON[0],
            "season_end": SEASON[1],
            "osm": places.ids[row],
            "origin": "synthetic",
        }
        bathing.append(point(places.x[row], places.y[row], properties))
    return bathing
