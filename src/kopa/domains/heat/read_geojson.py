"""Reads a heat network from GeoJSON: what a utility's map of its network says.

A pipe is a line: supply and return side by side in one trench. Lines are joined where their ends
meet; consumers and plants are points at an end of a line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kopa.errors import InputError, stopping
from kopa.model import Assets, FloatArray, IntArray, Shapes

from .cells import Cells
from .network import (
    CONSUMER,
    NETWORK,
    PIPE,
    PLANT,
    ZERO_C,
    HeatNetwork,
    Junctions,
    Pipes,
    Valves,
)
from .parts import check_building, check_source, column, consumers, flags, plants

SNAP_M = 0.5
"""Ends that lie so near to one another are joined."""
KINDS = (PIPE, CONSUMER, PLANT)
TABLES = {PIPE: ("line",), CONSUMER: ("point", "building"), PLANT: ("point", "source")}
UNUSED = {CONSUMER: ("supply_c", "lift_bar"), PLANT: ("heat_kw", "return_c")}
"""Attributes of the table ``point`` that only the other kind has."""


@dataclass
class _Found:
    """Features of one kind."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[FloatArray] = field(default_factory=list)


def from_geojson(
    whole: Mapping[str, Any], cells: Cells, design: float, outdoor: float, ground: float
) -> HeatNetwork:
    """The network of a FeatureCollection.

    Parameters
    ----------
    whole
        The document.
    cells
        Gathers what is wrong.
    design, outdoor, ground
        Outdoor temperatures and the ground's, K.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    features = whole.get("features")
    if not isinstance(features, list):
        raise cells.stop("geojson", "", "'features' is no list.", "Save it as GeoJSON (RFC 7946).")
    found = {kind: _Found() for kind in KINDS}
    seen: dict[str, str] = {}
    for number, feature in enumerate(features, 1):
        _feature(feature, f"feature {number}", cells, found, seen)
    for kind in KINDS:
        if not found[kind].rows:
            cells.tell("empty", "", f"there is no {kind}.", f"Add features of the kind {kind}.")
    if stopping(cells.findings):
        raise InputError(cells.findings)
    ends = np.concatenate([line[[0, -1]] for line in found[PIPE].lines])
    node, places = _snapped(ends)
    joins = {kind: _joined(found[kind], places, cells) for kind in (CONSUMER, PLANT)}
    if stopping(cells.findings):
        raise InputError(cells.findings)
    cells.tell_taken()
    return _network(found, node.reshape(-1, 2), joins, len(places), (design, outdoor, ground))


def _feature(
    feature: Any, place: str, cells: Cells, found: Mapping[str, _Found], seen: dict[str, str]
) -> None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        cells.tell("feature", place, "it has no properties.", "Give it id and kind.")
        return
    head = cells.row("feature", {"id": feature.get("id"), **properties}, place)
    if head["id"]:
        place = f"{place} ({head['id']})"
        if head["id"] in seen:
            what = f"the id '{head['id']}' stands in {seen[head['id']]} already."
            cells.tell("duplicate", place, what, "Give each an id of its own.")
        seen.setdefault(head["id"], place)
    kind = head["kind"]
    if kind not in KINDS:
        if kind:
            cells.tell("kind", place, f"kind is '{kind}'.", f"Use one of: {', '.join(KINDS)}.")
        return
    line = _points(feature.get("geometry"), "LineString" if kind == PIPE else "Point")
    if line is None:
        wanted = "a LineString of two points or more" if kind == PIPE else "a Point"
        cells.tell("geometry", place, f"its geometry is not {wanted}.", f"Draw it as {wanted}.")
        return
    row = dict(head)
    blank = UNUSED.get(kind, ())
    for table in TABLES[kind]:
        # what only the other kind of point has is neither asked for nor taken
        given = {**properties, **dict.fromkeys(blank, 25.0)} if table == "point" else properties
        row |= cells.row(table, given, place)
    if kind == PIPE and math.isnan(row["length_m"]):
        row["length_m"] = float(np.hypot(*np.diff(line, axis=0).T).sum())
        if not row["length_m"] > 0:
            cells.tell("length", place, "the line has no length.", "Draw it, or give length_m.")
    if kind == CONSUMER:
        check_building(cells, row, place)
    if kind == PLANT:
        check_source(cells, row, place)
    found[kind].rows.append(row)
    found[kind].lines.append(line)


def _points(geometry: Any, wanted: str) -> FloatArray | None:
    """Points of a geometry, shape (point, 2); None if it is not of the type that is wanted."""
    if not isinstance(geometry, dict) or geometry.get("type") != wanted:
        return None
    coordinates: Any = geometry.get("coordinates")
    try:
        points = [coordinates] if wanted == "Point" else coordinates
        xy = np.array([[float(x), float(y)] for x, y, *_ in points])
    except (TypeError, ValueError):
        return None
    many = 1 if wanted == "Point" else 2
    return xy if len(xy) >= many and np.isfinite(xy).all() else None


def _snapped(points: FloatArray) -> tuple[IntArray, FloatArray]:
    """Node of each point, and the nodes' places: points closer than `SNAP_M` are one node."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    pairs = cKDTree(points).query_pairs(SNAP_M, output_type="ndarray")
    near = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(points), len(points)))
    _, node = connected_components(near, directed=False)
    _, first = np.unique(node, return_index=True)
    return node.astype(np.int64), points[first]


def _joined(found: _Found, places: FloatArray, cells: Cells) -> IntArray:
    """Node at which each consumer or plant stands."""
    from scipy.spatial import cKDTree

    xy = np.concatenate(found.lines)
    far, node = cKDTree(places).query(xy)
    for row in np.flatnonzero(far > SNAP_M).tolist():
        what = f"the nearest end of a pipe is {far[row]:.1f} m away."
        do = f"Draw a pipe that ends there (within {SNAP_M:g} m)."
        cells.tell("not-joined", str(found.rows[row]["id"]), what, do)
    return np.asarray(node, dtype=np.int64)


def _network(
    found: Mapping[str, _Found],
    ends: IntArray,
    joins: Mapping[str, IntArray],
    nodes: int,
    temperatures: tuple[float, float, float],
) -> HeatNetwork:
    """Supply junctions first, those of the return behind them."""
    design, outdoor, ground = temperatures
    lines, users, works = (found[kind].rows for kind in KINDS)
    start = np.full(2 * nodes, 60 + ZERO_C)
    pressure = float(column(works, "pressure_bar").max())
    none = np.full(len(users), np.nan)
    own = {
        "heat": column(users, "heat_kw", 1000.0),
        "flow": none,
        "cooling": none,
        "back": column(users, "return_c") + ZERO_C,
        "in_service": np.ones(len(users)),
    }
    made = {
        "pressure": column(works, "pressure_bar"),
        "lift": column(works, "lift_bar"),
        "supply": column(works, "supply_c") + ZERO_C,
        "in_service": np.ones(len(works)),
    }
    user, work = joins[CONSUMER], joins[PLANT]
    nothing = np.empty(0)
    no_row = np.empty(0, dtype=np.int64)
    assets = _assets(found)
    return HeatNetwork(
        assets=assets,
        shapes=_shapes(found),
        junctions=Junctions(
            np.zeros(2 * nodes), np.full(2 * nodes, pressure), start, np.ones(2 * nodes, dtype=bool)
        ),
        pipes=_trenches(lines, ends, nodes, ground),
        valves=Valves(no_row, no_row, no_row, nothing, nothing, nothing.astype(bool)),
        consumers=consumers(own, user, user + nodes, len(lines), users),
        plants=plants(made, work + nodes, work, len(lines) + len(users), works),
        ambient=ground,
        design=design,
        outdoor=outdoor,
    )


def _trenches(
    lines: Sequence[Mapping[str, Any]], ends: IntArray, nodes: int, ground: float
) -> Pipes:
    """Two pipes a line: the supply along it, the return against it."""
    inner = column(lines, "diameter_mm", 1e-3)
    two = np.tile(np.arange(len(lines), dtype=np.int64), 2)
    return Pipes(
        rows=two,
        begin=np.concatenate([ends[:, 0], ends[:, 1] + nodes]),
        end=np.concatenate([ends[:, 1], ends[:, 0] + nodes]),
        length=column(lines, "length_m")[two],
        inner=inner[two],
        outer=inner[two],
        roughness=column(lines, "roughness_mm", 1e-3)[two],
        loss_coefficient=np.zeros(len(two)),
        transfer=(column(lines, "loss_w_mk") / (np.pi * inner))[two],
        ground=np.full(len(two), ground),
        sections=np.ones(len(two), dtype=np.int64),
        open=~flags(lines, "closed")[two],
    )


def _assets(found: Mapping[str, _Found]) -> Assets:
    rows = [row for kind in KINDS for row in found[kind].rows]
    lines = [line for kind in KINDS for line in found[kind].lines]
    middle = np.array([(line[0] + line[-1]) / 2 for line in lines] + [[np.nan, np.nan]])
    return Assets(
        domain="heat",
        ids=(*(row["id"] for row in rows), NETWORK),
        kinds=(*(row["kind"] for row in rows), NETWORK),
        names=(*(row["name"] for row in rows), ""),
        x=middle[:, 0],
        y=middle[:, 1],
        people=np.array([*(row.get("people", 0.0) for row in rows), 0.0]),
        customers=np.array([*(row.get("customers", 0.0) for row in rows), 0.0]),
        zones=(*(row["zone"] for row in rows), ""),
    )


def _shapes(found: Mapping[str, _Found]) -> Shapes:
    from kopa.model.shapes import scaled

    lines = [line for kind in KINDS for line in found[kind].lines]
    first = np.cumsum([0, *(len(line) for line in lines)]).astype(np.int64)
    xy = np.concatenate(lines)
    weight = np.ones(len(lines))
    wide = column(found[PIPE].rows, "diameter_mm")
    weight[: len(wide)] = scaled(wide)
    return Shapes(np.arange(len(lines), dtype=np.int64), first, xy[:, 0], xy[:, 1], weight)
