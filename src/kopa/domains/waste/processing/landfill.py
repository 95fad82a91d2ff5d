"""Methane of a landfill by first-order decay.

References
----------
IPCC (2006), Guidelines for National Greenhouse Gas Inventories, vol. 5, ch. 3, equations 3.1 to
3.6 and annex 3A.1; IPCC (2019), Refinement, vol. 5, ch. 3. Values of ``landfill.csv`` name the
tables that they are of.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kopa.model import FloatArray

CARBON_TO_METHANE = 16.0 / 12.0
METHANE_KG_M3 = 0.7157
"""Density of methane at 0 °C and 101.325 kPa (ISO 6976)."""
METHANE_KWH_KG = 50.01 / 3.6
"""Lower heating value of methane, kWh/kg (ISO 6976: 50.01 MJ/kg)."""
CLIMATES = ("boreal_temperate_dry", "boreal_temperate_wet", "tropical_dry", "tropical_wet")

Span = tuple[float, float, float]
"""Low, mid and high."""


@dataclass(frozen=True)
class Stream:
    """What one stream brings to the landfill.

    Parameters
    ----------
    name
        Its name.
    tonnes
        Deposited in each year, t, shape (year,).
    doc
        Degradable organic carbon, t C a t of wet waste.
    docf
        Share of it that decays.
    k
        Rate of decay, 1/year.
    """

    name: str
    tonnes: FloatArray
    doc: Span
    docf: Span
    k: Span


@dataclass(frozen=True)
class Landfill:
    """A landfill and its years.

    Parameters
    ----------
    first_year
        Year of the first deposit.
    streams
        What is brought.
    mcf
        Methane correction factor, by kind of management.
    methane_share
        Share of methane in the gas, by volume.
    oxidation
        Share that oxidises in the cover.
    delay_months
        From deposit to the begin of decay.
    recovered
        Share of the methane made in each year that is collected, shape (year,).
    efficiency
        Of the engine that burns it; NaN where there is none.
    """

    first_year: int
    streams: tuple[Stream, ...]
    mcf: Span
    methane_share: Span
    oxidation: Span
    delay_months: float
    recovered: FloatArray
    efficiency: Span

    @property
    def years(self) -> list[int]:
        """The years, from the first."""
        return list(range(self.first_year, self.first_year + len(self.recovered)))


@dataclass(frozen=True)
class Methane:
    """Methane of a landfill; the first axis is low, mid and high.

    Parameters
    ----------
    made
        In the landfill, t, shape (3, stream, year).
    recovered
        Collected, t, shape (3, year).
    emitted
        To the air, t, shape (3, year).
    gas_m3
        Gas collected, m³ at 0 °C and 101.325 kPa, shape (3, year).
    electricity_kwh
        From the gas collected, shape (3, year); NaN without an engine.
    """

    made: FloatArray
    recovered: FloatArray
    emitted: FloatArray
    gas_m3: FloatArray
    electricity_kwh: FloatArray


@cache
def defaults() -> Mapping[tuple[str, str], Span]:
    """Values of ``landfill.csv`` by quantity and what it is of: low, mid and high."""
    text = (
        files("kopa.domains.waste.processing").joinpath("landfill.csv").read_text(encoding="utf-8")
    )
    return {
        (row["quantity"], row["of"]): (float(row["low"]), float(row["mid"]), float(row["high"]))
        for row in csv.DictReader(text.splitlines())
    }


def kinds(quantity: str) -> tuple[str, ...]:
    """What a quantity of ``landfill.csv`` is given for."""
    return tuple(of for name, of in defaults() if name == quantity)


def decayed(deposits: FloatArray, k: FloatArray, delay_months: float = 6.0) -> FloatArray:
    """Carbon that decays in each year, by the recursion of the IPCC.

    Waste arrives evenly over a year, on average in its middle; decay begins `delay_months` after.
    With the 6 months of the IPCC it begins with the next year.

    Parameters
    ----------
    deposits
        DDOCm deposited, t C, shape (stream, year).
    k
        Rate of decay, 1/year, shape (stream,).
    delay_months
        From 0 to 6.

    Returns
    -------
    FloatArray
        DDOCm decomposed, t C, shape (stream, year).

    References
    ----------
    IPCC (2006), vol. 5, ch. 3, equations 3.4 and 3.5; with a part of the first year as in annex
    3A.1, where M = delay + 7 is the month in which decay begins.
    """
    found = np.empty_like(deposits, dtype=np.float64)
    kept = np.exp(-k)
    first_kept = np.exp(-k * (6.0 - delay_months) / 12.0)
    stock = np.zeros(len(deposits))
    for year, brought in enumerate(deposits.T):
        found[:, year] = stock * (1.0 - kept) + brought * (1.0 - first_kept)
        stock = stock * kept + brought * first_kept
    return found


def methane(landfill: Landfill) -> Methane:
    """Methane made, recovered and emitted in each year, with its range.

    The range takes each parameter at its ends: more carbon always makes more methane; of the rate
    of decay, which makes more early and less late, the least and the most of low, mid and high
    counts in each year. All streams are low or high together.

    References
    ----------
    IPCC (2006), vol. 5, ch. 3, equations 3.1 (emission), 3.2 (DDOCm) and 3.6 (methane).
    """
    tonnes = np.array([stream.tonnes for stream in landfill.streams])
    made = _made(landfill, tonnes)
    recovered = made.sum(axis=1) * landfill.recovered
    left = made.sum(axis=1) - recovered
    oxidation = np.array(landfill.oxidation)[::-1, None]  # much oxidation, little emission
    kwh = recovered * 1000 * METHANE_KWH_KG * np.array(landfill.efficiency)[:, None]
    share = np.array(landfill.methane_share)[:, None]  # little methane is not little gas
    return Methane(
        made=made,
        recovered=recovered,
        emitted=left * (1.0 - oxidation),
        gas_m3=recovered * 1000 / METHANE_KG_M3 / share,
        electricity_kwh=kwh,
    )


def _made(landfill: Landfill, tonnes: FloatArray) -> FloatArray:
    """Methane made, t, shape (3, stream, year)."""
    rates = np.array([stream.k for stream in landfill.streams])
    parts = np.array([[stream.doc, stream.docf] for stream in landfill.streams])
    potential = parts.prod(axis=1) * landfill.mcf * landfill.methane_share * CARBON_TO_METHANE
    per_rate = np.array(
        [decayed(tonnes, rates[:, case], landfill.delay_months) for case in range(3)]
    )
    ends = (per_rate.min(axis=0), per_rate[1], per_rate.max(axis=0))
    return np.array([potential[:, [case]] * ends[case] for case in range(3)])


def closed_form(deposits: Sequence[float], k: float, delay_months: float = 6.0) -> FloatArray:
    """The same as `decayed` for one stream, as a sum of exponentials: what decays in a year.

    It is here to prove the recursion, and is slower by the number of years.
    """
    years, first = len(deposits), (6.0 - delay_months) / 12.0
    found = np.zeros(years)
    for begin, year in itertools.combinations_with_replacement(range(years), 2):
        age = year - begin
        older = np.exp(-k * (age - 1 + first)) if age else 1.0
        found[year] += deposits[begin] * (older - np.exp(-k * (age + first)))
    return found
