"""Industry as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Change, ChangeKind, Finding, LiveState, Meter, Result
from kopa.domain.attributes import settings
from kopa.model import Assets, Match, Port, Ports, PortSeries, Window

from . import live
from .causes import Causes
from .effects import accounts
from .network import NEEDS, SITE, Sites
from .production import production
from .read_sites import PACKAGE, read_sites

KINDS = (
    ChangeKind("out", (SITE,), "out of service: it makes nothing and takes nothing", outage=True),
    ChangeKind("factor", (SITE,), "production times a number", units=("",), high=10.0),
)
_MATCH = {"heat": Match(nearest_m=25.0)}
"""A plant beside a heat main is not on it."""


class IndustryDomain:
    """The plants of a city.

    Parameters
    ----------
    sites
        What the file says.
    """

    name = "industry"

    def __init__(self, sites: Sites) -> None:
        self.sites = sites

    def assets(self) -> Assets:
        """One asset a plant."""
        return self.sites.assets

    def ports(self) -> Ports:
        """What production needs, and the electricity that it takes."""
        sites = self.sites
        needs = tuple(
            Port(need, "in", sites.needing(need), flag=True, match=_MATCH.get(need, Match()))
            for need in NEEDS
        )
        return (*needs, Port("electricity_demand", "out", sites.rows, "power", "kW", 0.0, 1e-3))

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to plants."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Stop production where something fails, and start it again."""
        made = production(self.sites, window, changes, inputs)
        causes = Causes(self.sites, window)
        events = causes.of(changes, made)
        booked = accounts(self.sites, window, made, events)
        unknown = np.isnan(self.sites.value) & (np.abs(made.missing).sum(axis=0) > 0)
        told = (
            Finding(
                "industry.no-value",
                f"what the production lost at {int(unknown.sum())} plants is worth is unknown.",
                "Give lost_eur_h.",
                "info",
                values={"count": int(unknown.sum())},
            ),
        )
        return Result(
            "ok",
            {"electricity_demand": made.power},
            tuple(causes.events),
            {"electricity_demand": events},
            booked,
            findings=told if unknown.any() else (),
        )

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Plants that run, and their power."""
        return live.meters(self.sites, production(self.sites, window, changes, inputs))

    def state(self, now: LiveState) -> Sequence[Change]:
        """Plants that stand still."""
        return live.state(self.sites, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """Plants that stand still, or take more power than usual."""
        return live.watch(self.sites, now)


def load(section: Mapping[str, Any], folder: Path) -> tuple[IndustryDomain, tuple[Finding, ...]]:
    """Read the domain's file.

    Parameters
    ----------
    section
        The table ``[industry]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "industry")
    sites, findings = read_sites(folder / values["sites"])
    return IndustryDomain(sites), findings
