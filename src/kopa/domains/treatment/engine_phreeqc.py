"""Waters in equilibrium, by PHREEQC.

The only importer of phreeqpython. The database is PHREEQC's own (``phreeqc.dat``). Nitrate goes
in as chloride: it counts in the ionic strength, and a reaction does not reduce it to nitrogen.

References
----------
Parkhurst and Appelo (2013), Description of input and examples for PHREEQC version 3, U.S.
Geological Survey Techniques and Methods 6-A43.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kopa.errors import EngineError

from .network import RawWater

CALCIUM_G_MOL, CARBONATE_G_MOL = 40.078, 100.087
MOLAR_G = {
    "Ca": CALCIUM_G_MOL,
    "Mg": 24.305,
    "Na": 22.990,
    "K": 39.098,
    "Cl": 35.453,
    "S(6)": 96.063,
    "NO3": 62.005,
}
"""Molar masses, g/mol; of sulphate and nitrate as ions, and of calcium carbonate."""
_ALKALINE = {
    "HCO3-": 1,
    "CaHCO3+": 1,
    "MgHCO3+": 1,
    "NaHCO3": 1,
    "OH-": 1,
    "CaOH+": 1,
    "MgOH+": 1,
    "CO3-2": 2,
    "CaCO3": 2,
    "MgCO3": 2,
    "NaCO3-": 2,
    "NaOH": 1,
    "H+": -1,
    "HSO4-": -1,
}
"""Equivalents of alkalinity of each species."""
_LOCK = threading.RLock()


@dataclass(frozen=True)
class Water:
    """A water.

    Parameters
    ----------
    temperature_c, ph
        Temperature, °C, and pH.
    totals
        Calcium, magnesium, sodium, potassium, chloride, sulphate and inorganic carbon by
        PHREEQC's names, mmol/L; nitrate is among the chloride.
    alkalinity
        mmol/L.
    saturation_index
        Of calcite; NaN where the water has no calcium or carbonate.
    precipitates
        Calcite that precipitates until equilibrium, mmol/L; below zero it dissolves (CCPP).
    conductivity
        µS/cm at the water's temperature.
    ionic_strength
        mmol/L.
    """

    temperature_c: float
    ph: float
    totals: Mapping[str, float]
    alkalinity: float
    saturation_index: float
    precipitates: float
    conductivity: float
    ionic_strength: float

    @property
    def hardness(self) -> float:
        """Calcium and magnesium, mmol/L."""
        return self.totals.get("Ca", 0.0) + self.totals.get("Mg", 0.0)


def analysed(raw: RawWater) -> dict[str, float]:
    """Ions of an analysis, mmol/L, with nitrate as chloride."""
    found = {
        "Ca": raw.calcium_mg_l / MOLAR_G["Ca"],
        "Mg": raw.magnesium_mg_l / MOLAR_G["Mg"],
        "Na": raw.sodium_mg_l / MOLAR_G["Na"],
        "K": raw.potassium_mg_l / MOLAR_G["K"],
        "Cl": raw.chloride_mg_l / MOLAR_G["Cl"] + raw.nitrate_mg_l / MOLAR_G["NO3"],
        "S(6)": raw.sulphate_mg_l / MOLAR_G["S(6)"],
    }
    return {ion: amount for ion, amount in found.items() if amount > 0}


class Beaker:
    """A water in which reactions happen.

    Use it as a context manager: PHREEQC then forgets the water.

    Parameters
    ----------
    waters
        What is mixed, with shares that add up to 1; none for pure water at 25 °C.

    Raises
    ------
    EngineError
        If PHREEQC has no answer, here or in a method.
    """

    def __init__(self, waters: Mapping[RawWater, float] | None = None) -> None:
        self._waters = {raw: share for raw, share in (waters or {}).items() if share > 0}
        self._numbers: list[int] = []
        self._solution: Any = None

    def __enter__(self) -> Beaker:
        _LOCK.acquire()
        try:
            self._solution = self._keep(self._poured())
        except Exception as error:  # phreeqpython raises nothing narrower
            self.__exit__()
            raise _unanswered(error) from error
        return self

    def _poured(self) -> Any:
        if not self._waters:
            return _phreeqc().add_solution({"temp": 25.0})
        parts = {self._keep(_solution(raw)): share for raw, share in self._waters.items()}
        return _phreeqc().mix_solutions(parts) if len(parts) > 1 else next(iter(parts)).copy()

    def __exit__(self, *_: object) -> None:
        try:
            if self._numbers:
                _phreeqc().remove_solutions(self._numbers)
        finally:
            _LOCK.release()

    def _keep(self, solution: Any) -> Any:
        self._numbers.append(solution.number)
        return solution

    def add(self, chemical: str, mmol: float) -> None:
        """Add a chemical, mmol/L."""
        if mmol:
            self._react(lambda: self._solution.add(chemical, mmol))

    def precipitate(self, saturation_index: float = 0.0) -> float:
        """Let calcite fall out until an index is left; gives it, mmol/L, never below zero."""
        before = self._solution.total_element("Ca")
        if self._index() > saturation_index:
            self._react(lambda: self._solution.desaturate("Calcite", saturation_index))
        return max(float(before - self._solution.total_element("Ca")), 0.0)

    def equilibrate(self, phases: Mapping[str, float]) -> None:
        """Bring it to equilibrium with much of each phase, at its index (log10 bar of a gas)."""
        names, indices = list(phases), list(phases.values())
        self._react(lambda: self._solution.equalize(names, indices, [10.0] * len(names)))

    def water(self) -> Water:
        """The water as it is."""
        found = self._solution
        totals = {
            name: float(found.total_element(name.partition("(")[0]))
            for name in ("Ca", "Mg", "Na", "K", "Cl", "S(6)", "C(4)")
        }
        species = found.species_moles
        alkalinity = 1000 * sum(species.get(name, 0.0) * n for name, n in _ALKALINE.items())
        copy = self._keep(found.copy())
        self._react(lambda: copy.equalize(["Calcite"], [0.0], [10.0]))
        return Water(
            float(found.temperature),
            float(found.pH),
            totals,
            float(alkalinity),
            self._index(),
            float(totals["Ca"] - copy.total_element("Ca")),
            float(found.sc),
            1000 * float(found.I),
        )

    def _index(self) -> float:
        index = float(self._solution.si("Calcite"))
        return index if index > -99 else float("nan")

    @staticmethod
    def _react(reaction: Any) -> None:
        try:
            reaction()
        except Exception as error:  # phreeqpython raises nothing narrower
            raise _unanswered(error) from error


@cache
def _phreeqc() -> Any:
    from phreeqpython import PhreeqPython

    return PhreeqPython(database="phreeqc.dat")


def _solution(raw: RawWater) -> Any:
    amounts: dict[str, Any] = {"units": "mmol/l", "temp": raw.temperature_c, "pH": raw.ph}
    return _phreeqc().add_solution(
        {**amounts, **analysed(raw), "Alkalinity": raw.alkalinity_mmol_l}
    )


def _unanswered(error: Exception) -> EngineError:
    lines = [line for line in str(error).splitlines() if line.startswith("ERROR")]
    why = lines[0].removeprefix("ERROR:").strip() if lines else "it stops"
    return EngineError(f"PHREEQC has no answer: {why[:160]}")
