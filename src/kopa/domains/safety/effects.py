"""What a run adds up to."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, Balance, Lens, spans
from kopa.model import FloatArray, IntArray, Window

from .causes import Origins
from .network import Network
from .run import Hours


def accounts(
    network: Network, window: Window, done: Hours, origins: Origins
) -> tuple[Account, ...]:
    """Person-hours beyond the target and on dark streets, dark km·h, energy of the lights.

    Parameters
    ----------
    network, window
        What there is, and when.
    done
        What happened.
    origins
        Events behind it.
    """
    size, step = len(network.assets), window.hours_per_step

    def account(
        lens: Lens, quantity: str, unit: str, at: tuple[int, FloatArray, IntArray], how: str
    ) -> Account:
        first, values, events = at
        whole, behind = np.zeros(size), np.full(size, -1, dtype=np.int64)
        whole[first : first + len(values)] = values
        behind[first : first + len(events)] = events
        return Account(lens, quantity, unit, whole, how, events=behind)

    found = []
    for service, seconds in done.seconds.items():
        late = seconds > network.target
        values = late.sum(axis=0) * step * network.cells.people
        how = f"people × hours in which help takes more than {network.target / 60:g} min"
        one = account(
            "people", "late_response", "person·h", (0, values, origins.cells[service]), how
        )
        starts, ends = np.zeros((2, size), dtype=np.int64)
        starts[: len(values)], ends[: len(values)] = spans(late, window.starts, window.step)
        found.append(_owned(one, service, starts, ends))
    lights, first = network.lights, network.light
    dark = ((1 - done.burning) * done.night[:, None]).sum(axis=0) * step
    burnt = (done.burning * done.night[:, None]).sum(axis=0) * step * lights.power
    behind = np.where(origins.dark >= 0, origins.dark, origins.asked)
    found += [
        account(
            "people", "dark_street", "person·h", (first, dark * lights.people, origins.dark),
            "people along the street × hours of night × share of its light that is missing",
        ),
        account(
            "people", "dark_length", "km·h", (first, dark * lights.length / 1000, origins.dark),
            "km of street × hours of night × share of its light that is missing",
        ),
        account(
            "environment", "lighting_energy", "kWh", (first, burnt, behind),
            "electricity of the lamps that burn",
        ),
    ]  # fmt: skip
    return tuple(found)


def _owned(one: Account, service: str, starts: IntArray, ends: IntArray) -> Account:
    from dataclasses import replace

    return replace(one, service=service, own=True, starts=starts, ends=ends)


def demand(network: Network, done: Hours) -> FloatArray:
    """Power that stations and lights ask for, kW, shape (step, station then circuit)."""
    stations = np.tile(network.stations.power, (len(done.night), 1))
    lights = done.wanted * done.night[:, None] * network.lights.power
    return np.concatenate([stations, lights], axis=1)


def balance(network: Network, window: Window, done: Hours, booked: tuple[Account, ...]) -> Balance:
    """Electricity that the grid gives against what stations and lamps turn into work and light."""
    asked, step = demand(network, done), window.hours_per_step
    many = len(network.stations)
    share = np.divide(done.burning, done.wanted, out=np.ones_like(done.wanted),
                      where=done.wanted > 0)  # fmt: skip
    given = float((asked * np.concatenate([done.served, share], axis=1)).sum()) * step
    lamps = sum(float(one.values.sum()) for one in booked if one.quantity == "lighting_energy")
    rooms = float((done.served * network.stations.power).sum()) * step
    total = float(asked[:, :many].sum() + asked[:, many:].sum()) * step
    return Balance("electricity", "kWh", given, lamps + rooms, 0.0, 0.0, asked=total)
