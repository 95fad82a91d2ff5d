"""Safety as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Finding, Result, Status
from kopa.domain.attributes import settings
from kopa.model import (
    Assets,
    BoolArray,
    Match,
    Port,
    Ports,
    PortSeries,
    Shapes,
    Window,
)

from .causes import Causes, usual_columns
from .effects import accounts, balance, demand
from .network import PACKAGE, STATIONS, Network
from .run import Hours, Travel, hours
from .sun import night

NOBODY_MIN = 1440.0
"""What `response` says where nobody comes: a day."""
KINDS = (
    ChangeKind("out", STATIONS, "no unit leaves", outage=True),
    ChangeKind("out", ("lights",), "its lamps are dark", outage=True),
    ChangeKind("factor", ("lights",), "its light and power times a number", units=("",),
               high=1.0),
)  # fmt: skip


class SafetyDomain:
    """The safety of a city: stations, street lights, and people.

    Parameters
    ----------
    network
        What the files say.
    """

    name = "safety"

    def __init__(self, network: Network) -> None:
        self.network = network

    def __getstate__(self) -> Network:
        return self.network

    def __setstate__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def _travel(self) -> Travel:
        return Travel(self.network)

    def assets(self) -> Assets:
        """Cells, stations, circuits of lights, and the streets that units drive on."""
        return self.network.assets

    def shapes(self) -> Shapes:
        """Lights as lines along their streets."""
        return self.network.shapes

    def ports(self) -> Ports:
        """Stations need streets, staff and electricity; lights need electricity."""
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        network = self.network
        cells = np.arange(len(network.cells), dtype=np.int64)
        stations = network.station + np.arange(len(network.stations), dtype=np.int64)
        lights = network.light + np.arange(len(network.lights), dtype=np.int64)
        streets = network.street + np.arange(len(network.driving.edges), dtype=np.int64)
        wired = np.concatenate([stations, lights])
        beside = Match(straight=True, nearest_m=1.0)
        return (
            Port("electricity", "in", wired, flag=True),
            Port("staff", "in", stations),
            Port("street_speed", "in", streets, "speed", match=beside),
            Port("coverage", "out", cells),
            Port("response", "out", cells, "time", "min", 0.0, 1e-3),
            Port("lighting", "out", lights),
            Port("electricity_demand", "out", wired, "power", "kW", 0.0, 1e-3),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to stations and lights."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Who is how far from help, and which streets are lit."""
        network = self.network
        done = hours(self._travel, window, changes, inputs)
        causes = Causes(self._travel, window)
        origins = causes.of(changes, inputs, done)
        booked = accounts(network, window, done, origins)
        audit = balance(network, window, done, booked)
        status: Status = "ok" if audit.ok else "unknown"
        within = [seconds <= network.target for seconds in done.seconds.values()]
        slowest = np.max(list(done.seconds.values()), axis=0) / 60
        none = np.full(len(network.stations), -1, dtype=np.int64)
        return Result(
            status,
            {
                "coverage": np.mean(within, axis=0),
                "response": np.minimum(slowest, NOBODY_MIN),
                "lighting": 1 - (1 - done.burning) * done.night[:, None],
                "electricity_demand": demand(network, done),
            },
            tuple(causes.events),
            {
                "coverage": origins.anywhere,
                "response": origins.anywhere,
                "lighting": origins.dark,
                "electricity_demand": np.concatenate([none, origins.asked]),
            },
            booked,
            audit,
            _findings(network, done),
        )

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for lights that are out by day or were dead before, else only a run tells."""
        network = self.network
        dusk = night(window, network.place, network.light_below, network.timezone)
        found: list[Bound | None] = []
        for change in changes:
            row = network.assets.index[change.asset] - network.light
            light = 0 <= row < len(network.lights)
            cover = window.cover(change.start, change.end)
            still = light and (network.lights.dead[row] or not (cover * dusk).any())
            found.append(Bound("exact") if still else None)
        return found

    def ignores(self, window: Window) -> Mapping[str, BoolArray]:
        """Streets on no usual way, lights by day, and stations that need no electricity."""
        network, travel = self.network, self._travel
        met = np.zeros(len(network.driving.edges), dtype=bool)
        for rows in network.services.values():
            nearest = rows[travel.usual[rows].argmin(axis=0)]
            for cell, station in enumerate(nearest.tolist()):
                met[usual_columns(travel, station, cell)] = True
        dusk = night(window, network.place, network.light_below, network.timezone)
        lights = np.full(len(network.lights), not dusk.any()) | network.lights.dead
        return {
            "street_speed": ~met,
            "electricity": np.concatenate([~network.stations.wired, lights]),
        }


def _findings(network: Network, done: Hours) -> tuple[Finding, ...]:
    found = []
    for service, seconds in done.seconds.items():
        lost = ~np.isfinite(seconds).any(axis=0)
        if lost.any():
            people = float(network.cells.people[lost].sum())
            found.append(
                Finding(
                    "safety.nobody",
                    f"no station of {service} reaches {people:.0f} people in {int(lost.sum())} "
                    "cells.",
                    "See which streets and stations they depend on.",
                    "warning",
                    values={"service": service, "people": round(people), "cells": int(lost.sum())},
                )
            )
    return tuple(found)


def load(section: Mapping[str, Any], folder: Path) -> tuple[SafetyDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[safety]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from .load import read_network

    network, findings = read_network(settings(section, PACKAGE, "safety"), folder)
    return SafetyDomain(network), findings
