"""Sights and events, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from kopa.model import Assets, BoolArray, FloatArray

PACKAGE = "kopa.domains.tourism"
SIGHT_KINDS = ("attraction", "museum", "monument", "viewpoint", "park", "venue")
EVENT = "event"
KINDS = (*SIGHT_KINDS, EVENT)
STORED = ("electricity", "water")
"""What a sight needs and may have a store of."""


@dataclass(frozen=True)
class Sights:
    """Sights and events; each of shape (sight,), events last.

    Parameters
    ----------
    ids, kinds, names, zones
        What each is.
    x, y
        In the city's CRS, m; NaN for an event whose place nobody knows.
    hours
        Opening hours; empty for always.
    visitors
        Visitors of a usual open day; those at once of an event; NaN where unknown.
    stay, peak
        Hours that a visitor stays, and hour of the day that most come at, NaN for none.
    capacity
        Visitors at once, NaN where unknown.
    prize
        Worth of a visit.
    wheelchair
        yes, limited, no; empty where unknown.
    electricity, water
        Hours that own stores last.
    spans
        First and last moment of each event, local time, None for sights.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    hours: tuple[str, ...]
    visitors: FloatArray
    stay: FloatArray
    peak: FloatArray
    capacity: FloatArray
    prize: FloatArray
    wheelchair: tuple[str, ...]
    electricity: FloatArray
    water: FloatArray
    spans: tuple[tuple[datetime, datetime] | None, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def events(self) -> BoolArray:
        """True for events, shape (sight,)."""
        return np.array([kind == EVENT for kind in self.kinds], dtype=bool)


@dataclass(frozen=True)
class Network:
    """The sights of a city.

    Parameters
    ----------
    sights
        What there is.
    country
        Whose public holidays count.
    transit_share
        Share of the visitors who come by public transport.
    water, waste
        What a visitor uses and leaves in an hour, L and kg.
    crs
        CRS of the sights; empty where the files do not say it.
    """

    sights: Sights
    country: str
    transit_share: float
    water: float
    waste: float
    crs: str = ""

    @cached_property
    def assets(self) -> Assets:
        """One asset a sight or event; its people are those who are there on average in a day."""
        sights = self.sights
        people = np.where(sights.events, sights.visitors, sights.visitors * sights.stay / 24)
        return Assets(
            domain="tourism",
            ids=sights.ids,
            kinds=sights.kinds,
            names=sights.names,
            x=sights.x,
            y=sights.y,
            people=np.nan_to_num(people),
            zones=sights.zones,
        )
