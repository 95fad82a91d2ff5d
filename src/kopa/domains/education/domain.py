"""Schools and kindergartens as a domain of the kernel."""

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
from .network import PACKAGE, SCHOOL_KINDS, Network
from .run import NEEDS, lessons

KINDS = (
    ChangeKind("out", SCHOOL_KINDS, "closed: it takes nobody", outage=True),
    ChangeKind("factor", SCHOOL_KINDS, "pupils times a number", units=("",), high=1000.0),
)
_MATCH = {"road_access": Match(straight=True), "heat": Match(nearest_m=25.0)}


class EducationDomain:
    """The schools of a city.

    Parameters
    ----------
    network
        What the files say.
    """

    name = "education"

    def __init__(self, network: Network) -> None:
        self.network = network

    def assets(self) -> Assets:
        """One asset a school or kindergarten."""
        return self.network.assets

    def ports(self) -> Ports:
        """A school needs every service, and offers places of learning.

        A service that nothing is linked to is there.
        """
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        rows = np.arange(len(self.network.schools), dtype=np.int64)
        needs = tuple(Port(need, "in", rows, match=_MATCH.get(need, Match())) for need in NEEDS)
        return (*needs, Port("learning", "out", rows))

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to schools."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Which schools are open through a window."""
        done = lessons(self.network, window, changes, inputs)
        events, closed, pupils = causes(self.network, window, changes, done)
        booked = accounts(self.network, window, done, closed, pupils)
        return Result("ok", {"learning": done.learning}, events, {"learning": closed}, booked)

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for changes at other times and of schools that are closed anyway."""
        found: list[Bound | None] = []
        for change in changes:
            late = change.start is not None and change.start >= window.end
            early = change.end is not None and change.end <= window.start
            shut = self.network.schools.closed[self.network.assets.index[change.asset]]
            found.append(Bound("exact") if late or early or shut else None)
        return found


def load(section: Mapping[str, Any], folder: Path) -> tuple[EducationDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[education]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from .load import read_network

    network, findings = read_network(settings(section, PACKAGE, "education"), folder)
    return EducationDomain(network), findings
