"""Tourism as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Finding, Result
from kopa.domain.attributes import settings
from kopa.model import Assets, Match, Port, Ports, PortSeries, Window

from .causes import causes
from .effects import accounts
from .network import KINDS as EVERY
from .network import PACKAGE, Network
from .run import NEEDS, visits

KINDS = (
    ChangeKind("out", EVERY, "closed to visitors", outage=True),
    ChangeKind("factor", EVERY, "visitors times a number", units=("",), high=1000.0),
    ChangeKind("festival", EVERY, "so many visitors more at once", units=("",), high=1e6),
)
_MATCH = {
    "road_access": Match(straight=True), "transit": Match(straight=True, nearest_m=800.0),
}  # fmt: skip


class TourismDomain:
    """The sights and events of a city.

    Parameters
    ----------
    network
        What the files say.
    """

    name = "tourism"

    def __init__(self, network: Network) -> None:
        self.network = network

    def assets(self) -> Assets:
        """One asset a sight or event."""
        return self.network.assets

    def ports(self) -> Ports:
        """A sight needs services and access, offers visits, and draws on others.

        What it draws is told as that of its visitors over those of a usual day, events among
        them: what they usually draw is in the others' own demand.
        """
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        rows = np.arange(len(self.network.sights), dtype=np.int64)
        needs = (*NEEDS, "transit")
        return (
            *(Port(need, "in", rows, match=_MATCH.get(need, Match())) for need in needs),
            Port("visit", "out", rows),
            Port("visitors", "out", rows, "people", "persons", 0.0, 1e-3),
            Port("added_water", "out", rows, "flow", "L/s", 0.0, 1e-4),
            Port("added_waste", "out", rows, "mass flow", "kg/h", 0.0, 1e-3),
            Port("added_riders", "out", rows, "people flow", "persons/h", 0.0, 1e-3),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to sights and events."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Who visits what through a window."""
        network = self.network
        done = visits(network, window, changes, inputs)
        events, behind, crowd = causes(network, window, changes, done)
        usual = np.where(network.sights.events, 0.0, done.usual)
        came = np.where(network.sights.events, 0.0, done.usual_arrivals)
        more = np.maximum(done.here - usual, 0.0)
        outputs = {
            "visit": done.share,
            "visitors": done.here,
            "added_water": more * network.water / 3600,
            "added_waste": more * network.waste,
            "added_riders": np.maximum(done.arrivals - came, 0.0) * network.transit_share,
        }
        origins = {"visit": behind, **dict.fromkeys([*outputs][1:], crowd)}
        return Result("ok", outputs, events, origins, accounts(window, done, behind))

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for changes at other times."""
        found: list[Bound | None] = []
        for change in changes:
            late = change.start is not None and change.start >= window.end
            early = change.end is not None and change.end <= window.start
            found.append(Bound("exact") if late or early else None)
        return found


def load(section: Mapping[str, Any], folder: Path) -> tuple[TourismDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[tourism]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from .load import read_network

    network, findings = read_network(settings(section, PACKAGE, "tourism"), folder)
    return TourismDomain(network), findings
