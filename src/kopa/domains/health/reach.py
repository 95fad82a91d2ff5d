"""How long people drive to care, in the states that streets and facilities pass through."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

from .network import Network

STATES = 64
"""So many states of the streets are remembered."""


class Reach:
    """Times to facilities.

    Parameters
    ----------
    network
        What there is.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._usual = network.driving.router.metric()
        self._times: OrderedDict[bytes, FloatArray] = OrderedDict()
        self._ways: dict[tuple[int, int], IntArray] = {}

    def times(self, speed: FloatArray | None) -> FloatArray:
        """Time from each point to each facility, s, `inf` for none, shape (point, facility).

        Parameters
        ----------
        speed
            Of streets over the usual, 0 where closed, shape (street,); None for free traffic.
        """
        network = self._network
        if speed is None or (speed >= 1).all():
            return network.usual_s
        key = speed.tobytes()
        if key not in self._times:
            metric = network.driving.router.metric(network.driving.seconds(speed))
            found = metric.matrix(network.demand_nodes, network.facility_nodes)
            self._times[key] = found
            if len(self._times) > STATES:
                self._times.popitem(last=False)
        self._times.move_to_end(key)
        return self._times[key]

    def way(self, point: int, facility: int) -> IntArray:
        """Edges of the usual way from a point to a facility, shape (edge of the way,)."""
        network = self._network
        ends = int(network.demand_nodes[point]), int(network.facility_nodes[facility])
        if ends not in self._ways:
            _, arcs = self._usual.path(*ends)
            self._ways[ends] = network.driving.roads.edge[arcs]
        return self._ways[ends]


def nearest(times: FloatArray, able: BoolArray, works: BoolArray) -> FloatArray:
    """Time to the nearest facility that can and works, s, `inf` for none.

    Parameters
    ----------
    times
        Shape (point, facility).
    able
        Shape (facility, capability).
    works
        Shape (facility,).

    Returns
    -------
    FloatArray
        Shape (point, capability).
    """
    found = np.full((len(times), able.shape[1]), np.inf)
    for column in range(able.shape[1]):
        some = able[:, column] & works
        if some.any():
            found[:, column] = times[:, some].min(axis=1)
    return found


def who(times: FloatArray, able: BoolArray, works: BoolArray) -> IntArray:
    """The facility that `nearest` is the time to, -1 for none, shape (point, capability)."""
    found = np.full((len(times), able.shape[1]), -1, dtype=np.int64)
    for column in range(able.shape[1]):
        some = np.flatnonzero(able[:, column] & works)
        if len(some):
            best = times[:, some].argmin(axis=1)
            here = np.isfinite(times[np.arange(len(times)), some[best]])
            found[here, column] = some[best[here]]
    return found
