"""Emergency as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Finding, Result
from kopa.domain.attributes import settings
from kopa.model import Assets, BoolArray, Match, Port, Ports, PortSeries, Window

from .causes import Causes, usual_columns
from .effects import accounts
from .network import PACKAGE, UNITS, Network
from .run import Hours, Travel, hours

KINDS = (
    ChangeKind("out", UNITS, "no unit leaves", outage=True),
    ChangeKind("out", ("shelter",), "it takes nobody", outage=True),
)


class EmergencyDomain:
    """The emergency service of a city: bases of units, shelters, and people.

    Parameters
    ----------
    network
        What the files say.
    """

    name = "emergency"

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
        """Cells, bases, shelters, and the streets that units drive on."""
        return self.network.assets

    def ports(self) -> Ports:
        """Bases need streets, staff and electricity; shelters need electricity."""
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        network = self.network
        cells = np.arange(len(network.cells), dtype=np.int64)
        bases = network.base + np.arange(len(network.bases), dtype=np.int64)
        shelters = network.shelter + np.arange(len(network.shelters), dtype=np.int64)
        streets = network.street + np.arange(len(network.driving.edges), dtype=np.int64)
        beside = Match(straight=True, nearest_m=1.0)
        return (
            Port("electricity", "in", np.concatenate([bases, shelters]), flag=True),
            Port("staff", "in", bases),
            Port("street_speed", "in", streets, "speed", match=beside),
            Port("help", "out", cells),
            Port("shelter", "out", shelters),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to bases and shelters."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Whom an ambulance reaches in time, and which shelters take people."""
        network = self.network
        done = hours(self._travel, window, changes, inputs)
        causes = Causes(self._travel, window)
        origins = causes.of(changes, inputs, done)
        bases = len(network.bases)
        return Result(
            "ok",
            {
                "help": (done.seconds <= network.target).astype(np.float64),
                "shelter": (1 - done.broken[:, bases:]) * ~done.dark[:, bases:],
            },
            tuple(causes.events),
            {"help": origins.cells, "shelter": origins.shelters},
            accounts(self._travel, window, done, origins),
            findings=_findings(network, done),
        )

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for bases that move nobody's help, and for other hours.

        That holds in a city whose baseline is a usual day.
        """
        network, spare = self.network, self._spare
        found: list[Bound | None] = []
        for change in changes:
            house = network.assets.index[change.asset] - network.base
            past = not window.cover(change.start, change.end).any()
            still = house < len(network.bases) and bool(spare[house])
            found.append(Bound("exact") if past or still else None)
        return found

    def ignores(self, window: Window) -> Mapping[str, BoolArray]:
        """Streets on no usual way, bases beside which another is as near, and what needs no power.

        As `screen`, of a usual day.
        """
        network, travel = self.network, self._travel
        nearest = travel.rows[travel.usual.argmin(axis=0)]
        met = np.zeros(len(network.driving.edges), dtype=bool)
        for cell, base in enumerate(nearest.tolist()):
            met[usual_columns(travel, base, cell)] = True
        spare = np.concatenate([self._spare, np.zeros(len(network.shelters), dtype=bool)])
        return {
            "street_speed": ~met,
            "electricity": ~network.wired | spare,
            "staff": self._spare,
        }

    @cached_property
    def _spare(self) -> BoolArray:
        """True for bases without which all are reached as early, shape (base,)."""
        travel = self._travel
        found = np.ones(len(self.network.bases), dtype=bool)
        usual = travel.usual.min(axis=0)
        for at, base in enumerate(travel.rows.tolist()):
            others = np.delete(travel.usual, at, axis=0).min(axis=0, initial=np.inf)
            found[base] = np.array_equal(others, usual)
        return found


def _findings(network: Network, done: Hours) -> tuple[Finding, ...]:
    lost = ~np.isfinite(done.seconds).any(axis=0)
    if not lost.any():
        return ()
    people, cells = round(float(network.cells.people[lost].sum())), int(lost.sum())
    return (
        Finding(
            "emergency.nobody",
            f"No ambulance reaches {people} people in {cells} cells.",
            "See which streets and bases they depend on.",
            "warning",
            values={"people": people, "cells": cells},
        ),
    )


def load(section: Mapping[str, Any], folder: Path) -> tuple[EmergencyDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[emergency]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from .load import read_network

    network, findings = read_network(settings(section, PACKAGE, "emergency"), folder)
    return EmergencyDomain(network), findings
