"""What rounds are planned for: stops, trucks, depots and dumps on the nodes of a street graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np

from kopa.errors import RangeError
from kopa.model import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Stops:
    """Where something waits to be emptied.

    Parameters
    ----------
    ids
        Ids, such as those of containers.
    place
        Row of the task's matrices, shape (stop,).
    kg, litres
        What a truck takes up there: mass, and loose volume, shape (stop,).
    service_s
        Time at the stop, s, shape (stop,).
    early_s, late_s
        When emptying may begin, s after midnight, `-inf` and `inf` for any time, shape (stop,).
    prize_eur
        What leaving it full costs, EUR; NaN: it must be emptied, shape (stop,).
    group
        Rows with the same number ≥ 0 are ways to do one thing, such as a street that is driven
        along or against: one of them is enough. -1: a stop of its own, shape (stop,); empty
        where all are.
    """

    ids: tuple[str, ...]
    place: IntArray
    kg: FloatArray
    litres: FloatArray
    service_s: FloatArray
    early_s: FloatArray
    late_s: FloatArray
    prize_eur: FloatArray
    group: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.group):
            object.__setattr__(self, "group", np.full(len(self.ids), -1))
        _alike(self, len(self.ids))
        for name in ("kg", "litres", "service_s"):
            _least(name, getattr(self, name))
        if np.any(self.prize_eur < 0):
            raise RangeError("prize_eur must be 0 or more, or NaN")

    @cached_property
    def must(self) -> BoolArray:
        """True where it must be emptied, shape (stop,)."""
        return np.isnan(self.prize_eur)

    @cached_property
    def duty(self) -> IntArray:
        """Number of the thing to do, the same for all rows of a group: 0, 1, …, shape (stop,)."""
        alone = self.group < 0
        label = np.where(alone, -1 - np.arange(len(self.group)), self.group)
        return np.unique(label, return_inverse=True)[1]

    def part(self, rows: IntArray) -> Stops:
        """Some of the stops."""
        arrays = {
            one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name != "ids"
        }
        return Stops(ids=tuple(self.ids[row] for row in rows.tolist()), **arrays)


@dataclass(frozen=True)
class Sites:
    """Depots, or dumps (any place where trucks unload).

    Parameters
    ----------
    ids
        Ids.
    place
        Row of the task's matrices, shape (site,).
    service_s
        Time of unloading, s; 0 at depots, shape (site,).
    early_s, late_s
        When a truck may come, s after midnight, shape (site,).
    """

    ids: tuple[str, ...]
    place: IntArray
    service_s: FloatArray
    early_s: FloatArray
    late_s: FloatArray

    def __post_init__(self) -> None:
        _alike(self, len(self.ids))
        _least("service_s", self.service_s)


@dataclass(frozen=True)
class TruckType:
    """Trucks of one kind at one depot.

    Parameters
    ----------
    name
        Name.
    count
        How many there are, ≥ 1.
    capacity_kg
        Payload.
    capacity_l
        Loose litres that fit: volume of the body × compaction.
    start_s, end_s
        Shift, s after midnight.
    max_hours
        Longest time from leaving the depot to being back, h.
    cost_eur_h, cost_eur_km
        Crew and truck by time; fuel and wear by distance.
    fixed_eur
        What a truck costs that drives at all.
    litres_per_km, litres_per_stop
        Fuel of driving, and of lifting and pressing.
    speed
        Speed over that of the task's times, > 0.
    depot
        Row of the task's depots: where it starts and ends.
    begins
        Place where it starts instead, if it is on its way already.
    aboard_kg, aboard_l
        Load with which it starts.
    """

    name: str
    count: int
    capacity_kg: float
    capacity_l: float
    start_s: float
    end_s: float
    max_hours: float
    cost_eur_h: float
    cost_eur_km: float
    fixed_eur: float = 0.0
    litres_per_km: float = 0.0
    litres_per_stop: float = 0.0
    speed: float = 1.0
    depot: int = 0
    begins: int | None = None
    aboard_kg: float = 0.0
    aboard_l: float = 0.0

    def __post_init__(self) -> None:
        for name in ("count", "capacity_kg", "capacity_l", "max_hours", "speed"):
            if not getattr(self, name) > 0:
                raise RangeError(f"{name} of truck '{self.name}' must be above 0")
        for name in ("cost_eur_h", "cost_eur_km", "fixed_eur", "litres_per_km", "litres_per_stop"):
            if not 0 <= getattr(self, name) < np.inf:
                raise RangeError(f"{name} of truck '{self.name}' must be a number from 0")
        if not 0 <= self.start_s < self.end_s < np.inf:
            raise RangeError(f"the shift of truck '{self.name}' must end after it begins")


@dataclass(frozen=True)
class Task:
    """All that rounds are planned from.

    Parameters
    ----------
    stops, depots, dumps
        Where trucks go; there is one dump at least.
    trucks
        Who drives.
    seconds, metres
        Fastest ways between all places, `inf` where there is none, shape (place, place).
    kgco2e_per_litre
        Emissions of fuel.
    node
        Node of the street graph where a truck leaves each place, shape (place,); empty where
        there is no graph.
    arc
        Arc of the street graph that is driven at the place, from its tail to `node`; -1: none,
        shape (place,); empty where there is none at all. Its time and length are in the matrices,
        with the ways to it.
    """

    stops: Stops
    depots: Sites
    dumps: Sites
    trucks: tuple[TruckType, ...]
    seconds: FloatArray
    metres: FloatArray
    kgco2e_per_litre: float = 0.0
    node: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    arc: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.arc):
            object.__setattr__(self, "arc", np.full(len(self.node), -1))
        many = len(self.seconds)
        if self.seconds.shape != (many, many) or self.metres.shape != (many, many):
            raise RangeError("seconds and metres must be square, and as large as one another")
        for part in (self.stops, self.depots, self.dumps):
            if np.any((part.place < 0) | (part.place >= many)):
                raise RangeError("a place lies outside the matrices")
        if not self.dumps.ids or not self.depots.ids or not self.trucks:
            raise RangeError("rounds need a depot, a dump and a truck at least")
        if any(not 0 <= truck.depot < len(self.depots.ids) for truck in self.trucks):
            raise RangeError("a truck belongs to a depot that there is not")

    def start(self, truck: TruckType) -> int:
        """Place where a truck starts."""
        return int(self.depots.place[truck.depot]) if truck.begins is None else truck.begins

    def drive_s(self, truck: TruckType, here: int, there: int) -> float:
        """Driving time of a truck, s."""
        return float(self.seconds[here, there]) / truck.speed


def stops_of(rows: Mapping[str, Any]) -> Stops:
    """Stops from columns; what is not given is any time, no time, and no volume.

    Parameters
    ----------
    rows
        ``ids``, ``place`` and ``kg``, and any other field of `Stops`.
    """
    many = len(rows["ids"])
    blank = {
        "litres": 0.0,
        "service_s": 0.0,
        "early_s": -np.inf,
        "late_s": np.inf,
        "prize_eur": np.nan,
    }
    whole = {name: np.full(many, value) for name, value in blank.items()}
    given = {name: np.asarray(value) for name, value in rows.items() if name != "ids"}
    return Stops(ids=tuple(rows["ids"]), **{**whole, **given})


def sites_of(ids: tuple[str, ...], place: IntArray, service_s: float = 0.0) -> Sites:
    """Sites that are always open.

    Parameters
    ----------
    ids, place
        As `Sites` has them.
    service_s
        Time of unloading, s.
    """
    many = len(ids)
    return Sites(
        ids, place, np.full(many, service_s), np.full(many, -np.inf), np.full(many, np.inf)
    )


def _alike(part: Stops | Sites, many: int) -> None:
    for one in fields(part):
        if len(getattr(part, one.name)) != many:
            raise RangeError(f"{one.name} has not one row an id")


def _least(name: str, values: FloatArray) -> None:
    if not np.all((values >= 0) & np.isfinite(values)):
        raise RangeError(f"{name} must be numbers from 0")
