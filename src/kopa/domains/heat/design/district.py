"""The part of a city that is dense enough for district heating."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kopa.domain.design import Survey
from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray

Cell = tuple[int, int]
AROUND = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]


@dataclass(frozen=True)
class District:
    """Buildings that are joined.

    Parameters
    ----------
    rows
        Spots of the survey, shape (consumer,).
    heat
        Heat of each at the design outdoor temperature, kW, shape (consumer,).
    """

    rows: IntArray
    heat: FloatArray


def district(rule: Rules, survey: Survey) -> District:
    """Dense squares that lie together, as many as one plant heats: where most heat is asked for.

    Parameters
    ----------
    rule
        The rules of the design.
    survey
        The city.
    """
    spots = survey.spots
    heat = spots.floor_area * np.array([rule.of("load", kind) for kind in spots.kinds]) / 1000
    some = np.flatnonzero((heat >= rule["least_building"]) & (spots.people > 0))
    cells: dict[Cell, list[int]] = {}
    for row in some.tolist():
        key = (int(spots.x[row] // rule["cell"]), int(spots.y[row] // rule["cell"]))
        cells.setdefault(key, []).append(row)
    yearly = rule["full_load_hours"] / rule["cell"] ** 2
    density = {key: float(heat[rows].sum()) * yearly for key, rows in cells.items()}
    dense = {key for key, value in density.items() if value >= rule["least_density"]}
    grown: list[tuple[float, list[int]]] = []
    left = set(dense)
    while left:
        start = max(left, key=lambda key: (density[key], key))
        part = _together(start, left)
        left -= part
        chosen = _grown(rule, start, {key: cells[key] for key in part}, density, heat)
        if len(chosen) >= rule["least_consumers"]:
            grown.append((float(heat[chosen].sum()), chosen))
    rows = np.array(sorted(max(grown, default=(0.0, []))[1]), dtype=np.int64)
    return District(rows, heat[rows])


def _around(key: Cell) -> list[Cell]:
    return [(key[0] + dx, key[1] + dy) for dx, dy in AROUND]


def _together(start: Cell, dense: set[Cell]) -> set[Cell]:
    """The dense squares that hang together with one."""
    found, todo = {start}, [start]
    while todo:
        more = [key for key in _around(todo.pop()) if key in dense and key not in found]
        found.update(more)
        todo += more
    return found


def _grown(
    rule: Rules,
    start: Cell,
    cells: Mapping[Cell, list[int]],
    density: Mapping[Cell, float],
    heat: FloatArray,
) -> list[int]:
    """Buildings of the squares that join, the densest neighbour first, until a plant is full."""
    chosen: list[int] = []
    load, seen = 0.0, {start}
    edge = [(-density[start], start)]
    while edge:
        _, key = heapq.heappop(edge)
        more = float(heat[cells[key]].sum())
        full = load + more > rule["greatest_load"]
        if chosen and (full or len(chosen) + len(cells[key]) > rule["greatest_consumers"]):
            continue
        chosen += cells[key]
        load += more
        for near in _around(key):
            if near in cells and near not in seen:
                seen.add(near)
                heapq.heappush(edge, (-density[near], near))
    return chosen
