"""Buildings as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import (
    Change,
    ChangeKind,
    Event,
    Finding,
    LiveState,
    Meter,
    Parent,
    Result,
)
from kopa.domain.attributes import settings
from kopa.model import (
    Assets,
    BoolArray,
    FloatArray,
    IntArray,
    Match,
    Port,
    Ports,
    PortSeries,
    Window,
)

from . import live
from .climate import Climate, Conditions, climate
from .effects import accounts, balance, electricity
from .network import BUILDING, DISTRICT, Buildings
from .points import PACKAGE
from .read_buildings import read_buildings

HALF = 0.5
"""Heating stops in a step in which its electricity comes to less than this; a change that is on or
off holds in a step that it covers to this share or more."""
NEAR_M = 25.0
"""A building takes heat from a main no farther away, unless that bears its id."""
COLD_H = 1e-9

KINDS = (
    ChangeKind("out", (BUILDING,), "its heating is out of service", outage=True),
    ChangeKind(
        "setpoint", (BUILDING,), "indoor temperature that heating keeps, °C", ("",), 5.0, 30.0
    ),
    ChangeKind("outdoor", (BUILDING,), "outdoor temperature, °C", ("",), -60.0, 45.0),
    ChangeKind("factor", (BUILDING,), "heat loss times a number (insulation)", ("",), 0.05, 10.0),
)


class BuildingsDomain:
    """Buildings that have points and equipment.

    Parameters
    ----------
    buildings
        What the file says.
    """

    name = "buildings"

    def __init__(self, buildings: Buildings) -> None:
        self.buildings = buildings

    def assets(self) -> Assets:
        """Buildings, and the units of equipment in them."""
        return self.buildings.assets

    def ports(self) -> Ports:
        """They need electricity, and heat where a main heats them, and say what they ask for."""
        every, mains = np.arange(len(self.buildings)), self.buildings.heated_by(DISTRICT)
        return (
            Port("electricity", "in", every, flag=True),
            Port("heat", "in", mains, match=Match(nearest_m=NEAR_M)),
            Port("electricity_demand", "out", every, "power", "kW", 0.0, 1e-3),
            Port("heat_demand", "out", mains, "power", "kW", 0.0, 1e-3),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to buildings."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Indoor temperatures, heat and electricity of a window."""
        buildings = self.buildings
        powered, running = self._powered(window, inputs), self._running(window, inputs)
        at = self._conditions(window, changes, inputs, running)
        rooms = climate(buildings, at, window.step)
        audit = balance(buildings, rooms, window)
        mains = buildings.heated_by(DISTRICT)
        events, first = _causes(buildings, window, changes, inputs, running, rooms)
        electric = electricity(buildings, rooms, at.works)
        outputs = {
            "electricity_demand": np.round(electric / 1000, 6),
            "heat_demand": np.round((rooms.asked * at.works)[:, mains] / 1000, 6),
        }
        origins = {"electricity_demand": first[: len(buildings)], "heat_demand": first[mains]}
        if not audit.ok:
            what = f"the heat balance misses {audit.residual:.3g} kWh."
            wrong = Finding("buildings.unbalanced", what, "Report it with the file.", "warning")
            neutral = {
                p.name: p.neutral_series(window) for p in self.ports() if p.direction == "out"
            }
            return Result("unknown", neutral, (), {}, (), audit, (wrong,))
        booked = accounts(buildings, window, rooms, electric * powered, first)
        return Result("ok", outputs, tuple(events), origins, booked, audit)

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Indoor temperatures."""
        at = self._conditions(window, changes, inputs, self._running(window, inputs))
        return live.meters(self.buildings, climate(self.buildings, at, window.step))

    def state(self, now: LiveState) -> Sequence[Change]:
        """Nothing: a cool room does not tell what is wrong with its heating."""
        return ()

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """Buildings that are measured to be too cold."""
        return tuple(live.watch(self.buildings, now))

    def _running(self, window: Window, inputs: PortSeries) -> BoolArray:
        """Where heating has the electricity that it needs, shape (step, building)."""
        powered = self._powered(window, inputs)
        return np.asarray((powered >= HALF) | ~self.buildings.needs_electricity)

    def _powered(self, window: Window, inputs: PortSeries) -> FloatArray:
        """Share of its electricity that each building gets, shape (step, building)."""
        every = np.ones((window.steps, len(self.buildings)))
        return np.asarray(inputs.get("electricity", every))

    def _conditions(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries, running: BoolArray
    ) -> Conditions:
        buildings, shape = self.buildings, (window.steps, len(self.buildings))
        outdoor = np.full(shape, buildings.outdoor)
        setpoint, loss = (
            np.tile(a, (window.steps, 1)) for a in (buildings.setpoint, buildings.loss)
        )
        works, share = np.ones(shape, dtype=bool), running.astype(np.float64)
        mains = buildings.heated_by(DISTRICT)
        if "heat" in inputs:
            share[:, mains] *= inputs["heat"]
        for change in changes:
            row = buildings.assets.index[change.asset]
            on, value = window.cover(change.start, change.end), change.value or 0.0
            held = on >= HALF
            if change.kind == "out":
                works[held, row] = False
            elif change.kind == "setpoint":
                setpoint[held, row] = value
            elif change.kind == "outdoor":
                outdoor[held, row] = value
            else:
                loss[:, row] *= 1 + (value - 1) * on
        return Conditions(outdoor, setpoint, loss, works, share * works)


def _causes(
    buildings: Buildings,
    window: Window,
    changes: Sequence[Change],
    inputs: PortSeries,
    running: BoolArray,
    rooms: Climate,
) -> tuple[list[Event], IntArray]:
    """Events, causes first; and the one behind each asset, -1 for none, shape (asset,)."""
    events: list[Event] = []
    roots: list[list[Parent]] = [[] for _ in range(len(buildings))]
    first = np.full(len(buildings.assets), -1, dtype=np.int64)

    def note(what: str, row: int, when: FloatArray | BoolArray, parents: Sequence[Parent]) -> None:
        steps = np.flatnonzero(when)
        if not len(steps):
            return
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        if first[row] < 0:
            first[row] = len(events)
        roots[row].append(Parent("event", len(events)))
        events.append(Event(what, np.array([row]), start, end, tuple(parents)))

    for number, change in enumerate(changes):
        row = buildings.assets.index[change.asset]
        on = window.cover(change.start, change.end) > 0
        note(change.kind, row, on, [Parent("change", number)])
    for row in range(len(buildings)):
        note("no_electricity", row, ~running[:, row], [Parent("input", row, "electricity")])
    for column, row in enumerate(buildings.heated_by(DISTRICT).tolist()):
        if "heat" in inputs:
            short = inputs["heat"][:, column] < 1
            what = "no_heat" if (inputs["heat"][:, column] < HALF).any() else "less_heat"
            note(what, row, short, [Parent("input", column, "heat")])
    for row in range(len(buildings)):
        if roots[row]:
            note("too_cold", row, rooms.cold_h[:, row] > COLD_H, tuple(roots[row]))
    return events, first


def load(section: Mapping[str, Any], folder: Path) -> tuple[BuildingsDomain, tuple[Finding, ...]]:
    """Read the domain's file.

    Parameters
    ----------
    section
        The table ``[buildings]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "buildings")
    found, warnings = read_buildings(folder / values["buildings"], float(values["outdoor_c"]))
    return BuildingsDomain(found), warnings
