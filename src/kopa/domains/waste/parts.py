"""What a city's waste is made of: containers, facilities, trucks, rounds, days of surge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kopa.model import BoolArray, FloatArray, IntArray

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
    lines
        Where each stands in the file: the order among rounds that fall on one day.
    """

    truck: int
    weekday: int
    every: int
    week: int
    stops: IntArray
    lines: tuple[int, ...] = ()


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
