"""What a run adds up to."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, Balance, Lens, spans
from kopa.model import BoolArray, FloatArray, IntArray, Window

from .climate import Climate
from .network import DISTRICT, ELECTRIC, GAS, Buildings

KWH = 3.6e6
_LUMPED = "indoor temperature of one heat capacity and one heat loss a building (EN ISO 52016-1)"


def electricity(buildings: Buildings, rooms: Climate, works: BoolArray) -> FloatArray:
    """Electric power that each building asks for, W, shape (step, building).

    Parameters
    ----------
    buildings, rooms
        What the run does.
    works
        False where heating is out of service, and takes nothing, shape (step, building).
    """
    electric = np.array([one == ELECTRIC for one in buildings.heatings])
    asked = rooms.asked * works
    heating = asked / buildings.efficiency * electric
    return np.asarray(buildings.base + buildings.pump * (asked > 0) + heating)


def balance(buildings: Buildings, rooms: Climate, window: Window) -> Balance:
    """Heat given and gained against heat lost and stored, kWh."""
    hours = window.hours_per_step
    gains = float(buildings.gain.sum()) * window.steps * hours / 1000
    return Balance(
        "heat",
        "kWh",
        float(rooms.given.sum()) * hours / 1000 + gains,
        0.0,
        float(rooms.lost.sum()) / KWH,
        float(rooms.stored.sum()) / KWH,
        1e-6,
        asked=float(rooms.asked.sum()) * hours / 1000,
    )


def accounts(
    buildings: Buildings,
    window: Window,
    rooms: Climate,
    electric: FloatArray,
    events: IntArray,
) -> tuple[Account, ...]:
    """Heat that is missing, hours that are too cold, and energy by carrier.

    Parameters
    ----------
    buildings, window, rooms
        What the run does.
    electric
        Electric power that each gets, W, shape (step, building).
    events
        Event behind each asset's accounts, -1 for none, shape (asset,).
    """
    hours, many = window.hours_per_step, len(buildings.assets)

    def account(lens: Lens, quantity: str, unit: str, values: FloatArray, how: str) -> Account:
        whole = np.zeros((window.steps, many))
        whole[:, : values.shape[1]] = values
        starts, ends = spans(whole > 1e-9, window.starts, window.step)
        return Account(
            lens, quantity, unit, whole.sum(axis=0), how, service="indoor_climate",
            starts=starts, ends=ends, events=events, own=quantity == "heat_missing",
        )  # fmt: skip

    people = buildings.assets.people[: len(buildings)]
    missing = (rooms.asked - rooms.given) * hours / 1000
    used = rooms.given * hours / 1000 / buildings.efficiency
    found = [
        account("people", "heat_missing", "kWh", missing, "heat asked for less heat that came"),
        account("people", "too_cold_hours", "building·h", rooms.cold_h,
                f"hours below the cold temperature; {_LUMPED}"),
        account("people", "too_cold_person_hours", "person·h", rooms.cold_h * people,
                f"people × hours below the cold temperature; {_LUMPED}"),
        account("environment", "building_electricity", "kWh", electric * hours / 1000,
                "base load, pumps, and electric heat over its efficiency"),
    ]  # fmt: skip
    for heating, quantity in ((DISTRICT, "building_heat"), (GAS, "building_gas")):
        mine = np.array([one == heating for one in buildings.heatings])
        if mine.any():
            how = "heat that came over the efficiency of the heating"
            found.append(account("environment", quantity, "kWh", used * mine, how))
    return tuple(found)
