"""Which unit goes to which incident.

As many first units as can be come first, then as many others; those of a greater weight go before.
Among all ways to do so, the one of the least sum of weight × arrival is taken (exact).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kopa.geo.fastest import Fastest, State
from kopa.model import BoolArray, FloatArray, IntArray

from .engine_scipy import assigned
from .network import PACKAGE, UNITS, Network


@dataclass(frozen=True)
class Need:
    """Units that an incident asks for.

    Parameters
    ----------
    unit
        Kind of unit.
    count
        So many.
    weight
        How much a minute of them counts.
    """

    unit: str
    count: int
    weight: float


@dataclass(frozen=True)
class Incident:
    """Something that happened.

    Parameters
    ----------
    lon, lat
        Degrees.
    kind
        As ``incidents.csv`` has it.
    needs
        Units that it asks for.
    node
        Nearest crossing.
    """

    lon: float
    lat: float
    kind: str
    needs: tuple[Need, ...]
    node: int


@dataclass(frozen=True)
class Sent:
    """A unit that goes to an incident.

    Parameters
    ----------
    incident
        Row of the incident.
    kind
        Of the unit.
    base, number
        Row of the base, and which of its units, from 1.
    seconds
        From the alarm to the spot.
    """

    incident: int
    kind: str
    base: int
    number: int
    seconds: float


@cache
def needs() -> dict[str, tuple[Need, ...]]:
    """Units that each kind of incident asks for: ``incidents.csv``."""
    text = files(PACKAGE).joinpath("incidents.csv").read_text(encoding="utf-8")
    found: dict[str, tuple[Need, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        need = Need(row["unit"], int(row["count"]), float(row["weight"]))
        found[row["kind"]] = (*found.get(row["kind"], ()), need)
    return found


@dataclass(frozen=True)
class Fleet:
    """Units that can be sent.

    Parameters
    ----------
    network
        The city.
    busy
        Units by base and number, that are elsewhere.
    works
        True for bases that work, shape (base,).
    """

    network: Network
    busy: frozenset[tuple[int, int]]
    works: BoolArray

    def units(self, kind: str) -> list[tuple[int, int]]:
        """Base and number of each unit of a kind that is free."""
        bases = self.network.bases
        return [
            (row, number)
            for row in bases.of(kind).tolist()
            if self.works[row]
            for number in range(1, int(bases.units[row]) + 1)
            if (row, number) not in self.busy
        ]

    def arrivals(self, rows: IntArray, nodes: IntArray, state: State) -> FloatArray:
        """Turnout and way, s, `inf` for none, shape (base of `rows`, node)."""
        network = self.network
        way = state.metric.matrix(network.base_nodes[rows], nodes)
        return np.asarray(way + network.bases.turnout[rows, None])


def dispatched(fleet: Fleet, incidents: Sequence[Incident], state: State) -> list[Sent]:
    """Units for incidents, by incident, kind and arrival.

    Parameters
    ----------
    fleet, incidents
        What there is.
    state
        Of the streets.
    """
    found: list[Sent] = []
    for kind in UNITS:
        slots = [
            (row, need.weight, first == 0)
            for row, incident in enumerate(incidents)
            for need in incident.needs
            if need.unit == kind
            for first in range(need.count)
        ]
        units = fleet.units(kind)
        if not slots or not units:
            continue
        bases = np.array([base for base, _ in units], dtype=np.int64)
        nodes = np.array([incidents[row].node for row, *_ in slots], dtype=np.int64)
        seconds = fleet.arrivals(bases, nodes, state)
        weight = np.array([one for _, one, _ in slots])
        first = np.array([one for *_, one in slots])
        cost = seconds * weight
        # one more unit sent is worth more than all arrivals, a first one more than all others
        most = np.where(np.isfinite(cost), cost, 0.0).max(axis=0, initial=0.0).sum() + 1.0
        without = most * (weight + np.where(first, weight.sum() + 1.0, 0.0))
        for slot, unit in enumerate(assigned(cost, without).tolist()):
            if unit >= 0:
                base, number = units[unit]
                row = slots[slot][0]
                found.append(Sent(row, kind, base, number, float(seconds[unit, slot])))
    return sorted(found, key=lambda one: (one.incident, UNITS.index(one.kind), one.seconds))


def out_of_reach(fleet: Fleet, incident: Incident, ways: Fastest, state: State) -> list[int]:
    """Bases with a free unit of a kind that an incident asks for, that have no way to it."""
    found = []
    for need in incident.needs:
        for base in sorted({base for base, _ in fleet.units(need.unit)}):
            start = int(fleet.network.base_nodes[base])
            if not np.isfinite(ways.leg(start, incident.node, state).seconds):
                found.append(base)
    return found
