"""What a run adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kopa.errors import EngineError
from kopa.ledger.account import Account, Balance, spans
from kopa.model import FloatArray, Window

from .abstraction import Operation
from .network import Field, Network
from .plan import Plan

GRAVITY, DENSITY = 9.80665, 999.7
"""m/s², and kg/m³ of water at 10 °C, as most groundwater of Europe has it."""

_ENGINE = "timflow 0.5, superposition of responses to a step of pumping (Theis 1935, Hantush 1956)"


def pump_power(field: Field, rate: FloatArray, drawdown: FloatArray) -> FloatArray:
    """Electric power of the well pumps, W.

    The pump lifts from the dynamic level: P = ρ g Q (lift + drawdown) / η.

    Parameters
    ----------
    field
        The well field.
    rate
        m³/s, shape (…, well).
    drawdown
        In the wells, m, shape (…, well).
    """
    wells = field.wells
    lifted = np.maximum(wells.lift + drawdown, 0.0)
    return np.asarray(DENSITY * GRAVITY * rate * lifted / wells.efficiency)


def accounts(
    network: Network,
    window: Window,
    plans: Sequence[Plan],
    operations: Sequence[Operation],
    origins: Mapping[int, int],
) -> tuple[Account, ...]:
    """Water that is not abstracted, energy of the pumps, and what exceeds permit and limits.

    Parameters
    ----------
    network, window
        The fields and the run's window.
    plans, operations
        What each field was asked for, and what it does.
    origins
        Event behind a field's loss, by asset row.
    """
    size = len(network.assets)
    missing, energy, permit, deep = (np.zeros(size) for _ in range(4))
    starts, ends = (np.zeros(size, dtype=np.int64) for _ in range(2))
    events = np.full(size, -1, dtype=np.int64)
    for number, (field, plan, done) in enumerate(
        zip(network.fields, plans, operations, strict=True)
    ):
        row = network.first[number]
        lost = _missing(plan, done)
        missing[row] = round(float(lost.sum()) * window.step, 9)
        first, last = spans(lost[:, None] > 1e-9, window.starts, window.step)
        starts[row], ends[row] = first[0], last[0]
        events[row] = origins.get(int(row), -1)
        wells = len(field.wells)
        power = pump_power(field, done.rate, done.drawdown[:, :wells])
        energy[network.well_rows(number)] = power.sum(axis=0) * window.step / 3.6e6
        over = done.rate.sum(axis=1) - field.permit.rate
        permit[row] = np.maximum(over, 0.0).sum() * window.step
        below = done.drawdown[:, wells:] > field.observations.limit + 1e-9
        deep[network.observation_rows(number)] = below.sum(axis=0) * window.hours_per_step
    return (
        Account(
            "people",
            "water_not_abstracted",
            "m3",
            missing,
            f"what the field is asked for less what its wells give; {_ENGINE}",
            starts=starts,
            ends=ends,
            events=events,
            own=True,
        ),
        Account(
            "environment",
            "pump_energy",
            "kWh",
            energy,
            "weight of the water × (lift + drawdown) / efficiency of pump and motor",
        ),
        Account(
            "environment",
            "permit_exceedance",
            "m3",
            permit,
            "abstraction beyond the mean rate of the permit",
        ),
        Account(
            "environment",
            "drawdown_above_limit",
            "h",
            deep,
            f"hours in which drawdown is larger than is permitted; {_ENGINE}",
        ),
    )


def _missing(plan: Plan, done: Operation) -> FloatArray:
    """What a field lacks of what it is asked for, m³/s, shape (step,)."""
    return np.asarray(np.maximum(plan.asked.sum(axis=1) - done.rate.sum(axis=1), 0.0))


def share(field: Field, done: Operation) -> FloatArray:
    """Share of its usual abstraction that a field gives, 0 to 1, shape (step,)."""
    given = done.rate.sum(axis=1) / field.wells.discharge.sum()
    return np.asarray(np.round(np.clip(given, 0.0, 1.0), 9))


def balance(network: Network, window: Window, operations: Sequence[Operation]) -> Balance:
    """What the wells give against what the fields pass on, m³.

    Parameters
    ----------
    network, window, operations
        The run.
    """
    given = used = asked = 0.0
    for field, done in zip(network.fields, operations, strict=True):
        usual, total = field.wells.discharge.sum(), done.rate.sum(axis=1)
        passed = share(field, done) * usual + np.maximum(total - usual, 0.0)
        given += float(total.sum()) * window.step
        used += float(passed.sum()) * window.step
        asked += float(usual) * window.step * window.steps
    return Balance("water", "m3", given, used, 0.0, 0.0, tolerance=1e-6, asked=asked)


def hold_possible(field: Field, plan: Plan, done: Operation, usual: FloatArray) -> None:
    """Raise where wells do what they cannot do.

    Parameters
    ----------
    field, plan, done
        The field, what its wells may do, and what they do.
    usual
        Drawdown by usual abstraction, m, shape (point,).

    Raises
    ------
    EngineError
        If a well gives more than its pump can lift, or is drawn deeper than it may be.
    """
    wells = field.wells
    if (done.rate > wells.capacity * plan.available * (1 + 1e-6) + 1e-9).any():
        raise EngineError(f"{field.id}: a well gives more than its pump can lift")
    limit = np.maximum(wells.max_drawdown, usual[: len(wells)]) * (1 + 1e-6) + 1e-6
    if ((done.rate > 0) & (done.drawdown[:, : len(wells)] > limit)).any():
        raise EngineError(f"{field.id}: a running well is drawn deeper than it may be")
