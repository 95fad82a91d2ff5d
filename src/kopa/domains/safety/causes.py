"""What happened to stations, lights and those whom they serve, and what brought it about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, PortSeries, Window

from .run import Hours, Travel

SLOWER = 1e-3
"""A way that takes so much longer, s, is slower."""


@dataclass(frozen=True)
class Origins:
    """Event behind what happened, -1 for none.

    Parameters
    ----------
    cells
        By service, and of any, shape (cell,) each.
    anywhere
        The first of any service, shape (cell,).
    dark, asked
        Of streets without light, and of circuits that ask for less, shape (circuit,).
    """

    cells: dict[str, IntArray]
    anywhere: IntArray
    dark: IntArray
    asked: IntArray


@dataclass
class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    travel, window
        What there is, and when.
    events
        The events so far.
    """

    travel: Travel
    window: Window
    events: list[Event] = field(default_factory=list)

    def of(self, changes: Sequence[Change], inputs: PortSeries, done: Hours) -> Origins:
        """Note all events of a run.

        Parameters
        ----------
        changes, inputs
            As `Domain.run` gets them.
        done
            What happened.
        """
        network = self.travel.network
        at_station: dict[int, list[int]] = defaultdict(list)
        at_light: dict[int, list[int]] = defaultdict(list)
        asked = np.full(len(network.lights), -1, dtype=np.int64)
        for number, change in enumerate(changes):
            row = network.assets.index[change.asset]
            covered = self.window.cover(change.start, change.end) > 0
            event = self._note(change.kind, [row], covered, (Parent("change", number),))
            if event < 0:
                continue
            if row >= network.light:
                at_light[row - network.light].append(event)
                asked[row - network.light] = event
            else:
                at_station[row - network.station].append(event)
        for what, when, port in (
            ("no_electricity", done.stations.dark, "electricity"),
            ("no_staff", done.stations.unmanned, "staff"),
        ):
            for station in np.flatnonzero(when.any(axis=0)).tolist():
                parents = (Parent("input", station, port),)
                row = network.station + station
                at_station[station].append(self._note(what, [row], when[:, station], parents))
        stations = len(network.stations)
        for light in np.flatnonzero(done.dark.any(axis=0)).tolist():
            parents = (Parent("input", stations + light, "electricity"),)
            row = network.light + light
            event = self._note("no_electricity", [row], done.dark[:, light], parents)
            at_light[light].append(event)
        dark = self._darkness(done, at_light)
        cells = {one: self._late(one, inputs, done, at_station) for one in network.services}
        anywhere = np.full(len(network.cells), -1, dtype=np.int64)
        for events in cells.values():
            anywhere = np.where(anywhere < 0, events, anywhere)
        return Origins(cells, anywhere, dark, asked)

    def _note(
        self, what: str, rows: Sequence[int], when: BoolArray, parents: tuple[Parent, ...]
    ) -> int:
        steps, window = np.flatnonzero(when), self.window
        if not len(steps):
            return -1
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        self.events.append(Event(what, np.array(rows, dtype=np.int64), start, end, parents))
        return len(self.events) - 1

    def _darkness(self, done: Hours, at_light: dict[int, list[int]]) -> IntArray:
        """An event for each circuit whose street is dark at night."""
        found = np.full(done.burning.shape[1], -1, dtype=np.int64)
        for light, events in at_light.items():
            when = (done.night > 0) & (done.burning[:, light] < 1)
            parents = tuple(Parent("event", one) for one in events)
            row = self.travel.network.light + light
            found[light] = self._note("dark", [row], when, parents)
        return found

    def _late(
        self, service: str, inputs: PortSeries, done: Hours, at_station: dict[int, list[int]]
    ) -> IntArray:
        """Events of cells that help reaches later than usual; those of one cause are one."""
        network = self.travel.network
        rows = network.services[service]
        usual = self.travel.usual[rows]
        nearest = rows[usual.argmin(axis=0)]
        slower = done.seconds[service] > usual.min(axis=0) + SLOWER
        found = np.full(len(network.cells), -1, dtype=np.int64)
        together: dict[tuple[str, tuple[Parent, ...]], list[int]] = defaultdict(list)
        for cell in np.flatnonzero(slower.any(axis=0)).tolist():
            late = (done.seconds[service][slower[:, cell], cell] > network.target).any()
            station = int(nearest[cell])
            parents = [Parent("event", one) for one in at_station.get(station, [])]
            parents += self._streets(station, cell, slower[:, cell], inputs)
            together["late" if late else "slower", tuple(parents)].append(cell)
        for (what, parents_of), cells in together.items():
            when = np.asarray(slower[:, cells].any(axis=1))
            found[cells] = self._note(what, cells, when, parents_of)
        return found

    def _streets(
        self, station: int, cell: int, when: BoolArray, inputs: PortSeries
    ) -> Iterator[Parent]:
        """Slow streets on the usual way."""
        speed = inputs.get("street_speed")
        if speed is None:
            return
        columns = self.usual_columns(station, cell)
        slow = columns[(speed[np.ix_(when, columns)] < 1).any(axis=0)]
        yield from (Parent("input", int(column), "street_speed") for column in slow)

    def usual_columns(self, station: int, cell: int) -> IntArray:
        """Streets of the usual way from a station to a cell, as columns of the port."""
        return usual_columns(self.travel, station, cell)


def usual_columns(travel: Travel, station: int, cell: int) -> IntArray:
    """Streets of the usual way from a station to a cell, as columns of the port, rising."""
    network = travel.network
    start, end = int(network.station_nodes[station]), int(network.cell_nodes[cell])
    leg = travel.ways.leg(start, end, travel.ways.usual)
    return np.searchsorted(network.driving.edges, np.unique(leg.edges))
