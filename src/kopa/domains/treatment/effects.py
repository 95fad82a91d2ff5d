"""What a run adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.ledger.account import Account, Balance, spans
from kopa.model import FloatArray, IntArray, Window

from .asm1 import Q
from .asm1 import nitrogen as nitrogen_of
from .forcing import WorksForcing
from .network import Treatment
from .permit import above
from .wastewater import DAY_S, PlantRun

_ENGINE = "ASM1 and Takács' settler by bsm2-python"


@dataclass(frozen=True)
class Plants:
    """What the wastewater plants of a run do, by step of its window, shape (step, plant).

    Parameters
    ----------
    overflow, poor
        Water past the plant, and effluent above a limit's value, m³.
    over
        Share of the step in which it is.
    ammonia, nitrogen
        What leaves with water, g.
    received
        Nitrogen that comes to the biology, g.
    energy
        kWh.
    """

    overflow: FloatArray
    poor: FloatArray
    over: FloatArray
    ammonia: FloatArray
    nitrogen: FloatArray
    received: FloatArray
    energy: FloatArray


def plants_of(treatment: Treatment, window: Window, runs: Sequence[PlantRun]) -> Plants:
    """The runs of all plants, by step of the window.

    Parameters
    ----------
    treatment, window
        The plants and the run's window.
    runs
        One a plant, by model step.
    """

    def stacked(columns: list[FloatArray]) -> FloatArray:
        if not columns:
            return np.zeros((window.steps, 0))
        return np.stack([c.reshape(window.steps, -1).sum(axis=1) for c in columns], axis=1)

    overs = [above(plant, run) for plant, run in zip(treatment.plants, runs, strict=True)]
    biology = [run.routed.biology for run in runs]
    return Plants(
        overflow=stacked([run.overflow for run in runs]),
        poor=stacked([run.amount("outflow") * o for run, o in zip(runs, overs, strict=True)]),
        over=stacked([np.asarray(o / (len(o) // window.steps)) for o in overs]),
        ammonia=stacked([run.ammonia for run in runs]),
        nitrogen=stacked([run.nitrogen for run in runs]),
        received=stacked(
            [w[:, Q] * r.days * nitrogen_of(w) for w, r in zip(biology, runs, strict=True)]
        ),
        energy=stacked([np.sum(list(run.energy.values()), axis=0) for run in runs]),
    )


def balance(runs: Sequence[PlantRun], treatment: Treatment) -> Balance:
    """Water that came to the plants against what left them, m³.

    Parameters
    ----------
    runs, treatment
        One run a plant, and the plants.
    """
    came = sum(float(run.waters[:, Q].sum()) * run.days for run in runs)
    used = sum(float(run.amount("outflow").sum()) for run in runs)
    past = sum(float(run.overflow.sum()) for run in runs)
    waste = sum(float(run.amount("waste_water").sum()) for run in runs)
    stored = sum(float(run.routed.tank[-1]) for run in runs)
    return Balance("water", "m3", came, used, past + waste, stored, 1e-6)


def accounts(
    treatment: Treatment,
    window: Window,
    plants: Plants,
    works: Sequence[tuple[WorksForcing, FloatArray]],
    events: IntArray,
) -> tuple[Account, ...]:
    """Poorly treated water, nitrogen, hours outside the permit, electricity.

    Parameters
    ----------
    treatment, window, plants
        The plants and what they do.
    works
        What each waterworks has, and the share of each step in which its water is outside its
        targets.
    events
        Event behind each asset's accounts, -1 for none, shape (asset,).
    """
    days = window.step / DAY_S
    flow = np.array([one.flow_m3_d for one in treatment.works]) * days
    per_m3 = np.array([one.electricity_kwh_m3 for one in treatment.works])
    supply = _columns([forcing.supply for forcing, _ in works], window)
    off_target = _columns([outside for _, outside in works], window)

    def account(quantity: str, unit: str, values: FloatArray, how: str) -> Account:
        starts, ends = spans(values > 1e-9, window.starts, window.step)
        own = quantity == "insufficiently_treated"
        return Account(
            "environment", quantity, unit, values.sum(axis=0), how,
            starts=starts, ends=ends, events=events, own=own,
        )  # fmt: skip

    def both(of_plants: FloatArray, of_works: FloatArray | None = None) -> FloatArray:
        blank = np.zeros((window.steps, len(treatment.works)))
        return np.hstack([of_plants, blank if of_works is None else of_works])

    return (
        account(
            "insufficiently_treated",
            "m3",
            both(plants.overflow + plants.poor, (1 - supply) * flow + supply * off_target * flow),
            "wastewater past the biology or above the value of a limit, drinking water outside "
            f"its targets or not made; {_ENGINE}",
        ),
        account(
            "ammonia_discharged",
            "kg",
            both(plants.ammonia / 1000),
            f"ammonia nitrogen in effluent and in water past the biology; {_ENGINE}",
        ),
        account(
            "nitrogen_discharged",
            "kg",
            both(plants.nitrogen / 1000),
            f"all nitrogen in effluent and in water past the biology; {_ENGINE}",
        ),
        account(
            "nitrogen_received",
            "kg",
            both(plants.received / 1000),
            "nitrogen that comes to the biology",
        ),
        account(
            "permit_exceedance",
            "h",
            both(plants.over, off_target) * window.hours_per_step,
            "hours in which the effluent is above a limit's value, or a target is not kept",
        ),
        account(
            "treatment_energy",
            "kWh",
            both(plants.energy, supply * flow * per_m3),
            "aeration by oxygen transfer, pumping and mixing (Alex et al. 2008, section 4.2); "
            "waterworks: volume times kWh a cubic metre",
        ),
    )


def _columns(columns: list[FloatArray], window: Window) -> FloatArray:
    return np.stack(columns, axis=1) if columns else np.zeros((window.steps, 0))
