"""Runs the day of a designed network with EPANET, as everybody will who opens its file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.domain.rules import Rules
from kopa.model import FloatArray

from ..engine_epanet import LinkValue, NodeValue, Project, TimeValue, message
from .write_inp import Plant, pump_ids, write_inp

_DAY = 86_400
_DAYS = 4
_ERRORS = 100


@dataclass(frozen=True)
class Day:
    """What a day of the written file gives.

    Parameters
    ----------
    text
        The file.
    pressure, greatest_pressure
        Least and greatest pressure head of each junction, m, shape (junction,).
    velocity
        Greatest velocity in each pipe, m/s, shape (pipe,).
    lowest
        Least level of each tank over its depth, shape (tank,).
    drift
        What each tank holds more at the end, over its volume, shape (tank,).
    warnings
        What EPANET warned of, in its words.
    """

    text: str
    pressure: FloatArray
    greatest_pressure: FloatArray
    velocity: FloatArray
    lowest: FloatArray
    drift: FloatArray
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Run:
    """Levels, pumps that run at midnights, and the worst of the run."""

    levels: list[FloatArray]
    on: list[frozenset[str]]
    pressure: FloatArray
    greatest_pressure: FloatArray
    velocity: FloatArray
    lowest: FloatArray
    warnings: tuple[str, ...]


def typical_day(rules: Rules, plant: Plant, diameter: FloatArray) -> Day:
    """Start the tanks where a usual day leaves them, and run that day.

    Some days are run first; of their midnights the one is taken from which the next day leads
    back to nearly the same levels.
    """
    depth = np.array([tank.depth for tank in plant.layout.tanks])
    text = write_inp(rules, plant, diameter, depth * rules["first_on"])
    before = _run(plant, text, _DAYS)
    moved = [
        float(np.abs((later - level) / depth).max())
        for level, later in zip(before.levels, before.levels[1:], strict=False)
    ]
    at = int(np.argmin(moved)) if moved else 0
    levels = np.round(before.levels[at], 3)
    text = write_inp(rules, plant, diameter, levels, before.on[at])
    run = _run(plant, text, 1)
    return Day(
        text=text,
        pressure=run.pressure,
        greatest_pressure=run.greatest_pressure,
        velocity=run.velocity,
        lowest=run.lowest / depth,
        drift=(run.levels[-1] - run.levels[0]) / depth,
        warnings=run.warnings,
    )


def _run(plant: Plant, text: str, days: int) -> _Run:
    layout = plant.layout
    pipes, nodes = len(layout.a), layout.junctions
    pumps = [pump for station in layout.stations for pump in pump_ids(station)]
    levels: list[FloatArray] = []
    on: list[frozenset[str]] = []
    warnings: set[str] = set()
    pressure, greatest = np.full(nodes, np.inf), np.full(nodes, -np.inf)
    speed = np.zeros(pipes)
    lowest = np.full(len(layout.tanks), np.inf)
    with Project(text.encode()) as project:
        project.set_time(TimeValue.DURATION, days * _DAY)
        area = np.pi / 4 * (project.link_values(LinkValue.DIAMETER)[:pipes] * 1e-3) ** 2
        project.open_hydraulics()
        project.init_hydraulics()
        now, step = 0, 1
        while step > 0:
            code = project.solve()
            if code:
                warnings.add(message(code))
            if code >= _ERRORS:
                break
            every = project.node_values(NodeValue.PRESSURE)
            level = every[layout.first_tank :].copy()  # EPANET's pressure of a tank is its depth
            pressure = np.minimum(pressure, every[:nodes])
            greatest = np.maximum(greatest, every[:nodes])
            lowest = np.minimum(lowest, level)
            if now % _DAY == 0:
                running = project.link_values(LinkValue.STATUS)[pipes : pipes + len(pumps)] > 0
                on.append(frozenset(p for p, runs in zip(pumps, running, strict=True) if runs))
                levels.append(level)
            flow = project.link_values(LinkValue.FLOW)[:pipes] * 1e-3
            speed = np.maximum(speed, np.abs(flow) / area)
            step = project.advance()
            now += step
    return _Run(levels, on, pressure, greatest, speed, lowest, tuple(sorted(warnings)))
