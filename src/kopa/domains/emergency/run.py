"""A window of a city's emergency service: which base can send, whom its units reach when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.geo.fastest import STATES, Fastest, State
from kopa.model import BoolArray, FloatArray, IntArray, PortSeries, Window
from kopa.model.links import buffered

from .network import UNITS, Network

HALF = 0.5
ENOUGH = 1 - 1e-9


@dataclass(frozen=True)
class Hours:
    """What happened in a window.

    Parameters
    ----------
    broken
        Share of the step in which a change puts a base, then a shelter, out, shape (step, house).
    dark
        True where it has no electricity and needs it, shape (step, house).
    unmanned
        True where a base's staff is too few, shape (step, base).
    seconds
        From the alarm to the first ambulance on the spot, `inf` where none comes,
        shape (step, cell).
    """

    broken: FloatArray
    dark: BoolArray
    unmanned: BoolArray
    seconds: FloatArray


class Travel:
    """Times from bases of ambulances to cells, in the states that the streets pass through.

    Parameters
    ----------
    network
        What there is.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rows: IntArray = network.bases.of(UNITS[0])
        self.ways = Fastest(network.driving)
        self._times: dict[int, tuple[State, FloatArray]] = {}

    def times(self, state: State) -> FloatArray:
        """Turnout and way, s, `inf` where there is none, shape (base of ambulances, cell)."""
        kept = self._times.get(id(state))
        if kept is None or kept[0] is not state:
            network = self.network
            way = state.metric.matrix(network.base_nodes[self.rows], network.cell_nodes)
            if len(self._times) > STATES:
                self._times.clear()
            kept = state, way + network.bases.turnout[self.rows, None]
            self._times[id(state)] = kept
        return kept[1]

    @property
    def usual(self) -> FloatArray:
        """The same on free streets."""
        return self.times(self.ways.usual)


@dataclass(frozen=True)
class Houses:
    """Bases and shelters in a window, as `Hours` has them."""

    broken: FloatArray
    dark: BoolArray
    unmanned: BoolArray

    @property
    def working(self) -> BoolArray:
        """True where a base can send, shape (step, base)."""
        bases = self.unmanned.shape[1]
        return ~((self.broken[:, :bases] >= HALF) | self.dark[:, :bases] | self.unmanned)


def houses(
    network: Network, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> Houses:
    """Which bases and shelters work.

    Parameters
    ----------
    network
        What there is.
    window, changes, inputs
        As `Domain.run` gets them.
    """
    bases, houses = len(network.bases), len(network.wired)
    broken = np.zeros((window.steps, houses))
    for change in changes:
        row = network.assets.index[change.asset] - network.base
        broken[:, row] = np.maximum(broken[:, row], window.cover(change.start, change.end))
    dark = np.zeros((window.steps, houses), dtype=bool)
    unmanned = np.zeros((window.steps, bases), dtype=bool)
    if (power := inputs.get("electricity")) is not None:
        kept = buffered(power, np.ones(houses), network.backup, window.hours_per_step)
        dark = (kept < HALF) & network.wired
    if (staff := inputs.get("staff")) is not None:
        unmanned = staff * network.bases.units < ENOUGH
    return Houses(broken, dark, unmanned)


def hours(travel: Travel, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Hours:
    """Run a window.

    Parameters
    ----------
    travel
        Times of its city.
    window, changes, inputs
        As `Domain.run` gets them.
    """
    network = travel.network
    stand = houses(network, window, changes, inputs)
    working = stand.working[:, travel.rows]
    speed = inputs.get("street_speed")
    seconds = np.empty((window.steps, len(network.cells)))
    known: dict[tuple[int, bytes], int] = {}
    for step in range(window.steps):
        state = travel.ways.usual if speed is None else travel.ways.state(speed[step])
        before = known.setdefault((id(state), working[step].tobytes()), step)
        if before < step:
            seconds[step] = seconds[before]
        else:
            times = travel.times(state)[working[step]]
            seconds[step] = times.min(axis=0, initial=np.inf)
    return Hours(stand.broken, stand.dark, stand.unmanned, seconds)
