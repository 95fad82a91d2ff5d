"""What the jobs on emergencies share: what is closed, ways as lines, files of maps."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import UsageError
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.model import BoolArray, FloatArray, IntArray

from .network import Network


def arguments_of(job: Any, what: str) -> None:
    """Add what all jobs take.

    Parameters
    ----------
    job
        A parser.
    what
        What the map shows.
    """
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument("-o", "--output", type=Path, metavar="F.geojson", help=what)
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def area_argument(job: Any) -> None:
    """Add the area that a job is about."""
    job.add_argument(
        "--area", type=Path, required=True, metavar="F.geojson", help="polygons in degrees"
    )


def closed_argument(job: Any) -> None:
    """Add what is closed."""
    job.add_argument(
        "--closed", nargs="+", default=[], metavar="ASSET",
        help="streets, bases and shelters: 24660412-1, way/24660412, shelter/w7",
    )  # fmt: skip


@dataclass(frozen=True)
class Closed:
    """What is closed by hand.

    Parameters
    ----------
    speed
        Of streets over the usual, shape (street,).
    bases, shelters
        True for those that work, shape (base,) and (shelter,).
    names
        What was named.
    """

    speed: FloatArray
    bases: BoolArray
    shelters: BoolArray
    names: tuple[str, ...]


def closed(network: Network, names: Sequence[str]) -> Closed:
    """Streets, bases and shelters that are named, with or without a domain before the name.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    streets, driving = network.streets, network.driving
    column = {streets.ids[edge]: at for at, edge in enumerate(driving.edges.tolist())}
    ways = streets.way[driving.edges]
    speed = np.ones(len(driving.edges))
    works = [np.ones(len(one), dtype=bool) for one in (network.bases, network.shelters)]
    for name in names:
        plain = name.rpartition(":")[2]
        way = plain.removeprefix("way/")
        if plain in network.bases.ids:
            works[0][network.bases.ids.index(plain)] = False
        elif plain in network.shelters.ids:
            works[1][network.shelters.ids.index(plain)] = False
        elif plain in column:
            speed[column[plain]] = 0.0
        elif way.isdecimal() and len(way) < 19 and (ways == int(way)).any():
            speed[ways == int(way)] = 0.0
        else:
            raise UsageError(f"--closed: '{name}' is no street, base or shelter of the city")
    return Closed(speed, works[0], works[1], tuple(names))


def way_line(streets: Streets, start: int, edges: IntArray) -> dict[str, Any]:
    """A way as a GeoJSON line in degrees; a point twice where it has no length."""
    parts: list[Any] = [[(streets.x[start], streets.y[start])]]
    node = start
    for edge in edges.tolist():
        drawn = streets.line(edge)
        along = int(streets.a[edge]) == node
        parts.append((drawn if along else drawn[::-1])[1:])
        node = int(streets.b[edge] if along else streets.a[edge])
    if not len(edges):
        parts.append(parts[0])
    whole = np.concatenate(parts)
    lonlat = np.column_stack(Projection(streets.crs).degrees(whole[:, 0], whole[:, 1]))
    return {"type": "LineString", "coordinates": np.round(lonlat, 6).tolist()}


def degrees(network: Network, x: FloatArray, y: FloatArray) -> FloatArray:
    """Longitude and latitude, rounded to some 0.1 m, shape (point, 2)."""
    lon, lat = Projection(network.streets.crs).degrees(x, y)
    found: FloatArray = np.column_stack([lon, lat])
    return found.round(6)


def feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """A feature of a map."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def spot(lonlat: FloatArray) -> dict[str, Any]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": lonlat.tolist()}


def write_map(file: Path, features: list[dict[str, Any]]) -> None:
    """Write GeoJSON in longitude and latitude.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    whole = console.plain({"type": "FeatureCollection", "features": features})
    try:
        file.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"-o {file}: {error.strerror}") from None


def count(text: str) -> int:
    """A whole number from 1 to 1,000, for a parser."""
    value = int(text) if text.isdecimal() and len(text) < 5 else 0
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 1000")
    return value


def metres(text: str) -> float:
    """A length for a parser, m."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 1 <= value <= 10_000:
        raise argparse.ArgumentTypeError("must be from 1 to 10000 m")
    return value
