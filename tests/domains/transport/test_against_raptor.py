"""Travel times by public transport equal those of a plain RAPTOR, pair by pair."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest
from domains.transport import raptor
from pyproj import Transformer
from shared_data import data

from kopa.domains.transport.connections import NEVER, arrivals, connections, times_of, walks_between
from kopa.domains.transport.read_gtfs import read_gtfs
from kopa.geo.project import Projection, utm

CASES = [
    ("laquila/laquila_gtfs_2022.zip", "2022-10-05", "08:00", 240, 40),
    ("laquila/laquila_gtfs_2022.zip", "2022-10-08", "10:30", 240, 20),
    ("portoalegre/poa_eptc.zip", "2019-05-15", "13:00", 60, 6),
]


@pytest.mark.parametrize(("feed", "date", "at", "minutes", "origins"), CASES)
def test_no_pair_differs(feed: str, date: str, at: str, minutes: int, origins: int) -> None:
    file = data("city", *feed.split("/"))
    day, start = datetime.date.fromisoformat(date), raptor.seconds(f"{at}:00")
    until = start + minutes * 60
    timetable, _ = read_gtfs(file)
    crs = utm(float(timetable.stop_lon[0]), float(timetable.stop_lat[0]))
    x, y = Projection(crs).metres(timetable.stop_lon, timetable.stop_lat)
    trips = connections(timetable, times_of(timetable, timetable.runs(day, start, until + 1)))
    walks = walks_between(x, y, 250.0, 1.25, 1.3)
    chosen = np.random.default_rng(1).choice(len(timetable.stop_ids), origins, replace=False)
    ours = arrivals(trips, walks, chosen, start, until)

    where = raptor.places(file)
    plain = [
        run
        for run in raptor.trips(file, day).values()
        if run[-1][1] >= start and run[0][2] <= until
    ]
    feet = _walks(where, crs, 250.0)
    wrong = pairs = reached = 0
    for column, origin in enumerate(chosen.tolist()):
        theirs = raptor.earliest(plain, feet, timetable.stop_ids[origin], start, until)
        for row, stop in enumerate(timetable.stop_ids):
            pairs += 1
            reached += stop in theirs
            wrong += int(ours[row, column]) != theirs.get(stop, int(NEVER))
    assert wrong == 0
    assert pairs == origins * len(timetable.stop_ids)
    assert reached > 1000


def _walks(
    where: dict[str, tuple[float, float]], crs: str, within: float
) -> dict[str, list[tuple[str, int]]]:
    to = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    at = {stop: to.transform(*place) for stop, place in where.items()}
    names = list(at)
    points = np.array([at[name] for name in names])
    found: dict[str, list[tuple[str, int]]] = {}
    for name, point in zip(names, points, strict=True):
        far = np.hypot(*(points - point).T)
        near = np.flatnonzero(far <= within).tolist()
        found[name] = [(names[i], math.ceil(far[i] * 1.3 / 1.25)) for i in near if names[i] != name]
    return found
