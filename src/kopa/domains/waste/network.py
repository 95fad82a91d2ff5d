"""Containers, plants, trucks and rounds of a city's waste, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from kopa.geo.engine_routingkit import Router
from kopa.geo.roads import Roads, roads_of
from kopa.geo.streets import Streets
from kopa.model import Assets, BoolArray, FloatArray, IntArray

FACILITIES = (
    "depot",
    "transfer",
    "sorting",
    "recycling",
    "composting",
    "digestion",
    "incineration",
    "landfill",
)
"""Kinds of facility."""


@dataclass(frozen=True)
class Containers:
    """Sets of containers of one stream at one place, a row each.

    Parameters
    ----------
    ids, names, zones, streams, ewc, tags
        What the file says; `ewc` as the European List of Waste prints it.
    site
        Row of the site that each stands at, shape (container,).
    x, y
        Place, m, shape (container,).
    count
        How many stand there, shape (container,).
    volume
        Of the whole set, m³, shape (container,).
    density
        kg/m³, shape (container,).
    daily
        What is thrown in on a usual day, kg, NaN where unknown, shape (container,).
    fill, fill_at
        Share that is full, NaN where the file gives none, shape (container,); and when that was
        so, as it is written.
    interval
        Days from one collection to the next at the latest, NaN where not given, shape
        (container,).
    early, late
        When it may be emptied, s since midnight, shape (container,).
    service
        Time to empty the set, s, shape (container,).
    people
        Who use it, shape (container,).
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    streams: tuple[str, ...]
    ewc: tuple[str, ...]
    tags: tuple[str, ...]
    site: IntArray
    x: FloatArray
    y: FloatArray
    count: FloatArray
    volume: FloatArray
    density: FloatArray
    daily: FloatArray
    fill: FloatArray
    fill_at: tuple[str, ...]
    interval: FloatArray
    early: FloatArray
    late: FloatArray
    service: FloatArray
    people: FloatArray

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def full(self) -> FloatArray:
        """What fits in, kg, shape (container,)."""
        return self.volume * self.density

    @cached_property
    def index(self) -> dict[str, int]:
        """Row by id."""
        return {native: row for row, native in enumerate(self.ids)}


@dataclass(frozen=True)
class Facilities:
    """Depots and plants, a row each.

    Parameters
    ----------
    ids, kinds, names, zones
        What the file says.
    streams
        What trucks may bring to each.
    x, y
        Place, m, shape (facility,).
    unload
        Time to weigh and unload a truck, s, shape (facility,).
    opens, closes
        When trucks may unload, s since midnight, shape (facility,).
    rate
        What it works off, kg/h, `inf` for all that comes, shape (facility,).
    store
        What may lie unworked, kg, `inf` for any, shape (facility,).
    stock
        What lies there at the start of a window, kg, shape (facility,).
    power
        Electric power while it runs, kW, shape (facility,).
    wired
        True where it stands still without the grid, shape (facility,).
    backup
        Hours that its own set covers, shape (facility,).
    gas
        Electricity that its landfill gas makes, kW, shape (facility,).
    fee
        Gate fee, EUR/t, NaN where unknown, shape (facility,).
    feeds
        Row of the facility to which what was worked off goes, -1 for none, shape (facility,).
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    streams: tuple[frozenset[str], ...]
    x: FloatArray
    y: FloatArray
    unload: FloatArray
    opens: FloatArray
    closes: FloatArray
    rate: FloatArray
    store: FloatArray
    stock: FloatArray
    power: FloatArray
    wired: BoolArray
    backup: FloatArray
    gas: FloatArray
    fee: FloatArray
    feeds: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    def taking(self, stream: str) -> list[int]:
        """Rows of those to which trucks may bring a stream."""
        return [row for row, taken in enumerate(self.streams) if stream in taken]


@dataclass(frozen=True)
class Trucks:
    """Trucks, a row each.

    Parameters
    ----------
    ids
        What the file says.
    depot
        Facility row of the depot of each, shape (truck,).
    streams
        What each collects.
    payload
        kg, shape (truck,).
    body
        What it takes, in m³ as they lie in containers, shape (truck,).
    starts, ends
        Its shift, s since midnight of the day it begins, shape (truck,).
    speed
        Over that of cars in free traffic, shape (truck,).
    hourly, per_km
        Cost without fuel, EUR/h and EUR/km, NaN where unknown, shape (truck,).
    litres_km, litres_stop
        Fuel, L/km and L a stop, shape (truck,).
    """

    ids: tuple[str, ...]
    depot: IntArray
    streams: tuple[frozenset[str], ...]
    payload: FloatArray
    body: FloatArray
    starts: FloatArray
    ends: FloatArray
    speed: FloatArray
    hourly: FloatArray
    per_km: FloatArray
    litres_km: FloatArray
    litres_stop: FloatArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Round:
    """What a truck does on a day of the week.

    Parameters
    ----------
    truck
        Its row.
    weekday
        0 for Monday.
    every, week
        It drives in weeks whose number by `every` leaves `week`.
    stops
        Containers in their order, shape (stop,).
    """

    truck: int
    weekday: int
    every: int
    week: int
    stops: IntArray


@dataclass(frozen=True)
class Surge:
    """Days on which more or less is thrown away than usual.

    Parameters
    ----------
    first, last
        Days since 1970-01-01, both within.
    containers
        Where, shape (container,).
    factor
        Over the usual.
    name
        What it is.
    """

    first: int
    last: int
    containers: IntArray
    factor: float
    name: str


@dataclass(frozen=True)
class Network:
    """The waste of a city.

    Parameters
    ----------
    containers, facilities, trucks
        What there is.
    site_ids
        Places where containers stand.
    rounds
        Today's rounds.
    surges
        Days on which more or less is thrown away.
    streets
        What the trucks drive on.
    """

    containers: Containers
    facilities: Facilities
    trucks: Trucks
    site_ids: tuple[str, ...]
    rounds: tuple[Round, ...]
    surges: tuple[Surge, ...]
    streets: Streets

    def __getstate__(self) -> dict[str, Any]:
        # what is derived is derived again: the router's handle belongs to its process
        return {one.name: self.__dict__[one.name] for one in fields(self)}

    @cached_property
    def roads(self) -> Roads:
        """The streets that trucks drive on."""
        return roads_of(self.streets)

    @cached_property
    def router(self) -> Router:
        """Fastest ways on them."""
        return Router(self.roads)

    @cached_property
    def driven(self) -> IntArray:
        """Edges that may be driven on, shape (street,)."""
        return np.flatnonzero(self.streets.drive)

    @cached_property
    def container_nodes(self) -> IntArray:
        """Crossing from which each container is emptied, shape (container,)."""
        return self.roads.nearest(self.containers.x, self.containers.y)[0]

    @cached_property
    def facility_nodes(self) -> IntArray:
        """Crossing at which each facility lies, shape (facility,)."""
        return self.roads.nearest(self.facilities.x, self.facilities.y)[0]

    @cached_property
    def site_order(self) -> tuple[IntArray, IntArray]:
        """Containers ordered by site, and where each site begins among them."""
        order = np.argsort(self.containers.site, kind="stable")
        sites = np.arange(len(self.site_ids))
        return order, np.searchsorted(self.containers.site[order], sites)

    @cached_property
    def street_columns(self) -> Mapping[int, int]:
        """Column of each edge among those that may be driven on."""
        return {int(edge): column for column, edge in enumerate(self.driven)}

    @cached_property
    def rows(self) -> Rows:
        """Where each kind of asset begins."""
        zones = sorted({*self.containers.zones} - {""})
        sizes = (len(self.site_ids), len(self.containers), len(self.facilities))
        container, facility, truck = np.cumsum(sizes).tolist()
        zone = truck + len(self.trucks)
        return Rows(container, facility, truck, zone, zone + len(zones), tuple(zones))

    @cached_property
    def assets(self) -> Assets:
        """Sites, containers, facilities, trucks, zones, and streets as far as trucks drive."""
        some, plants, trucks, rows = self.containers, self.facilities, self.trucks, self.rows
        first = np.unique(some.site, return_index=True)[1]
        users = np.zeros(len(self.site_ids))
        np.maximum.at(users, some.site, some.people)
        middle_x, middle_y = self.streets.middle
        home = trucks.depot
        nowhere = np.full(len(rows.zones), np.nan)
        streets, driven = self.streets, self.driven
        places = (
            (some.x[first], some.y[first]),
            (some.x, some.y),
            (plants.x, plants.y),
            (plants.x[home], plants.y[home]),
            (nowhere, nowhere),
            (middle_x[driven], middle_y[driven]),
        )
        apart = ("",) * (len(trucks) + len(rows.zones) + len(driven))
        return Assets(
            domain="waste",
            ids=(
                *(f"site/{one}" for one in self.site_ids),
                *some.ids,
                *plants.ids,
                *(f"truck/{one}" for one in trucks.ids),
                *(f"zone/{one}" for one in rows.zones),
                *(streets.ids[edge] for edge in driven.tolist()),
            ),
            kinds=(
                *("site",) * len(self.site_ids),
                *("container",) * len(some),
                *plants.kinds,
                *("truck",) * len(trucks),
                *("zone",) * len(rows.zones),
                *("street",) * len(driven),
            ),
            names=(
                *(some.names[row] for row in first.tolist()),
                *some.names,
                *plants.names,
                *trucks.ids,
                *rows.zones,
                *(streets.name[edge] for edge in driven.tolist()),
            ),
            x=np.concatenate([x for x, _ in places]),
            y=np.concatenate([y for _, y in places]),
            people=np.concatenate([users, np.zeros(rows.end + len(driven) - len(users))]),
            zones=(
                *(some.zones[row] for row in first.tolist()),
                *some.zones,
                *plants.zones,
                *apart,
            ),
        )

    def meant(self, asset: int) -> IntArray:
        """Containers that a container's or a zone's asset row stands for, shape (container,)."""
        rows = self.rows
        if asset >= rows.zone:
            zone = rows.zones[asset - rows.zone]
            return np.flatnonzero(np.array(self.containers.zones) == zone)
        return np.array([asset - rows.container], dtype=np.int64)

    @cached_property
    def by_stream(self) -> Mapping[str, IntArray]:
        """Containers of each stream."""
        streams = np.array(self.containers.streams)
        return {one: np.flatnonzero(streams == one) for one in sorted(set(streams.tolist()))}


@dataclass(frozen=True)
class Rows:
    """Where kinds of asset begin; sites begin at 0.

    Parameters
    ----------
    container, facility, truck, zone, end
        First row of the kind; `end` is the first street.
    zones
        Zones that containers are in, in order.
    """

    container: int
    facility: int
    truck: int
    zone: int
    end: int
    zones: tuple[str, ...]
