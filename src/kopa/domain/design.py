"""The contract of designs: networks made by engineering rules where a city has no files yet.

A design reads a `Survey` and writes the files of one domain. Designs are found by their entry
points in the group ``kopa.designs``; they know nothing of one another. What one builds and
another must power (a pump) passes between them as a `Site`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding
from kopa.geo.streets import Streets
from kopa.model import BoolArray, FloatArray, IntArray

STREETS = "transport/streets.osm.pbf"
"""Where a designed city has its streets, for all domains that drive on them."""


@dataclass(frozen=True)
class Spots:
    """Homes and sites of a map, one row each.

    Parameters
    ----------
    ids
        OSM id of each: ``w123`` a way, ``n7`` a node, ``r9`` a relation.
    kinds, names, zones
        As places have them: ``home``, ``hospital``, ``school``, ``business``.
    opening_hours, usual_hours
        What the map says, which may be no opening hours at all, and what is usual.
    x, y
        Place in the city's CRS, m, shape (spot,).
    people
        Residents of a home; workers and visitors at other kinds, shape (spot,).
    floor_area
        Area of all floors, m², shape (spot,).
    edge, node
        Street in front (one of `Survey.mains`), and that end of it which is nearer, shape (spot,).
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    opening_hours: tuple[str, ...]
    usual_hours: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    people: FloatArray
    floor_area: FloatArray
    edge: IntArray
    node: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def homes(self) -> BoolArray:
        """True for homes, shape (spot,)."""
        return np.array([kind == "home" for kind in self.kinds], dtype=bool)


@dataclass(frozen=True)
class Site:
    """Something that a design built and that others join: a pumping station, a sewer's end.

    Parameters
    ----------
    id, kind
        Id of the asset with its domain, ``water:PU-1``, and what it is.
    x, y
        Place in the city's CRS, m.
    power_kw
        Electric power that it draws at its rated point, kW; 0 where it needs none.
    node
        Street node where it stands.
    """

    id: str
    kind: str
    x: float
    y: float
    power_kw: float
    node: int


@dataclass(frozen=True)
class Survey:
    """What is known of a city before its networks are designed.

    Parameters
    ----------
    name
        Name of the city.
    streets
        All streets of the map.
    ground
        Height of the ground at each street node, m, shape (node,).
    ground_source
        Where the heights are from, in words.
    mains
        True for streets that networks may run along: one connected part of the street graph
        that passes every spot, without dead ends that serve nobody, shape (edge,).
    spots
        Homes and sites.
    ages
        Share of the residents in each age band.
    sites
        What designs before this one built.
    seed
        Seed of all that is drawn.
    osm, gtfs
        Files that the city is made from; `gtfs` may be None.
    """

    name: str
    streets: Streets
    ground: FloatArray
    ground_source: str
    mains: BoolArray
    spots: Spots
    seed: int
    osm: Path
    gtfs: Path | None = None
    ages: Mapping[str, float] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()


Progress = Callable[[str], None]
"""Called with what is being done, in a few words."""


@dataclass(frozen=True)
class Design:
    """What a design gives.

    Parameters
    ----------
    settings
        The domain's table of ``city.toml``.
    files
        Files that it wrote, from the city's folder.
    counts
        How much it built: number by kind of asset, for people to read.
    sites
        What it built that needs electricity, or that designs after it join.
    findings
        What fell short of the rules; an error stops `kopa new`.
    timezone
        Time zone of the city, where the design found one.
    """

    settings: Mapping[str, Any]
    files: tuple[str, ...]
    counts: Mapping[str, float] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()
    findings: tuple[Finding, ...] = ()
    timezone: str = ""


@dataclass(frozen=True)
class Designer:
    """What an entry point of ``kopa.designs`` names.

    Parameters
    ----------
    name
        The domain whose files it writes.
    draw
        Writes the files below a folder.
    powers
        True if it supplies the sites of others: it comes after them.
    """

    name: str
    draw: Callable[[Survey, Path, Progress], Design]
    powers: bool = False
