"""Reads wastewater plants and waterworks from TOML and JSON, and tells all that is wrong."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, stopping

from .bsm1 import completed
from .influent import organic_nitrogen_share
from .network import (
    CHEMICALS,
    PLANT,
    QUANTITIES,
    WORKS,
    Aeration,
    Chlorine,
    Inflow,
    Limit,
    Load,
    Place,
    RawWater,
    Sludge,
    Softening,
    Tanks,
    Target,
    Treatment,
    WastewaterPlant,
    Waterworks,
)
from .tables import Tables

_PLANT_TABLES = ("flow", "load", "tanks", "sludge", "aeration", "permit")
_WORKS_TABLES = ("works", "source", "softening", "target", "chlorine")
_AIRED = 3


def read_all(folder: Path, patterns: Sequence[str]) -> tuple[Treatment, tuple[Finding, ...]]:
    """Read all files of a city.

    Parameters
    ----------
    folder
        The city's folder.
    patterns
        Files, or patterns of files, below it.

    Returns
    -------
    tuple
        The plants and waterworks, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []
    plants: list[WastewaterPlant] = []
    works: list[Waterworks] = []
    first: dict[str, str] = {}
    for file in _files(folder, patterns, findings):
        one = _read(file, findings)
        if one is None:
            continue
        if one.place.id in first:
            what = f"the id '{one.place.id}' stands in {first[one.place.id]} already."
            do = "Give each plant an id of its own."
            findings.append(Finding("treatment.duplicate", what, do, file=str(file)))
        first[one.place.id] = str(file)
        if isinstance(one, WastewaterPlant):
            plants.append(one)
        else:
            works.append(one)
    if stopping(findings):
        raise InputError(findings)
    return Treatment(tuple(plants), tuple(works)), tuple(findings)


def read_one(file: Path) -> tuple[WastewaterPlant | Waterworks, tuple[Finding, ...]]:
    """Read one file.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []
    one = _read(file, findings)
    if one is None or stopping(findings):
        raise InputError(findings)
    return one, tuple(findings)


def _files(folder: Path, patterns: Sequence[str], findings: list[Finding]) -> list[Path]:
    files: dict[Path, None] = {}
    for pattern in patterns:
        absolute = Path(pattern).is_absolute()
        found = [Path(pattern)] if absolute else sorted(folder.glob(pattern))
        found = [file for file in found if file.is_file()]
        if not found:
            what = f"no file answers to '{pattern}'."
            do = "Check the path in [treatment] of city.toml."
            findings.append(Finding("treatment.missing-file", what, do, file=str(folder / pattern)))
        files.update(dict.fromkeys(found))
    return list(files)


def _document(file: Path, tables: Tables) -> Mapping[str, Any] | None:
    try:
        text = file.read_bytes().decode("utf-8-sig")
        found = json.loads(text) if file.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        tables.wrong("missing-file", "", f"{error.strerror}.", "Check the path.")
    except UnicodeDecodeError as error:
        tables.wrong("encoding", "", f"byte {error.start} is not UTF-8.", "Save it as UTF-8.")
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        tables.wrong("syntax", "", f"it cannot be read: {error}.", "Write TOML, or JSON in *.json.")
    else:
        if isinstance(found, dict):
            return found
        tables.wrong("table", "", "it holds no table.", "Write kind, id, x, y and tables.")
    return None


def _read(file: Path, findings: list[Finding]) -> WastewaterPlant | Waterworks | None:
    """A plant or waterworks; what is wrong is put to the findings, an error means None."""
    tables = Tables(str(file), findings)
    before = len(findings)
    found = _document(file, tables)
    if found is None:
        return None
    kind = found.get("kind")
    if kind not in (PLANT, WORKS):
        do = f'Write kind = "{PLANT}" or "{WORKS}".'
        tables.wrong("kind", "kind", f"kind is {str(kind)[:60]!r}.", do)
        return None
    if kind == PLANT:
        found = completed(found, tables)
    inner = _PLANT_TABLES if kind == PLANT else _WORKS_TABLES
    head = {key: value for key, value in found.items() if key not in inner}
    values = tables.table("asset", head, "the head of the file")
    build = _plant if kind == PLANT else _works
    # all tables are read, so that all that is wrong is told
    parts = build(found, tables)
    if stopping(findings[before:]):
        return None
    place = Place(
        id=values["id"],
        name=values["name"] or "",
        x=values["x"],
        y=values["y"],
        origin=values["origin"] or "",
    )
    return WastewaterPlant(place, **parts) if kind == PLANT else Waterworks(place, **parts)


def _plant(found: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    flow = tables.table("flow", found.get("flow", {}))
    load = tables.table("load", found.get("load", {}))
    sizes = tables.table("tanks", found.get("tanks", {}))
    sludge = tables.table("sludge", found.get("sludge", {}))
    air = tables.table("aeration", found.get("aeration", {}))
    _count(tables, "[tanks]", "volumes_m3", sizes["volumes_m3"], 5)
    for name in ("oxygen_g_m3", "transfer_per_d"):
        if air[name]:
            _count(tables, "[aeration]", name, air[name], _AIRED)
    if bool(air["oxygen_g_m3"]) == bool(air["transfer_per_d"]):
        tables.wrong(
            "aeration",
            "[aeration]",
            "it needs either oxygen_g_m3 or transfer_per_d, and not both.",
            "Write the set-points of the three tanks with air, or their fixed transfer.",
        )
    if flow["greatest_m3_d"] and flow["dry_m3_d"] and flow["greatest_m3_d"] < flow["dry_m3_d"]:
        what = "greatest_m3_d is less than dry_m3_d."
        tables.wrong("flow", "[flow]", what, "The biology takes the dry flow at the very least.")
    if load["nitrogen_g_person_d"] <= organic_nitrogen_share() * load["cod_g_person_d"]:
        what = "nitrogen_g_person_d is less than the solids of cod_g_person_d hold."
        tables.wrong("load", "[load]", what, "Check both numbers and their units.")
    return {
        "inflow": Inflow(**flow),
        "load": Load(**load),
        "tanks": Tanks(**sizes),
        "sludge": Sludge(**sludge),
        "aeration": Aeration(**air),
        "permit": _permit(found.get("permit", {}), tables),
    }


def _count(tables: Tables, place: str, name: str, values: Sequence[float], count: int) -> None:
    if values and len(values) != count:
        what = f"{name} has {len(values)} numbers."
        tables.wrong("count", place, what, f"Write {count}, in the order of flow.")


def _permit(given: Any, tables: Tables) -> tuple[Limit, ...]:
    if not isinstance(given, Mapping):
        do = "Write a table for each quantity, such as [permit.ammonia]."
        tables.wrong("table", "[permit]", "it is no table.", do)
        return ()
    if not given:
        tables.wrong(
            "no-permit",
            "[permit]",
            "the plant has no permit: nothing is held against a limit.",
            "Add tables such as [permit.ammonia] with limit_g_m3, average_h and source.",
            "warning",
        )
    limits = []
    for quantity, values in given.items():
        place = f"[permit.{quantity}]"
        if quantity not in QUANTITIES:
            what = f"'{quantity}' is nothing that this model knows in the effluent."
            do = f"Use one of: {', '.join(QUANTITIES)}. Phosphorus is not modelled."
            tables.wrong("permit", place, what, do)
            continue
        limits.append(Limit(quantity, **tables.table("permit", values, place)))
    return tuple(limits)


def _works(found: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    plain = tables.table("works", found.get("works", {}))
    rows = found.get("source", [])
    if not isinstance(rows, list) or not rows:
        tables.wrong("sources", "[[source]]", "there is no raw water.", "Add a [[source]] table.")
        rows = []
    sources = tuple(
        _source(row, tables, f"[[source]] {number}") for number, row in enumerate(rows, 1)
    )
    total = sum(source.share for source in sources)
    if rows and not abs(total - 1) <= 1e-6:
        what = f"the shares of the sources add up to {total:g}."
        tables.wrong("shares", "[[source]]", what, "Make them add up to 1.")
    if len({source.id for source in sources}) < len(sources):
        what = "two sources have the same id."
        tables.wrong("duplicate", "[[source]]", what, "Give each an id of its own.")
    parts = {**plain, "sources": sources, "target": _target(found.get("target"), tables)}
    if "softening" in found:
        softening = tables.table("softening", found["softening"])
        if softening["chemical"] and softening["chemical"] not in CHEMICALS:
            what = f"the chemical is '{softening['chemical']}'."
            tables.wrong("chemical", "[softening]", what, f"Use {', '.join(CHEMICALS)}.")
        parts["softening"] = Softening(**softening)
    if "chlorine" in found:
        parts["chlorine"] = Chlorine(**tables.table("chlorine", found["chlorine"]))
    return parts


def _source(row: Any, tables: Tables, place: str) -> RawWater:
    values = tables.table("source", row, place)
    bicarbonate = values.pop("bicarbonate_mg_l")
    if (bicarbonate is None) == (values["alkalinity_mmol_l"] is None):
        what = "it needs either bicarbonate_mg_l or alkalinity_mmol_l, and not both."
        tables.wrong("alkalinity", place, what, "Write the one that was measured.")
    if bicarbonate is not None:
        values["alkalinity_mmol_l"] = bicarbonate / BICARBONATE_G_MOL
    return RawWater(**values)


BICARBONATE_G_MOL = 61.017
"""Molar mass of bicarbonate, g/mol."""


def _target(given: Any, tables: Tables) -> Target:
    if given is None:
        return Target()
    values = tables.table("target", given)
    for name, ends in values.items():
        if ends and (len(ends) != 2 or ends[0] > ends[1]):
            what = f"{name} is no range."
            tables.wrong("range", "[target]", what, "Write the least and the greatest value.")
    return Target(**values)
