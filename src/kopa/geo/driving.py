"""Streets as vehicles meet them: which edges, how long at which speeds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kopa.geo.engine_routingkit import Router
from kopa.geo.roads import Roads, roads_of
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray


@dataclass(frozen=True)
class Driving:
    """The streets of a map, their graph and its router.

    Parameters
    ----------
    streets
        The map.
    """

    streets: Streets

    def __getstate__(self) -> dict[str, Streets]:
        # what is derived is derived again: the router's handle belongs to its process
        return {"streets": self.streets}

    @cached_property
    def roads(self) -> Roads:
        """The directed graph."""
        return roads_of(self.streets)

    @cached_property
    def router(self) -> Router:
        """Fastest ways on it."""
        return Router(self.roads)

    @cached_property
    def edges(self) -> IntArray:
        """Edges that may be driven on, shape (street,)."""
        return np.flatnonzero(self.streets.drive)

    def seconds(self, speed: FloatArray | None) -> FloatArray | None:
        """Time of each arc at some speeds of streets, s, shape (arc,); None for free traffic.

        Parameters
        ----------
        speed
            Over the usual one, 0 where closed, shape (street,).
        """
        if speed is None:
            return None
        with np.errstate(divide="ignore"):
            return np.asarray(self.roads.seconds / self.of_edges(speed)[self.roads.edge])

    def of_edges(self, speed: FloatArray) -> FloatArray:
        """Speed of each edge over the usual, shape (edge,), from that of the `edges`."""
        found = np.ones(self.streets.edges)
        found[self.edges] = speed
        return found
