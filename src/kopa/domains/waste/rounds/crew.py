"""A plan for the crew: its lines along the streets and its stops in order, as GeoJSON and GPX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from kopa.geo.project import Projection
from kopa.model import FloatArray

from .plans import Plan, TruckTour, Visit
from .ways import Ways

GPX = "http://www.topografix.com/GPX/1/1"


@dataclass(frozen=True)
class Label:
    """What a crew reads at a stop.

    Parameters
    ----------
    place
        Address, or name of the site.
    stream
        What is collected there.
    containers
        How many stand there.
    """

    place: str = ""
    stream: str = ""
    containers: int = 1


@dataclass(frozen=True)
class Shown:
    """A plan with what is needed to show it.

    Parameters
    ----------
    plan
        The rounds.
    ways
        Their streets.
    labels
        By id of the stop; what is not named is shown by its id.
    """

    plan: Plan
    ways: Ways
    labels: Mapping[str, Label] = field(default_factory=dict)

    @cached_property
    def _projection(self) -> Projection:
        return Projection(self.ways.router.roads.streets.crs)

    def name(self, visit: Visit) -> str:
        """Id of the place of a visit; empty for a place on the way."""
        task = self.plan.task
        if visit.row < 0:
            return ""
        ids = {"stop": task.stops.ids, "dump": task.dumps.ids}.get(visit.kind, task.depots.ids)
        return ids[visit.row]

    def label(self, visit: Visit) -> Label:
        """What a crew reads at a visit."""
        name = self.name(visit)
        found = self.labels.get(name, Label()) if visit.kind == "stop" else Label(containers=0)
        return found if found.place else Label(name, found.stream, found.containers)

    def point(self, visit: Visit) -> tuple[float, float]:
        """Longitude and latitude of a visit."""
        streets = self.ways.router.roads.streets
        node = int(self.plan.task.node[visit.place])
        return float(streets.lon[node]), float(streets.lat[node])

    def line(self, tour: TruckTour) -> list[FloatArray]:
        """Longitudes and latitudes along each leg of a tour, shape (point, 2)."""
        legs = self.ways.tour_lines(tour)
        return [np.column_stack(self._projection.degrees(leg[:, 0], leg[:, 1])) for leg in legs]


def numbers(tour: TruckTour) -> list[int]:
    """Number of each visit: stops and dumps count from 1, starts and ends are 0."""
    found, count = [], 0
    for visit in tour.visits:
        counts = visit.kind in ("stop", "dump")
        count += counts
        found.append(count if counts else 0)
    return found


def clock(second: float) -> str:
    """Seconds after midnight as ``07:45``; after the next midnight with ``+1``."""
    days, rest = divmod(round(second / 60), 24 * 60)
    return f"{rest // 60:02d}:{rest % 60:02d}" + (f" +{days}" if days else "")


def geojson(shown: Shown) -> dict[str, Any]:
    """Tours as lines, one a trip, and their visits as numbered points; WGS 84 (RFC 7946).

    Parameters
    ----------
    shown
        The plan.
    """
    features: list[dict[str, Any]] = []
    for tour in shown.plan.tours:
        features += _lines(shown, tour)
        features += [
            _point(shown, tour, visit, number)
            for visit, number in zip(tour.visits, numbers(tour), strict=True)
        ]
    return {"type": "FeatureCollection", "features": features}


def _lines(shown: Shown, tour: TruckTour) -> list[dict[str, Any]]:
    """A line from each start or dump to the next dump, or home."""
    features = []
    points: list[list[float]] = []
    metres, trip = 0.0, 1
    legs = zip(shown.line(tour), tour.visits[1:], strict=True)
    for leg, visit in legs:
        points += [[round(lon, 6), round(lat, 6)] for lon, lat in leg.tolist()]
        metres += visit.metres
        if visit.kind in ("dump", "end"):
            same = len(points) == 1
            features.append(
                {
                    "type": "Feature",
                    "geometry": {"type": "LineString", "coordinates": points * (2 if same else 1)},
                    "properties": {"truck": tour.name, "trip": trip, "metres": round(metres)},
                }
            )
            points, metres, trip = [], 0.0, trip + 1
    return features


def _point(shown: Shown, tour: TruckTour, visit: Visit, number: int) -> dict[str, Any]:
    label = shown.label(visit)
    lon, lat = shown.point(visit)
    told = {
        "truck": tour.name,
        "kind": visit.kind,
        "number": number,
        "id": shown.name(visit),
        "place": label.place,
        "stream": label.stream,
        "containers": label.containers,
        "arrive": clock(visit.arrive_s),
        "leave": clock(visit.leave_s),
        "load_kg": round(visit.after_kg, 1),
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "properties": {key: value for key, value in told.items() if value not in ("", 0)},
    }


def gpx(shown: Shown, tour: TruckTour) -> str:
    """A tour as GPX 1.1: its visits as waypoints and as a route, its streets as a track.

    Parameters
    ----------
    shown
        The plan.
    tour
        One of its tours.

    References
    ----------
    GPX 1.1 Schema Documentation, topografix.com/GPX/1/1.
    """
    points = [
        _gpx_point(shown, visit, number)
        for visit, number in zip(tour.visits, numbers(tour), strict=True)
        if visit.kind != "way"
    ]
    name = f"<name>{_text(tour.name)}</name>"
    track = "".join(
        f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"/>' for lon, lat in _whole(shown.line(tour))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator="Kopa" xmlns={quoteattr(GPX)}>\n'
        f"<metadata>{name}</metadata>\n"
        + "".join(f"<wpt {point}</wpt>\n" for point in points)
        + f"<rte>{name}"
        + "".join(f"<rtept {point}</rtept>" for point in points)
        + f"</rte>\n<trk>{name}<trkseg>{track}</trkseg></trk>\n</gpx>\n"
    )


def _gpx_point(shown: Shown, visit: Visit, number: int) -> str:
    lon, lat = shown.point(visit)
    label = shown.label(visit)
    name = f"{number} {label.place}" if number else label.place
    told = [clock(visit.arrive_s), label.stream]
    if visit.kind == "stop":
        told.append(f"{label.containers}×")
    description = ", ".join(one for one in told if one)
    return (
        f'lat="{lat:.6f}" lon="{lon:.6f}"><name>{_text(name)}</name>'
        f"<desc>{_text(description)}</desc><type>{visit.kind}</type>"
    )


def _whole(legs: Sequence[FloatArray]) -> list[list[float]]:
    """One line; a point that ends a leg and begins the next is there once."""
    points = [point for leg in legs for point in leg.tolist()]
    kept = points[:1]
    kept += [other for one, other in pairwise(points) if one != other]
    return kept


def _text(value: str) -> str:
    """What XML can carry of a text."""
    return escape("".join(one if one.isprintable() else "\ufffd" for one in value))
