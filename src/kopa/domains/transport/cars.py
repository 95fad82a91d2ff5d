"""What closed and slowed streets do to car trips."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kopa.geo.engine_routingkit import Metric
from kopa.model import BoolArray, FloatArray, IntArray

from .network import Network
from .states import Piece, arc_times
from .timetable import DAY


@cache
def profile() -> tuple[float, ...]:
    """Share of a day's cars that drive in each hour."""
    text = files("kopa.domains.transport").joinpath("profile.csv").read_text(encoding="utf-8")
    return tuple(float(row["share"]) for row in csv.DictReader(text.splitlines()))


def share_of_day(start: int, end: int) -> float:
    """Days' worth of cars from one second to another, by the profile of a day's hours."""
    grown = np.concatenate([[0.0], np.cumsum(profile())])
    grown /= grown[-1]
    hours = np.arange(25) * 3600.0

    def until(second: int) -> float:
        return second // DAY + float(np.interp(second % DAY, hours, grown))

    return until(end) - until(start)


@dataclass(frozen=True)
class Usual:
    """Car trips on the streets as they usually are.

    Parameters
    ----------
    start, end
        Nodes, shape (pair,).
    seconds, metres
        Of the fastest way, `inf` and 0 where there is none, shape (pair,).
    used
        True for edges on the fastest way of a pair, shape (edge,).
    """

    start: IntArray
    end: IntArray
    seconds: FloatArray
    metres: FloatArray
    used: BoolArray


def usual(network: Network) -> Usual:
    """The fastest ways of all car trips; their ends are the nearest nodes of the main part."""
    demand, used = network.demand, np.zeros(network.streets.edges, dtype=bool)
    if not len(demand):
        none, whole = np.empty(0), np.empty(0, dtype=np.int64)
        return Usual(whole, whole, none, none, used)
    metric = network.router.metric()
    start, _ = network.roads.nearest(*network.projection.metres(demand.from_lon, demand.from_lat))
    end, _ = network.roads.nearest(*network.projection.metres(demand.to_lon, demand.to_lat))
    metres = np.zeros(len(demand))
    for pair in range(len(demand)):
        _, arcs = metric.path(int(start[pair]), int(end[pair]))
        edges = network.roads.edge[arcs]
        used[edges] = True
        metres[pair] = network.streets.length[edges].sum()
    return Usual(start, end, _times(metric, start, end), metres, used)


def _times(metric: Metric, start: IntArray, end: IntArray) -> FloatArray:
    rows, row = np.unique(start, return_inverse=True)
    columns, column = np.unique(end, return_inverse=True)
    return metric.matrix(rows, columns)[row, column]


@dataclass(frozen=True)
class Cars:
    """Car trips of a run.

    Parameters
    ----------
    added_h
        Time that the trips of each pair lose, vehicle·h, shape (pair,).
    driven_km
        What they drive, vehicle·km, shape (pair,).
    cut_off
        Cars that no way leads to their end, shape (pair,).
    asked, served
        Cars in all, and those that arrive.
    cause
        The event that cost a pair most, -1 for none, shape (pair,).
    states
        States of the streets that were solved.
    """

    added_h: FloatArray
    driven_km: FloatArray
    cut_off: FloatArray
    asked: float
    served: float
    cause: IntArray
    states: int


def drive(network: Network, usually: Usual, parts: Sequence[Piece], dark_delay: float) -> Cars:
    """Car trips while streets are closed and slowed.

    Parameters
    ----------
    network
        The network.
    usually
        The trips as they usually are.
    parts
        Stretches of time in which the streets stand still.
    dark_delay
        Time that a crossing with dead lights takes, s.
    """
    cars = network.demand.cars_per_day
    added, driven, cut = (np.zeros(len(cars)) for _ in range(3))
    cause = np.full(len(cars), -1, dtype=np.int64)
    worst = np.zeros(len(cars))
    served = asked = 0.0
    known: dict[tuple[int, ...], tuple[FloatArray, FloatArray]] = {(): _of(usually)}
    for piece in parts if len(cars) else ():
        key = tuple(one.event for one in piece.active)
        if key not in known:
            known[key] = _solved(network, usually, piece, dark_delay)
        seconds, metres = known[key]
        driving = cars * share_of_day(piece.start, piece.end)
        arrives = np.isfinite(seconds)
        later = np.where(arrives, seconds - np.where(arrives, usually.seconds, 0.0), 0.0)
        added += driving * later / 3600
        driven += driving * np.where(arrives, metres, 0.0) / 1000
        cut += driving * ~arrives
        asked += float(driving.sum())
        served += float(driving[arrives].sum())
        loss = driving * np.where(arrives, later, np.inf)
        worse = (loss > worst) & bool(piece.active)
        if worse.any():
            cause[worse] = key[0] if len(key) == 1 else _first_cause(piece)
            worst[worse] = loss[worse]
    return Cars(added, driven, cut, asked, served, cause, len(known) - 1)


def _of(usually: Usual) -> tuple[FloatArray, FloatArray]:
    return usually.seconds, usually.metres


def _first_cause(piece: Piece) -> int:
    """Of several things the one that touches most of the streets."""
    return max(piece.active, key=lambda one: (one.what == "closed", len(one.items))).event


def _solved(
    network: Network, usually: Usual, piece: Piece, dark_delay: float
) -> tuple[FloatArray, FloatArray]:
    metric = network.router.metric(arc_times(network, piece, dark_delay))
    seconds = _times(metric, usually.start, usually.end)
    metres = usually.metres.copy()
    length = network.streets.length[network.roads.edge]
    for pair in np.flatnonzero((seconds != usually.seconds) & np.isfinite(seconds)).tolist():
        _, arcs = metric.path(int(usually.start[pair]), int(usually.end[pair]))
        metres[pair] = length[arcs].sum()
    return seconds, metres
