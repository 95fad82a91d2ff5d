"""The pumps that a schedule switches, the tanks that it fills, and the limits that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray, IntArray

from ..engine_epanet import Count, LinkValue, NodeValue, Project
from ..network import JUNCTION, PIPE, Network

HOUR = 3600
MOST_ACTIONS = 64
"""So many combinations of pumps an hour are searched at most."""


@dataclass(frozen=True)
class Group:
    """Pumps that are one like the other: same ends, curves and speed.

    Parameters
    ----------
    pumps
        Rows of the links.
    speed
        Relative speed of a pump that runs.
    """

    pumps: tuple[int, ...]
    speed: float


@dataclass(frozen=True)
class Limits:
    """What a schedule must hold at every hydraulic step.

    Parameters
    ----------
    nodes, pressure
        Rows of junctions, and the pressure head that each needs, m.
    cycles
        Times that one pump may be switched on in the horizon, which is taken as periodic.
    end_level
        True if no tank may end lower than it began.
    """

    nodes: IntArray
    pressure: FloatArray
    cycles: int
    end_level: bool = True


@dataclass(frozen=True)
class Plant:
    """A network with the pumps, tanks and prices of a horizon.

    Parameters
    ----------
    network
        The network.
    groups
        Pumps that are alike.
    price
        Of a kWh in each hour, shape (hour,).
    limits
        What is to be held.
    levels
        Levels of the tanks at the beginning, m, shape (tank,).
    low, high
        Least and greatest level of each tank, m, shape (tank,).
    areas
        Area of each tank, m², shape (tank,).
    cylinders
        True if no tank has a volume curve.
    plain
        Tanks joined to the network by open pipes only: EPANET shows where it shuts one of them.
    """

    network: Network
    groups: tuple[Group, ...]
    price: FloatArray
    limits: Limits
    levels: FloatArray
    low: FloatArray
    high: FloatArray
    areas: FloatArray
    cylinders: bool
    plain: tuple[bool, ...]

    @property
    def hours(self) -> int:
        """Length of the horizon, h."""
        return len(self.price)

    @cached_property
    def actions(self) -> tuple[tuple[int, ...], ...]:
        """How many pumps of each group may run, every combination."""
        return tuple(product(*(range(len(group.pumps) + 1) for group in self.groups)))

    @cached_property
    def switches(self) -> IntArray:
        """Pumps that are switched from an action to an action, shape (action, action)."""
        counts = np.array(self.actions)
        return np.asarray(np.abs(counts[:, None] - counts[None]).sum(axis=2), dtype=np.int64)

    @cached_property
    def clock(self) -> tuple[tuple[float, ...], ...]:
        """What makes hours differ but the price: the multipliers of all patterns within each."""
        network = self.network
        step, hours = network.pattern_step, []
        for hour in range(self.hours):
            begin = network.pattern_start + hour * HOUR
            periods = range(begin // step, (begin + HOUR - 1) // step + 1)
            values = [p[period % len(p)] for period in periods for p in network.patterns]
            hours.append((float(begin % step), *(float(value) for value in values)))
        return tuple(hours)


def plant_of(network: Network, price: FloatArray, limits: Limits) -> Plant:
    """Take the pumps and tanks from a network.

    Raises
    ------
    InputError
        With all findings: no pump, other links that controls move, too many combinations.
    """
    with Project(network.inp) as project:
        findings = _controls(project, network)
        groups = _groups(project, network)
        of_tanks = [
            [project.node_value(int(tank) + 1, what) for tank in network.tanks]
            for what in (NodeValue.TANK_LEVEL, NodeValue.VOLUME_CURVE)
        ]
    levels = np.array(of_tanks[0]) * network.units.length
    low, high = network.tank_levels
    plant = Plant(
        network, groups, price, limits, levels, low, high,
        areas=network.tank_volume / np.maximum(high - low, 1e-9),
        cylinders=not any(of_tanks[1]),
        plain=tuple(_plain(network, int(tank)) for tank in network.tanks),
    )  # fmt: skip
    if not groups:
        findings.append(_wrong(network, "no-pump", "the network has no pump.", "Add [PUMPS]."))
    elif len(plant.actions) > MOST_ACTIONS:
        what = f"{len(plant.actions)} combinations of pumps an hour are too many to search."
        do = f"Leave out pumps that are never chosen; {MOST_ACTIONS} combinations can be searched."
        findings.append(_wrong(network, "too-many-pumps", what, do))
    if findings:
        raise InputError(findings)
    return plant


def limits_of(
    network: Network, usual: float, single: Mapping[str, float], cycles: int, end_level: bool
) -> Limits:
    """Limits from what the user says.

    Parameters
    ----------
    network
        The network.
    usual
        Pressure head that every junction with a demand needs, m; NaN for none.
    single
        Pressure head by junction, m, which goes before `usual`.
    cycles, end_level
        See `Limits`.

    Raises
    ------
    InputError
        If a junction is not there.
    """
    rows = {name: row for row, name in enumerate(network.node_ids)}
    findings = [
        _wrong(network, "no-such-junction", f"there is no junction '{name}'.", "Check its name.")
        for name in single
        if name not in rows or network.node_types[rows[name]] != JUNCTION
    ]
    if findings:
        raise InputError(findings)
    wanted = {}
    if not np.isnan(usual):
        asking = np.flatnonzero((network.base_demand > 0) & (network.node_types == JUNCTION))
        wanted = dict.fromkeys((int(row) for row in asking), usual)
    wanted |= {rows[name]: head for name, head in single.items()}
    return Limits(
        np.array(list(wanted), dtype=np.int64), np.array(list(wanted.values())), cycles, end_level
    )


def _groups(project: Project, network: Network) -> tuple[Group, ...]:
    """Pumps that are alike, by ends, curves, power and speed."""
    alike: dict[tuple[float, ...], list[int]] = {}
    for row in network.pumps:
        link = int(row) + 1
        pattern = int(project.link_value(link, LinkValue.PATTERN))
        speed = project.link_value(link, LinkValue.INITIAL_SETTING) or 1.0
        if pattern:
            speed = float(network.patterns[pattern - 1].max()) or 1.0
        kind = [
            project.link_value(link, what)
            for what in (LinkValue.HEAD_CURVE, LinkValue.EFFICIENCY_CURVE, LinkValue.PUMP_POWER)
        ]
        a, b = network.ends[:, row]
        alike.setdefault((float(a), float(b), *kind, speed), []).append(int(row))
    return tuple(Group(tuple(rows), key[-1]) for key, rows in alike.items())


def _controls(project: Project, network: Network) -> list[Finding]:
    """Links other than pumps that controls or rules move: their state is in no tank level."""
    pumps = {int(row) + 1 for row in network.pumps}
    moved = {project.control(i + 1)[1] for i in range(project.count(Count.CONTROLS))}
    for rule in range(project.count(Count.RULES)):
        moved |= set(project.rule_links(rule + 1))
    return [
        _wrong(
            network,
            "moving-link",
            f"link '{network.link_ids[link - 1]}' is moved by a control or a rule.",
            "Only pumps may be: the search knows the state of the network by its tank levels.",
        )
        for link in sorted(moved - pumps)
    ]


def _plain(network: Network, tank: int) -> bool:
    joined = np.flatnonzero((network.ends == tank).any(axis=0))
    open_pipe = (network.link_types == PIPE) & ~network.always_shut
    return bool(open_pipe[joined].all())


def _wrong(network: Network, code: str, what: str, do: str) -> Finding:
    return Finding(f"water.pumps-{code}", what, do, file=str(network.source))
