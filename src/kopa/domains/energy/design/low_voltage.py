"""Low voltage cables: thick enough for their current and their voltage drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain.design import Survey
from kopa.domains.energy.design.demand import Customers
from kopa.domains.energy.design.rules import RULES, cables
from kopa.domains.energy.design.stations import Station
from kopa.model import BoolArray, FloatArray, IntArray

VOLTS = 400.0


@dataclass(frozen=True)
class Mains:
    """Low voltage cables of all stations, one row each, shape (cable,).

    Parameters
    ----------
    station
        Row of the station.
    street, near, far
        Street, and its nodes nearer to and further from the station.
    size, parallel
        Row of the catalogue, and how many lie side by side.
    drop
        Voltage drop from the station to the far end at the peak, share of 400 V.
    """

    station: IntArray
    street: IntArray
    near: IntArray
    far: IntArray
    size: IntArray
    parallel: IntArray
    drop: FloatArray


def low_voltage(survey: Survey, customers: Customers, stations: Sequence[Station]) -> Mains:
    """Size the low voltage cables of all stations.

    Every cable starts at the thinnest that carries its current; then the ways to nodes whose
    voltage drops too far are made thicker until all hold, or are as thick as there is.
    """
    rows = [(i, *street) for i, station in enumerate(stations) for street in station.streets]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    station, street, near, far = table.T
    shared = np.array([r for s in stations if not s.own for r in s.customers], dtype=np.int64)
    kw = np.bincount(customers.node[shared], customers.kw[shared], survey.streets.nodes)[far]
    row_of = {
        (int(s), int(node)): row for row, (s, node) in enumerate(zip(station, far, strict=True))
    }
    before = np.array(
        [row_of.get((int(s), int(node)), -1) for s, node in zip(station, near, strict=True)],
        dtype=np.int64,
    ).reshape(-1)
    for row in range(len(table) - 1, -1, -1):  # nearer ones stand first
        if before[row] >= 0:
            kw[before[row]] += kw[row]
    steps = _steps()
    amps = kw / (np.sqrt(3) * VOLTS * RULES["cos_phi"])  # kA
    rated = np.array([cables("LV")[size].rated * many for size, many in steps])
    step = np.minimum(np.searchsorted(rated * RULES["line_loading"], amps), len(steps) - 1)
    km = survey.streets.length[street] / 1000
    drop = np.zeros(len(table))
    for _ in range(len(steps) * 4):
        drop = _drops(step, amps, km, before)
        low = drop > RULES["low_voltage_drop"]
        if not low.any():
            break
        thicker = _above(low, before) & (step < len(steps) - 1)
        if not thicker.any():
            break
        step = np.where(thicker, step + 1, step)
    return Mains(
        station, street, near, far,
        np.array([steps[i][0] for i in step], dtype=np.int64),
        np.array([steps[i][1] for i in step], dtype=np.int64),
        drop,
    )  # fmt: skip


def _steps() -> list[tuple[int, int]]:
    """Choices from thin to thick: row of the catalogue, and number of cables side by side."""
    sizes = len(cables("LV"))
    most = int(RULES["parallel_most"])
    return [*((i, 1) for i in range(sizes)), *((sizes - 1, n) for n in range(2, most + 1))]


def _drops(step: IntArray, amps: FloatArray, km: FloatArray, before: IntArray) -> FloatArray:
    """Voltage drop from the station to each cable's far end, share of the rated voltage."""
    cos_phi = RULES["cos_phi"]
    ohm = np.array(
        [
            (cables("LV")[size].r * cos_phi + cables("LV")[size].x * np.sqrt(1 - cos_phi**2)) / many
            for size, many in _steps()
        ]
    )
    drop = np.sqrt(3) * amps * 1000 * ohm[step] * km / VOLTS
    for row in range(len(drop)):
        if before[row] >= 0:
            drop[row] += drop[before[row]]
    return np.asarray(drop)


def _above(low: BoolArray, before: IntArray) -> BoolArray:
    """True for the cables on the ways to those that are low."""
    wanted = low.copy()
    for row in range(len(low) - 1, -1, -1):
        if wanted[row] and before[row] >= 0:
            wanted[before[row]] = True
    return wanted
