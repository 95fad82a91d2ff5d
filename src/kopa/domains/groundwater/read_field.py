"""Reads a well field from TOML, and tells all that is wrong with it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError, stopping

from .network import YEAR, Aquifer, Field, Observations, Permit, River, Wells
from .table import Checker

DAY, HOUR = 86_400.0, 3600.0
_PARTS = ("layer", "well", "observation", "river", "permit")


def read_field(file: Path) -> tuple[Field, tuple[Finding, ...]]:
    """Read a well field.

    Parameters
    ----------
    file
        A TOML file; ``docs/domains/groundwater.md`` shows one.

    Returns
    -------
    tuple
        The field, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings, if the field cannot be used.
    """
    check = Checker(str(file))
    document = _document(file, check)
    if document is not None:
        head = check.table("field", document, "top of the file", _PARTS)
        rows = {part: _tables(document, part, check) for part in _PARTS}
        _check_head(head, rows, check)
        _check_layers(rows["layer"], check)
        _check_wells(rows["well"], check)
        _check_places(rows, check)
        _check_ids(head, rows, check)
        _check_layer_numbers(rows, check)
    if document is None or stopping(check.findings):
        raise InputError(check.findings)
    return _field(file, head, rows), tuple(check.findings)


def _document(file: Path, check: Checker) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        check.wrong("missing-file", f"it cannot be read: {error.strerror}.", "Check the path.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        check.wrong("toml", f"it is no TOML: {error}.", "Correct it.")
    return None


def _tables(document: Mapping[str, Any], part: str, check: Checker) -> list[dict[str, Any]]:
    """All tables of a part, each with the place where it stands."""
    given = document.get(part, [])
    if part == "permit" and isinstance(given, dict):
        given = [given]
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        form = "[permit]" if part == "permit" else f"[[{part}]]"
        check.wrong("table", f"'{part}' is no table.", f"Write {form}.", part)
        return []
    found = []
    for number, one in enumerate(given, 1):
        name = one.get("id")
        place = f"{part} {name}" if isinstance(name, str) else f"{part} {number}"
        found.append({**check.table(part, one, place), "place": place})
    return found


def _check_head(
    head: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]], check: Checker
) -> None:
    for part in ("layer", "well"):
        if not rows[part]:
            check.wrong("no-" + part, f"there is no {part}.", f"Add a table [[{part}]].")
    if len(rows["permit"]) > 1:
        check.wrong("permits", "there is more than one permit.", "Write one table [permit].")
    if head["feeds"] not in ("waterworks", "network"):
        what = f"feeds is '{head['feeds']}'."
        check.wrong("feeds", what, "Write waterworks or network.", "feeds")
    if head["gradient"] and math.isnan(head["flow_azimuth_degree"]):
        check.wrong(
            "direction",
            "there is a gradient, but no 'flow_azimuth_degree'.",
            "Write where groundwater flows to: 0 north, 90 east.",
            "gradient",
        )
    if head["crs"]:
        from kopa.errors import UsageError
        from kopa.geo.project import Projection

        try:
            Projection(head["crs"])
        except UsageError as error:
            check.wrong("crs", f"{error}.", "Use the CRS of the city, in metres.", "crs")


def _check_layers(layers: Sequence[Mapping[str, Any]], check: Checker) -> None:
    for number, layer in enumerate(layers):
        storage = not math.isnan(layer["specific_storage_1_m"])
        free = not math.isnan(layer["specific_yield"])
        if storage == free:
            check.wrong(
                "storage",
                "it has both a specific storage and a specific yield."
                if storage
                else "it has no storage.",
                "Write specific_storage_1_m; or specific_yield, for a first layer whose water "
                "table is free.",
                layer["place"],
            )
        above = not math.isnan(layer["resistance_above_d"])
        if free and (number > 0 or above):
            check.wrong(
                "water-table",
                "a layer below another, or below an aquitard, has no free water table.",
                "Write specific_storage_1_m instead of specific_yield.",
                layer["place"],
            )
        if number > 0 and not above:
            check.wrong(
                "resistance",
                "'resistance_above_d' is missing: nothing says how it is parted from the layer "
                "above.",
                "Write the resistance of the aquitard, d; a tight one has 100000 or more.",
                layer["place"],
            )


def _check_wells(wells: Sequence[Mapping[str, Any]], check: Checker) -> None:
    for well in wells:
        day, hour = well["discharge_m3_d"], well["discharge_m3_h"]
        if math.isnan(day) == math.isnan(hour):
            check.wrong(
                "discharge",
                "it has no discharge." if math.isnan(day) else "it has two discharges.",
                "Write discharge_m3_d or discharge_m3_h.",
                well["place"],
            )
            continue
        if _rate(well) > well["capacity_m3_h"] / HOUR * (1 + 1e-9):
            check.wrong(
                "capacity",
                f"it gives {_rate(well) * HOUR:.3g} m³/h, but its pump can lift "
                f"{well['capacity_m3_h']:.3g} m³/h.",
                "Check both, and their units (m³/d, m³/h).",
                well["place"],
            )
    if wells and not sum(_rate(well) for well in wells) > 0:
        check.wrong("no-abstraction", "no well gives anything.", "Write the usual discharges.")


def _check_places(rows: Mapping[str, Sequence[Mapping[str, Any]]], check: Checker) -> None:
    """Wells in one place, and observation points within a bore."""
    wells = [well for well in rows["well"] if _placed(well)]
    for number, one in enumerate(wells):
        for other in wells[:number]:
            apart = math.dist((one["x"], one["y"]), (other["x"], other["y"]))
            if apart < one["radius_m"] + other["radius_m"] and one["layer"] == other["layer"]:
                check.wrong(
                    "one-place",
                    f"it stands {apart:.3g} m from {other['place']}.",
                    "Correct x and y: two wells of a layer cannot share a place.",
                    one["place"],
                )
    if len(wells) > 1:
        x, y = (np.array([well[axis] for well in wells]) for axis in "xy")
        if np.hypot(np.ptp(x), np.ptp(y)) < 1:
            check.wrong(
                "units-xy",
                "all wells stand within one metre.",
                "x and y are metres in a projected CRS, not degrees.",
                severity="error",
            )


def _placed(row: Mapping[str, Any]) -> bool:
    return all(math.isfinite(row[key]) for key in ("x", "y", "radius_m"))


def _check_ids(
    head: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]], check: Checker
) -> None:
    seen = {head["id"]: "the field"}
    for part in ("well", "observation", "river"):
        for row in rows[part]:
            if row["id"] and row["id"] in seen:
                check.wrong(
                    "duplicate",
                    f"the id '{row['id']}' is taken by {seen[row['id']]}.",
                    "Give each an id of its own.",
                    row["place"],
                )
            seen.setdefault(row["id"], row["place"])


def _check_layer_numbers(rows: Mapping[str, Sequence[Mapping[str, Any]]], check: Checker) -> None:
    layers = len(rows["layer"])
    for part in ("well", "observation", "river"):
        for row in rows[part]:
            if layers and not 1 <= row["layer"] <= layers:
                check.wrong(
                    "layer",
                    f"layer {row['layer']:g} is not there: the aquifer has {layers}.",
                    "Count from the top, from 1.",
                    row["place"],
                )


def _rate(well: Mapping[str, Any]) -> float:
    """Usual abstraction, m³/s."""
    day, hour = well["discharge_m3_d"], well["discharge_m3_h"]
    return float(hour / HOUR if math.isnan(day) else day / DAY)


def _column(rows: Sequence[Mapping[str, Any]], name: str, factor: float = 1.0) -> Any:
    return np.array([row[name] for row in rows], dtype=np.float64) * factor


def _or(values: Any, blank: Any) -> Any:
    return np.where(np.isnan(values), blank, values)


def _layers_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    return np.array([int(row["layer"]) - 1 for row in rows], dtype=np.int64)


def _text(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    return tuple(row[name] or "" for row in rows)


def _field(
    file: Path, head: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Field:
    permit = rows["permit"][0] if rows["permit"] else None
    return Field(
        id=head["id"],
        name=head["name"] or "",
        crs=head["crs"] or "",
        feeds=head["feeds"],
        take_over=head["take_over"],
        pumping=head["pumping_d"] * DAY,
        aquifer=_aquifer(head, rows["layer"]),
        wells=_wells(rows["well"]),
        observations=_observations(rows["observation"]),
        rivers=tuple(_river(row) for row in rows["river"]),
        permit=Permit(permit["m3_per_year"] / YEAR, permit["source"]) if permit else Permit(),
        source=file,
    )


def _aquifer(head: Mapping[str, Any], layers: Sequence[Mapping[str, Any]]) -> Aquifer:
    free = not math.isnan(layers[0]["specific_yield"])
    storage = _column(layers, "specific_storage_1_m")
    if free:
        storage[0] = layers[0]["specific_yield"]
    azimuth = head["flow_azimuth_degree"]
    return Aquifer(
        conductivity=_column(layers, "conductivity_m_d", 1 / DAY),
        thickness=_column(layers, "thickness_m"),
        storage=storage,
        porosity=_column(layers, "porosity"),
        resistance=_or(_column(layers, "resistance_above_d", DAY), np.inf),
        phreatic=free,
        gradient=head["gradient"],
        azimuth=0.0 if math.isnan(azimuth) else math.radians(azimuth),
    )


def _wells(rows: Sequence[Mapping[str, Any]]) -> Wells:
    rate = np.array([_rate(row) for row in rows])
    return Wells(
        ids=_text(rows, "id"),
        names=_text(rows, "name"),
        x=_column(rows, "x"),
        y=_column(rows, "y"),
        radius=_column(rows, "radius_m"),
        layer=_layers_of(rows),
        discharge=rate,
        capacity=np.maximum(_or(_column(rows, "capacity_m3_h", 1 / HOUR), rate), rate),
        lift=_column(rows, "lift_m"),
        efficiency=_column(rows, "pump_efficiency"),
        power=_or(_column(rows, "pump_kw", 1e3), np.inf),
        max_drawdown=_or(_column(rows, "max_drawdown_m"), np.inf),
        entry_resistance=_column(rows, "entry_resistance_d", DAY),
    )


def _observations(rows: Sequence[Mapping[str, Any]]) -> Observations:
    return Observations(
        ids=_text(rows, "id"),
        names=_text(rows, "name"),
        x=_column(rows, "x"),
        y=_column(rows, "y"),
        layer=_layers_of(rows),
        limit=_or(_column(rows, "drawdown_limit_m"), np.inf),
        sources=_text(rows, "limit_source"),
    )


def _river(row: Mapping[str, Any]) -> River:
    return River(
        id=row["id"],
        name=row["name"] or "",
        xy=np.array(row["points"], dtype=np.float64),
        layer=int(row["layer"]) - 1,
        bed_resistance=row["bed_resistance_d"] * DAY,
        width=row["width_m"],
    )
