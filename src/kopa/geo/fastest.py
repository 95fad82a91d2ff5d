"""Fastest ways, in the states that the streets pass through."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from kopa.geo.driving import Driving
from kopa.geo.engine_routingkit import Metric
from kopa.model import BoolArray, FloatArray, IntArray

STATES = 64
"""So many states of the streets are remembered."""


@dataclass(frozen=True)
class Leg:
    """The fastest way from one crossing to another.

    Parameters
    ----------
    seconds
        At the speed of cars in free traffic, `inf` where there is none.
    metres
        Its length.
    edges
        Street edges in order, shape (edge of the way,).
    """

    seconds: float
    metres: float
    edges: IntArray


NO_WAY = Leg(float("inf"), float("inf"), np.empty(0, dtype=np.int64))


@dataclass
class State:
    """Speeds of all streets over some time, and the ways that were asked for in it.

    Parameters
    ----------
    slow
        True for edges that are slower than usual, shape (edge,).
    metric
        Times of all arcs.
    legs
        Ways by their ends.
    """

    slow: BoolArray
    metric: Metric
    legs: dict[tuple[int, int], Leg] = field(default_factory=dict)


class Fastest:
    """Fastest ways over streets.

    Parameters
    ----------
    driving
        The streets.
    """

    def __init__(self, driving: Driving) -> None:
        self._driving = driving
        edges = driving.streets.edges
        self.usual = State(np.zeros(edges, dtype=bool), driving.router.metric())
        self._states: OrderedDict[bytes, State] = OrderedDict()

    def state(self, speed: FloatArray) -> State:
        """Streets at some speeds.

        Parameters
        ----------
        speed
            Over the usual, 0 where closed, shape (street,).
        """
        if (speed >= 1).all():
            return self.usual
        key = speed.tobytes()
        if key not in self._states:
            driving = self._driving
            metric = driving.router.metric(driving.seconds(speed))
            self._states[key] = State(driving.of_edges(speed) < 1, metric)
            if len(self._states) > STATES:
                self._states.popitem(last=False)
        self._states.move_to_end(key)
        return self._states[key]

    def leg(self, start: int, end: int, state: State) -> Leg:
        """The fastest way between two crossings in a state of the streets.

        Streets only get slower: a usual way that meets none of the slow ones stays the fastest.

        Parameters
        ----------
        start, end
            Nodes.
        state
            What `state` gave.
        """
        found = state.legs.get((start, end))
        if found is None:
            if state is not self.usual:
                found = self.leg(start, end, self.usual)
            if found is None or state.slow[found.edges].any():
                found = self._asked(start, end, state)
            state.legs[start, end] = found
        return found

    def _asked(self, start: int, end: int, state: State) -> Leg:
        seconds, arcs = state.metric.path(start, end)
        if not np.isfinite(seconds):
            return NO_WAY
        edges = self._driving.roads.edge[arcs]
        return Leg(seconds, float(self._driving.streets.length[edges].sum()), edges)
