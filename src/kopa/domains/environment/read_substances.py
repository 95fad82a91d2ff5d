"""Reads the levels at which a substance in the air harms: ``substances.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GAS_CONSTANT = 8.314462618
PRESSURE = 101_325.0


@dataclass(frozen=True)
class Substance:
    """A substance and its acute exposure guideline levels.

    Parameters
    ----------
    name
        Its name.
    molar_mass
        g/mol.
    levels_ppm
        ppm by AEGL level (1 to 3) and minutes of exposure.
    reference
        Where the levels are from.
    """

    name: str
    molar_mass: float
    levels_ppm: Mapping[tuple[int, int], float]
    reference: str

    def level(self, level: int, minutes: int = 60, temperature_c: float = 20.0) -> float | None:
        """A level, kg/m³; None where none is known.

        Parameters
        ----------
        level
            1, 2 or 3.
        minutes
            Exposure: 10, 30 or 60.
        temperature_c
            Of the air, °C.
        """
        ppm = self.levels_ppm.get((level, minutes))
        if ppm is None:
            return None
        moles = PRESSURE / (GAS_CONSTANT * (temperature_c + 273.15))
        return ppm * 1e-6 * moles * self.molar_mass * 1e-3


@cache
def substances() -> Mapping[str, Substance]:
    """All substances by name."""
    here = files("kopa.domains.environment").joinpath("substances.csv")
    rows = list(csv.DictReader(here.read_text(encoding="utf-8").splitlines()))
    found = {}
    for name in dict.fromkeys(row["substance"] for row in rows):
        mine = [row for row in rows if row["substance"] == name]
        levels = {(int(row["level"]), int(row["minutes"])): float(row["ppm"]) for row in mine}
        mass = float(mine[0]["molar_mass_g_mol"])
        found[name] = Substance(name, mass, levels, mine[0]["reference"])
    return found
