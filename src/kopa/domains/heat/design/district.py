"""The part of a city that is dense enough for district heating."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from kopa.domain.design import Survey
from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray

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
    """The densest squares that lie together, as many as are dense enough and one plant heats.

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
    cells: dict[tuple[int, int], list[int]] = {}
    for row in some.tolist():
        key = (int(spots.x[row] // rule["cell"]), int(spots.y[row] // rule["cell"]))
        cells.setdefault(key, []).append(row)
    yearly = rule["full_load_hours"] / rule["cell"] ** 2
    density = {key: float(heat[rows].sum()) * yearly for key, rows in cells.items()}
    dense = {key for key, value in density.items() if value >= rule["least_density"]}
    chosen: list[int] = []
    load, seen = 0.0, set[tuple[int, int]]()
    start = max(dense, key=lambda key: (density[key], key), default=None)
    edge = [] if start is None else [(-density[start], start)]
    while edge:
        _, key = heapq.heappop(edge)
        if key in seen:
            continue
        seen.add(key)
        more = float(heat[cells[key]].sum())
        full = load + more > rule["greatest_load"]
        if chosen and (full or len(chosen) + len(cells[key]) > rule["greatest_consumers"]):
            continue
        chosen += cells[key]
        load += more
        for dx, dy in AROUND:
            near = (key[0] + dx, key[1] + dy)
            if near in dense and near not in seen:
                heapq.heappush(edge, (-density[near], near))
    rows = np.array(sorted(chosen), dtype=np.int64)
    return District(rows, heat[rows])
