"""How a grid is drawn: lines along their geodata, all else as points."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from kopa.domains.energy.network import Edges
from kopa.domains.energy.tables import Table
from kopa.model import Assets, FloatArray, Shapes, points_of
from kopa.model.shapes import between, joined, scaled

LINES = ("line", "impedance")
"""What is drawn from bus to bus."""


def shapes(tables: Mapping[str, Table], assets: Assets, edges: Edges, bus_kv: FloatArray) -> Shapes:
    """Lines and points of a grid; what is nowhere is not drawn.

    A line without geodata is straight from bus to bus. The higher its voltage, the more it weighs.

    Parameters
    ----------
    tables
        The checked tables, for their geodata.
    assets, edges, bus_kv
        Of the network.
    """
    kinds = np.array(assets.kinds)
    edge = np.flatnonzero(np.isin(kinds[edges.rows], LINES))
    rows = edges.rows[edge]
    ends = np.column_stack([edges.begin[edge], edges.end[edge]])
    straight = between(rows, np.stack([assets.x[ends], assets.y[ends]], axis=2))
    line = np.flatnonzero(kinds == "line")
    told, parts = _geodata(tables, line)
    lines = joined([straight.chosen(~np.isin(rows, told)), *parts]).placed()
    volts = np.full(len(assets), np.nan)
    volts[edges.rows] = np.log10(np.maximum(bus_kv[edges.begin], bus_kv[edges.end]))
    weight = scaled(volts)
    drawn = Shapes(lines.rows, lines.first, lines.x, lines.y, weight[lines.rows])
    return joined([drawn, points_of(assets, np.flatnonzero(~np.isin(kinds, LINES)))])


def _geodata(tables: Mapping[str, Table], line: np.ndarray) -> tuple[np.ndarray, list[Shapes]]:
    """Asset rows of the lines whose way is told, and their shapes.

    GeoJSON of newer files; the table ``line_geodata`` of older ones.
    """
    found: dict[int, FloatArray] = {}
    table, older = tables["line"], tables["line_geodata"]
    row_of = {int(index): int(line[at]) for at, index in enumerate(table.index)}
    for index, text in zip(older.index.tolist(), older.text("coords"), strict=True):
        if index in row_of:
            found[row_of[index]] = _points(text)
    for row, text in zip(line.tolist(), table.text("geo"), strict=True):
        if text:
            found[row] = _points(text)
    good = {row: points for row, points in found.items() if len(points) > 1}
    if not good:
        return np.empty(0, dtype=np.int64), []
    rows = np.fromiter(good, dtype=np.int64, count=len(good))
    first = np.concatenate([[0], np.cumsum([len(points) for points in good.values()])])
    xy = np.concatenate(list(good.values()))
    return rows, [Shapes(rows, first.astype(np.int64), xy[:, 0], xy[:, 1])]


def _points(text: str) -> FloatArray:
    """Points of a GeoJSON line or a list; none if it is neither: no way is needed to calculate."""
    try:
        value = json.loads(text)
        line = value["coordinates"] if isinstance(value, dict) else value
        points = np.array([point[:2] for point in line], dtype=np.float64)
    except (ValueError, TypeError, KeyError):
        return np.empty((0, 2))
    return points if points.ndim == 2 and points.shape[1] == 2 else np.empty((0, 2))
