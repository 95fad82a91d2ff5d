"""Schools and kindergartens of a map; what the map does not say is synthetic."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from kopa.domain.design import STREETS, Design, Designer, Progress, Survey
from kopa.errors import Finding
from kopa.geo.write_geojson import point, write_features

from .network import SCHOOL_KINDS

SCHOOL_FILE, GROUP_FILE = "education/schools.geojson", "education/groups.csv"
PUPILS_A_TEACHER = 13
"""Eurostat educ_uoe_perp04: some 13 pupils a teacher in primary schools, mean of the EU, 2021."""
FULL = 0.9
"""Share of the places that are taken: our own assumption."""
HEAT_H = 12.0
"""Hours until rooms are too cold: our own assumption for heavy buildings in frost."""
HOURS = {"kindergarten": (7.5, 17.5), "school": (8.0, 16.0)}
"""Hours of the day, as the survey takes the opening hours of these kinds to be."""
GROUPS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "kindergarten": (("age 1-2", 1, 2), ("age 3-4", 3, 4), ("age 5-6", 5, 6)),
    "school": tuple((f"grade {grade}", grade + 6, grade + 6) for grade in range(1, 10)),
}
"""Ages of Latvian kindergartens and basic schools; each group has as many places."""
HEADS = ("school", "group", "age_from", "age_to", "places", "pupils", "origin")


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write schools as GeoJSON in the city's CRS, and their groups as CSV.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("education")
    spots = survey.spots
    rows = [
        row
        for row, kind in enumerate(spots.kinds)
        if kind in SCHOOL_KINDS and spots.people[row] > 0
    ]
    if not rows:
        what, do = "the map has no school or kindergarten.", "Add them to the map, or give files."
        return Design({}, (), findings=(Finding("education.design-none", what, do, "info"),))
    crs, schools, groups = survey.streets.crs, [], []
    for row in rows:
        schools.append(_school(survey, row))
        groups += _groups(survey, row)
    write_features(folder / SCHOOL_FILE, crs, schools)
    with (folder / GROUP_FILE).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADS)
        writer.writerows(groups)
    kinds = [spots.kinds[row] for row in rows]
    counts = {
        "schools": kinds.count("school"),
        "kindergartens": kinds.count("kindergarten"),
        "places": sum(row[4] for row in groups),
    }
    settings = {"schools": SCHOOL_FILE, "groups": GROUP_FILE, "streets": STREETS, "crs": crs}
    return Design(settings, (SCHOOL_FILE, GROUP_FILE), counts)


def _places(survey: Survey, row: int) -> int:
    """Pupils and teachers share the people of the building."""
    people = float(survey.spots.people[row])
    return max(1, round(people * PUPILS_A_TEACHER / (PUPILS_A_TEACHER + 1)))


def _school(survey: Survey, row: int) -> dict[str, Any]:
    spots = survey.spots
    opens, closes = HOURS[spots.kinds[row]]
    properties = {
        "id": spots.ids[row],
        "name": spots.names[row],
        "kind": spots.kinds[row],
        "zone": spots.zones[row],
        "staff": max(1, round(_places(survey, row) / PUPILS_A_TEACHER)),
        "floor_area_m2": round(float(spots.floor_area[row]), 1),
        "opens_h": opens,
        "closes_h": closes,
        "heat_h": HEAT_H,
        "osm": spots.ids[row],
        "origin": "synthetic",
    }
    return point(float(spots.x[row]), float(spots.y[row]), properties)


def _groups(survey: Survey, row: int) -> list[tuple[Any, ...]]:
    names = GROUPS[survey.spots.kinds[row]]
    found, left = [], _places(survey, row)
    for number, (name, low, high) in enumerate(names):
        places = round(left / (len(names) - number))
        left -= places
        pupils = round(places * FULL)
        found.append((survey.spots.ids[row], name, low, high, places, pupils, "synthetic"))
    return found


DESIGNER = Designer("education", draw)
