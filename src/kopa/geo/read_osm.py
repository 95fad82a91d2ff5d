"""Reads the streets of an OpenStreetMap extract."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError
from kopa.geo.project import Projection, utm
from kopa.geo.streets import Streets
from kopa.model import BoolArray, FloatArray, IntArray

_SPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?$")
_MPH = 1.609344
_NO = {"no", "0", "false"}
_ONE_WAY = {"yes", "1", "true"}
_IMPLIED = {"motorway", "motorway_link"}


@cache
def classes() -> dict[str, tuple[float, bool]]:
    """Speed of free traffic, km/h (0: no cars), and walking or not, by class of street."""
    text = files("kopa.geo").joinpath("speeds.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["highway"]: (float(row["car_kmh"]), row["walk"] == "yes") for row in rows}


@dataclass
class _Ways:
    """Pieces of ways, as the file has them; points of all pieces stand in one list."""

    way: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    kmh: list[float] = field(default_factory=list)
    forward: list[bool] = field(default_factory=list)
    backward: list[bool] = field(default_factory=list)
    walk: list[bool] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    ref: list[int] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    signals: set[int] = field(default_factory=set)

    def add(self, way: Any) -> None:
        """Take in a way with its nodes."""
        tags = way.tags
        kind = tags.get("highway")
        if kind not in classes() or tags.get("area") == "yes":
            return
        kmh, walk = _travel(tags, kind)
        forward, backward = _directions(tags, kind)
        for piece in pieces(way.nodes):
            self.way.append(way.id)
            self.kind.append(kind)
            self.name.append(tags.get("name", ""))
            self.kmh.append(kmh)
            self.forward.append(forward and kmh > 0)
            self.backward.append(backward and kmh > 0)
            self.walk.append(walk)
            self.count.append(len(piece))
            for ref, lon, lat in piece:
                self.ref.append(ref)
                self.lon.append(lon)
                self.lat.append(lat)


def pieces(nodes: Any) -> Iterator[list[tuple[int, float, float]]]:
    """Runs of nodes that the file has: an extract may cut a way in two."""
    run: list[tuple[int, float, float]] = []
    for node in nodes:
        if node.location.valid():
            if not run or run[-1][0] != node.ref:
                run.append((node.ref, node.lon, node.lat))
        else:
            if len(run) > 1:
                yield run
            run = []
    if len(run) > 1:
        yield run


def _travel(tags: Any, kind: str) -> tuple[float, bool]:
    """Speed of cars, km/h, 0 where they may not drive, and whether people may walk."""
    kmh, walk = classes()[kind]
    match = _SPEED.match(tags.get("maxspeed", ""))
    if match and kmh:
        kmh = max(float(match[1]) * (_MPH if match[2] == "mph" else 1.0), 5.0)
    access = tags.get("access", "")
    motor = tags.get("motor_vehicle") or tags.get("motorcar") or tags.get("vehicle") or access
    if motor in _NO:
        kmh = 0.0
    foot = tags.get("foot") or access
    if foot in _NO:
        walk = False
    elif tags.get("foot") in ("yes", "designated") or tags.get("sidewalk") in (
        "both",
        "left",
        "right",
    ):
        walk = True
    return kmh, walk


def _directions(tags: Any, kind: str) -> tuple[bool, bool]:
    """True where cars may drive along the way, and against it."""
    one_way = tags.get("oneway", "")
    if one_way in ("-1", "reverse"):
        return False, True
    implied = kind in _IMPLIED or tags.get("junction") in ("roundabout", "circular")
    return True, not (one_way in _ONE_WAY or (implied and one_way not in _NO))


def unreadable(file: Path, error: Exception) -> InputError:
    """The error for a file that cannot be read to its end."""
    return InputError(
        [
            Finding(
                "osm.unreadable",
                f"the file cannot be read to its end: {error}.",
                "Take the extract again: it is damaged, or no OSM file (.osm.pbf, .osm).",
                file=str(file),
            )
        ]
    )


def read_streets(file: Path, crs: str = "") -> tuple[Streets, tuple[Finding, ...]]:
    """Read all streets and paths of an extract.

    Parameters
    ----------
    file
        ``.osm.pbf``, or any other format of OSM that osmium reads.
    crs
        Projected CRS in metres; empty takes the UTM zone of the map's middle.

    Returns
    -------
    tuple
        The streets, and findings that do not stop the work.

    Raises
    ------
    InputError
        If the file is missing or damaged, or has no street.
    UsageError
        If there is no such CRS.
    """
    import osmium

    if not file.is_file():
        raise InputError(
            [Finding("osm.missing", "there is no such file.", "Check the path.", file=str(file))]
        )
    ways = _Ways()
    try:
        reader = osmium.FileProcessor(str(file)).with_locations()
        element: Any
        for element in reader.with_filter(osmium.filter.KeyFilter("highway")):
            if element.is_way():
                ways.add(element)
            elif element.is_node() and element.tags["highway"] == "traffic_signals":
                ways.signals.add(element.id)
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise unreadable(file, error) from None
    if not ways.way:
        raise InputError(
            [
                Finding(
                    "osm.no-streets",
                    "the extract has no street.",
                    "Take an extract with the ways tagged 'highway' and their nodes.",
                    file=str(file),
                )
            ]
        )
    lon, lat = np.array(ways.lon), np.array(ways.lat)
    crs = crs or utm(float(np.median(lon)), float(np.median(lat)))
    return _graph(ways, lon, lat, crs), ()


def _graph(ways: _Ways, lon: FloatArray, lat: FloatArray, crs: str) -> Streets:
    """Cut the ways at their crossings."""
    x, y = Projection(crs).metres(lon, lat)
    osm, node, uses = np.unique(np.array(ways.ref), return_inverse=True, return_counts=True)
    count = np.array(ways.count)
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    cut = uses[node] > 1
    cut[begin] = cut[begin + count - 1] = True
    at = np.flatnonzero(cut)
    piece = np.repeat(np.arange(len(count)), count)
    same = piece[at[:-1]] == piece[at[1:]]
    low, high = at[:-1][same], at[1:][same]
    point, first = _points(low, high)
    steps = np.hypot(np.diff(x), np.diff(y))
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = np.maximum(along[high] - along[low], 0.1)  # ends on one spot are still an edge
    crossing = np.unique(node[at])
    number = np.full(len(osm), -1)
    number[crossing] = np.arange(len(crossing))
    where = np.empty(len(osm), dtype=np.int64)
    where[node] = np.arange(len(node))
    of = piece[low]
    way = np.array(ways.way)[of]
    return Streets(
        crs=crs,
        node_osm=osm[crossing],
        lon=lon[where[crossing]],
        lat=lat[where[crossing]],
        x=x[where[crossing]],
        y=y[where[crossing]],
        signals=_signals(ways.signals, osm, node, low, high, along)[crossing],
        a=number[node[low]],
        b=number[node[high]],
        way=way,
        part=_parts(way),
        length=length,
        speed=np.array(ways.kmh)[of] / 3.6,
        kind=tuple(ways.kind[i] for i in of.tolist()),
        name=tuple(ways.name[i] for i in of.tolist()),
        forward=np.array(ways.forward)[of],
        backward=np.array(ways.backward)[of],
        walk=np.array(ways.walk)[of],
        first=first,
        point_x=x[point],
        point_y=y[point],
    )


def _points(low: IntArray, high: IntArray) -> tuple[IntArray, IntArray]:
    """Numbers of the points of each edge, one edge after the other, and where each begins."""
    many = high - low + 1
    first = np.concatenate([[0], np.cumsum(many)])
    point = np.arange(first[-1]) - np.repeat(first[:-1] - low, many)
    return point, first


def _parts(way: IntArray) -> IntArray:
    """Number of each edge along its way, from 1; the edges of a way stand in their order."""
    order = np.argsort(way, kind="stable")
    new = np.concatenate([[True], np.diff(way[order]) != 0])
    start = np.maximum.accumulate(np.where(new, np.arange(len(way)), 0))
    part = np.empty(len(way), dtype=np.int64)
    part[order] = np.arange(len(way)) - start + 1
    return part


def _signals(
    refs: set[int], osm: IntArray, node: IntArray, low: IntArray, high: IntArray, along: FloatArray
) -> BoolArray:
    """True at nodes with signals; a signal between crossings counts at the nearer one."""
    lit = np.isin(osm, np.fromiter(refs, dtype=np.int64, count=len(refs)))
    points = np.flatnonzero(lit[node])
    edge = np.searchsorted(low, points, side="right") - 1
    inside = (edge >= 0) & (points > low[edge]) & (points < high[edge])
    points, edge = points[inside], edge[inside]
    to_low = along[points] - along[low[edge]]
    to_high = along[high[edge]] - along[points]
    lit[node[np.where(to_low <= to_high, low[edge], high[edge])]] = True
    return lit
