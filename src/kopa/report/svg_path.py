"""Many lines and points as the short text of one SVG path."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kopa.model import FloatArray, IntArray
from kopa.report.frame import Frame

FINE = 10
"""Paths are drawn in tenths of the picture's unit, as whole numbers: short, and fine enough."""
DETAIL = 0.35
"""What differs by less than this, in units of the picture, is left out."""
BEYOND = 6.0
"""Lines go on so far beyond the picture, so that their ends are not seen."""


def lines(frame: Frame, first: IntArray, x: FloatArray, y: FloatArray, closed: bool = False) -> str:
    """Lines, or rings, in tenths of the picture's unit.

    Parameters
    ----------
    frame
        What the map shows.
    first, x, y
        Ragged arrays as of `kopa.model.Shapes`, m.
    closed
        True for rings.
    """
    import shapely

    if len(first) < 2:
        return ""
    xy = frame.place(x, y)
    chosen = _near(frame, xy, first, 4 if closed else 2)
    if not len(chosen):
        return ""
    many = np.diff(first)[chosen]
    starts = np.concatenate([[0], np.cumsum(many)])
    point = np.arange(starts[-1]) - np.repeat(starts[:-1] - first[chosen], many)
    owner = np.repeat(np.arange(len(chosen)), many)
    make = shapely.linearrings if closed else shapely.linestrings
    found = make(xy[point], indices=owner)
    box = (-BEYOND, -BEYOND, frame.width + BEYOND, frame.height + BEYOND)
    if closed:
        found = shapely.get_parts(shapely.clip_by_rect(shapely.polygons(found), *box))
        found = found[shapely.get_type_id(found) == 3]
        found = shapely.get_exterior_ring(found[shapely.area(found) > 1.0])
    else:
        found = shapely.clip_by_rect(shapely.multilinestrings(found), *box)
        # lines that meet end to end become one: fewer words, and simpler curves
        found = shapely.get_parts(shapely.line_merge(found))
        found = found[shapely.get_type_id(found) == 1]
    return "".join(_words(shapely.simplify(found, DETAIL), closed))


def _near(frame: Frame, xy: FloatArray, first: IntArray, least: int) -> IntArray:
    """Lines whose box touches the picture, with points enough."""
    begin = first[:-1]
    low, high = np.minimum.reduceat(xy, begin), np.maximum.reduceat(xy, begin)
    size = np.array([frame.width, frame.height])
    seen = ((high >= -BEYOND) & (low <= size + BEYOND)).all(axis=1)
    seen &= np.isfinite(low).all(axis=1) & np.isfinite(high).all(axis=1)
    return np.flatnonzero(seen & (np.diff(first) >= least))


def _words(found: np.ndarray, closed: bool) -> Iterator[str]:
    import shapely

    whole = np.rint(shapely.get_coordinates(found) * FINE).astype(np.int64)
    ends = np.cumsum(shapely.get_num_coordinates(found)).tolist()
    begin = 0
    for end in ends:
        points = whole[begin:end]
        begin = end
        steps = np.diff(points, axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        if not len(steps):
            continue
        told = " ".join(map(str, steps.ravel().tolist())).replace(" -", "-")
        yield f"M{points[0][0]} {points[0][1]}l{told}{'z' if closed else ''}"


def dots(xy: FloatArray) -> str:
    """Points that a round or square end of a line makes visible, in tenths."""
    whole = np.unique(np.rint(xy * FINE).astype(np.int64), axis=0)
    return "".join(f"M{x} {y}h0" for x, y in whole.tolist())


_SYMBOLS = {
    "square": ((-0.8, -0.8), (1.6, 0), (0, 1.6), (-1.6, 0)),
    "triangle": ((0, -1.1), (1.05, 1.85), (-2.1, 0)),
    "diamond": ((0, -1.1), (1.1, 1.1), (-1.1, 1.1), (-1.1, -1.1)),
    "hexagon": ((-0.5, -0.9), (1, 0), (0.5, 0.9), (-0.5, 0.9), (-1, 0), (-0.5, -0.9)),
    "cross": (
        (-0.35, -1), (0.7, 0), (0, 0.65), (0.65, 0), (0, 0.7), (-0.65, 0),
        (0, 0.65), (-0.7, 0), (0, -0.65), (-0.65, 0), (0, -0.7), (0.65, 0),
    ),
}  # fmt: skip
"""Outlines by radius 1: where they begin, and the steps around."""


def symbols(xy: FloatArray, symbol: str, size: float) -> str:
    """Outlines at some points, in tenths.

    Parameters
    ----------
    xy
        The points in the picture, shape (point, 2).
    symbol
        One of those that ``page.json`` may name; a circle is drawn as two arcs.
    size
        Its diameter, in units of the picture.
    """
    radius = size / 2 * FINE
    whole = np.unique(np.rint(xy * FINE).astype(np.int64), axis=0).tolist()
    if symbol not in _SYMBOLS:
        r = round(radius)
        turn = f"a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0-{2 * r} 0z"
        return "".join(f"M{x - r} {y}{turn}" for x, y in whole)
    (east, south), *steps = _SYMBOLS[symbol]
    turn = " ".join(f"{round(dx * radius)} {round(dy * radius)}" for dx, dy in steps)
    turn = turn.replace(" -", "-")
    return "".join(
        f"M{x + round(east * radius)} {y + round(south * radius)}l{turn}z" for x, y in whole
    )
