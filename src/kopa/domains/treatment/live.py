"""Measured values of plants and waterworks: how they stand now, and what is wrong or at risk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, switched
from kopa.model import FloatArray, Window
from kopa.model.window import clock

from .forcing import WorksForcing
from .network import Limit, Treatment
from .permit import concentration
from .wastewater import PlantRun

GRAMS_PER_CUBIC_METRE = "A93"
EFFLUENT = "effluent_"
"""Quantities of devices: ``effluent_ammonia``, and so on for all that a permit limits."""
STEADY_S = 300.0
"""A plant that stands still for less is starting again."""


def meters(
    treatment: Treatment, window: Window, runs: Sequence[PlantRun], works: Sequence[WorksForcing]
) -> tuple[Meter, ...]:
    """What meters show: what runs, and what the effluents hold.

    Parameters
    ----------
    treatment, window
        The plants, and the run's window.
    runs, works
        One a wastewater plant, and one a waterworks.
    """
    rows = np.concatenate([treatment.plant_rows, treatment.works_rows])
    on = [_by_step(window, run.amount("outflow")) > 0 for run in runs]
    on += [np.repeat(one.supply, window.steps // len(one.supply)) > 0 for one in works]
    running = np.array(on, dtype=np.float64).reshape(len(rows), window.steps).T
    found = [Meter("running", "", rows, running, flag=True)]
    limited = {limit.quantity for plant in treatment.plants for limit in plant.permit}
    for quantity in sorted(limited):
        # where nothing leaves, nothing is too strong
        values = [np.nan_to_num(_by_step(window, concentration(run, quantity))) for run in runs]
        found.append(
            Meter(
                EFFLUENT + quantity,
                GRAMS_PER_CUBIC_METRE,
                treatment.plant_rows,
                np.array(values).T,
            )
        )
    return tuple(found)


def _by_step(window: Window, values: FloatArray) -> FloatArray:
    """Means of the steps of a window, of what the model has in shorter ones."""
    return np.asarray(values.reshape(window.steps, -1).mean(axis=1))


def state(treatment: Treatment, now: LiveState) -> list[Change]:
    """Plants and waterworks that stand still.

    Parameters
    ----------
    treatment, now
        The plants, and what was measured.
    """
    ids = treatment.assets.ids
    return switched(now, "running", "off", ids, "treatment", steady_s=STEADY_S)


def watch(treatment: Treatment, now: LiveState) -> list[Finding]:
    """What stands still, effluents above a limit, and limits that will be broken.

    Parameters
    ----------
    treatment, now
        The plants, and what was measured.
    """
    found = [
        Finding(
            "treatment.off",
            f"{change.full} does not run.",
            "See why it stopped, and what flows past it.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
        if change.kind == "off"
    ]
    for row, plant in zip(treatment.plant_rows.tolist(), treatment.plants, strict=True):
        asset = treatment.assets.full(row)
        for limit in plant.permit:
            value = _measured(now, limit, row)
            if value is not None and value > limit.limit_g_m3:
                found.append(_above(asset, limit, value))
            else:
                found += _ahead(now, asset, row, limit)
    return found


def _measured(now: LiveState, limit: Limit, row: int) -> float | None:
    """Mean of the last hour at a plant; None where nobody measures it."""
    readings = now.readings.get(EFFLUENT + limit.quantity)
    if readings is None:
        return None
    at = np.flatnonzero(readings.rows == row)
    return float(readings.mean[at[0]]) if len(at) else None


def _above(asset: str, limit: Limit, value: float) -> Finding:
    return Finding(
        "treatment.above-limit",
        f"{asset}: {limit.quantity} is {value:.3g} g/m³ in the last hour, above the "
        f"{limit.limit_g_m3:g} g/m³ that may leave in {limit.average_h:g} h ({limit.source}).",
        "Give more air, or hold water back.",
        "warning",
        asset=asset,
        values={
            "asset": asset, "quantity": limit.quantity, "value": f"{value:.3g}",
            "limit": f"{limit.limit_g_m3:g}", "hours": f"{limit.average_h:g}",
            "source": limit.source,
        },
    )  # fmt: skip


def _ahead(now: LiveState, asset: str, row: int, limit: Limit) -> Iterator[Finding]:
    """A limit whose mean the forecast breaks, and a usual day does not."""
    name = EFFLUENT + limit.quantity
    expected, usual = now.expected.get(name), now.usual.get(name)
    if expected is None or usual is None:
        return
    steps = max(1, round(limit.average_h * 3600 / now.window.step))
    column = expected.column[row]
    over = _means(expected.values[:, column], steps) > limit.limit_g_m3
    over &= _means(usual.values[:, usual.column[row]], steps) <= limit.limit_g_m3
    if not over.any():
        return
    end = int(np.flatnonzero(over)[0]) + min(steps, len(expected.values))
    when = clock((now.window.start + end * now.window.step) % 86_400)
    yield Finding(
        "treatment.limit-ahead",
        f"{asset}: {limit.quantity} passes its limit of {limit.limit_g_m3:g} g/m³ in "
        f"{limit.average_h:g} h at {when} if nothing is done ({limit.source}).",
        "Give more air, or hold water back.",
        "warning",
        asset=asset,
        values={
            "asset": asset, "quantity": limit.quantity, "limit": f"{limit.limit_g_m3:g}",
            "hours": f"{limit.average_h:g}", "time": when, "source": limit.source,
        },
    )  # fmt: skip


def _means(values: FloatArray, steps: int) -> FloatArray:
    """Means over so many steps, or over all where there are fewer."""
    width = min(steps, len(values))
    return np.convolve(values, np.full(width, 1 / width), mode="valid")
