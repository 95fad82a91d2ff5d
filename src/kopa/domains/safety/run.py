"""A window of a city's safety: who is how far from help, which streets are lit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kopa.domain import Change
from kopa.geo.fastest import Fastest, State
from kopa.model import BoolArray, FloatArray, PortSeries, Window
from kopa.model.links import buffered

from .network import Network
from .sun import night

HALF = 0.5
ENOUGH = 1 - 1e-9


class Out(NamedTuple):
    """Why stations or lights do not work; each of shape (step, asset).

    Parameters
    ----------
    broken
        Share of the step in which a change puts it out.
    dark
        True where it has no electricity.
    unmanned
        True where its staff is too few.
    """

    broken: FloatArray
    dark: BoolArray
    unmanned: BoolArray


@dataclass(frozen=True)
class Hours:
    """What happened in a window.

    Parameters
    ----------
    stations
        Why stations do not work.
    working
        True where a unit can leave, shape (step, station).
    seconds
        From the alarm to the first unit on the spot, `inf` where nobody comes, shape (step, cell),
        by service.
    night
        Share of each step that is dark, shape (step,).
    burning
        Share of its light that a circuit gives while it is dark, shape (step, circuit).
    dark
        True where it has no electricity, shape (step, circuit).
    wanted
        Share of its power that it asks for while it is dark, shape (step, circuit).
    served
        Share of each step in which stations have electricity, shape (step, station).
    """

    stations: Out
    working: BoolArray
    seconds: dict[str, FloatArray]
    night: FloatArray
    burning: FloatArray
    dark: BoolArray
    wanted: FloatArray
    served: FloatArray


class Travel:
    """Times from stations to cells, in the states that the streets pass through.

    Parameters
    ----------
    network
        What there is.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.ways = Fastest(network.driving)
        self._times: dict[int, tuple[State, FloatArray]] = {}

    def times(self, state: State) -> FloatArray:
        """Turnout and way, s, `inf` where there is none, shape (station, cell)."""
        kept = self._times.get(id(state))
        if kept is None or kept[0] is not state:
            network = self.network
            way = state.metric.matrix(network.station_nodes, network.cell_nodes)
            if len(self._times) > 64:
                self._times.clear()
            kept = self._times[id(state)] = (state, way + network.stations.turnout[:, None])
        return kept[1]

    @property
    def usual(self) -> FloatArray:
        """The same on free streets."""
        return self.times(self.ways.usual)


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
    stations, served = _stations(network, window, changes, inputs)
    working = ~((stations.broken >= HALF) | stations.dark | stations.unmanned)
    speed = inputs.get("street_speed")
    seconds = {
        service: np.empty((window.steps, len(network.cells))) for service in network.services
    }
    known: dict[tuple[int, bytes], int] = {}
    for step in range(window.steps):
        state = travel.ways.usual if speed is None else travel.ways.state(speed[step])
        before = known.setdefault((id(state), working[step].tobytes()), step)
        for service, rows in network.services.items():
            if before < step:
                seconds[service][step] = seconds[service][before]
                continue
            some = rows[working[step, rows]]
            times = travel.times(state)[some]
            seconds[service][step] = times.min(axis=0, initial=np.inf)
    burning, wanted, dark = _lights(network, window, changes, inputs)
    dusk = night(window, network.place, network.light_below, network.timezone)
    return Hours(stations, working, seconds, dusk, burning, dark, wanted, served)


def _stations(
    network: Network, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> tuple[Out, FloatArray]:
    stations = network.stations
    shape = (window.steps, len(stations))
    broken, served = np.zeros(shape), np.ones(shape)
    for change in changes:
        row = network.assets.index[change.asset] - network.station
        if change.kind == "out" and 0 <= row < len(stations):
            cover = window.cover(change.start, change.end)
            broken[:, row] = np.maximum(broken[:, row], cover)
    dark, unmanned = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    if (power := inputs.get("electricity")) is not None:
        served = power[:, : len(stations)]
        kept = buffered(served, np.ones(len(stations)), stations.backup, window.hours_per_step)
        dark = (kept < HALF) & stations.wired
    if (staff := inputs.get("staff")) is not None:
        unmanned = staff * stations.units < ENOUGH
    return Out(broken, dark, unmanned), served


def _lights(
    network: Network, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Light given, power asked for, and want of electricity; each (step, circuit)."""
    lights, first = network.lights, network.light
    wanted = np.tile(np.where(lights.dead, 0.0, 1.0), (window.steps, 1))
    for change in changes:
        row = network.assets.index[change.asset] - first
        if 0 <= row < len(lights):
            cover = window.cover(change.start, change.end)
            to = 0.0 if change.kind == "out" else float(change.value or 0.0)
            wanted[:, row] *= 1 - (1 - to) * cover
    power = inputs.get("electricity")
    if power is None:
        return wanted, wanted, np.zeros(wanted.shape, dtype=bool)
    served = power[:, len(network.stations) :]
    return wanted * served, wanted, served < 1
