"""The jobs on a well field: drawdown, capture zones, largest abstraction."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import EngineError, Finding, RangeError, UsageError
from kopa.model import FloatArray

from .capture import Capture, width
from .capture import capture as captured
from .cli_common import (
    daily,
    deep,
    discharge_of,
    head,
    observation_rows,
    points_table,
    read,
    seconds_of,
    unknown,
    well_rows,
    written,
)
from .drawdown import at_points, on_grid, svg
from .effects import pump_power
from .engine_modflow import Numerical, numerical
from .network import YEAR, Field
from .permit import Binding, Largest, largest
from .read_field import DAY, HOUR

_CONSERVED = 0.03
"""Share by which the area of a zone may differ from Q t / (n b) where no water leaks in."""


def drawdown(arguments: argparse.Namespace) -> int:
    """Drawdown at wells and points; gives the exit code."""
    field, findings = read(arguments)
    discharge = discharge_of(field, arguments.well)
    seconds = seconds_of(field, arguments.days)
    model = None
    try:
        if arguments.numerical:
            model = numerical(field, discharge, seconds)
            found = model.at_points(field)
        else:
            found = at_points(field, discharge, seconds)
        if arguments.output:
            title = f"{field.name or field.id}: drawdown after {seconds / DAY:g} days"
            grid = on_grid(field, discharge, seconds, model)
            arguments.output.write_text(svg(field, grid, title), encoding="utf-8")
    except EngineError as error:
        return unknown(arguments, findings, error)
    given = model.given if model else discharge
    findings += deep(field, found, thin=model is None)
    findings += _dry(field, discharge, given)
    power = pump_power(field, given, found[: len(field.wells)])
    findings += _overloaded(field, power)
    if arguments.json:
        console.document(
            {
                **head(field, findings),
                "days": seconds / DAY,
                "wells": [
                    {**row, "power_kw": watts / 1e3}
                    for row, watts in zip(well_rows(field, given, found), power, strict=True)
                ],
                "observations": observation_rows(field, found),
                "map": str(arguments.output) if arguments.output else None,
                "modflow": _model(model) if model else None,
            }
        )
        return 0
    console.tell(findings)
    console.say(f"After {seconds / DAY:g} days of {daily(given.sum())}:")
    points_table(field, given, found, power)
    if model:
        console.say(
            f"MODFLOW {model.version}, {model.drawdown.size} cells; its water balance is "
            f"{console.number(model.imbalance)} % off."
        )
    written(arguments.output)
    return 0


def _model(model: Numerical) -> dict[str, Any]:
    return {
        "version": model.version,
        "cells": model.drawdown.size,
        "imbalance_percent": model.imbalance,
    }


def _dry(field: Field, asked: FloatArray, given: FloatArray) -> list[Finding]:
    """Wells that cannot give what they are asked for."""
    return [
        Finding(
            "groundwater.dry",
            f"{name} gives {daily(less)} of {daily(full)}: the aquifer at its screen runs dry.",
            "Pump less, or spread it over more wells.",
            "warning",
            asset=f"groundwater:{name}",
        )
        for name, full, less in zip(field.wells.ids, asked, given, strict=True)
        if less < 0.999 * full
    ]


def capture(arguments: argparse.Namespace) -> int:
    """Zones by time of travel and stagnation points; gives the exit code."""
    field, findings = read(arguments)
    discharge = discharge_of(field, arguments.well)
    years = _years(arguments.years)
    try:
        found = captured(field, [year * YEAR for year in years], discharge)
        _audit(field, found, discharge)
    except EngineError as error:
        return unknown(arguments, findings, error)
    if arguments.output:
        findings += _no_crs(field)
        document = geojson(field, found)
        arguments.output.write_text(json.dumps(document), encoding="utf-8")
    rows = [
        {
            "well": field.wells.ids[zone.well],
            "years": zone.seconds / YEAR,
            "area_m2": zone.shape.area,
            "width_m": width(field, [zone.shape]),
        }
        for zone in found.zones
    ]
    points = [
        {"layer": int(layer) + 1, "x": x, "y": y} for layer, x, y in found.stagnation.tolist()
    ]
    ultimate = _ultimate(field, discharge)
    if arguments.json:
        console.document(
            {
                **head(field, findings),
                "zones": rows,
                "stagnation_points": points,
                "ultimate_width_m": ultimate,
                "output": str(arguments.output) if arguments.output else None,
            }
        )
        return 0
    console.tell(findings)
    cells = [
        (
            str(row["well"]),
            f"{row['years']:g} a",
            f"{console.number(float(row['area_m2']) / 1e4)} ha",
            f"{console.number(float(row['width_m']))} m",
        )
        for row in rows
    ]
    console.table(("well", "travels for", "area", "width"), cells, "Capture zones", 3)
    still = [(str(p["layer"]), f"{p['x']:.1f} m", f"{p['y']:.1f} m") for p in points]
    console.table(("layer", "x", "y"), still, "Stagnation points", 2)
    if ultimate is not None:
        console.say(f"Far upstream the field draws from a width of {console.number(ultimate)} m.")
    written(arguments.output)
    return 0


def permit(arguments: argparse.Namespace) -> int:
    """The largest abstraction within all limits; gives the exit code."""
    field, findings = read(arguments)
    seconds = seconds_of(field, arguments.days)
    if not np.isfinite(field.limits).any():
        raise RangeError(
            f"{field.source}: no well and no point has a limit of drawdown: write max_drawdown_m "
            "or drawdown_limit_m",
            "no-limit",
        )
    try:
        found = largest(field, seconds)
    except EngineError as error:
        return unknown(arguments, findings, error)
    findings += deep(field, found.drawdown)
    if arguments.json:
        console.document(_permit_document(field, found, seconds, findings))
        return 0
    console.tell(findings)
    console.say(
        f"{daily(found.rate.sum())} for {seconds / DAY:g} days; now "
        f"{daily(field.wells.discharge.sum())}. "
        f"Checked by a forward run: it differs by {console.number(found.difference)} m at most."
    )
    power = pump_power(field, found.rate, found.drawdown[: len(field.wells)])
    points_table(field, found.rate, found.drawdown, power)
    rows = [(one.what, one.id, _limit(one), _gain(one)) for one in found.binding]
    console.table(("what holds it", "where", "limit", "one more gives"), rows, numbers=2)
    return 0


def _years(text: str) -> list[float]:
    try:
        years = sorted({float(part) for part in text.split(",")})
    except ValueError:
        years = []
    if not years or not all(0 < year <= 10_000 for year in years):
        raise UsageError(f"--years '{text}': write years such as 1,10,50")
    return years


def _overloaded(field: Field, power: FloatArray) -> list[Finding]:
    return [
        Finding(
            "groundwater.power",
            f"The pump of {name} needs {watts / 1e3:.1f} kW, it is rated {rated / 1e3:.1f} kW.",
            "Check lift_m, pump_efficiency and pump_kw.",
            "warning",
            asset=f"groundwater:{name}",
        )
        for name, watts, rated in zip(field.wells.ids, power, field.wells.power, strict=True)
        if watts > rated
    ]


def _limit(one: Binding) -> str:
    if one.what == "drawdown":
        return f"{one.limit:.2f} m"
    if one.what == "pump":
        return f"{console.number(one.limit * HOUR)} m³/h"
    return f"{console.number(one.limit * YEAR, 4)} m³/a"


def _gain(one: Binding) -> str:
    if one.what == "drawdown":
        return f"{console.number(one.gain * DAY)} m³/d per m"
    return f"{console.number(one.gain)} m³ per m³"


def _permit_document(
    field: Field, found: Largest, seconds: float, findings: Sequence[Finding]
) -> dict[str, Any]:
    return {
        **head(field, findings),
        "days": seconds / DAY,
        "largest_m3_d": found.rate.sum() * DAY,
        "largest_m3_a": found.rate.sum() * YEAR,
        "usual_m3_d": field.wells.discharge.sum() * DAY,
        "wells": well_rows(field, found.rate, found.drawdown),
        "observations": observation_rows(field, found.drawdown),
        "binding": [_binding(one) for one in found.binding],
        "forward_difference_m": found.difference,
    }


def _binding(one: Binding) -> dict[str, Any]:
    """A limit that holds, in units of people: m, m³/h or m³/a."""
    factor, unit = {
        "drawdown": (1.0, "m"),
        "pump": (HOUR, "m3/h"),
        "permit": (YEAR, "m3/a"),
    }[one.what]
    gain = one.gain * DAY if one.what == "drawdown" else one.gain
    per = "m3/d per m" if one.what == "drawdown" else "m3 per m3"
    return {
        "what": one.what,
        "id": one.id,
        "limit": one.limit * factor,
        "limit_unit": unit,
        "gain": gain,
        "gain_unit": per,
    }


def _ultimate(field: Field, discharge: FloatArray) -> float | None:
    """Width far upstream, Q / (T i), m, where one layer gets no other water (Bear 1979)."""
    aquifer = field.aquifer
    if len(aquifer.thickness) > 1 or aquifer.leaky or field.rivers or not aquifer.gradient:
        return None
    return float(discharge.sum() / (aquifer.transmissivity[0] * aquifer.gradient))


def _audit(field: Field, found: Capture, discharge: FloatArray) -> None:
    """Raise where a zone does not hold the water that is pumped: Q t = n b A.

    It holds where no water leaks in, in one layer, and no river gives.
    """
    aquifer = field.aquifer
    if len(aquifer.thickness) > 1 or aquifer.leaky or field.rivers:
        return
    room = aquifer.thickness[0] * aquifer.porosity[0]
    for zone in found.zones:
        pumped = discharge[zone.well] * zone.seconds / room
        if abs(zone.shape.area - pumped) > _CONSERVED * pumped:
            raise EngineError(
                f"the {zone.seconds / YEAR:g}-year zone of {field.wells.ids[zone.well]} has "
                f"{zone.shape.area:.0f} m², but what is pumped fills {pumped:.0f} m²"
            )


def _no_crs(field: Field) -> list[Finding]:
    if field.crs:
        return []
    return [
        Finding(
            "groundwater.no-crs",
            "The file names no CRS: the zones are written in its own coordinates.",
            "Write crs = 'EPSG:3059' to get longitude and latitude.",
            "warning",
            file=str(field.source),
        )
    ]


def geojson(field: Field, found: Capture) -> Mapping[str, Any]:
    """Zones and stagnation points as GeoJSON; longitude and latitude where the CRS is known.

    Parameters
    ----------
    field, found
        The field and its capture.
    """
    import shapely
    import shapely.geometry

    def placed(shape: Any) -> dict[str, Any]:
        if field.crs:
            from kopa.geo.project import Projection

            there = Projection(field.crs)
            shape = shapely.transform(shape, lambda xy: np.column_stack(there.degrees(*xy.T)))
        document: dict[str, Any] = shapely.geometry.mapping(shape)
        return document

    features = [
        {
            "type": "Feature",
            "properties": {
                "kind": "capture_zone",
                "well": field.wells.ids[zone.well],
                "years": zone.seconds / YEAR,
                "area_m2": zone.shape.area,
            },
            "geometry": placed(zone.shape),
        }
        for zone in sorted(found.zones, key=lambda zone: -zone.seconds)
    ]
    features += [
        {
            "type": "Feature",
            "properties": {"kind": "stagnation_point", "layer": int(layer) + 1},
            "geometry": placed(shapely.Point(x, y)),
        }
        for layer, x, y in found.stagnation.tolist()
    ]
    return {"type": "FeatureCollection", "features": features}
