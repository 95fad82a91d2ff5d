"""Containers, plants, trucks and rounds of a city's waste, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from kopa.geo.driving import Driving
from kopa.geo.streets import Streets
from kopa.model import Assets, IntArray

from .parts import Containers, Facilities, Round, Surge, Trucks


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
    def driving(self) -> Driving:
        """The streets as trucks meet them."""
        return Driving(self.streets)

    @cached_property
    def container_nodes(self) -> IntArray:
        """Crossing from which each container is emptied, shape (container,)."""
        return self.driving.roads.nearest(self.containers.x, self.containers.y)[0]

    @cached_property
    def facility_nodes(self) -> IntArray:
        """Crossing at which each facility lies, shape (facility,)."""
        return self.driving.roads.nearest(self.facilities.x, self.facilities.y)[0]

    @cached_property
    def site_order(self) -> tuple[IntArray, IntArray]:
        """Containers ordered by site, and where each site begins among them."""
        order = np.argsort(self.containers.site, kind="stable")
        sites = np.arange(len(self.site_ids))
        return order, np.searchsorted(self.containers.site[order], sites)

    @cached_property
    def street_columns(self) -> Mapping[int, int]:
        """Column of each edge among those that may be driven on."""
        return {int(edge): column for column, edge in enumerate(self.driving.edges)}

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
        streets, driven = self.streets, self.driving.edges
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
