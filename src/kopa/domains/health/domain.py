"""Health care as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Finding, LiveState, Meter, Result
from kopa.domain.attributes import settings
from kopa.model import Assets, BoolArray, Match, Port, Ports, PortSeries, Window

from . import live
from .capability import PACKAGE
from .causes import Causes
from .effects import accounts
from .load import read_network
from .network import Network
from .reach import Reach, nearest, who
from .run import day, usual_works

FACILITIES = ("hospital", "clinic", "practice", "pharmacy", "facility")
KINDS = (
    ChangeKind("out", FACILITIES, "closed: it gives no care", outage=True),
    ChangeKind("factor", ("residents",), "people who live there times a number", units=("",),
               high=1000.0),
)  # fmt: skip


class HealthDomain:
    """The health care of a city.

    Parameters
    ----------
    network
        What the files say.
    """

    name = "health"

    def __init__(self, network: Network) -> None:
        self.network = network

    def __getstate__(self) -> Network:
        return self.network

    def __setstate__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self.network)

    def assets(self) -> Assets:
        """Facilities, points where people live, and the streets that they drive on."""
        return self.network.assets

    def ports(self) -> Ports:
        """Facilities need electricity, water, heat and staff, people need streets."""
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        network = self.network
        some = np.arange(len(network.facilities), dtype=np.int64)
        points = network.points + np.arange(len(network.demand), dtype=np.int64)
        streets = network.first_street + np.arange(len(network.driving.edges), dtype=np.int64)
        return (
            Port("electricity", "in", some),
            Port("water", "in", some),
            Port("heat", "in", some, match=Match(nearest_m=25.0)),
            Port("staff", "in", some),
            Port("street_speed", "in", streets, "speed", match=Match(straight=True, nearest_m=1.0)),
            Port("care", "out", some),
            Port("care_access", "out", points),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to facilities, and to where people live."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Who reaches which care through a window."""
        network = self.network
        done = day(network, self._reach, window, changes, inputs)
        causes = Causes(network, self._reach, window)
        origins = causes.of(changes, done)
        had = (done.usual <= network.within_s).sum(axis=1)
        gone = np.array([done.lost(state, network.within_s).sum(axis=1) for state in done.states])
        return Result(
            "ok",
            {
                "care": done.care,
                "care_access": (1 - gone / np.maximum(had, 1))[done.state],
            },
            tuple(causes.events),
            {"care": origins.care, "care_access": origins.lost},
            accounts(network, window, done, origins),
        )

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for a facility beside which others are as near to all, and for other times.

        Its own care is gone all the same; nobody has a longer way. That holds in a city whose
        baseline is a usual day.
        """
        network = self.network
        able, works = network.facilities.able, usual_works(network)
        usual = nearest(network.usual_s, able, works)
        found: list[Bound | None] = []
        for change in changes:
            late = change.start is not None and change.start >= window.end
            early = change.end is not None and change.end <= window.start
            bound = Bound("exact") if late or early else None
            if bound is None and change.kind == "out":
                row = network.assets.index[change.asset]
                without = works & (np.arange(len(works)) != row)
                if np.array_equal(nearest(network.usual_s, able, without), usual):
                    moves = (("care", row),) if works[row] else ()
                    bound = Bound("exact", moves=moves)
            found.append(bound)
        return found

    def ignores(self, window: Window) -> Mapping[str, BoolArray]:
        """Streets that are on nobody's way to the nearest care of any kind."""
        network = self.network
        best = who(network.usual_s, network.facilities.able, usual_works(network))
        met = np.zeros(network.streets.edges, dtype=bool)
        pairs = {
            (point, facility)
            for point, row in enumerate(best.tolist())
            for facility in row
            if facility >= 0
        }
        for point, facility in pairs:
            met[self._reach.way(point, facility)] = True
        return {"street_speed": ~met[network.driving.edges]}

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Facilities that run."""
        return live.meters(self.network, day(self.network, self._reach, window, changes, inputs))

    def state(self, now: LiveState) -> Sequence[Change]:
        """Facilities that are closed."""
        return live.state(self.network, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """Facilities that give no care."""
        return live.watch(now)


def load(section: Mapping[str, Any], folder: Path) -> tuple[HealthDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[health]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    network, findings = read_network(settings(section, PACKAGE, "health"), folder)
    return HealthDomain(network), findings
