"""Streets and public transport as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import (
    Bound,
    Change,
    ChangeKind,
    Event,
    Finding,
    LiveState,
    Meter,
    Parent,
    Result,
)
from kopa.model import (
    Assets,
    BoolArray,
    FloatArray,
    IntArray,
    Port,
    Ports,
    PortSeries,
    Shapes,
    Window,
)
from kopa.model.ports import Match

PACKAGE = "kopa.domains.transport"

KINDS = (
    ChangeKind("closed", ("street",), "closed to all traffic", outage=True),
    ChangeKind("closed", ("way",), "closed to all traffic, from end to end"),
    ChangeKind(
        "slowed", ("street", "way"), "speed times a number", units=("",), low=0.01, high=1.0
    ),
    ChangeKind("out", ("stop",), "nothing stops here"),
    ChangeKind("out", ("signal",), "traffic lights are dark"),
    ChangeKind("cancelled", ("trip", "route"), "does not run"),
)


class Transport:
    """Streets, public transport on them, and the car trips of a usual day.

    Parameters
    ----------
    network
        What the files say.
    dark_delay
        Time that a crossing with dead traffic lights takes a car, s.
    """

    name = "transport"

    def __init__(self, network: Any, dark_delay: float) -> None:
        self.network = network
        self.dark_delay = dark_delay

    def __getstate__(self) -> dict[str, Any]:
        return {"network": self.network, "dark_delay": self.dark_delay}

    def assets(self) -> Assets:
        """Streets, ways, signals, stops, routes, trips, and the network as a whole."""
        found: Assets = self.network.assets
        return found

    def shapes(self) -> Shapes:
        """Streets and paths as they run, signals and stops, routes."""
        from .drawn import shapes

        return shapes(self.network)

    def ports(self) -> Ports:
        """Signals and wires need electricity, streets dry ground; streets give access and speed."""
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        network, rows = self.network, self.network.rows
        streets = np.flatnonzero(network.streets.drive)
        signals = rows.signal + np.arange(len(rows.lit), dtype=np.int64)
        wired = np.concatenate([signals, rows.stop + network.powered_stops]).astype(np.int64)
        stops = rows.stop + np.arange(len(network.timetable.stop_ids), dtype=np.int64)
        spill = Match(port="spill", within_m=25.0, curve=((0.0, 1.0), (0.5, 1.0), (1.0, 0.0)))
        return (
            Port("electricity", "in", wired, flag=True, match=Match(threshold=0.5)),
            Port("dry", "in", streets, match=spill),
            Port("road_access", "out", streets, flag=True),
            Port("street_speed", "out", streets, "speed"),
            Port("transit", "out", stops),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to its assets."""
        return KINDS

    @cached_property
    def _usual(self) -> Any:
        from .cars import usual

        return usual(self.network)

    @cached_property
    def _idle(self) -> BoolArray:
        from .screen import idle

        return idle(self.network, self._usual)

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Follow what happens through car trips and the timetable.

        Each state that the streets pass through is solved once.
        """
        from .cars import drive
        from .effects import accounts, balance
        from .riders import ride
        from .states import actions, pieces, street_speed

        found, events = actions(self.network, window, changes, inputs)
        parts = pieces(window, found)
        access, behind = self._access(window, parts, events)
        speed, slowing = street_speed(self.network, window, parts)
        riders = ride(self.network, window, found, events)
        cars = drive(self.network, self._usual, parts, self.dark_delay)
        audit = balance(cars)
        return Result(
            "ok" if audit.ok else "unknown",
            {"road_access": access, "street_speed": speed, "transit": riders.share},
            tuple(events),
            {"road_access": behind, "street_speed": slowing, "transit": riders.cause},
            accounts(self.network, self._usual, cars, riders),
            audit,
            () if audit.ok else (_unbalanced(audit.residual),),
            cars.states,
        )

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Streets have no meters by the model, but for its out-ports."""
        return ()

    def state(self, now: LiveState) -> Sequence[Change]:
        """Streets and ways that are told to be closed, and stops out of service."""
        from .live import state

        return state(self.network.assets, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What is closed or out of service."""
        from .live import watch

        return watch(now)

    def _access(
        self, window: Window, parts: Sequence[Any], events: list[Event]
    ) -> tuple[FloatArray, IntArray]:
        """Share of each step in which a street is joined to the rest, and the event behind it."""
        from .access import joined

        network = self.network
        streets = np.flatnonzero(network.streets.drive)
        share = np.ones((window.steps, len(streets)))
        behind = np.full(len(streets), -1, dtype=np.int64)
        known: dict[tuple[int, ...], tuple[IntArray, int]] = {}
        for piece in parts:
            closings = [one for one in piece.active if one.what == "closed"]
            key = tuple(one.event for one in closings)
            if not closings:
                continue
            if key not in known:
                closed = np.zeros(network.streets.edges, dtype=bool)
                for one in closings:
                    closed[one.items] = True
                lost = np.flatnonzero(~joined(network, closed)[streets])
                known[key] = (lost, len(events))
                if len(lost):
                    start, end = max(o.start for o in closings), min(o.end for o in closings)
                    parents = tuple(Parent("event", one.event) for one in closings)
                    events.append(Event("cut_off", streets[lost], start, end, parents))
            lost, event = known[key]
            cover = window.cover(piece.start, piece.end)
            share[:, lost] -= cover[:, None]
            fresh = lost[behind[lost] < 0]
            behind[fresh] = event
        return np.maximum(np.round(share, 9), 0.0), behind

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """Closed streets that certainly change nothing."""
        from .screen import bounds

        return bounds(self.network, self._idle, window, changes)


def _unbalanced(residual: float) -> Finding:
    return Finding(
        "transport.unbalanced",
        f"The car trips do not add up: {residual:.3g} are missing.",
        "Report this city as a fault of Kopa.",
    )


def load(section: Mapping[str, Any], folder: Path) -> tuple[Transport, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[transport]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from kopa.domain.attributes import settings

    from .load import read_network

    values = settings(section, PACKAGE, "transport")
    network, warnings = read_network(values, folder)
    return Transport(network, float(values["dark_signal_delay_s"])), warnings
