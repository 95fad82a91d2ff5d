"""What leaves a waterworks: its blend, softened, held against its targets.

References
----------
Larson and Skold (1958), Corrosion 14: 285; Ryznar (1944), Journal AWWA 36: 472; DIN EN 12502-3
(2005); Haas and Karra (1984), Journal WPCF 56: 170.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from kopa.errors import EngineError, RangeError

from .engine_phreeqc import CARBONATE_G_MOL, Beaker, Water, analysed
from .network import Chlorine, RawWater, Softening, Waterworks

STEPS = 40
"""Halvings of an interval: a dose is known to 1e-11 of it."""
MOST_DOSE = 20.0
"""Doses are looked for up to here, mmol/L."""
NEAR = 1e-6
"""An index within this of what is wanted is there."""
GERMAN_DEGREE = 0.17832
"""A German degree of hardness, mmol/L (DIN 38409-6)."""


@dataclass(frozen=True)
class Softened:
    """A softened water.

    Parameters
    ----------
    water
        What leaves the reactor.
    dose
        Of the chemical, mmol/L.
    calcite
        That fell out, mmol/L.
    """

    water: Water
    dose: float
    calcite: float


def blend_of(works: Waterworks) -> dict[RawWater, float]:
    """Raw waters with their shares."""
    return {source: source.share for source in works.sources}


def mixed(blend: Mapping[RawWater, float]) -> Water:
    """Raw waters mixed.

    Raises
    ------
    EngineError
        If PHREEQC has no answer.
    """
    with Beaker(blend) as beaker:
        return beaker.water()


def softened(blend: Mapping[RawWater, float], softening: Softening) -> Softened:
    """The blend after a dose, when calcite fell out to the index that the reactor leaves.

    Parameters
    ----------
    blend
        Raw waters with their shares.
    softening
        Chemical, dose and index.

    Raises
    ------
    EngineError
        If PHREEQC has no answer.
    """
    with Beaker(blend) as beaker:
        beaker.add(softening.chemical, softening.dose_mmol_l)
        calcite = beaker.precipitate(softening.saturation_index) if softening.dose_mmol_l else 0.0
        return Softened(beaker.water(), softening.dose_mmol_l, calcite)


def dose_for(blend: Mapping[RawWater, float], softening: Softening, hardness: float) -> Softened:
    """The least dose that brings the blend down to a hardness.

    Parameters
    ----------
    blend
        Raw waters with their shares.
    softening
        Chemical and index; its dose is not used.
    hardness
        Wanted, mmol/L.

    Raises
    ------
    EngineError
        If PHREEQC has no answer.
    RangeError
        If no dose does it: only calcium falls out, and lime brings calcium of its own.
    """

    def at(dose: float) -> Softened:
        return softened(blend, replace(softening, dose_mmol_l=dose))

    now = at(0.0)
    if now.water.hardness <= hardness:
        return now
    # hardness falls with the dose to a least value, and with lime rises again after it
    doses = [MOST_DOSE * (number / 80) ** 2 for number in range(1, 81)]
    low = 0.0
    for dose in doses:
        if at(dose).water.hardness <= hardness:
            found = _root(lambda d: hardness - at(d).water.hardness, low, dose)
            return at(found)
        low = dose
    raise RangeError(
        f"no dose of {softening.chemical} up to {MOST_DOSE:g} mmol/L brings "
        f"{now.water.hardness:.2f} mmol/L down to {hardness:g} mmol/L"
    )


def conditioning(water_of: Callable[[str, float], Water], index: float) -> tuple[str, float, Water]:
    """The least carbon dioxide or sodium hydroxide that brings a water to a saturation index.

    Parameters
    ----------
    water_of
        Gives the water after a chemical and its dose, mmol/L.
    index
        Wanted.

    Returns
    -------
    tuple
        Chemical, dose in mmol/L, and the water.
    """
    down = water_of("CO2", 0.0).saturation_index > index
    chemical, sign = ("CO2", 1.0) if down else ("NaOH", -1.0)

    def over(dose: float) -> float:
        return sign * (index - water_of(chemical, dose).saturation_index)

    if abs(over(0.0)) < NEAR:
        return chemical, 0.0, water_of(chemical, 0.0)
    high = 0.01  # doubled, not begun with the greatest: lye beyond what is needed is never tried
    while over(high) < 0:
        high *= 2
        if high > MOST_DOSE:
            raise RangeError(f"no dose of {chemical} brings the index to {index:g}")
    dose = _root(over, 0.0, high)
    return chemical, dose, water_of(chemical, dose)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a function rises through zero, from the side where it has."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) >= 0 else (middle, high)
    return high


def indices(water: Water) -> dict[str, float]:
    """What a water does to pipes; NaN where it cannot be said.

    Calcite that it dissolves or lets fall, mg/L; Langelier's and Ryznar's index with PHREEQC's
    saturation pH (pH less index); ratio of Larson and Skold and S1 of DIN EN 12502, molar.
    """
    strong = water.totals["Cl"] + 2 * water.totals["S(6)"]
    ratio = strong / water.alkalinity if water.alkalinity > 0 else math.nan
    return {
        "saturation_index": water.saturation_index,
        "calcite_precipitation_mg_l": water.precipitates * CARBONATE_G_MOL,
        "saturation_ph": water.ph - water.saturation_index,
        "ryznar_index": water.ph - 2 * water.saturation_index,
        "corrosion_ratio": ratio,
    }


def imbalance(raw: RawWater) -> float:
    """Cations less anions of an analysis, over their mean (DIN 38402-62)."""
    ions = analysed(raw)
    plus = 2 * ions.get("Ca", 0) + 2 * ions.get("Mg", 0) + ions.get("Na", 0) + ions.get("K", 0)
    minus = ions.get("Cl", 0) + 2 * ions.get("S(6)", 0) + raw.alkalinity_mmol_l
    return (plus - minus) / max((plus + minus) / 2, 1e-9)


def chlorine_left(chlorine: Chlorine, hours: float, dose: float | None = None) -> float:
    """Free chlorine after some hours, mg/L: two parts that each decay at first order."""
    start = chlorine.dose_mg_l if dose is None else dose
    fast = chlorine.fast_share * math.exp(-chlorine.fast_decay_per_h * hours)
    return start * (fast + (1 - chlorine.fast_share) * math.exp(-chlorine.decay_per_h * hours))


def chlorine_needed(chlorine: Chlorine) -> float:
    """Dose that leaves the least chlorine at the farthest tap, mg/L."""
    return chlorine.least_mg_l / chlorine_left(chlorine, chlorine.age_h, 1.0)


@lru_cache(maxsize=64)
def leaving(works: Waterworks, dosed: float) -> tuple[Water, tuple[str, ...]]:
    """What leaves a waterworks, and what of it lies outside the targets.

    Parameters
    ----------
    works
        The waterworks.
    dosed
        Times the doses of its file.

    Raises
    ------
    EngineError
        If PHREEQC has no answer.
    """
    try:
        water = _treated(works, dosed)
    except EngineError as error:
        raise EngineError(f"{works.place.id}: {error}") from error
    target = works.target
    found = {
        "hardness_mmol_l": (water.hardness, target.hardness_mmol_l),
        "ph": (water.ph, target.ph),
        "saturation_index": (water.saturation_index, target.saturation_index),
    }
    outside = [n for n, (value, ends) in found.items() if ends and not _within(value, ends)]
    chlorine = works.chlorine
    if chlorine is not None:
        left = chlorine_left(chlorine, chlorine.age_h, chlorine.dose_mg_l * dosed)
        if left < chlorine.least_mg_l:
            outside.append("chlorine_mg_l")
    return water, tuple(outside)


def _treated(works: Waterworks, dosed: float) -> Water:
    if works.softening is None:
        return mixed(blend_of(works))
    dose = works.softening.dose_mmol_l * dosed
    return softened(blend_of(works), replace(works.softening, dose_mmol_l=dose)).water


def _within(value: float, ends: tuple[float, ...]) -> bool:
    return ends[0] <= value <= ends[1]
