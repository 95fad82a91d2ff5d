"""Drawdown by a field: at its wells and points, and as a map of contours."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from kopa.model import FloatArray

from .engine_modflow import Numerical
from .engine_timflow import drawdown_at, screen_loss
from .network import Field

SHALLOW = 0.2
"""Share of the thickness of a free aquifer that drawdown may take: beyond it, transmissivity is no
longer that of the file (Kruseman and de Ridder 1994, ch. 4)."""

_CELLS = 48
_SIZE = 640


def at_points(field: Field, discharge: FloatArray, seconds: float) -> FloatArray:
    """Drawdown in wells and at observation points after so long, m, shape (point,).

    Parameters
    ----------
    field
        The well field.
    discharge
        m³/s, shape (well,).
    seconds
        Since pumping began.
    """
    found = drawdown_at(field, discharge, field.points, np.array([seconds]))[0]
    found[: len(field.wells)] += screen_loss(field) * discharge
    return np.asarray(found)


@dataclass(frozen=True)
class Grid:
    """Drawdown on a grid.

    Parameters
    ----------
    x, y
        Columns and rows, m, shapes (column,) and (row,).
    values
        Drawdown, m, shape (row, column).
    layer
        Whose it is.
    """

    x: FloatArray
    y: FloatArray
    values: FloatArray
    layer: int


def on_grid(
    field: Field, discharge: FloatArray, seconds: float, model: Numerical | None = None
) -> Grid:
    """Drawdown around a field, in the layer that gives most.

    Parameters
    ----------
    field, discharge, seconds
        As for `at_points`.
    model
        The numerical model that ran with them, to draw instead.
    """
    wells, seen = field.wells, field.observations
    layer = int(np.bincount(wells.layer, weights=discharge).argmax())
    x, y = np.concatenate([wells.x, seen.x]), np.concatenate([wells.y, seen.y])
    half = max(0.75 * float(max(np.ptp(x), np.ptp(y))), 100.0)
    columns = (x.max() + x.min()) / 2 + np.linspace(-half, half, _CELLS)
    rows = (y.max() + y.min()) / 2 + np.linspace(-half, half, _CELLS)
    grid = np.meshgrid(columns, rows)
    layers = np.full(grid[0].size, layer)
    points = (grid[0].ravel(), grid[1].ravel(), layers)
    if model:
        values = model.at(points)
    else:
        values = drawdown_at(field, discharge, points, np.array([seconds]))[0]
    return Grid(columns, rows, values.reshape(_CELLS, _CELLS), layer)


def levels(grid: Grid) -> FloatArray:
    """Six to twelve round values between the least and the greatest drawdown, m."""
    low, high = np.quantile(grid.values, [0.02, 0.995])
    span = max(float(high - low), 1e-6)
    size = 10 ** np.floor(np.log10(span / 6))
    step = next(size * part for part in (1, 2, 5, 10) if span / (size * part) <= 12)
    return np.asarray(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)


def contour(grid: Grid, level: float) -> FloatArray:
    """Pieces of the line on which drawdown has a value, shape (piece, 2 ends, 2).

    Each cell is cut into two triangles; within one, drawdown is a plane (marching triangles).
    """
    x, y = np.meshgrid(grid.x, grid.y)
    corner = np.stack([x, y, grid.values], axis=2)
    one, two, three, four = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    triangles = np.concatenate(
        [
            np.stack(part, axis=2).reshape(-1, 3, 3)
            for part in ((one, two, three), (one, three, four))
        ]
    )
    above = triangles[:, :, 2] > level
    cut = above.any(axis=1) & ~above.all(axis=1)
    triangles, above = triangles[cut], above[cut]
    # the corner that is alone on its side of the level, then the other two
    lone = np.where(above.sum(axis=1) == 1, above.argmax(axis=1), (~above).argmax(axis=1))
    row = np.arange(len(lone))
    tip = triangles[row, lone]
    ends = []
    for turn in (1, 2):
        other = triangles[row, (lone + turn) % 3]
        part = ((level - tip[:, 2]) / (other[:, 2] - tip[:, 2]))[:, None]
        ends.append(tip[:, :2] + part * (other[:, :2] - tip[:, :2]))
    return np.stack(ends, axis=1)


def svg(field: Field, grid: Grid, title: str) -> str:
    """A map of contours, wells and points as SVG.

    Parameters
    ----------
    field, grid
        The field and its drawdown.
    title
        What it shows, for those who read it and for screen readers.
    """
    low_x, high_y = grid.x[0], grid.y[-1]
    scale = _SIZE / (grid.x[-1] - grid.x[0])

    def place(x: float, y: float) -> str:
        return f"{(x - low_x) * scale:.1f} {(high_y - y) * scale:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE + 50}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_SIZE}" height="{_SIZE + 50}" fill="#fff"/>',
        '<g fill="none" stroke="#0065a3" stroke-width="1.2">',
    ]
    words = []
    for level in levels(grid):
        pieces = contour(grid, float(level))
        if not len(pieces):
            continue
        path = "".join(f"M{place(*one)}L{place(*other)}" for one, other in pieces)
        parts.append(f'<path d="{path}"/>')
        x, y = pieces[np.argmin(pieces[:, 0, 1]), 0]
        words.append(_word(place(x, y), f"{level:g} m", "#0065a3"))
    parts.append("</g>")
    parts += words
    for river in field.rivers:
        line = "L".join(place(x, y) for x, y in river.xy)
        parts.append(f'<path d="M{line}" fill="none" stroke="#56b4e9" stroke-width="4"/>')
    for ids, xs, ys, colour in (
        (field.wells.ids, field.wells.x, field.wells.y, "#b03a2e"),
        (field.observations.ids, field.observations.x, field.observations.y, "#333"),
    ):
        for name, x, y in zip(ids, xs, ys, strict=True):
            where = place(x, y)
            across, down = where.split()
            parts.append(f'<circle cx="{across}" cy="{down}" r="4" fill="{colour}"/>')
            parts.append(_word(where, name, colour))
    parts += [*_bar(scale), _word(f"10 {_SIZE + 40}", title, "#000"), "</svg>"]
    return "\n".join(parts) + "\n"


def _word(where: str, text: str, colour: str) -> str:
    x, y = where.split()
    return (
        f'<text x="{float(x) + 6:.1f}" y="{float(y) - 6:.1f}" font-family="sans-serif" '
        f'font-size="12" fill="{colour}" stroke="#fff" stroke-width="3" '
        f'paint-order="stroke">{escape(text)}</text>'
    )


def _bar(scale: float) -> list[str]:
    """A bar of a round length."""
    size = 10 ** np.floor(np.log10(_SIZE / 3 / scale))
    length = next(size * part for part in (5, 2, 1) if size * part * scale <= _SIZE / 3)
    end = 10 + length * scale
    line = f'<path d="M10 {_SIZE + 12}H{end:.1f}" stroke="#000" stroke-width="3"/>'
    return [line, _word(f"{end:.1f} {_SIZE + 22}", f"{length:g} m", "#000")]
