"""What changes and inputs make of a window: the state of each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.model import BoolArray, FloatArray, PortSeries, Window

from .network import NETWORK, ZERO_C, HeatNetwork
from .steady import State

HALF = 0.5
"""A change that is on or off holds in a step that it covers to this share or more; a pump stops
in a step in which it gets less than this of its electricity."""
UNLINKED = -1.0
"""Demand of a building where nobody else says it: the file's, by the outdoor temperature."""
SHUTS = ("burst", "closed")


@dataclass(frozen=True)
class Timeline:
    """What holds in each step.

    Parameters
    ----------
    outdoor
        Outdoor temperature, K, shape (step,).
    demand
        Heat over that at the design temperature, shape (step, consumer).
    states
        One a step.
    powered
        True where a plant has electricity, shape (step, plant).
    """

    outdoor: FloatArray
    demand: FloatArray
    states: tuple[State, ...]
    powered: BoolArray


def weather_factor(network: HeatNetwork, outdoor: FloatArray) -> FloatArray:
    """Heat of the consumers over that at the design temperature, shape (step, consumer).

    Space heating grows with the difference from indoors to outdoors; hot water does not.

    Parameters
    ----------
    network
        The network.
    outdoor
        Outdoor temperature, K, shape (step,).
    """
    one = network.consumers
    lack = np.maximum(one.indoor - outdoor[:, None], 0.0) / (one.indoor - network.design)
    return np.asarray(one.hot_water + (1 - one.hot_water) * lack)


def timeline(
    network: HeatNetwork,
    window: Window,
    changes: Sequence[Change],
    inputs: PortSeries,
    rated: FloatArray,
) -> Timeline:
    """The states of a run.

    Parameters
    ----------
    network, window
        The network and the run's window.
    changes, inputs
        As `Domain.run` gets them.
    rated
        Heat of each consumer at the design temperature, W, shape (consumer,).
    """
    cover = [window.cover(change.start, change.end) for change in changes]
    rows = [network.assets.index[change.asset] for change in changes]
    outdoor = np.full(window.steps, network.outdoor)
    for change, share in zip(changes, cover, strict=True):
        if change.kind == "outdoor" and change.value is not None:
            outdoor = np.where(share >= HALF, change.value + ZERO_C, outdoor)
    demand = weather_factor(network, outdoor)
    given = inputs.get("heat_demand")
    if given is not None:
        told = (given >= 0) & (rated > 0)
        demand = np.where(told, given * 1000 / np.where(rated > 0, rated, 1.0), demand)
    plants = network.plants
    capacity = np.tile(plants.in_service.astype(np.float64), (window.steps, 1))
    supply = np.tile(plants.supply, (window.steps, 1))
    shut: list[set[int]] = [set() for _ in range(window.steps)]
    for change, row, share in zip(changes, rows, cover, strict=True):
        value, on = change.value or 0.0, share >= HALF
        if change.kind in SHUTS:
            for step in np.flatnonzero(on).tolist():
                shut[step].add(row)
        elif row in plants.rows:
            _at_plant(change.kind, value, on, capacity, supply, int(row - plants.rows[0]))
        elif change.kind in ("factor", "off"):
            own = slice(None) if change.asset == NETWORK else network.consumers.rows == row
            demand[:, own] *= 1 + (value - 1) * share[:, None]
    powered = np.ones((window.steps, len(plants)), dtype=bool)
    if "electricity" in inputs:
        powered = (inputs["electricity"] >= HALF) | ~plants.needs_electricity
    states = tuple(
        State(
            frozenset(shut[step]),
            tuple((capacity[step] * powered[step]).tolist()),
            tuple(supply[step].tolist()),
            tuple(demand[step].tolist()),
        )
        for step in range(window.steps)
    )
    return Timeline(outdoor, demand, states, powered)


def _at_plant(
    kind: str, value: float, on: BoolArray, capacity: FloatArray, supply: FloatArray, plant: int
) -> None:
    if kind == "out":
        capacity[on, plant] = 0.0
    elif kind == "factor":
        capacity[on, plant] *= value
    elif kind == "supply":
        supply[on, plant] = value + ZERO_C
