"""Government services as a domain of the kernel."""

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
from .network import NEEDS, OFFICE_KINDS, PACKAGE, Offices
from .service import service

KINDS = (ChangeKind("closed", OFFICE_KINDS, "it serves nobody", outage=True),)
_MATCH = {"road_access": Match(straight=True)}


class EgovDomain:
    """The offices of a municipality.

    Parameters
    ----------
    offices
        What the file says.
    """

    name = "egov"

    def __init__(self, offices: Offices) -> None:
        self.offices = offices

    def assets(self) -> Assets:
        """One asset an office."""
        return self.offices.assets

    def ports(self) -> Ports:
        """An office needs electricity and a street; it offers its service and asks for power."""
        rows = np.arange(len(self.offices), dtype=np.int64)
        needs = (Port(need, "in", rows, match=_MATCH.get(need, Match())) for need in NEEDS)
        return (
            *needs,
            Port("public_service", "out", rows),
            Port("electricity_demand", "out", rows, "power", "kW", 0.0, 1e-3),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to offices."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Serve people where power and streets are there."""
        offices = self.offices
        done = service(offices, window, changes, inputs)
        events, last = shortages(
            offices.assets, window, changes, done.given, ("no_service", done.share)
        )
        booked = accounts(offices, window, done, last)
        audit = balance(offices, window, done, booked)
        return Result(
            "ok" if audit.ok else "unknown",
            {"public_service": done.share, "electricity_demand": demand(offices, done)},
            events,
            {"public_service": last, "electricity_demand": last},
            booked,
            audit,
        )


def load(section: Mapping[str, Any], folder: Path) -> tuple[EgovDomain, tuple[Finding, ...]]:
    """Read the domain's file.

    Parameters
    ----------
    section
        The table ``[egov]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from .read_offices import read_offices

    values = settings(section, PACKAGE, "egov")
    offices, findings = read_offices(folder / values["offices"])
    return EgovDomain(offices), findings
