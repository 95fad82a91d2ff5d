"""A schedule run by EPANET in one go, as anybody would run it; and the file's own controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray

from ..engine_epanet import LinkValue, NodeValue, Project, TimeValue
from ..network import PIPE
from .plant import HOUR, Plant
from .snapshots import CLIPPED, TOLERANCE, take_over
from .switching import assign


@dataclass(frozen=True)
class Run:
    """What a whole horizon did.

    Parameters
    ----------
    cost
        By the tariff.
    energy
        kWh of each pump in each hour, shape (hour, pump).
    levels
        Of the tanks at the beginning of each hour and at the end, m, shape (hour + 1, tank).
    lowest
        Least pressure head at each junction of the limits, m.
    broken
        Limits that do not hold: of each kind the first time, with where and when.
    """

    cost: float
    energy: FloatArray
    levels: FloatArray
    lowest: FloatArray
    broken: tuple[str, ...]


def pumps_of(plant: Plant, plan: Sequence[int]) -> BoolArray | None:
    """Which pumps run, shape (hour, pump of the network); None if switches do not suffice."""
    running = np.zeros((plant.hours, len(plant.network.pumps)), dtype=bool)
    places = {int(row): place for place, row in enumerate(plant.network.pumps)}
    for number, group in enumerate(plant.groups):
        counts = tuple(plant.actions[action][number] for action in plan)
        chosen = assign(counts, len(group.pumps), plant.limits.cycles)
        if chosen is None:
            return None
        for hour, on in enumerate(chosen):
            for pump in on:
                running[hour, places[group.pumps[pump]]] = True
    return running


def replay(plant: Plant, running: BoolArray | None) -> Run:
    """Run the network over the horizon.

    Parameters
    ----------
    plant
        The plant.
    running
        Which pumps run, shape (hour, pump); they are switched by EPANET's own time controls.
        None leaves the file's controls, rules and patterns as they are.
    """
    with Project(plant.network.inp) as project:
        if running is not None:
            take_over(project, plant)
            _switch(project, plant, running)
        project.set_time(TimeValue.DURATION, plant.hours * HOUR)
        project.open_hydraulics()
        project.init_hydraulics()
        return _run(project, plant)


def switchings(plant: Plant, running: BoolArray) -> list[tuple[int, int, float]]:
    """Link, setting and second of every switch; the first hour sets every pump."""
    speeds = {row: group.speed for group in plant.groups for row in group.pumps}
    found = []
    for hour in range(plant.hours):
        for place, row in enumerate(plant.network.pumps.tolist()):
            on = running[hour, place]
            if hour == 0 or on != running[hour - 1, place]:
                found.append((row, hour * HOUR, speeds[row] if on else 0.0))
    return found


def _switch(project: Project, plant: Plant, running: BoolArray) -> None:
    for row, second, setting in switchings(plant, running):
        project.switch_at(row + 1, setting, second)


def _run(project: Project, plant: Plant) -> Run:
    network, limits = plant.network, plant.limits
    unit = network.units
    pumps, tanks = network.pumps, network.tanks
    at_tanks = np.isin(network.ends, tanks).any(axis=0)
    at_tanks &= (network.link_types == PIPE) & ~network.always_shut
    energy = np.zeros((plant.hours, len(pumps)))
    levels = np.full((plant.hours + 1, len(tanks)), np.nan)
    levels[0] = level = plant.levels
    lowest = np.full(len(limits.nodes), np.inf)
    broken: dict[str, str] = {}
    second, end = 0, plant.hours * HOUR
    while second < end:
        at = f"at {_clock(plant, second)}"
        code = project.solve()
        if 0 < code <= 4 or code >= 100:
            broken.setdefault("EPANET", f"EPANET warns (code {code}) {at}")
        shut = np.flatnonzero(at_tanks & (project.link_values(LinkValue.STATUS) == 0))
        for link in shut[:1]:
            name = network.link_ids[link]
            broken.setdefault("tank", f"EPANET shuts pipe {name} at its tank {at}")
        pressure = project.node_values(NodeValue.PRESSURE)[limits.nodes] * unit.pressure
        lowest = np.minimum(lowest, pressure)
        for place in np.flatnonzero(pressure < limits.pressure)[:1]:
            name = network.node_ids[limits.nodes[place]]
            needed = limits.pressure[place]
            told = f"pressure {pressure[place]:.2f} m, not {needed:.2f} m, at {name} {at}"
            broken.setdefault("pressure", told)
        power = project.link_values(LinkValue.ENERGY)[pumps].copy()
        inflow = project.node_values(NodeValue.DEMAND)[tanks] * unit.flow
        step = project.advance()
        if step <= 0:
            broken.setdefault("early", f"EPANET ended {at}")
            break
        # under the file's own controls a step may pass the end of an hour: it counts to its first
        energy[second // HOUR] += power * step / HOUR
        second += step
        head = project.node_values(NodeValue.HEAD)[tanks] * unit.length
        before, level = level, head - network.elevation[tanks]
        if plant.cylinders:
            cut = np.abs(level - before - inflow * step / np.maximum(plant.areas, 1e-9))
            for place in np.flatnonzero(cut > CLIPPED)[:1]:
                name = network.node_ids[tanks[place]]
                broken.setdefault("cut", f"EPANET cuts off the level of tank {name} {at}")
        for place in np.flatnonzero(
            (level < plant.low - TOLERANCE) | (level > plant.high + TOLERANCE)
        )[:1]:
            name = network.node_ids[tanks[place]]
            broken.setdefault("level", f"tank {name} passes its limits {at}")
        if second % HOUR == 0:
            levels[second // HOUR] = level
    for place in np.flatnonzero(levels[-1] < plant.levels - TOLERANCE):
        if limits.end_level:
            name = network.node_ids[tanks[place]]
            short = plant.levels[place] - levels[-1, place]
            broken.setdefault("end", f"tank {name} ends {short:.2f} m lower than it began")
    cost = float(plant.price @ energy.sum(axis=1))
    return Run(cost, energy, levels, lowest, tuple(broken.values()))


def _clock(plant: Plant, second: int) -> str:
    minute = (plant.network.start_clock + second) // 60
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
