"""Changes and inputs of a run, as what is done to each plant and waterworks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kopa.domain import Change
from kopa.model import FloatArray, PortSeries, Window

from .network import Treatment
from .wastewater import DAY_S, Forcing, model_window, usual

UNLINKED = -1.0
"""Inflow where no sewer is linked: the plant's own dry weather comes."""
ENOUGH = 0.5
"""A plant stands still in a step with less than this share of its electricity."""
M3_D_OF_LITRES = DAY_S / 1000


@dataclass(frozen=True)
class WorksForcing:
    """What a waterworks has, by step of the window.

    Parameters
    ----------
    raw, power, running
        Raw water, electricity and service, shares, shape (step,).
    dosed
        Times the doses of its file, shape (step,).
    """

    raw: FloatArray
    power: FloatArray
    running: FloatArray
    dosed: FloatArray

    @property
    def supply(self) -> FloatArray:
        """Share of its water that it can give, shape (step,)."""
        return np.asarray(np.clip(self.raw, 0.0, 1.0) * self.power * self.running)


def on(share: FloatArray) -> FloatArray:
    """1 where there is enough electricity, 0 elsewhere."""
    return np.asarray((share >= ENOUGH).astype(np.float64))


def plant_forcing(
    treatment: Treatment, row: int, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> Forcing:
    """What is done to a plant, by model step.

    Parameters
    ----------
    treatment, row
        The plants, and which one.
    window
        The run's window.
    changes, inputs
        As `Domain.run` gets them.
    """
    fine = model_window(window)
    parts = fine.steps // window.steps
    native = treatment.assets.ids[row]
    forcing = usual(fine.steps)
    values = {name: np.array(getattr(forcing, name)) for name in ("running", "load", "oxygen")}
    for change in changes:
        if change.asset != native:
            continue
        cover = fine.cover(change.start, change.end)
        value = change.value if change.value is not None else 0.0
        if change.kind == "off":
            values["running"] *= cover < ENOUGH
        elif change.kind == "factor":
            values["load"] *= 1 + (value - 1) * cover
        elif change.kind == "oxygen":
            values["oxygen"][cover >= ENOUGH] = value
    if "electricity" in inputs:
        values["power"] = np.repeat(on(inputs["electricity"][:, row]), parts)
    if "inflow" in inputs:
        column = row  # the port's assets are the plants, which come first
        given = inputs["inflow"][:, column]
        flow = np.where(given < 0, UNLINKED, given * M3_D_OF_LITRES)
        values["inflow"] = np.repeat(flow, parts)
    return replace(forcing, **{name: tuple(series.tolist()) for name, series in values.items()})


def works_forcing(
    treatment: Treatment, number: int, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> WorksForcing:
    """What a waterworks has, by step.

    Parameters
    ----------
    treatment, number
        The waterworks, and which one.
    window
        The run's window.
    changes, inputs
        As `Domain.run` gets them.
    """
    row = int(treatment.works_rows[number])
    native = treatment.assets.ids[row]
    one = np.ones(window.steps)
    raw, power, running, dosed = one.copy(), one.copy(), one.copy(), one.copy()
    for change in changes:
        if change.asset != native:
            continue
        cover = window.cover(change.start, change.end)
        if change.kind == "off":
            running *= 1 - cover
        elif change.kind == "dose" and change.value is not None:
            dosed = np.where(cover >= ENOUGH, change.value, dosed)
    if "electricity" in inputs:
        power = on(inputs["electricity"][:, row])
    if "raw_water" in inputs:
        raw = np.asarray(inputs["raw_water"][:, number])
    return WorksForcing(raw, power, running, dosed)
