"""One wastewater plant for a city that has no files of it; its place may be the map's.

Rules and their sources stand in ``rules.csv`` and ``limits.csv``; ``docs/design/treatment.md``
tells how they are used. No waterworks is made: nobody knows a raw water's analysis from a map.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import attributes
from kopa.domain.design import Design, Progress, Site, Survey
from kopa.domain.rules import Rules, rules
from kopa.errors import EngineError, Finding
from kopa.geo.project import Projection
from kopa.geo.read_features import read_tagged
from kopa.model import IntArray, Window

from ..bsm1 import completed
from ..network import PLANT, WastewaterPlant
from ..permit import held
from ..read_plant import read_one
from ..tables import Tables
from ..wastewater import model_window, simulate, usual

PACKAGE = "kopa.domains.treatment.design"
DOMAIN = "kopa.domains.treatment"
FILE = "treatment/wwtp.toml"
ID = "WWTP"
AIRED = 3
"""Tanks with air."""
_HOURS = 8760.0


@cache
def limits() -> tuple[Mapping[str, str], ...]:
    """Rows of ``limits.csv``: limits by the persons that a plant serves."""
    text = files(PACKAGE).joinpath("limits.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@dataclass(frozen=True)
class Where:
    """Where the plant stands.

    Parameters
    ----------
    x, y
        m.
    node
        Nearest street node with a main.
    name, osm
        The map's name and id of it, empty where the map has none.
    """

    x: float
    y: float
    node: int
    name: str = ""
    osm: str = ""


@dataclass(frozen=True)
class Size:
    """How large the plant is.

    Parameters
    ----------
    persons
        Population equivalents by waste water.
    dry, greatest
        Mean flow of a dry day and greatest flow that the biology takes, m³/d.
    storm_tank
        m³.
    """

    persons: float
    dry: float
    greatest: float
    storm_tank: float


def draw(survey: Survey, folder: Path, progress: Progress = lambda text: None) -> Design:
    """Write the plant as TOML."""
    rule = rules(PACKAGE)
    progress("the wastewater plant")
    where, size = place(rule, survey), size_of(rule, survey)
    file = folder / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_text(rule, where, size), encoding="utf-8", newline="\n")
    progress("a dry day of the plant; the first on a machine compiles the model")
    findings = _proved(file)
    power = round(size.persons * rule["plant_energy"] / _HOURS, 2)
    site = Site(f"treatment:{ID}", "treatment_plant", where.x, where.y, power, where.node)
    counts = {
        "treatment_plants": 1,
        "population_equivalents": round(size.persons),
        "dry_flow_m3_d": round(size.dry),
    }
    return Design({"plants": [FILE]}, (FILE,), counts, (site,), findings)


def _proved(file: Path) -> tuple[Finding, ...]:
    """What a dry day shows: no answer, water past the biology, effluent above a limit."""
    plant, _ = read_one(file)
    assert isinstance(plant, WastewaterPlant)
    fine = model_window(Window(0, 3600, 24))
    try:
        run = simulate(plant, fine, usual(fine.steps))
    except EngineError as error:
        wrong = [f"{error}"]
    else:
        past = float(run.overflow.sum())
        wrong = [f"{past:.0f} m³ of a dry day flow past the biology"] if past > 0 else []
        wrong += [
            f"{one.limit.quantity} of a dry day is {one.worst:.1f} g/m³, above its limit of "
            f"{one.limit.limit_g_m3:g}"
            for one in held(plant, run)
            if one.worst > one.limit.limit_g_m3
        ]
    do = "Write the sizes of the city's own plant into the file."
    code, asset = "design.treatment-dry-day", f"treatment:{ID}"
    return tuple(Finding(code, f"{w}.", do, "warning", FILE, asset=asset) for w in wrong)


def place(rule: Rules, survey: Survey) -> Where:
    """The map's plant nearest to a main; else where the sewers end; else the lowest main.

    Parameters
    ----------
    rule
        The rules of the design.
    survey
        The city.
    """
    streets = survey.streets
    node: IntArray = np.unique(np.concatenate([streets.a[survey.mains], streets.b[survey.mains]]))
    found = read_tagged(survey.osm, Projection(streets.crs), ("man_made", "wastewater_plant"))
    if len(found):
        from scipy.spatial import cKDTree

        tree = cKDTree(np.column_stack([streets.x[node], streets.y[node]]))
        far, near = tree.query(np.column_stack([found.x, found.y]))
        row = int(np.argmin(far))
        if far[row] <= rule["farthest"]:
            x, y = float(found.x[row]), float(found.y[row])
            name = found.tags[row].get("name", "")
            return Where(x, y, int(node[near[row]]), name, found.ids[row])
    for site in survey.sites:
        if site.kind == "treatment_plant":
            return Where(site.x, site.y, site.node)
    lowest = int(node[np.argmin(survey.ground[node])])
    return Where(float(streets.x[lowest]), float(streets.y[lowest]), lowest)


def size_of(rule: Rules, survey: Survey) -> Size:
    """Flow and load by what people there are.

    Parameters
    ----------
    rule
        The rules of the design.
    survey
        The city.
    """
    spots = survey.spots
    litres = np.array([rule.of("use", kind) for kind in spots.kinds])
    waste = float(spots.people @ litres) / 1000
    ground = waste * rule["infiltration"]
    greatest = waste * rule["dry_peak"] * rule["treated"] + ground
    return Size(
        persons=max(waste * 1000 / rule["use.home"], 1.0),
        dry=max(waste + ground, 0.1),
        greatest=max(greatest, 0.1),
        storm_tank=greatest * rule["storm_tank"] / 24,
    )


def _text(rule: Rules, where: Where, size: Size) -> str:
    """The plant's file. It names all values, those of BSM1 too: what it takes is seen in it."""
    place_of = "the map's" if where.osm else "synthetic"
    head = {
        "kind": PLANT,
        "id": ID,
        "name": where.name,
        "x": round(where.x, 2),
        "y": round(where.y, 2),
        "origin": "synthetic",
    }
    lines = [
        "# Made by kopa new. Sizes, flows and loads are synthetic: by rule, from the people of the",
        f"# map (docs/design/treatment.md). The place is {place_of}.",
        *([f"# OpenStreetMap: {where.osm}."] if where.osm else []),
        *(_line(key, value) for key, value in head.items() if value != ""),
    ]
    for name, table in _tables(rule, size).items():
        lines += ["", f"[{name}]", *(_line(key, value) for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"  # JSON writes these as TOML does


def _tables(rule: Rules, size: Size) -> dict[str, dict[str, Any]]:
    """Tables of the file: the design's, BSM1's sizes scaled to them, and usual values."""
    own: dict[str, dict[str, Any]] = {
        "flow": {
            "dry_m3_d": round(size.dry, 1),
            "greatest_m3_d": round(size.greatest, 1),
            "storm_tank_m3": round(size.storm_tank, 1),
            "pumped": True,
            "lift_kwh_m3": rule["lift"],
        },
        "tanks": {"settler_area_m2": round(size.greatest / 24 / rule["settler_rate"], 1)},
        "sludge": {"recirculation_m3_d": round(rule["recirculation"] * size.dry, 1)},
        "load": {"persons": round(size.persons, 1)},
        "aeration": {"oxygen_g_m3": [rule["oxygen"]] * AIRED},
    }
    whole = completed({**own, "layout": "bsm1"}, Tables(FILE, []))
    volumes = [volume * rule["tank_volume"] for volume in whole["tanks"]["volumes_m3"]]
    whole["tanks"]["volumes_m3"] = volumes
    found = {
        name: _rounded(whole[name]) for name in ("flow", "load", "tanks", "sludge", "aeration")
    }
    for attribute in attributes(DOMAIN):
        table = found.get(attribute.table, {})
        if attribute.required == "expected" and attribute.name not in table:
            table[attribute.name] = attribute.value(None)
    for row in limits():
        if float(row["from_persons"]) <= size.persons < float(row["below_persons"]):
            found[f"permit.{row['quantity']}"] = {
                "limit_g_m3": float(row["limit_g_m3"]),
                "average_h": float(row["average_h"]),
                "source": row["source"],
            }
    return found


def _rounded(table: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as a person writes them."""

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return round(value, 3) if isinstance(value, float) else value

    return {key: plain(value) for key, value in table.items()}
