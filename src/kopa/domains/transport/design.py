"""Streets and timetable of a map, trimmed to what the domain reads, and the cars on them."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path

import numpy as np

from kopa.domain.design import STREETS, Design, Designer, Progress, Survey
from kopa.geo.write_osm import write_streets
from kopa.model import FloatArray, IntArray

GTFS, DEMAND = "transport/gtfs.zip", "transport/demand.csv"
TRIPS_A_DAY = 1.1
"""Car trips of a resident on a day, as driver (Eurostat, Passenger mobility statistics 2021: about
three trips a day, somewhat more than a third of them driving)."""
DECAY_M = 3000.0
"""Trips to a zone halve about every two kilometres more (gravity model, exponential deterrence)."""
MOST_ZONES = 150
"""So many zones at most: the demand of a large city stays a small file."""
LEAST = 1.0
"""Flows of fewer cars a day between two zones are left out, and their trips go to the others."""


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write the streets, copy the timetable, and spread car trips by a gravity model.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("streets")
    (folder / STREETS).parent.mkdir(parents=True, exist_ok=True)
    ways = write_streets(survey.osm, folder / STREETS)
    files = [STREETS]
    settings = {"streets": STREETS, "crs": survey.streets.crs}
    counts = {"ways": ways, "streets_km": round(float(survey.streets.length.sum()) / 1000)}
    zone = ""
    if survey.gtfs is not None:
        shutil.copyfile(survey.gtfs, folder / GTFS)
        files.append(GTFS)
        settings["gtfs"] = GTFS
        zone = _timezone(survey.gtfs)
    progress("car trips")
    flows = _write_demand(survey, folder / DEMAND)
    if flows:
        files.append(DEMAND)
        settings["demand"] = DEMAND
        counts["car_flows"] = flows
    return Design(settings, tuple(files), counts, timezone=zone)


def _timezone(gtfs: Path) -> str:
    """Time zone of the first agency; empty where the feed does not say it."""
    try:
        with zipfile.ZipFile(gtfs) as feed:
            name = next(n for n in feed.namelist() if n.rsplit("/", 1)[-1] == "agency.txt")
            text = feed.read(name).decode("utf-8-sig")
        return str(next(csv.DictReader(io.StringIO(text)))["agency_timezone"])
    except (OSError, zipfile.BadZipFile, StopIteration, KeyError, UnicodeDecodeError):
        return ""  # the reader of the feed tells what is wrong with it


def _write_demand(survey: Survey, file: Path) -> int:
    """Write car trips between zones; gives the number of flows."""
    node, homes, work = _zones(survey)
    if len(node) < 2 or not homes.any() or not work.any():
        return 0
    streets = survey.streets
    x, y = streets.x[node], streets.y[node]
    far = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    pull = work[None, :] * np.exp(-far / DECAY_M)
    np.fill_diagonal(pull, 0.0)
    share = pull / np.maximum(pull.sum(axis=1, keepdims=True), 1e-12)
    out = homes[:, None] * TRIPS_A_DAY / 2 * share
    cars = out + out.T  # there and back
    cars = np.where(cars >= LEAST, cars, 0.0) * (cars.sum() / max(cars[cars >= LEAST].sum(), 1e-12))
    rows = np.argwhere(cars > 0)
    with file.open("w", encoding="utf-8", newline="") as out_file:
        writer = csv.writer(out_file, lineterminator="\n")
        writer.writerow(["from_lon", "from_lat", "to_lon", "to_lat", "cars_per_day"])
        for a, b in rows.tolist():
            ends = (
                streets.lon[node[a]],
                streets.lat[node[a]],
                streets.lon[node[b]],
                streets.lat[node[b]],
            )
            writer.writerow([*(f"{value:.6f}" for value in ends), f"{cars[a, b]:.1f}"])
    return len(rows)


def _zones(survey: Survey) -> tuple[IntArray, FloatArray, FloatArray]:
    """Street nodes that stand for zones, with the residents and the workers around each."""
    from scipy.spatial import cKDTree

    streets, spots = survey.streets, survey.spots
    drive = np.zeros(streets.nodes, dtype=bool)
    rows = survey.mains & streets.drive
    drive[streets.a[rows]] = drive[streets.b[rows]] = True
    people = np.bincount(spots.node, spots.people, streets.nodes) * drive
    order = [node for node in np.argsort(-people, kind="stable").tolist() if people[node] > 0]
    points = np.column_stack([streets.x, streets.y])
    box = np.ptp(points[order], axis=0) if order else np.ones(2)
    radius = 0.5 * float(np.sqrt(box.prod() / MOST_ZONES)) + 1.0
    tree = cKDTree(points)
    while True:
        seeds: list[int] = []
        taken = np.zeros(streets.nodes, dtype=bool)
        for node in order:
            if not taken[node]:
                seeds.append(node)
                taken[tree.query_ball_point(points[node], radius)] = True
        if len(seeds) <= MOST_ZONES:
            break
        radius *= 1.25
    node = np.array(sorted(seeds), dtype=np.int64)
    if not len(node):
        return node, np.empty(0), np.empty(0)
    _, zone = cKDTree(points[node]).query(np.column_stack([spots.x, spots.y]))
    home = spots.homes
    homes = np.bincount(zone[home], spots.people[home], len(node)).astype(np.float64)
    work = np.bincount(zone[~home], spots.people[~home], len(node)).astype(np.float64)
    return node, homes, work + 0.1 * homes  # some trips lead to other homes


DESIGNER = Designer("transport", draw)
