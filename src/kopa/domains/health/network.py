"""Facilities, people and streets of a city's health care, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from kopa.geo.driving import Driving
from kopa.geo.streets import Streets
from kopa.model import Assets, FloatArray, IntArray

from .parts import Demand, Facilities


@dataclass(frozen=True)
class Network:
    """The health care of a city.

    Parameters
    ----------
    facilities, demand
        Where care is given, and where people live.
    streets
        What they drive on.
    within_s
        Whoever drives longer is without care, s.
    """

    facilities: Facilities
    demand: Demand
    streets: Streets
    within_s: float

    def __getstate__(self) -> dict[str, Any]:
        # what is derived is derived again: the router's handle belongs to its process
        return {one.name: self.__dict__[one.name] for one in fields(self)}

    @cached_property
    def driving(self) -> Driving:
        """The streets as cars meet them."""
        return Driving(self.streets)

    @cached_property
    def facility_nodes(self) -> IntArray:
        """Crossing at which each facility lies, shape (facility,)."""
        return self.driving.roads.nearest(self.facilities.x, self.facilities.y)[0]

    @cached_property
    def demand_nodes(self) -> IntArray:
        """Crossing from which the people of each point start, shape (point,)."""
        return self.driving.roads.nearest(self.demand.x, self.demand.y)[0]

    @cached_property
    def usual_s(self) -> FloatArray:
        """Time from each point to each facility in free traffic, s, shape (point, facility)."""
        metric = self.driving.router.metric()
        return metric.matrix(self.demand_nodes, self.facility_nodes)

    @property
    def points(self) -> int:
        """Row of the first demand point."""
        return len(self.facilities)

    @property
    def first_street(self) -> int:
        """Row of the first street."""
        return len(self.facilities) + len(self.demand)

    @cached_property
    def street_columns(self) -> Mapping[int, int]:
        """Column of each edge among those that may be driven on."""
        return {int(edge): column for column, edge in enumerate(self.driving.edges)}

    @cached_property
    def assets(self) -> Assets:
        """Facilities, points where people live, and streets as far as cars drive."""
        some, demand, streets = self.facilities, self.demand, self.streets
        driven = self.driving.edges
        middle_x, middle_y = streets.middle
        blank = ("",) * len(driven)
        return Assets(
            domain="health",
            ids=(*some.ids, *demand.ids, *(streets.ids[edge] for edge in driven.tolist())),
            kinds=(*some.kinds, *("residents",) * len(demand), *("street",) * len(driven)),
            names=(
                *some.names,
                *("",) * len(demand),
                *(streets.name[edge] for edge in driven.tolist()),
            ),
            x=np.concatenate([some.x, demand.x, middle_x[driven]]),
            y=np.concatenate([some.y, demand.y, middle_y[driven]]),
            people=np.concatenate([np.zeros(len(some)), demand.people, np.zeros(len(driven))]),
            zones=(*("",) * len(some), *demand.zones, *blank),
        )
