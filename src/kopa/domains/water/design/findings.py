"""What fell short of the rules in a water supply design."""

from __future__ import annotations

import numpy as np

from kopa.domain.rules import Rules
from kopa.errors import Finding, Severity

from .day import Day
from .sizing import Sized
from .write_inp import Plant


def findings(rules: Rules, plant: Plant, sized: Sized, day: Day, file: str) -> tuple[Finding, ...]:
    """Junctions, pipes and tanks that miss a rule, and what EPANET warns of.

    Parameters
    ----------
    rules
        The rules of the design.
    plant
        The design.
    sized
        Its mains in the cases that they are made for.
    day
        A usual day of it.
    file
        The network's file.
    """
    nodes, pipes = plant.node_ids(), plant.pipe_ids()
    streets = len(plant.node)
    found: list[Finding] = []

    def tell(
        code: str, what: str, do: str, asset: str = "", severity: Severity = "warning"
    ) -> None:
        place = f"water:{asset}" if asset else ""
        found.append(Finding(f"design.water-{code}", what, do, severity, file, asset=place))

    pressure = np.minimum(sized.pressure, day.pressure)[:streets]
    low = int((pressure < rules["required_pressure"]).sum())
    if low:
        worst = nodes[int(np.argmin(pressure))]
        tell(
            "pressure",
            f"{low} of {streets} junctions have less than {rules['required_pressure']:g} m "
            f"at the greatest hour; the least is {pressure.min():.1f} m at {worst}.",
            "Look at the ground there, or replace the network by your own.",
            worst,
        )
    high = int((day.greatest_pressure[:streets] > rules["greatest_pressure"]).sum())
    if high:
        worst = nodes[int(np.argmax(day.greatest_pressure[:streets]))]
        tell(
            "high-pressure",
            f"{high} of {streets} junctions have more than {rules['greatest_pressure']:g} m "
            f"at night; the most is {day.greatest_pressure[:streets].max():.0f} m at {worst}.",
            "Houses there need pressure reducers of their own.",
            worst,
            "info",
        )
    speed = np.maximum(sized.velocity, day.velocity)
    fast = int((speed > rules["velocity_limit"]).sum())
    if fast:
        worst = pipes[int(np.argmax(speed))]
        tell(
            "velocity",
            f"{fast} pipes are faster than {rules['velocity_limit']:g} m/s; "
            f"the fastest has {speed.max():.1f} m/s.",
            "Lay a second main beside them.",
            worst,
        )
    for warning in day.warnings:
        tell("engine", f"EPANET warns: {warning}.", "Look at the network at that hour.")
    for tank, lowest, drift in zip(plant.layout.tanks, day.lowest, day.drift, strict=True):
        if lowest < rules["tank_least_level"] or drift < -rules["tank_drift"]:
            name = f"T{tank.zone + 1}"
            tell(
                "tank",
                f"tank {name} sinks to {lowest:.0%} of its depth and ends the day {drift:+.0%}.",
                "Give it more pumping, or more volume.",
                name,
            )
    return tuple(found)
