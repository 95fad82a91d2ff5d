"""A network of links whose times grow with their flows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray


@dataclass(frozen=True)
class LinkNetwork:
    """Links, and zones that trips begin and end in; units are the file's own.

    Parameters
    ----------
    zones, nodes
        How many there are; the zones are the first nodes.
    first_through
        Nodes below this number, counted from 1, begin and end trips, but none passes them.
    tail, head
        Nodes, counted from 0, shape (link,).
    capacity, length, free_time, b, power
        Of the function of the Bureau of Public Roads, shape (link,).
    """

    zones: int
    nodes: int
    first_through: int
    tail: IntArray
    head: IntArray
    capacity: FloatArray
    length: FloatArray
    free_time: FloatArray
    b: FloatArray
    power: FloatArray

    def time(self, flow: FloatArray) -> FloatArray:
        """Time of each link at a flow (Bureau of Public Roads, 1964), shape (link,)."""
        return np.asarray(self.free_time * (1 + self.b * self._load(flow) ** self.power))

    def objective(self, flow: FloatArray) -> float:
        """Beckmann's integral of the links' times, which an equilibrium makes least."""
        grown = self.b * self._load(flow) ** self.power / (self.power + 1)
        return float((self.free_time * flow * (1 + grown)).sum())

    def _load(self, flow: FloatArray) -> FloatArray:
        return np.asarray(flow / np.where(self.capacity > 0, self.capacity, 1.0))
