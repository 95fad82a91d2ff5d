"""A tour drawn on its streets, as SVG for the sheet that a crew takes along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from kopa.model import FloatArray

from .crew import Shown, numbers
from .plans import TruckTour

WIDTH, HEIGHT, EDGE = 720.0, 420.0, 14.0
"""Of the drawing, and of the margin in it, px."""
GROUND_M = 300.0
"""Streets of the town are drawn so far around the tour."""


def drawing(shown: Shown, tour: TruckTour) -> str:
    """The tour above the streets around it; north is up.

    Parameters
    ----------
    shown, tour
        The plan, and one of its tours.
    """
    legs = shown.ways.tour_lines(tour)
    points = np.concatenate(legs) if legs else np.zeros((1, 2))
    low, high = points.min(axis=0), points.max(axis=0)
    scale = float(min((np.array([WIDTH, HEIGHT]) - 2 * EDGE) / np.maximum(high - low, 50.0)))
    height = float((high - low)[1] * scale + 2 * EDGE)

    def placed(line: FloatArray) -> FloatArray:
        x = EDGE + (line[:, 0] - low[0]) * scale
        return np.column_stack([x, height - EDGE - (line[:, 1] - low[1]) * scale])

    ground = f'<path class="ground" d="{_lines(placed(_ground(shown, low, high)))}"/>'
    ways = "".join(_path(placed(leg), "way") for leg in legs)
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(tour.name)}">{ground}{ways}{_dots(shown, tour, placed)}</svg>'
    )


def _ground(shown: Shown, low: FloatArray, high: FloatArray) -> FloatArray:
    """Ends of the streets with cars inside the frame, shape (2 × street, 2)."""
    streets = shown.ways.router.roads.streets
    x, y = streets.middle
    inside = (x > low[0] - GROUND_M) & (x < high[0] + GROUND_M)
    inside &= (y > low[1] - GROUND_M) & (y < high[1] + GROUND_M) & streets.drive
    nodes = np.column_stack([streets.a[inside], streets.b[inside]]).ravel()
    return np.column_stack([streets.x[nodes], streets.y[nodes]])


def _lines(ends: FloatArray) -> str:
    """Straight lines between pairs of points."""
    rounded = np.rint(ends.reshape(-1, 4)).astype(int).tolist()
    return "".join(f"M{a},{b}L{c},{d}" for a, b, c, d in rounded)


def _path(line: FloatArray, name: str) -> str:
    spelled = " ".join(f"{x:.0f},{y:.0f}" for x, y in line.tolist())
    return f'<polyline class="{name}" points="{spelled}"/>'


def _dots(shown: Shown, tour: TruckTour, placed: Callable[[FloatArray], FloatArray]) -> str:
    streets = shown.ways.router.roads.streets
    node = shown.plan.task.node[[visit.place for visit in tour.visits]]
    at = placed(np.column_stack([streets.x[node], streets.y[node]]))
    parts: list[str] = []
    told: Sequence[int] = numbers(tour)
    for (x, y), visit, number in zip(at.tolist(), tour.visits, told, strict=True):
        size = 3 if visit.kind == "stop" else 6
        parts.append(f'<circle class="{visit.kind}" cx="{x:.0f}" cy="{y:.0f}" r="{size}"/>')
        if number and (visit.kind == "dump" or number % 10 == 1):
            parts.append(f'<text x="{x + 5:.0f}" y="{y - 4:.0f}">{number}</text>')
    return "".join(parts)
