"""District heating for a city that has no files of it: one plant, a tree of pipes, buildings.

Rules and their sources stand in ``rules.csv`` and ``pipes.csv``; ``docs/design/heat.md`` tells how
they are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import Design, Progress, Site, Survey
from kopa.domain.rules import Rules, rules
from kopa.errors import Finding
from kopa.geo.write_geojson import point, write_features

from .district import District, district
from .layout import CP, DENSITY, PACKAGE, Layout, lay_out

FILE = "heat/network.geojson"
ID = "PLANT"
_CENTIMETRES = 2


def draw(survey: Survey, folder: Path, progress: Progress = lambda text: None) -> Design:
    """Write ``heat/network.geojson``, if a part of the city is dense enough.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    rule = rules(PACKAGE)
    progress("heat: the dense part of the city")
    area = district(rule, survey)
    if area.heat.sum() < rule["least_load"]:
        told = Finding(
            "design.no-heat-network",
            "no part of the city is dense enough for district heating: none is designed.",
            "Add a [heat] table to city.toml where there is one.",
            "info",
        )
        return Design({}, (), findings=(told,))
    progress("heat: pipes along the streets")
    layout = lay_out(rule, survey, area)
    write_features(folder / FILE, survey.streets.crs, _features(rule, survey, area, layout))
    load = float(area.heat.sum())
    flow = load * 1000 / (CP * (rule["supply"] - rule["return"])) / DENSITY
    power = layout.lift * rule["lift_reserve"] * 1e5 * flow / rule["pump_efficiency"] / 1000
    x, y = float(survey.streets.x[layout.plant]), float(survey.streets.y[layout.plant])
    return Design(
        settings={"network": FILE, "outdoor_c": rule["outdoor"]},
        files=(FILE,),
        counts={
            "heat_plants": 1,
            "heat_consumers": len(area.rows),
            "heat_trenches_km": round(sum(t.length for t in layout.trenches) / 1000, 1),
            "heat_load_mw": round(load / 1000, 1),
        },
        sites=(Site(f"heat:{ID}", "heat_plant", x, y, round(power, 2), layout.plant),),
    )


def _features(rule: Rules, survey: Survey, area: District, layout: Layout) -> list[dict[str, Any]]:
    streets, spots = survey.streets, survey.spots
    found: list[dict[str, Any]] = []
    for number, trench in enumerate(layout.trenches, 1):
        coordinates = np.round(trench.line, _CENTIMETRES).tolist()
        properties = {
            "id": f"T{number}",
            "kind": "pipe",
            "diameter_mm": round(trench.size.inner * 1000, 1),
            "loss_w_mk": round(trench.size.loss, 4),
            "roughness_mm": rule["roughness"],
            "origin": "synthetic",
        }
        geometry = {"type": "LineString", "coordinates": coordinates}
        found.append({"type": "Feature", "geometry": geometry, "properties": properties})
    ends = [trench.line[-1] for trench in layout.trenches[-len(area.rows) :]]
    for row, heat, end in zip(area.rows.tolist(), area.heat.tolist(), ends, strict=True):
        properties = {
            "id": spots.ids[row],
            "kind": "consumer",
            "name": spots.names[row],
            "zone": spots.zones[row],
            "heat_kw": round(heat, 1),
            "return_c": rule["return"],
            "people": float(spots.people[row]),
            "time_constant_h": rule["time_constant"],
            "hot_water_share": rule["hot_water"],
            "least_pressure_bar": rule["least_pressure"],
            "origin": "synthetic",
        }
        found.append(point(end[0], end[1], properties))
    plant = {
        "id": ID,
        "kind": "plant",
        "supply_c": rule["supply"],
        "lift_bar": round(layout.lift * rule["lift_reserve"], 2),
        "capacity_kw": round(float(area.heat.sum()) * rule["capacity"], 0),
        "fuel": "gas",
        "efficiency": rule["efficiency"],
        "pump_efficiency": rule["pump_efficiency"],
        "origin": "synthetic",
    }
    x, y = streets.x[layout.plant], streets.y[layout.plant]
    return [*found, point(x, y, plant)]
