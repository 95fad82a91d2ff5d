"""What the measures of a check-list save, cost and are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .catalogue import Measure, catalogue
from .formula import Value
from .money import net_present_value, payback
from .read_plant import Planned, Plant


@dataclass(frozen=True)
class Row:
    """A measure of a plant's check-list.

    Parameters
    ----------
    measure, planned
        What it is, and what is known of it.
    missing
        Inputs without which its energy is unknown.
    reason
        Why it is unknown though no input is missing; empty otherwise.
    kwh, eur, co2
        Saved a year: kWh, EUR and kgCO2e; NaN where unknown.
    npv, payback
        EUR and years; NaN where unknown.
    lacks
        What money and gas lack: ``fuel.price_eur_kwh``, ``investment_eur``, …
    """

    measure: Measure
    planned: Planned
    missing: tuple[str, ...]
    reason: str
    kwh: float
    eur: float
    co2: float
    npv: float
    payback: float
    lacks: tuple[str, ...]

    @property
    def known(self) -> bool:
        """True if the energy that it saves is known."""
        return math.isfinite(self.kwh)


def saved_kwh(measure: Measure, planned: Planned) -> Value:
    """Energy that a measure saves a year, kWh; all its inputs are there.

    Parameters
    ----------
    measure, planned
        The measure, and what is known of it.
    """
    values = dict(planned.values)
    for name, formula in measure.where.items():
        values[name] = formula(values)
    return measure.formula(values)


def rows(plant: Plant) -> list[Row]:
    """The check-list: what is worth most first, then what is unknown.

    Parameters
    ----------
    plant
        What is known.
    """
    found = [_row(plant, one) for one in plant.planned]
    worth = np.nan_to_num([row.npv for row in found], nan=-math.inf)
    order = sorted(
        range(len(found)),
        key=lambda at: (not found[at].known, -worth[at], -np.nan_to_num(found[at].kwh), at),
    )
    return [found[at] for at in order]


def _row(plant: Plant, planned: Planned) -> Row:
    measure = catalogue().measures[planned.use]
    missing = tuple(name for name in measure.inputs if name not in planned.values)
    kwh, reason = math.nan, ""
    if not missing:
        value = saved_kwh(measure, planned)
        kwh = float(value) if np.ndim(value) == 0 else math.nan
        if not math.isfinite(kwh):
            kwh, reason = math.nan, "the formula has no value with these inputs"
    price, gas = plant.price[measure.saves], plant.co2[measure.saves]
    eur = kwh * price
    npv = net_present_value(planned.investment, eur, plant.discount, planned.lifetime)
    asked = {
        f"{measure.saves}.price_eur_kwh": price,
        f"{measure.saves}.kgco2e_kwh": gas,
        "discount_rate": plant.discount,
        "investment_eur": planned.investment,
        "lifetime_yr": planned.lifetime,
    }
    lacks = tuple(name for name, value in asked.items() if math.isnan(value))
    return Row(
        measure, planned, missing, reason, kwh, eur, kwh * gas, npv,
        payback(planned.investment, eur), lacks,
    )  # fmt: skip
