"""Homes, sites and people as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Change, ChangeKind, Event, Finding, Parent, Result
from kopa.domain.attributes import settings
from kopa.engine_opening_hours import open_share
from kopa.model import Assets, FloatArray, IntArray, Match, Port, Ports, PortSeries, Window
from kopa.model.links import buffered

from .effects import accounts
from .network import SERVICES, STORED, Places
from .read_places import read_places

PACKAGE = "kopa.domains.places"

KINDS = (
    ChangeKind("people", ("*",), "people there times a number", units=("",), high=1000.0),
    ChangeKind(
        "backup",
        ("*",),
        "an own store of electricity covers so many hours",
        units=("h", "min"),
        high=8760 * 3600.0,
    ),
    ChangeKind(
        "tank",
        ("*",),
        "an own store of water covers so many hours",
        units=("h", "min"),
        high=8760 * 3600.0,
    ),
)
_STORE = {"backup": "electricity", "tank": "water"}
_MATCH = {"road_access": Match(straight=True), "heat": Match(nearest_m=25.0)}
"""How sources are found, where not along the streets however far: most homes are on no heat
network, and a shop is heated by the building that it is in."""


class PlacesDomain:
    """The places of a city.

    Parameters
    ----------
    places
        What the files say.
    """

    name = "places"

    def __init__(self, places: Places) -> None:
        self.places = places
        self._reset()

    def _reset(self) -> None:
        self._present = lru_cache(maxsize=4)(self._present_in)

    def __getstate__(self) -> Places:
        return self.places

    def __setstate__(self, places: Places) -> None:
        self.places = places
        self._reset()

    def assets(self) -> Assets:
        """One asset a place."""
        return self.places.assets

    def ports(self) -> Ports:
        """A place needs every service, and offers what it has behind a store of its own.

        A service that nothing is linked to is there. Where heat fails, electric heaters add to
        what the grid has to carry.
        """
        rows = np.arange(len(self.places.ids))
        needs = tuple(
            Port(service, "in", rows, match=_MATCH.get(service, Match())) for service in SERVICES
        )
        heated = np.flatnonzero(self.places.heater_kw > 0)
        return (
            *needs,
            *(Port(service, "out", rows) for service in STORED),
            Port("added_demand", "out", heated, "power", "kW", 0.0, 1e-3),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to places."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Put stores before the services, and count people."""
        places = self.places
        buffers = {service: hours.copy() for service, hours in places.buffers_h.items()}
        present = self._present(window)
        for change in changes:
            row = places.assets.index[change.asset]
            value = change.value if change.value is not None else 0.0
            if change.kind in _STORE:
                buffers[_STORE[change.kind]][row] = value / 3600
            else:
                cover = window.cover(change.start, change.end)
                present = present.copy()
                present[:, row] *= 1 + (value - 1) * cover
        shares: dict[str, FloatArray] = {}
        events: list[Event] = []
        origins: dict[str, IntArray] = {}
        for service in SERVICES:
            share = inputs.get(service)
            if share is None:
                share = np.ones((window.steps, len(places.ids)))
            if service in STORED:
                share = _behind_stores(share, buffers[service], window)
            shares[service] = share
            origins[service] = _lost(window, service, shares[service], events)
        booked = accounts(places, window, shares, present, origins)
        outputs = {service: shares[service] for service in STORED}
        kept = {service: origins[service] for service in STORED}
        heated = np.flatnonzero(places.heater_kw > 0)
        cold = (1 - shares["heat"][:, heated]) * shares["electricity"][:, heated]
        outputs["added_demand"] = cold * places.heater_kw[heated]
        kept["added_demand"] = origins["heat"][heated]
        return Result("ok", outputs, tuple(events), kept, booked, runs=1)

    def _present_in(self, window: Window) -> FloatArray:
        """Share of each step in which people are there, shape (step, place)."""
        places = self.places
        present = np.ones((window.steps, len(places.ids)))
        some = np.flatnonzero(~places.always_open)
        if len(some):
            present[:, some] = open_share([places.opening_hours[row] for row in some], window)
        return present


def _behind_stores(share: FloatArray, hours: FloatArray, window: Window) -> FloatArray:
    kept = np.flatnonzero((hours > 0) & (share < 1).any(axis=0))
    if not len(kept):
        return share
    behind = share.copy()
    behind[:, kept] = buffered(
        share[:, kept], np.ones(len(kept)), hours[kept], window.hours_per_step
    )
    return behind


def _lost(window: Window, service: str, share: FloatArray, events: list[Event]) -> IntArray:
    """An event for each place that loses a service; gives the event of each place."""
    short = share < 1
    origins = np.full(share.shape[1], -1, dtype=np.int64)
    for place in np.flatnonzero(short.any(axis=0)):
        steps = np.flatnonzero(short[:, place])
        origins[place] = len(events)
        events.append(
            Event(
                f"no_{service}" if share[:, place].min() < 0.5 else f"less_{service}",
                np.array([place]),
                window.start + int(steps[0]) * window.step,
                window.start + (int(steps[-1]) + 1) * window.step,
                (Parent("input", int(place), service),),
            )
        )
    return origins


def load(section: Mapping[str, Any], folder: Path) -> tuple[PlacesDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[places]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "places")
    given = values["places"]
    patterns = [given] if isinstance(given, str) else list(given)
    places, warnings = read_places(folder, patterns)
    return PlacesDomain(places), warnings
