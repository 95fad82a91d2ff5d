"""Jobs on a waterworks' file."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from kopa import __version__, console
from kopa.console import number
from kopa.domain import Finding
from kopa.errors import UsageError

from .engine_phreeqc import CARBONATE_G_MOL, Beaker, Water
from .network import RawWater, Softening, Waterworks
from .read_plant import read_one
from .water_quality import (
    GERMAN_DEGREE,
    Softened,
    blend_of,
    chlorine_left,
    chlorine_needed,
    conditioning,
    dose_for,
    imbalance,
    indices,
    leaving,
    mixed,
    softened,
)

UNBALANCED = 0.1
"""An analysis whose charges differ by more is told (DIN 38402-62: 5 to 10 % at most)."""


def blend(arguments: argparse.Namespace) -> int:
    """Raw waters mixed; gives the exit code."""
    works, findings = _works(arguments.file)
    shares = blend_of(works)
    if arguments.hardness is not None:
        shares = _shares_for(works, arguments.hardness)
    water = mixed(shares)
    document = {
        **_head(works, findings),
        "shares": {source.id: share for source, share in shares.items()},
        "sources": {source.id: _water_row(mixed({source: 1.0})) for source in shares},
        "blend": _water_row(water),
    }
    if arguments.json:
        console.document(document)
        return 0
    console.tell(findings)
    waters = {s.id: mixed({s: 1.0}) for s in shares} | {"blend": water}
    named = ", ".join(f"{share:.1%} {source.id}" for source, share in shares.items())
    console.say(f"{works.place.name or works.place.id}: {named}")
    _tell_waters(waters)
    return 0


def soften(arguments: argparse.Namespace) -> int:
    """Dose of the softener; gives the exit code."""
    works, findings = _works(arguments.file)
    if works.softening is None:
        raise UsageError(f"{arguments.file} has no [softening]: name the chemical there")
    shares, softening = blend_of(works), works.softening
    if arguments.hardness is None:
        found = softened(shares, softening)
    else:
        found = dose_for(shares, softening, arguments.hardness)
    document = {
        **_head(works, findings),
        "chemical": softening.chemical,
        "dose_mmol_l": found.dose,
        "dose_kg_per_day": found.dose * _MOLAR_G[softening.chemical] * works.flow_m3_d / 1000,
        "calcite_mmol_l": found.calcite,
        "calcite_kg_per_day": found.calcite * CARBONATE_G_MOL * works.flow_m3_d / 1000,
        "raw": _water_row(mixed(shares)),
        "softened": _water_row(found.water),
        "conditioning": None,
    }
    waters = {"raw": mixed(shares), "softened": found.water}
    if arguments.index is not None:
        then, dose, water = conditioning(_after(shares, softening, found), arguments.index)
        document["conditioning"] = {
            "chemical": then,
            "dose_mmol_l": dose,
            "water": _water_row(water),
        }
        waters[f"with {then}"] = water
    if arguments.json:
        console.document(document)
        return 0
    console.tell(findings)
    console.say(
        f"{number(found.dose)} mmol/L of {softening.chemical} "
        f"({number(document['dose_kg_per_day'])} kg a day); "
        f"{number(found.calcite)} mmol/L of calcite fall out."
    )
    if document["conditioning"] is not None:
        then = document["conditioning"]
        console.say(f"Then {number(then['dose_mmol_l'])} mmol/L of {then['chemical']}.")
    _tell_waters(waters)
    return 0


_MOLAR_G = {"NaOH": 39.997, "Ca(OH)2": 74.093, "Na2CO3": 105.988}


def stability(arguments: argparse.Namespace) -> int:
    """What leaves the works; gives the exit code."""
    works, findings = _works(arguments.file)
    if not 0 <= arguments.dose <= 10:
        raise UsageError("--dose lies between 0 and 10")
    water, outside = leaving(works, arguments.dose)
    document = {
        **_head(works, findings),
        "water": _water_row(water),
        "outside": list(outside),
        "chlorine": _chlorine(works, arguments.dose),
    }
    if arguments.json:
        console.document(document)
        return 0
    console.tell(findings)
    _tell_waters({"leaving": water})
    console.say(f"Outside its targets: {', '.join(outside) or 'nothing'}.")
    chlorine = document["chlorine"]
    if chlorine["status"] == "unknown":
        console.say("Chlorine: unknown, the file has no [chlorine].")
    else:
        console.say(
            f"Chlorine {number(chlorine['dose_mg_l'])} mg/L falls to "
            f"{number(chlorine['left_mg_l'])} mg/L in {number(chlorine['age_h'])} h; "
            f"{number(chlorine['needed_mg_l'])} mg/L would leave {chlorine['least_mg_l']:g} mg/L."
        )
    return 0


def _works(file: Path) -> tuple[Waterworks, list[Finding]]:
    found, findings = read_one(file)
    if not isinstance(found, Waterworks):
        raise UsageError(f"{file} is a wastewater plant: use run or aeration")
    told = list(findings)
    for source in found.sources:
        gap = imbalance(source)
        if abs(gap) > UNBALANCED:
            what = f"cations and anions differ by {gap:+.0%} of their mean."
            do = "Check the analysis and its units."
            told.append(
                Finding("treatment.charge", what, do, "warning", str(file), f"source {source.id}")
            )
    return found, told


def _shares_for(works: Waterworks, hardness: float) -> dict[RawWater, float]:
    """Shares of two sources that give a hardness, which mixes in proportion."""
    if len(works.sources) != 2:
        raise UsageError(
            "--hardness chooses the shares of two sources: the file has another number"
        )
    one, other = works.sources
    first, second = mixed({one: 1.0}).hardness, mixed({other: 1.0}).hardness
    if not min(first, second) <= hardness <= max(first, second) or first == second:
        raise UsageError(
            f"{hardness:g} mmol/L lies outside {first:.2f} to {second:.2f} mmol/L of the sources"
        )
    share = (hardness - second) / (first - second)
    return {one: share, other: 1 - share}


def _after(shares: dict[RawWater, float], softening: Softening, found: Softened) -> Any:
    def water(chemical: str, dose: float) -> Water:
        with Beaker(shares) as beaker:
            beaker.add(softening.chemical, found.dose)
            if found.dose:
                beaker.precipitate(softening.saturation_index)
            beaker.add(chemical, dose)
            return beaker.water()

    return water


def _head(works: Waterworks, findings: list[Finding]) -> dict[str, Any]:
    return {
        "kopa": __version__,
        "status": "ok",
        "waterworks": works.place.id,
        "findings": console.finding_rows(findings),
    }


def _water_row(water: Water) -> dict[str, Any]:
    return {
        "temperature_c": water.temperature_c,
        "ph": water.ph,
        "hardness_mmol_l": water.hardness,
        "hardness_dh": water.hardness / GERMAN_DEGREE,
        "alkalinity_mmol_l": water.alkalinity,
        "sodium_mg_l": water.totals["Na"] * 22.990,
        "conductivity_us_cm": water.conductivity,
        **indices(water),
    }


def _chlorine(works: Waterworks, dosed: float) -> dict[str, Any]:
    chlorine = works.chlorine
    if chlorine is None:
        return {"status": "unknown"}
    one = replace(chlorine, dose_mg_l=chlorine.dose_mg_l * dosed)
    left = chlorine_left(one, one.age_h)
    return {
        "status": "holds" if left >= one.least_mg_l else "too little",
        "dose_mg_l": one.dose_mg_l,
        "age_h": one.age_h,
        "left_mg_l": left,
        "least_mg_l": one.least_mg_l,
        "needed_mg_l": chlorine_needed(one),
    }


_SHOWN = {
    "temperature_c": "temperature, °C",
    "ph": "pH",
    "hardness_mmol_l": "hardness, mmol/L",
    "hardness_dh": "hardness, °dH",
    "alkalinity_mmol_l": "alkalinity, mmol/L",
    "sodium_mg_l": "sodium, mg/L",
    "conductivity_us_cm": "conductivity, µS/cm",
    "saturation_index": "saturation index of calcite",
    "calcite_precipitation_mg_l": "calcite that falls out (−: dissolves), mg/L",
    "ryznar_index": "Ryznar index",
    "corrosion_ratio": "(Cl + NO3 + 2 SO4) / alkalinity",
}


def _tell_waters(waters: dict[str, Water]) -> None:
    rows = {name: _water_row(water) for name, water in waters.items()}

    def cell(value: float) -> str:
        return "unknown" if not math.isfinite(value) else f"{value:.2f}"

    table = [(words, *(cell(row[key]) for row in rows.values())) for key, words in _SHOWN.items()]
    console.table(("", *rows), table, numbers=len(rows))
