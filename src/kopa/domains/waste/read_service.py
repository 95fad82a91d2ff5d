"""Reads what trucks and residents told of a shift: tracks, lifts and complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.model import FloatArray

from .parts import Containers, Trucks
from .read_trucks import PACKAGE

FASTEST = 45.0
"""A truck that would have gone faster, m/s, was not there: its position jumped."""


@dataclass(frozen=True)
class Track:
    """Where a truck was.

    Parameters
    ----------
    times
        Seconds since 1970-01-01 of the local clock, rising, shape (point,).
    x, y
        m, shape (point,).
    """

    times: FloatArray
    x: FloatArray
    y: FloatArray


@dataclass(frozen=True)
class Lift:
    """A container that a truck emptied, by its tag or its scale."""

    truck: int
    container: int
    time: float
    kg: float


@dataclass(frozen=True)
class Complaint:
    """What a resident says was not collected; the container is -1 where none is named."""

    id: str
    time: float
    container: int
    x: float
    y: float
    stream: str


def read_tracks(
    path: Path, trucks: Trucks, projection: Projection
) -> tuple[dict[int, Track], tuple[Finding, ...]]:
    """Tracks by truck; positions that jump are left out, and told.

    Parameters
    ----------
    path
        A CSV file.
    trucks
        The trucks.
    projection
        CRS of the streets.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "track", "waste")
    points: dict[int, dict[float, tuple[float, float]]] = {}
    for row in rows.lines():
        truck, time = _truck(rows, row, trucks), _time(rows, row)
        if truck >= 0 and np.isfinite([time, row["lon"], row["lat"]]).all():
            points.setdefault(truck, {})[time] = (row["lon"], row["lat"])
    rows.finish()
    found = {}
    for truck, at in points.items():
        times = np.array(sorted(at))
        places = np.array([at[time] for time in times.tolist()])
        x, y = projection.metres(places[:, 0], places[:, 1])
        kept = _steady(times, x, y)
        lost = len(times) - int(kept.sum())
        if lost:
            what = f"{lost} of {len(times)} positions of {trucks.ids[truck]} jump; left out."
            do = "See its receiver: nothing drives 160 km/h there."
            rows.tell("jump", trucks.ids[truck], what, do, "warning")
        found[truck] = Track(times[kept], x[kept], y[kept])
    return found, tuple(rows.findings)


def _steady(times: FloatArray, x: FloatArray, y: FloatArray) -> np.ndarray[Any, Any]:
    """True for positions that a truck can have reached from the last that is kept.

    The first is kept only if the second or the third can be reached from it.
    """
    kept = np.zeros(len(times), dtype=bool)

    def reach(a: int, b: int) -> bool:
        far = float(np.hypot(x[b] - x[a], y[b] - y[a]))
        return far <= FASTEST * float(times[b] - times[a])

    last = 0
    while last + 1 < len(times) and not any(
        reach(last, other) for other in range(last + 1, min(last + 3, len(times)))
    ):
        last += 1
    kept[last] = True
    for at in range(last + 1, len(times)):
        if reach(last, at):
            kept[at] = True
            last = at
    return kept


def read_lifts(
    path: Path, trucks: Trucks, containers: Containers
) -> tuple[list[Lift], tuple[Finding, ...]]:
    """Lifts, by ids or tags; tags of nobody are told.

    Parameters
    ----------
    path
        A CSV file.
    trucks, containers
        What they are about.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "lift", "waste")
    tags = {tag: row for row, tag in enumerate(containers.tags) if tag}
    found, strange = [], 0
    for row in rows.lines():
        truck, time = _truck(rows, row, trucks), _time(rows, row)
        name = row["container"]
        container = containers.index.get(name, tags.get(name, -1))
        if container < 0:
            strange += 1
        elif truck >= 0 and np.isfinite(time):
            found.append(Lift(truck, container, time, row["kg"]))
    rows.finish()
    if strange:
        what = f"{strange} lifts are of no container or tag that is known; left out."
        rows.tell("strange", "", what, "Add the tags to the containers.", "warning")
    return found, tuple(rows.findings)


def read_complaints(
    path: Path, containers: Containers, projection: Projection
) -> tuple[list[Complaint], tuple[Finding, ...]]:
    """What residents say was not collected.

    Parameters
    ----------
    path
        A CSV file.
    containers
        The containers.
    projection
        CRS of the streets.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "complaint", "waste")
    found = []
    for number, row in enumerate(rows.lines(), 1):
        time, name = _time(rows, row), row["container"]
        container = containers.index.get(name, -1)
        if name and container < 0:
            rows.tell("complaint", row["place"], f"there is no container '{name}'.", "Correct it.")
        placed = bool(np.isfinite([row["lon"], row["lat"]]).all())
        if not name and not placed:
            do = "Give container, or lon and lat."
            rows.tell("complaint", row["place"], "it says not where.", do)
        x, y = projection.metres(np.array([row["lon"]]), np.array([row["lat"]]))
        place = (float(x[0]), float(y[0])) if placed else (np.nan, np.nan)
        told = row["id"] or str(number)
        found.append(Complaint(told, time, container, *place, row["stream"].lower()))
    rows.finish()
    return found, tuple(rows.findings)


def _truck(rows: Rows, row: Mapping[str, Any], trucks: Trucks) -> int:
    if row["truck"] in trucks.ids:
        return trucks.ids.index(row["truck"])
    if row["truck"]:
        do = f"Use one of: {', '.join(trucks.ids[:8])}."
        rows.tell("truck", row["place"], f"there is no truck '{row['truck']}'.", do)
    return -1


def _time(rows: Rows, row: Mapping[str, Any]) -> float:
    try:
        moment = datetime.fromisoformat(row["time"]).replace(tzinfo=None)
    except ValueError:
        if row["time"]:
            what = f"time is '{row['time'][:40]}'."
            rows.tell("time", row["place"], what, "Write YYYY-MM-DDTHH:MM:SS.")
        return float("nan")
    return (moment - datetime(1970, 1, 1)).total_seconds()
