"""Makes a survey: streets, homes, sites, people and ground from a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa.city.survey.cells import on_cells
from kopa.city.survey.mains import in_front, mains, usable
from kopa.city.survey.people import AGES, M2_PER_RESIDENT, Grid, apportioned, read_grid
from kopa.city.survey.spots import Found, find_spots, zones
from kopa.domain.design import Progress, Spots, Survey
from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.read_features import read_features
from kopa.geo.read_ground import RELIEF, SLOPE, read_ground, sloped
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets
from kopa.model import BoolArray, IntArray

FAR = 1000.0
"""A spot further than this from every street that a network may take is not served, m."""


@dataclass(frozen=True)
class Wishes:
    """What a city is made from.

    Parameters
    ----------
    osm
        OpenStreetMap extract.
    name
        Name of the city; empty takes the name of the file.
    population
        Residents; 0 takes those of `people`, or else as many as the homes hold.
    gtfs, dem, people
        Timetable, heights (GeoTIFF) and people on cells (CSV), None where there are none.
    crs
        Projected CRS; empty takes the UTM zone.
    ages
        Share of the residents in each age band.
    seed
        Seed of all that is drawn.
    """

    osm: Path
    name: str = ""
    population: int = 0
    gtfs: Path | None = None
    dem: Path | None = None
    people: Path | None = None
    crs: str = ""
    ages: Mapping[str, float] = field(default_factory=lambda: dict(AGES))
    seed: int = 1


def make_survey(
    wishes: Wishes, progress: Progress = lambda text: None
) -> tuple[Survey, tuple[Finding, ...]]:
    """Read a map and spread its people.

    Returns
    -------
    tuple
        The survey, and findings that do not stop the work.

    Raises
    ------
    InputError
        With what is wrong with the files.
    UsageError
        If there is no such CRS.
    """
    progress("streets")
    streets, findings = read_streets(wishes.osm, wishes.crs)
    projection = Projection(streets.crs)
    progress("buildings and sites")
    features = read_features(wishes.osm, projection)
    found = find_spots(features)
    grid = read_grid(wishes.people, projection) if wishes.people else None
    progress("people")
    keep, cost = usable(streets)
    if not keep.any():
        raise InputError(
            [
                Finding(
                    "osm.no-town-streets",
                    "no street of the extract is one that mains could run along.",
                    "Take an extract with residential or main streets.",
                    file=str(wishes.osm),
                )
            ]
        )
    among = np.flatnonzero(keep)
    spots = _spots(wishes, found, grid, (streets, among))
    edge, far = in_front(streets, among, spots.x, spots.y)
    near = far <= FAR
    more = list(findings)
    if not near.all():
        more.append(_unserved(spots, near, wishes))
    if not near.any():
        raise InputError(more)
    spots = _rows(spots, near)
    spots = replace(spots, edge=edge[near], node=_ends(streets, edge[near], spots))
    spots = replace(spots, zones=zones(features, spots.x, spots.y))
    if wishes.dem:
        progress("ground")
        ground, edge_findings = read_ground(wishes.dem, streets.lon, streets.lat)
        more += edge_findings
        source = f"{wishes.dem.name}"
    else:
        ground = sloped(streets.y)
        source = f"synthetic: falls to the south by {SLOPE:g}, and by {RELIEF:g} m at most"
    return Survey(
        name=wishes.name or wishes.osm.name.split(".")[0],
        streets=streets,
        ground=ground,
        ground_source=source,
        mains=mains(streets, keep, cost, np.unique(spots.edge)),
        spots=spots,
        seed=wishes.seed,
        osm=wishes.osm,
        gtfs=wishes.gtfs,
        ages=wishes.ages,
    ), tuple(more)


def _spots(
    wishes: Wishes, found: Found, grid: Grid | None, keep: tuple[Streets, IntArray]
) -> Spots:
    """Homes with residents and sites with the people there; streets not yet known."""
    home = np.array([use.kind == "home" for use in found.uses], dtype=bool)
    if not home.any() and grid is None:
        raise InputError(
            [
                Finding(
                    "osm.no-homes",
                    "the extract has no building that could be a home: nobody knows where "
                    "people live.",
                    "Take an extract with buildings, or give people on cells: "
                    "--people F.csv with lon, lat, population.",
                    file=str(wishes.osm),
                )
            ]
        )
    each = np.array([use.m2_per_person for use in found.uses])
    people = np.where(home, 0.0, np.ceil(found.floor_area / each))
    n = len(found.ids)
    spots = Spots(
        ids=found.ids,
        kinds=tuple(use.kind for use in found.uses),
        names=found.names,
        zones=("",) * n,
        opening_hours=found.hours,
        usual_hours=tuple(use.opening_hours for use in found.uses),
        x=found.x,
        y=found.y,
        people=people,
        floor_area=found.floor_area,
        edge=np.zeros(n, dtype=np.int64),
        node=np.zeros(n, dtype=np.int64),
    )
    if grid is None:
        total = wishes.population or float(found.floor_area[home].sum()) / M2_PER_RESIDENT
        spots.people[home] = apportioned(total, found.floor_area[home])
        return spots
    return on_cells(spots, grid, wishes.population, *keep)


def _rows(spots: Spots, keep: BoolArray) -> Spots:
    at = np.flatnonzero(keep)
    texts: dict[str, Any] = {
        name: tuple(getattr(spots, name)[row] for row in at)
        for name in ("ids", "kinds", "names", "zones", "opening_hours", "usual_hours")
    }
    arrays: dict[str, Any] = {
        name: getattr(spots, name)[at]
        for name in ("x", "y", "people", "floor_area", "edge", "node")
    }
    return Spots(**texts, **arrays)


def _ends(streets: Streets, edge: IntArray, spots: Spots) -> IntArray:
    """That end of each spot's street which is nearer."""
    a, b = streets.a[edge], streets.b[edge]
    to_a = np.hypot(streets.x[a] - spots.x, streets.y[a] - spots.y)
    to_b = np.hypot(streets.x[b] - spots.x, streets.y[b] - spots.y)
    return np.asarray(np.where(to_a <= to_b, a, b))


def _unserved(spots: Spots, near: BoolArray, wishes: Wishes) -> Finding:
    lost = np.flatnonzero(~near)
    people = int(spots.people[lost].sum())
    return Finding(
        "osm.far",
        f"{len(lost)} buildings with {people} people lie further than {FAR:g} m from every "
        f"connected street, {spots.ids[lost[0]]} among them: they are left out.",
        "Take an extract with the streets that lead there.",
        "warning",
        str(wishes.osm),
    )
