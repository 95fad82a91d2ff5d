"""Firms as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Change, ChangeKind, Finding, Result
from kopa.domain.attributes import settings
from kopa.domain.shortage import shortages
from kopa.model import Assets, Match, Port, Ports, PortSeries, Window

from .effects import accounts, balance, demand
from .network import FIRM_KINDS, NEEDS, PACKAGE, Firms
from .work import work

KINDS = (ChangeKind("closed", FIRM_KINDS, "nobody works there", outage=True),)
_MATCH = {"road_access": Match(straight=True), "heat": Match(nearest_m=25.0)}
"""How sources are found, where not along the streets: most firms are on no heat network."""


class EbusinessDomain:
    """The firms of a city.

    Parameters
    ----------
    firms
        What the file says.
    """

    name = "ebusiness"

    def __init__(self, firms: Firms) -> None:
        self.firms = firms

    def assets(self) -> Assets:
        """One asset a firm."""
        return self.firms.assets

    def ports(self) -> Ports:
        """A firm needs power, water, heat and a street; it offers its trade and asks for power."""
        rows = np.arange(len(self.firms), dtype=np.int64)
        needs = (Port(need, "in", rows, match=_MATCH.get(need, Match())) for need in NEEDS)
        return (
            *needs,
            Port("trade", "out", rows),
            Port("electricity_demand", "out", rows, "power", "kW", 0.0, 1e-3),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to firms."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Work where all that a firm needs is there."""
        firms = self.firms
        done = work(firms, window, changes, inputs)
        events, last = shortages(firms.assets, window, changes, done.given, ("no_work", done.share))
        booked = accounts(firms, window, done, last)
        audit = balance(firms, window, done, booked)
        return Result(
            "ok" if audit.ok else "unknown",
            {"trade": done.share, "electricity_demand": demand(firms, done)},
            events,
            {"trade": last, "electricity_demand": last},
            booked,
            audit,
        )


def load(section: Mapping[str, Any], folder: Path) -> tuple[EbusinessDomain, tuple[Finding, ...]]:
    """Read the domain's file.

    Parameters
    ----------
    section
        The table ``[ebusiness]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from .read_firms import read_firms

    values = settings(section, PACKAGE, "ebusiness")
    firms, findings = read_firms(folder / values["firms"])
    return EbusinessDomain(firms), findings
