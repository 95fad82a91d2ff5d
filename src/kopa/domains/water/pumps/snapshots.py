"""One hour of a network from given tank levels, by EPANET."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kopa.model import FloatArray

from ..engine_epanet import Count, LinkValue, NodeValue, Project, TimeValue
from ..network import PIPE
from .plant import HOUR, Plant

TOLERANCE = 1e-3
"""m by which a level may pass its limit: EPANET meets a full or empty tank to the second."""

CLIPPED = 1e-4
"""m by which a level may differ from what flowed in: EPANET may cut off what is too much."""

_UNTRUSTED = 4  # codes 1 to 4 of EN_runH: not balanced, not stable, cut off, pump beyond its curve
_SHUT = 0


class Step(NamedTuple):
    """What an hour does.

    Parameters
    ----------
    levels
        Of the tanks at the end, m.
    energy
        Of the pumps, kWh.
    pressure
        Least pressure above what is needed, m; infinite where nothing is needed.
    room
        Least distance of a level from its limits at the ends of the hydraulic steps, m.
    trusted
        False if EPANET warns, or shuts a tank that is full or empty.
    """

    levels: FloatArray
    energy: float
    pressure: float
    room: float
    trusted: bool

    @property
    def feasible(self) -> bool:
        """True if every limit is held."""
        return self.trusted and self.pressure >= 0 and self.room >= -TOLERANCE


class Snapshots:
    """EPANET started again and again at the beginning of an hour, from given tank levels.

    Parameters
    ----------
    plant
        The plant.
    extra
        m by which tanks reach below their least and above their greatest level: hours beyond the
        limits then go on smoothly. Only for tanks without a volume curve.
    """

    def __init__(self, plant: Plant, extra: float = 0.0) -> None:
        network = plant.network
        self._plant, self._extra = plant, extra
        self._project = project = Project(network.inp)
        self._length, self._head = network.units.length, network.units.pressure
        self._tanks = [int(tank) + 1 for tank in network.tanks]
        self._rows = network.tanks
        self._floor = network.elevation[network.tanks] / self._length
        self._pumps = network.pumps
        self._needs = plant.limits.pressure / self._head
        ends = np.isin(network.ends, network.tanks).any(axis=0)
        pipes = (network.link_types == PIPE) & ~network.always_shut
        self._at_tanks = np.flatnonzero(ends & pipes)
        # a tank behind a valve shows no shut pipe: it must not come to its limits at all
        inside = np.where(plant.plain, 0.0, 3 * TOLERANCE) / self._length
        # m³/s over m² is m/s; volume curves are not checked
        self._rise = network.units.flow / np.maximum(plant.areas, 1e-9) / self._length
        self._low = plant.low / self._length + inside
        self._high = plant.high / self._length - inside
        self._deeper = 0.0
        take_over(project, plant)
        project.set_time(TimeValue.DURATION, HOUR)
        if extra:
            self._widen()
        project.open_hydraulics()

    def close(self) -> None:
        """Free EPANET's project."""
        self._project.close()

    def _widen(self) -> None:
        """Sink the floors of the tanks and count levels from there: their heads stay."""
        plant = self._plant
        self._deeper = self._extra / self._length
        self._floor = self._floor - self._deeper
        high = plant.high / self._length + 2 * self._deeper
        for row, tank in enumerate(self._tanks):
            self._project.set_node(tank, NodeValue.ELEVATION, float(self._floor[row]))
            self._project.set_node(tank, NodeValue.MAX_LEVEL, float(high[row]))

    def hour(self, hour: int, action: Sequence[int], levels: FloatArray) -> Step:
        """One hour.

        Parameters
        ----------
        hour
            Of the horizon, from 0.
        action
            How many pumps of each group run.
        levels
            Of the tanks at its beginning, m, shape (tank,).
        """
        project, plant = self._project, self._plant
        start = levels / self._length
        if not self._extra:
            start = np.clip(start, plant.low / self._length, plant.high / self._length)
        start = start + self._deeper
        for tank, level in zip(self._tanks, start.tolist(), strict=True):
            project.set_node(tank, NodeValue.TANK_LEVEL, level)
        project.set_time(TimeValue.PATTERN_START, plant.network.pattern_start + hour * HOUR)
        for group, many in zip(plant.groups, action, strict=True):
            for place, row in enumerate(group.pumps):
                project.set_link(row + 1, LinkValue.INITIAL_STATUS, float(place < many))
        project.init_hydraulics()
        return self._run(start, levels)

    def _run(self, level: FloatArray, levels: FloatArray) -> Step:
        project, plant = self._project, self._plant
        limits, seconds, energy = plant.limits, 0, 0.0
        pressure = room = np.inf
        trusted = True
        while seconds < HOUR:
            code = project.solve()
            if 0 < code <= _UNTRUSTED or code >= 100:
                trusted = False
            if (project.link_values(LinkValue.STATUS)[self._at_tanks] == _SHUT).any():
                trusted = False
            if len(limits.nodes):
                found = project.node_values(NodeValue.PRESSURE)[limits.nodes] - self._needs
                pressure = min(pressure, float(found.min()))
            power = float(project.link_values(LinkValue.ENERGY)[self._pumps].sum())
            inflow = project.node_values(NodeValue.DEMAND)[self._rows]
            step = project.advance()
            if step <= 0:
                return Step(levels, energy, pressure, room, False)
            seconds += step
            energy += power * step / HOUR
            before, level = level, project.node_values(NodeValue.HEAD)[self._rows] - self._floor
            if len(level):
                if plant.cylinders:
                    cut = np.abs(level - before - inflow * self._rise * step).max()
                    trusted &= bool(cut * self._length <= CLIPPED)
                told = level - self._deeper
                margin = np.minimum(told - self._low, self._high - told).min()
                room = min(room, float(margin))
        levels = (level - self._deeper) * self._length
        return Step(levels, energy, pressure * self._head, room * self._length, trusted)


def take_over(project: Project, plant: Plant) -> None:
    """Take the pumps out of the hands of the file's controls, rules and speed patterns.

    Hydraulic steps that do not divide an hour are shortened until they do.
    """
    step = project.time(TimeValue.HYDRAULIC_STEP)
    if HOUR % step:  # or an hour would not end where a step does
        project.set_time(TimeValue.HYDRAULIC_STEP, HOUR // -(-HOUR // step))
    pumps = {int(row) + 1 for row in plant.network.pumps}
    for control in range(project.count(Count.CONTROLS)):
        if project.control(control + 1)[1] in pumps:
            project.set_control_enabled(control + 1, False)
    for rule in range(project.count(Count.RULES)):
        project.disable_rule(rule + 1)
    for group in plant.groups:
        for row in group.pumps:
            project.set_link(row + 1, LinkValue.PATTERN, 0.0)
            project.set_link(row + 1, LinkValue.INITIAL_SETTING, group.speed)
