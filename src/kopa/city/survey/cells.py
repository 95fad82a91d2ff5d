"""Residents counted on cells, put to the homes and streets of a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.city.survey.people import M2_PER_RESIDENT, Grid, apportioned
from kopa.city.survey.spots import Use, uses
from kopa.domain.design import Spots
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

SITE_M2 = 1500.0
"""Floor area of a school or clinic of which only the number in a cell is known, m²."""
HOMELY = frozenset({"residential", "living_street", "unclassified", "tertiary"})
"""Streets along which people live, where the map has no buildings."""


@dataclass(frozen=True)
class _New:
    """A spot that the map does not have."""

    id: str
    kind: str
    x: float
    y: float
    people: float
    floor_area: float
    usual_hours: str = ""


def on_cells(spots: Spots, grid: Grid, population: int, streets: Streets, among: IntArray) -> Spots:
    """Put the people of cells to the homes in them, or along their streets where there are none.

    Schools, clinics and jobs of a cell become a spot at its middle each.

    Parameters
    ----------
    spots
        Spots of the map; residents of homes are written into `people`.
    grid
        The cells.
    population
        Residents; 0 takes the sum of the cells.
    streets, among
        The streets, and those along which people may live.
    """
    from scipy.spatial import cKDTree

    residents = apportioned(population or float(grid.people.sum()), grid.people)
    homes = np.flatnonzero(spots.homes)
    filled = np.zeros(len(grid.ids), dtype=bool)
    if len(homes):
        far, cell = cKDTree(np.column_stack([grid.x, grid.y])).query(
            np.column_stack([spots.x[homes], spots.y[homes]])
        )
        cell = np.where(far <= grid.spacing, cell, -1)
        for at in np.unique(cell[cell >= 0]):
            rows = homes[cell == at]
            spots.people[rows] = apportioned(residents[at], spots.floor_area[rows])
            filled[at] = True
    new = _street_homes(streets, among, grid, np.where(filled, 0.0, residents))
    sites = (
        ("school", grid.schools, uses()["amenity", "school"]),
        ("clinic", grid.care, uses()["amenity", "clinic"]),
    )
    for kind, counts, use in sites:
        for at in np.flatnonzero(counts > 0).tolist():
            size = SITE_M2 * float(counts[at])
            new.append(_at_cell(grid, at, kind, float(np.ceil(size / use.m2_per_person)), use))
    office = uses()["building", "commercial"]
    for at in np.flatnonzero(grid.jobs > 0).tolist():
        new.append(_at_cell(grid, at, "business", float(grid.jobs[at]), office))
    return _joined(spots, new)


def _at_cell(grid: Grid, at: int, kind: str, people: float, use: Use) -> _New:
    size = people * use.m2_per_person
    place = (float(grid.x[at]), float(grid.y[at]))
    return _New(f"{grid.ids[at]}-{kind}", kind, *place, people, size, use.opening_hours)


def _street_homes(
    streets: Streets, among: IntArray, grid: Grid, residents: FloatArray
) -> list[_New]:
    """Homes at the middles of the streets of each cell, people by length of street."""
    from scipy.spatial import cKDTree

    homely = np.array([streets.kind[edge] in HOMELY for edge in among], dtype=bool)
    edges = among[homely] if homely.any() else among
    x, y = (part[edges] for part in streets.middle)
    cells, middles = np.column_stack([grid.x, grid.y]), np.column_stack([x, y])
    far, cell = cKDTree(cells).query(middles)
    cell = np.where(far <= grid.spacing, cell, -1)
    _, lonely = cKDTree(middles).query(cells)
    order = np.argsort(cell, kind="stable")
    low = np.searchsorted(cell[order], np.arange(len(grid.ids)), side="left")
    high = np.searchsorted(cell[order], np.arange(len(grid.ids)), side="right")
    new: list[_New] = []
    for at in np.flatnonzero(residents > 0).tolist():
        mine = order[low[at] : high[at]]
        mine = mine if len(mine) else np.array([lonely[at]])
        shares = apportioned(residents[at], streets.length[edges[mine]])
        for row, people in zip(mine.tolist(), shares.tolist(), strict=True):
            if people > 0:
                name = f"{grid.ids[at]}-{streets.ids[edges[row]]}"
                place = (float(x[row]), float(y[row]))
                new.append(_New(name, "home", *place, people, people * M2_PER_RESIDENT))
    return new


def _joined(spots: Spots, new: list[_New]) -> Spots:
    """Spots of the map and new ones; streets of the new ones not yet known."""
    none = np.zeros(len(new), dtype=np.int64)
    blank = ("",) * len(new)

    def numbers(name: str) -> FloatArray:
        return np.concatenate([getattr(spots, name), [getattr(spot, name) for spot in new]])

    return Spots(
        ids=(*spots.ids, *(spot.id for spot in new)),
        kinds=(*spots.kinds, *(spot.kind for spot in new)),
        names=(*spots.names, *blank),
        zones=(*spots.zones, *blank),
        opening_hours=(*spots.opening_hours, *blank),
        usual_hours=(*spots.usual_hours, *(spot.usual_hours for spot in new)),
        x=numbers("x"),
        y=numbers("y"),
        people=numbers("people"),
        floor_area=numbers("floor_area"),
        edge=np.concatenate([spots.edge, none]),
        node=np.concatenate([spots.node, none]),
    )
