"""Measured values of a heat network: how it stands now, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, switched
from kopa.model import FloatArray

from .network import ZERO_C, HeatNetwork
from .steady import Answer
from .timeline import Timeline

CELSIUS, BAR = "CEL", "BAR"
TEMPERATURE, PRESSURE = "supply_temperature", "pressure_difference"
STEADY_S = 300.0
"""A plant that stands still for less is starting again."""
COOLER_K = 3.0
"""A plant's supply is told from so much below its set temperature on."""
WORTH_K, WORTH_BAR = 0.5, 0.02
"""Meters are no better than this."""


def meters(network: HeatNetwork, line: Timeline, answers: Sequence[Answer]) -> tuple[Meter, ...]:
    """What meters would show: plants that run, supply temperatures, pressure differences.

    Where no water moves, temperatures are those of the ambient and pressures are none.

    Parameters
    ----------
    network, line
        The network, and what holds in each step.
    answers
        One a step.
    """
    plants = np.array([state.plants for state in line.states]) > 0
    supply = np.array([state.supply for state in line.states])
    arrives = _columns(answers, "supply", len(network.consumers), network.ambient)
    at_plants = np.where(plants, supply, network.ambient)
    return (
        Meter("running", "", network.plants.rows, plants.astype(np.float64), flag=True),
        Meter(
            TEMPERATURE,
            CELSIUS,
            np.concatenate([network.consumers.rows, network.plants.rows]),
            np.hstack([arrives, at_plants]) - ZERO_C,
        ),
        Meter(
            PRESSURE,
            BAR,
            network.consumers.rows,
            _columns(answers, "pressure", len(network.consumers), 0.0),
        ),
    )


def _columns(answers: Sequence[Answer], name: str, count: int, nothing: float) -> FloatArray:
    """A series of the consumers, shape (step, consumer)."""
    blank = np.full(count, nothing)
    rows = [
        blank if one.flow is None else np.nan_to_num(getattr(one.flow, name), nan=nothing)
        for one in answers
    ]
    return np.array(rows)


def state(network: HeatNetwork, now: LiveState) -> list[Change]:
    """Plants that are measured to stand still.

    Parameters
    ----------
    network, now
        The network, and what was measured.
    """
    return switched(now, "running", "out", network.assets.ids, "heat", steady_s=STEADY_S)


def watch(network: HeatNetwork, now: LiveState) -> list[Finding]:
    """Plants that stand still; supplies too cool, and pressures too low, for who needs them.

    Parameters
    ----------
    network, now
        The network, and what was measured.
    """
    found = [
        Finding(
            "heat.off",
            f"{change.full} gives no heat.",
            "See why it stopped, and which buildings cool first.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
        if change.kind == "out"
    ]
    off = {change.asset for change in now.changes}
    users = network.consumers
    found += _below(
        network, now, TEMPERATURE, "heat.supply-low",
        dict(zip(users.rows.tolist(), users.least_supply - ZERO_C, strict=True)), WORTH_K, "°C",
    )  # fmt: skip
    found += _below(
        network, now, PRESSURE, "heat.pressure-low",
        dict(zip(users.rows.tolist(), users.least_pressure, strict=True)), WORTH_BAR, "bar",
    )  # fmt: skip
    expected = now.expected.get(TEMPERATURE)
    if expected is not None:
        running = [r for r in network.plants.rows.tolist() if network.assets.ids[r] not in off]
        wanted = expected.at(np.array(running, dtype=np.int64))
        at_plants = dict(zip(running, wanted.tolist(), strict=True))
        found += _below(network, now, TEMPERATURE, "heat.plant-cool", at_plants, COOLER_K, "°C")
    return found


def _below(
    network: HeatNetwork,
    now: LiveState,
    quantity: str,
    code: str,
    least: dict[int, float],
    worth: float,
    unit: str,
) -> Iterator[Finding]:
    """Assets whose mean of the last hour is below what it should be."""
    readings = now.readings.get(quantity)
    if readings is None:
        return
    for row, value in zip(readings.rows.tolist(), readings.mean.tolist(), strict=True):
        if row in least and value < least[row] - worth:
            asset = network.assets.full(row)
            yield Finding(
                code,
                f"{asset}: {value:.3g} {unit} in the last hour, {least[row]:.3g} {unit} is needed.",
                "Raise the supply temperature or the pressure of the plants, or look for a "
                "valve that is shut.",
                "warning",
                asset=asset,
                values={
                    "asset": asset, "value": f"{value:.3g}", "least": f"{least[row]:.3g}",
                    "unit": unit,
                },
            )  # fmt: skip
