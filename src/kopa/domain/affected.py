"""Who is cut off by a change: what a job may ask the whole city, without knowing any of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from kopa.domain.change import Change
from kopa.domain.result import Status
from kopa.model import FloatArray, IntArray, PortSeries, Window


@dataclass(frozen=True)
class Cut:
    """A service that people lose by one cause.

    Parameters
    ----------
    domain, service
        What is lost, and whose ledger says so.
    assets
        Ids with their domain, where it is lost.
    names, zones
        Of each; empty where there is none.
    x, y
        Place of each in the city's CRS, m; NaN where it has none, shape (asset,).
    people
        At each, shape (asset,).
    person_hours
        Without it, shape (asset,).
    starts, ends
        Seconds since midnight, shape (asset,).
    cause
        The way from the change to the loss, one line a step.
    """

    domain: str
    service: str
    assets: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    people: FloatArray
    person_hours: FloatArray
    starts: IntArray
    ends: IntArray
    cause: tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """What a domain was given, as `Domain.run` gets it.

    Parameters
    ----------
    window, changes, inputs
        Hours, its own changes, and what came to its in-ports.
    """

    window: Window
    changes: tuple[Change, ...]
    inputs: PortSeries


@dataclass(frozen=True)
class Affected:
    """Who is cut off.

    Parameters
    ----------
    city, crs, languages
        Name, CRS and languages of the city.
    timezone
        IANA name; times count from its midnight.
    changes
        What was asked about.
    cuts
        What is lost, the worst first.
    status, reason
        Whether the answer can be trusted, and why not.
    given
        What each domain was given, by its name; empty where that was not asked for.
    """

    city: str
    crs: str
    languages: tuple[str, ...]
    timezone: str
    changes: tuple[str, ...]
    cuts: tuple[Cut, ...]
    status: Status
    reason: str = ""
    given: Mapping[str, Given] = field(default_factory=dict)

    def people(self) -> Mapping[str, float]:
        """People who lose each service: nobody counts twice within one domain."""
        found: dict[str, float] = {}
        for service in dict.fromkeys(cut.service for cut in self.cuts):
            own = [cut for cut in self.cuts if cut.service == service]
            found[service] = _distinct(own)
        return found

    def most_people(self) -> float:
        """People who lose anything. Domains count the same people: the one that has most counts."""
        domains = {cut.domain for cut in self.cuts}
        per_domain = (_distinct([c for c in self.cuts if c.domain == name]) for name in domains)
        return max(per_domain, default=0.0)


def _distinct(cuts: Sequence[Cut]) -> float:
    by_domain: dict[str, dict[str, float]] = {}
    for cut in cuts:
        of = by_domain.setdefault(cut.domain, {})
        of.update(zip(cut.assets, np.asarray(cut.people).tolist(), strict=True))
    return max((sum(of.values()) for of in by_domain.values()), default=0.0)


class Asks(Protocol):
    """Answers who is cut off in a city; the command line hands it to every job."""

    def __call__(self, folder: Path, changes: Sequence[str], live: str = "") -> Affected:
        """Run a city with changes against the city without.

        Parameters
        ----------
        folder
            The city.
        changes
            As ``kopa whatif`` takes them.
        live
            Address of a running Kopa: how its city stands comes on top; empty for none.

        Raises
        ------
        KopaError
            If the city or a change cannot be used.
        """
        ...
