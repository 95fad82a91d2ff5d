"""Trenches along the streets: the tree of shortest ways from the plant, and its pipes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kopa.domain.design import Survey
from kopa.domain.rules import Rules
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

from .district import District

PACKAGE = "kopa.domains.heat.design"
CP, DENSITY = 4190.0, 972.0
"""Water at 80 °C: J/(kg K) and kg/m³."""
NEAREST_M = 1.0
"""A substation stands at least so far from the street's crossing."""


@dataclass(frozen=True)
class Size:
    """A pipe of the catalogue.

    Parameters
    ----------
    inner
        Inner diameter, m.
    loss
        Heat that a metre loses a kelvin, W/(m K).
    """

    inner: float
    loss: float


@dataclass(frozen=True)
class Trench:
    """A trench with its two pipes.

    Parameters
    ----------
    line
        Its way, m, shape (point, 2).
    heat
        Heat that passes, kW.
    size
        Its pipes.
    """

    line: FloatArray
    heat: float
    size: Size

    @property
    def length(self) -> float:
        """Length, m."""
        return float(np.hypot(*np.diff(self.line, axis=0).T).sum())


@dataclass(frozen=True)
class Layout:
    """The network.

    Parameters
    ----------
    plant
        Street node of the plant.
    trenches
        Mains along streets first, then those to the buildings, one a consumer.
    lift
        Pressure that the farthest substation needs at the plant, bar.
    """

    plant: int
    trenches: tuple[Trench, ...]
    lift: float


@cache
def catalogue() -> tuple[Mapping[str, str], ...]:
    """Rows of ``pipes.csv``."""
    text = files(PACKAGE).joinpath("pipes.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def sizes(rule: Rules) -> tuple[Size, ...]:
    """The catalogue's pipes, the smallest first.

    References
    ----------
    EN 13941-1: resistance of the insulation and of the ground above a buried pipe.
    """
    found = []
    for row in catalogue():
        outer, casing = float(row["outer_mm"]) / 1000, float(row["casing_mm"]) / 1000
        foam = np.log(casing / outer) / (2 * np.pi * rule["foam"])
        soil = np.log(4 * rule["depth"] / casing) / (2 * np.pi * rule["soil"])
        inner = outer - 2 * float(row["wall_mm"]) / 1000
        found.append(Size(inner, float(1 / (foam + soil))))
    return tuple(found)


def gradient(rule: Rules, heat: float, inner: float) -> float:
    """Pressure loss of a metre of pipe, Pa/m (Darcy and Weisbach, friction by Nikuradse)."""
    flow = heat * 1000 / (CP * (rule["supply"] - rule["return"]))
    speed = flow / (DENSITY * np.pi / 4 * inner**2)
    friction = (2 * np.log10(3.71 * inner * 1000 / rule["roughness"])) ** -2
    return float(friction / inner * DENSITY * speed**2 / 2)


def size_for(rule: Rules, heat: float) -> Size:
    """The smallest pipe that keeps the gradient, or the largest there is."""
    every = sizes(rule)
    return next((s for s in every if gradient(rule, heat, s.inner) <= rule["gradient"]), every[-1])


def lay_out(rule: Rules, survey: Survey, area: District) -> Layout:
    """Lay a tree of trenches.

    Parameters
    ----------
    rule
        The rules of the design.
    survey
        The city.
    area
        The buildings.
    """
    streets, spots = survey.streets, survey.spots
    node = spots.node[area.rows]
    plant = _middle(streets, node, area.heat)
    before, edge, far = _ways(survey, plant)
    heat = np.zeros(streets.nodes)
    np.add.at(heat, node, area.heat)
    used = np.zeros(streets.nodes, dtype=bool)
    used[node] = True
    order = np.argsort(-far[np.isfinite(far)], kind="stable")
    for at in np.flatnonzero(np.isfinite(far))[order].tolist():  # the farthest first
        if used[at] and at != plant:
            heat[before[at]] += heat[at]
            used[before[at]] = True
    trenches: list[Trench] = []
    lost = np.zeros(streets.nodes)  # Pa, in supply and return
    for at in np.flatnonzero(np.isfinite(far))[order[::-1]].tolist():  # the nearest first
        if used[at] and at != plant:
            size = size_for(rule, heat[at])
            trench = Trench(_line(streets, int(edge[at]), int(before[at])), heat[at], size)
            trenches.append(trench)
            drop = 2 * gradient(rule, heat[at], size.inner) * trench.length
            lost[at] = lost[before[at]] + drop
    worst = 0.0
    for row, kw, at in zip(area.rows.tolist(), area.heat.tolist(), node.tolist(), strict=True):
        size = size_for(rule, kw)
        trench = Trench(_branch(survey, row, at), kw, size)
        trenches.append(trench)
        worst = max(worst, lost[at] + 2 * gradient(rule, kw, size.inner) * trench.length)
    return Layout(plant, tuple(trenches), worst / 1e5 + rule["least_pressure"])


def _middle(streets: Streets, node: IntArray, heat: FloatArray) -> int:
    """The consumers' street node nearest to the middle of the heat."""
    x, y = streets.x[node], streets.y[node]
    far = np.hypot(x - np.average(x, weights=heat), y - np.average(y, weights=heat))
    return int(node[np.argmin(far)])


def _ways(survey: Survey, plant: int) -> tuple[IntArray, IntArray, FloatArray]:
    """Node and street before each node on the shortest way from the plant, and its length, m."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    streets = survey.streets
    mains = np.flatnonzero(survey.mains & (streets.a != streets.b))
    a = np.minimum(streets.a[mains], streets.b[mains])
    b = np.maximum(streets.a[mains], streets.b[mains])
    order = np.lexsort((streets.length[mains], b, a))
    first = np.concatenate([[True], (np.diff(a[order]) != 0) | (np.diff(b[order]) != 0)])
    kept = order[first]  # of streets side by side the shortest
    size = (streets.nodes, streets.nodes)
    length = np.maximum(streets.length[mains[kept]], 0.1)
    graph = csr_matrix((length, (a[kept], b[kept])), shape=size)
    far, before = dijkstra(graph, directed=False, indices=plant, return_predecessors=True)
    street = {(int(a[k]), int(b[k])): int(mains[k]) for k in kept.tolist()}
    edge = np.full(streets.nodes, -1, dtype=np.int64)
    for at in np.flatnonzero(before >= 0).tolist():
        edge[at] = street[min(at, int(before[at])), max(at, int(before[at]))]
    return before.astype(np.int64), edge, far


def _line(streets: Streets, edge: int, begin: int) -> FloatArray:
    """Points of a street from one of its ends on; its ends are those of its nodes."""
    part = slice(int(streets.first[edge]), int(streets.first[edge + 1]))
    line = np.column_stack([streets.point_x[part], streets.point_y[part]])
    a, b = int(streets.a[edge]), int(streets.b[edge])
    line[0], line[-1] = (streets.x[a], streets.y[a]), (streets.x[b], streets.y[b])
    return line if a == begin else line[::-1]


def _branch(survey: Survey, row: int, node: int) -> FloatArray:
    """The straight way from a crossing to a building."""
    streets, spots = survey.streets, survey.spots
    begin = np.array([streets.x[node], streets.y[node]])
    end = np.array([spots.x[row], spots.y[row]])
    if np.hypot(*(end - begin)) < NEAREST_M:
        end = begin + [NEAREST_M, 0.0]
    return np.array([begin, end])
