"""Trucks of a designed city and their weekly rounds: what a dispatcher without software plans.

Each stream has its days; on each day its trucks work districts that lie around the depot like
slices of a cake, always to the nearest container that is left.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.model import FloatArray, IntArray

TRUCKS, ROUNDS = "waste/trucks.csv", "waste/rounds.csv"
WEEK = ("mon", "tue", "wed", "thu", "fri")
TRUCK: Mapping[str, Any] = {
    "depot": "depot",
    "capacity_kg": 9000,
    "capacity_m3": 20,
    "compaction": 5,
    "starts": "06:00",
    "ends": "14:00",
    "speed": 0.8,
    "cost_eur_h": 60,
    "cost_eur_km": 0.6,
    "litres_per_100km": 45,
    "litres_per_stop": 0.15,
}
"""A rear loader of 26 t; its costs are of no city: they are assumed, as the city is."""
LOOSE = frozenset({"glass"})
"""Streams that are not pressed."""
WORK_S = 4.5 * 3600
"""Part of a shift for driving between containers and emptying them, s; the rest is for ways to
plants, unloading and a break."""
SPEED = 20 / 3.6
"""Between containers, m/s, in a straight line."""
SERVICE_S = 45.0


@dataclass(frozen=True)
class Sets:
    """Container sets of a designed city.

    Parameters
    ----------
    ids, streams
        What they are.
    x, y
        Place, m, shape (set,).
    count
        Containers of each, shape (set,).
    kg
        What is in when it is emptied, kg, shape (set,).
    weeks
        Weeks between two collections, shape (set,).
    """

    ids: Sequence[str]
    streams: Sequence[str]
    x: FloatArray
    y: FloatArray
    count: FloatArray
    kg: FloatArray
    weeks: IntArray


def write_rounds(folder: Path, sets: Sets, depot: tuple[float, float]) -> tuple[int, int]:
    """Write trucks and their rounds; gives how many of each.

    Parameters
    ----------
    folder
        The city's folder.
    sets
        What is collected.
    depot
        Where trucks start, m.
    """
    trucks: dict[str, str] = {}
    lines: list[tuple[str, str, str, int, int]] = []
    rounds = 0
    for stream in dict.fromkeys(sets.streams):
        rows = np.flatnonzero([one == stream for one in sets.streams])
        every = int(sets.weeks[rows[0]])
        angle = np.arctan2(sets.y[rows] - depot[1], sets.x[rows] - depot[0])
        slices = np.array_split(rows[np.argsort(angle, kind="stable")], every * len(WEEK))
        for number, slice_ in enumerate(slices):
            week, day = divmod(number, len(WEEK))
            for truck, tour in enumerate(_tours(sets, slice_, depot), 1):
                name = f"{stream}-{truck}"
                trucks[name] = stream
                rounds += 1
                lines += [(name, WEEK[day], sets.ids[row], every, week) for row in tour]
    with (folder / TRUCKS).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["id", "streams", *TRUCK])
        for name, stream in trucks.items():
            values = {**TRUCK, **({"compaction": 1} if stream in LOOSE else {})}
            table.writerow([name, stream, *values.values()])
    with (folder / ROUNDS).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["truck", "weekday", "container", "every_weeks", "week"])
        table.writerows(lines)
    return len(trucks), rounds


def _tours(sets: Sets, rows: IntArray, depot: tuple[float, float]) -> list[list[int]]:
    """Tours of the trucks of a day: each to the nearest left, until its time is over."""
    left = list(map(int, rows))
    tours: list[list[int]] = []
    while left:
        at, worked = depot, 0.0
        tour: list[int] = []
        while left:
            far = np.hypot(sets.x[left] - at[0], sets.y[left] - at[1])
            best = int(np.argmin(far))
            row = left[best]
            lift = SERVICE_S * float(sets.count[row])
            worked += lift + (float(far[best]) / SPEED if tour else 0.0)
            if tour and worked > WORK_S:
                break
            tour.append(left.pop(best))
            at = (float(sets.x[row]), float(sets.y[row]))
        tours.append(tour)
    return tours


def sets_of(features: Sequence[Mapping[str, Any]]) -> Sets:
    """Container sets from the features that a design writes."""
    told = [one["properties"] for one in features]
    points = np.array([one["geometry"]["coordinates"] for one in features], dtype=np.float64)
    points = points.reshape(-1, 2)

    def column(name: str) -> FloatArray:
        return np.array([one[name] for one in told], dtype=np.float64)

    days = column("interval_days")
    weeks = [max(1, math.ceil(one / 7)) for one in days.tolist()]
    return Sets(
        [one["id"] for one in told],
        [one["stream"] for one in told],
        points[:, 0],
        points[:, 1],
        column("containers"),
        column("kg_per_day") * days,
        np.array(weeks, dtype=np.int64),
    )
