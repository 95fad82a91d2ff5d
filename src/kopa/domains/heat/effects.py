"""What a run adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.ledger.account import Account, Balance, Lens, spans
from kopa.model import FloatArray, IntArray, Window

from .cooling import Indoors
from .network import FUELS, HeatNetwork
from .steady import Answer, Steady
from .timeline import Timeline

KWH = 3.6e6
_ENGINE = "pandapipes 0.16"
TOLERANCE = 5e-3
"""Share of the heat that may be missing: pandapipes takes the mean of the heat capacities at both
ends of a component, which is not the integral between them."""


@dataclass(frozen=True)
class Energy:
    """Energy of a run by step, kWh.

    Parameters
    ----------
    asked, delivered
        At consumers, shape (step, consumer).
    lost
        In pipes, shape (step, pipe).
    produced, pumped, used
        At plants: heat, electricity of the pumps, and energy that heat is made of, shape (step,
        plant).
    """

    asked: FloatArray
    delivered: FloatArray
    lost: FloatArray
    produced: FloatArray
    pumped: FloatArray
    used: FloatArray


def energy_of(steady: Steady, window: Window, line: Timeline, answers: Sequence[Answer]) -> Energy:
    """Energy of a run.

    Parameters
    ----------
    steady, window
        The network and the run's window.
    line
        What holds in each step.
    answers
        One a step.
    """
    network = steady.network
    kwh = window.step / KWH
    done: dict[int, tuple[FloatArray, ...]] = {}

    def parts(answer: Answer) -> tuple[FloatArray, ...]:
        if id(answer) not in done:
            flow = answer.flow
            done[id(answer)] = (
                (
                    np.zeros(len(network.consumers)),
                    np.zeros(len(network.pipes.rows)),
                    np.zeros(len(network.plants)),
                    np.zeros(len(network.plants)),
                )
                if flow is None
                else (
                    np.where(answer.share > 0, np.nan_to_num(flow.delivered), 0.0),
                    steady.losses(flow),
                    np.nan_to_num(flow.produced),
                    steady.pump_power(flow),
                )
            )
        return done[id(answer)]

    columns = [np.array(column) for column in zip(*(parts(a) for a in answers), strict=True)]
    delivered, lost, produced, pumped = (column * kwh for column in columns)
    supply = np.array([state.supply for state in line.states])
    used = produced / network.plants.efficiency_at(supply)
    return Energy(line.demand * steady.rated * kwh, delivered, lost, produced, pumped, used)


def balance(energy: Energy) -> Balance:
    """Heat that the plants gave against what consumers got and pipes lost, kWh."""
    return Balance(
        "heat",
        "kWh",
        float(energy.produced.sum()),
        float(energy.delivered.sum()),
        float(energy.lost.sum()),
        0.0,
        TOLERANCE,
        asked=float(energy.asked.sum()),
    )


def accounts(
    network: HeatNetwork,
    window: Window,
    energy: Energy,
    rooms: Indoors,
    water: FloatArray,
    events: IntArray,
) -> tuple[Account, ...]:
    """Heat not supplied, cold buildings and people, losses, fuel, electricity, lost water.

    Parameters
    ----------
    network, window
        The network and the run's window.
    energy, rooms
        What the run does.
    water
        Water that bursts let out, m³, shape (step, asset).
    events
        Event behind each asset's accounts, -1 for none, shape (asset,).
    """
    count = len(network.assets)

    def account(
        lens: Lens, quantity: str, unit: str, rows: IntArray, values: FloatArray, how: str
    ) -> Account:
        whole = np.zeros((window.steps, count))
        np.add.at(whole.T, rows, values.T)
        starts, ends = spans(whole > 1e-9, window.starts, window.step)
        return Account(
            lens, quantity, unit, whole.sum(axis=0), how, service="heat",
            starts=starts, ends=ends, events=events, own=quantity == "heat_not_supplied",
        )  # fmt: skip

    users, works, pipes = network.consumers.rows, network.plants.rows, network.pipes.rows
    lack = np.maximum(energy.asked - energy.delivered, 0.0)
    lack[lack < 1e-4 * energy.asked] = 0.0  # the share is found to so much
    lumped = "indoor temperature of one heat capacity and one heat loss a building"
    found = [
        account("people", "heat_not_supplied", "kWh", users, lack,
                f"heat asked for less heat delivered; {_ENGINE}"),
        account("people", "cold_building_hours", "building·h", users, rooms.cold,
                f"hours below the cold temperature; {lumped}"),
        account("people", "cold_person_hours", "person·h", users,
                rooms.cold * network.assets.people[users],
                f"people × hours below the cold temperature; {lumped}"),
        account("environment", "heat_losses", "kWh", pipes, energy.lost,
                f"heat that pipes lose to the ground; {_ENGINE}"),
        account("environment", "pump_energy", "kWh", works, energy.pumped,
                "pressure of the pumps × flow over their efficiency"),
        account("environment", "network_water_lost", "m3", np.arange(count), water,
                "water between the ends of pipes that burst"),
    ]  # fmt: skip
    for fuel in FUELS:
        mine = np.array([one == fuel for one in network.plants.fuels], dtype=bool)
        if mine.any():
            how = f"heat given over the plant's efficiency; {_ENGINE}"
            found.append(
                account(
                    "environment", f"heat_{fuel}", "kWh", works[mine], energy.used[:, mine], how
                )
            )
    return tuple(found)
