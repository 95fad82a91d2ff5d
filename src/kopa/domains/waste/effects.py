"""What a run adds up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from kopa.ledger.account import Account, Balance, Lens, spans
from kopa.model import FloatArray, IntArray, Window

from .causes import Origins
from .network import Network
from .run import Day

TONNE = 1000.0
TREATED = {
    "composting": "waste_composted",
    "digestion": "waste_digested",
    "incineration": "waste_incinerated",
}
"""Quantity of what a kind of plant gets."""


def accounts(network: Network, window: Window, done: Day, origins: Origins) -> tuple[Account, ...]:
    """Waste beside containers and left in them, what trucks do and cost, what plants get.

    Parameters
    ----------
    network, window
        What there is, and when.
    done, origins
        What happened, and the events behind it.
    """
    rows, size = network.rows, len(network.assets)

    def account(
        lens: Lens, quantity: str, unit: str, first: int, values: FloatArray, how: str,
        events: IntArray | None = None,
    ) -> Account:  # fmt: skip
        whole, behind = np.zeros(size), np.full(size, -1, dtype=np.int64)
        whole[first : first + len(values)] = np.nan_to_num(values)
        if events is not None:
            behind[first : first + len(events)] = events
        own = quantity == "uncollected_waste"
        return Account(lens, quantity, unit, whole, how, events=behind, own=own)

    over = done.contents.over
    starts, ends = np.zeros((2, size), dtype=np.int64)
    at = slice(rows.container, rows.container + over.shape[1])
    starts[at], ends[at] = spans(over > 0, window.starts, window.step)
    missed = np.zeros(len(network.containers))
    for shift in done.shifts:
        for stop, _ in shift.missed:
            missed[stop] = max(done.contents.end[stop], 0.0)
    beside = over.sum(axis=0) * window.hours_per_step
    trucks = driven(network, done)
    flows = account(
        "environment", "overflowing_waste", "m3·h", rows.container, beside,
        "m³ beside the containers × hours", origins.full,
    )  # fmt: skip
    landfill = np.array([kind == "landfill" for kind in network.facilities.kinds])
    got = (done.plants.delivered + done.plants.passed) / TONNE
    late = origins.late
    return (
        replace(flows, starts=starts, ends=ends),
        account(
            "environment", "uncollected_waste", "t", rows.container, missed / TONNE,
            "what is left in containers that a round missed", origins.missed,
        ),
        account("environment", "truck_fuel", "L", rows.truck, trucks[2], "km and stops × L", late),
        account(
            "environment", "truck_distance", "vehicle·km", rows.truck, trucks[0], "km", late
        ),
        account("people", "truck_hours", "h", rows.truck, trucks[1], "hours under way", late),
        replace(
            account(
                "money", "utility_cost", "EUR", rows.truck, trucks[3],
                "hours × cost_eur_h + km × cost_eur_km; fuel is apart", late,
            ),
            service="collection",
        ),
        account(
            "environment", "waste_landfilled", "t", rows.facility, np.where(landfill, got, 0.0),
            "what trucks and plants bring to landfills",
        ),
        account(
            "environment", "waste_unworked", "t", rows.facility, done.plants.stock / TONNE,
            "what lies unworked at the window's end", origins.waiting,
        ),
        *_treated(network, done),
    )  # fmt: skip


def _treated(network: Network, done: Day) -> Iterator[Account]:
    """What trucks bring to plants whose emissions the ledger has factors for, by stream."""
    first, size = network.rows.facility, len(network.assets)
    plants = network.facilities
    nothing = np.zeros(len(plants))
    for kind, quantity in TREATED.items():
        mine = np.array([one == kind for one in plants.kinds])
        taken = {stream for row in np.flatnonzero(mine).tolist() for stream in plants.streams[row]}
        for stream in sorted(taken):
            brought = done.plants.streams.get(stream, nothing)
            values = np.zeros(size)
            values[first : first + len(plants)] = np.where(mine, brought, 0.0) / TONNE
            how = "what trucks bring"
            yield Account("environment", quantity, "t", values, how, service=stream)


def driven(network: Network, done: Day) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """km, hours, litres of fuel and EUR of each truck, each of shape (truck,); EUR without fuel.

    EUR is NaN where the file does not give the truck's costs.
    """
    trucks = network.trucks
    km, hours, lifts = np.zeros((3, len(trucks)))
    for shift in done.shifts:
        km[shift.truck] += shift.metres / 1000
        hours[shift.truck] += shift.seconds / 3600
        lifts[shift.truck] += shift.lifts
    litres = km * trucks.litres_km + lifts * trucks.litres_stop
    return km, hours, litres, hours * trucks.hourly + km * trucks.per_km


def balance(done: Day) -> Balance:
    """What was in containers and thrown in against what was brought, carried and left, in kg."""
    known = ~done.unknown
    contents = done.contents
    carried = sum(shift.kg for shift in done.shifts)
    came = float(contents.thrown[known].sum())
    rose = float((contents.end - contents.start)[known].sum())
    return Balance("waste", "kg", came, float(done.plants.delivered.sum()), 0.0, rose + carried)
