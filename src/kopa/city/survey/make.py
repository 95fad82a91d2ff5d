"""Makes a survey: streets, homes, sites, people and ground from a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from kopa.city.survey.mains import in_front, mains, usable
from kopa.city.survey.people import AGES, M2_PER_RESIDENT, Grid, apportioned, read_grid
from kopa.city.survey.spots import Found, find_spots, uses, zones
from kopa.domain.design import Progress, Spots, Survey
from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.read_features import read_features
from kopa.geo.read_ground import RELIEF, SLOPE, read_ground, sloped
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

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
    return _on_cells(spots, grid, wishes.population, keep)


def _on_cells(spots: Spots, grid: Grid, population: int, keep: tuple[Streets, IntArray]) -> Spots:
    """Residents of each cell in its homes; where it has none, at a new home in its middle street."""
    from scipy.spatial import cKDTree

    total = population or float(grid.people.sum())
    residents = apportioned(total, grid.people)
    homes = np.flatnonzero(spots.homes)
    cell = np.full(len(homes), -1)
    spacing = _spacing(grid)
    if len(homes):
        far, near = cKDTree(np.column_stack([grid.x, grid.y])).query(
            np.column_stack([spots.x[homes], spots.y[homes]])
        )
        cell = np.where(far <= spacing, near, -1)
    for at in np.unique(cell[cell >= 0]):
        rows = homes[cell == at]
        spots.people[rows] = apportioned(residents[at], spots.floor_area[rows])
    filled = np.zeros(len(grid.ids), dtype=bool)
    filled[cell[cell >= 0]] = True
    streets, among = keep
    extra = _street_homes(streets, among, grid, np.where(filled, 0.0, residents))
    rows: list[tuple[str, str, float, float, float, float, str]] = list(extra)
    for kind, counts in (("school", grid.schools), ("clinic", grid.care)):
        use = uses()["amenity", "school" if kind == "school" else "clinic"]
        for at in np.flatnonzero(counts > 0).tolist():
            x, y, size = float(grid.x[at]), float(grid.y[at]), 1500.0 * float(counts[at])
            name = f"{grid.ids[at]}-{kind}"
            rows.append(
                (name, kind, x, y, np.ceil(size / use.m2_per_person), size, use.opening_hours)
            )
    use = uses()["building", "commercial"]
    for at in np.flatnonzero(grid.jobs > 0).tolist():
        jobs = float(grid.jobs[at])
        size = jobs * use.m2_per_person
        place = (float(grid.x[at]), float(grid.y[at]))
        rows.append((f"{grid.ids[at]}-jobs", "business", *place, jobs, size, use.opening_hours))
    return _joined(spots, rows)


def _street_homes(
    streets: Streets, among: IntArray, grid: Grid, residents: FloatArray
) -> list[tuple[str, str, float, float, float, float, str]]:
    """Homes at the middles of the streets of each cell, people by length of street."""
    from scipy.spatial import cKDTree

    homely = np.array(
        [
            streets.kind[e] in ("residential", "living_street", "unclassified", "tertiary")
            for e in among
        ]
    )
    edges = among[homely] if homely.any() else among
    x, y = (part[edges] for part in streets.middle)
    tree = cKDTree(np.column_stack([grid.x, grid.y]))
    far, cell = tree.query(np.column_stack([x, y]))
    cell = np.where(far <= _spacing(grid), cell, -1)
    rows: list[tuple[str, str, float, float, float, float, str]] = []
    _, lonely = cKDTree(np.column_stack([x, y])).query(np.column_stack([grid.x, grid.y]))
    order = np.argsort(cell, kind="stable")
    low = np.searchsorted(cell[order], np.arange(len(grid.ids)), side="left")
    high = np.searchsorted(cell[order], np.arange(len(grid.ids)), side="right")
    for at in np.flatnonzero(residents > 0).tolist():
        mine = order[low[at] : high[at]]
        mine = mine if len(mine) else np.array([lonely[at]])
        for row, people in zip(
            mine, apportioned(residents[at], streets.length[edges[mine]]), strict=True
        ):
            if people > 0:
                rows.append(
                    (
                        f"{grid.ids[at]}-{streets.ids[edges[row]]}", "home", float(x[row]),
                        float(y[row]), float(people), float(people) * M2_PER_RESIDENT, "",
                    )
                )  # fmt: skip
    return rows


def _spacing(grid: Grid) -> float:
    """How far a cell's people may live from its middle, m."""
    from scipy.spatial import cKDTree

    points = np.column_stack([grid.x, grid.y])
    if len(points) < 2:
        return 500.0
    return float(np.median(cKDTree(points).query(points, k=2)[0][:, 1]))


def _joined(spots: Spots, rows: list[tuple[str, str, float, float, float, float, str]]) -> Spots:
    ids, kinds, x, y, people, size, hours = (
        (list(part) for part in zip(*rows, strict=True)) if rows else ([],) * 7
    )
    blank = ("",) * len(rows)
    none = np.zeros(len(rows), dtype=np.int64)
    return Spots(
        ids=(*spots.ids, *ids),
        kinds=(*spots.kinds, *kinds),
        names=(*spots.names, *blank),
        zones=(*spots.zones, *blank),
        opening_hours=(*spots.opening_hours, *blank),
        usual_hours=(*spots.usual_hours, *hours),
        x=np.concatenate([spots.x, x]),
        y=np.concatenate([spots.y, y]),
        people=np.concatenate([spots.people, people]),
        floor_area=np.concatenate([spots.floor_area, size]),
        edge=np.concatenate([spots.edge, none]),
        node=np.concatenate([spots.node, none]),
    )


def _rows(spots: Spots, keep: FloatArray) -> Spots:
    at = np.flatnonzero(keep)
    texts = {
        name: tuple(getattr(spots, name)[row] for row in at)
        for name in ("ids", "kinds", "names", "zones", "opening_hours", "usual_hours")
    }
    arrays = {
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


def _unserved(spots: Spots, near: FloatArray, wishes: Wishes) -> Finding:
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
