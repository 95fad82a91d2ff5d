"""The jobs on a well field: drawdown, capture zones, largest abstraction."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import EngineError, Finding, RangeError, UsageError
from kopa.model import FloatArray
from kopa.units import to_si

from .capture import Capture, width
from .capture import capture as captured
from .drawdown import SHALLOW, at_points, on_grid, svg
from .effects import pump_power
from .network import YEAR, Field
from .permit import Binding, Largest, largest
from .read_field import DAY, HOUR, read_field

_CONSERVED = 0.03
"""Share by which the area of a zone may differ from Q t / (n b) where no water leaks in."""


def drawdown(arguments: argparse.Namespace) -> int:
    """Drawdown at wells and points; gives the exit code."""
    field, findings = _read(arguments)
    discharge = _discharge(field, arguments.well)
    seconds = _seconds(field, arguments.days)
    try:
        found = at_points(field, discharge, seconds)
        if arguments.output:
            title = f"{field.name or field.id}: drawdown after {seconds / DAY:g} days"
            grid = on_grid(field, discharge, seconds)
            arguments.output.write_text(svg(field, grid, title), encoding="utf-8")
    except EngineError as error:
        return unknown(arguments, findings, error)
    findings += _deep(field, found)
    power = pump_power(field, discharge, found[: len(field.wells)])
    findings += _overloaded(field, power)
    if arguments.json:
        console.document(
            {
                **_head(field, findings),
                "days": seconds / DAY,
                "wells": [
                    {**row, "power_kw": watts / 1e3}
                    for row, watts in zip(_wells(field, discharge, found), power, strict=True)
                ],
                "observations": _observations(field, found),
                "map": str(arguments.output) if arguments.output else None,
            }
        )
        return 0
    console.tell(findings)
    console.say(f"After {seconds / DAY:g} days of {_daily(discharge.sum())}:")
    _points_table(field, discharge, found, power)
    _written(arguments.output)
    return 0


def capture(arguments: argparse.Namespace) -> int:
    """Zones by time of travel and stagnation points; gives the exit code."""
    field, findings = _read(arguments)
    discharge = _discharge(field, arguments.well)
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
                **_head(field, findings),
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
    _written(arguments.output)
    return 0


def permit(arguments: argparse.Namespace) -> int:
    """The largest abstraction within all limits; gives the exit code."""
    field, findings = _read(arguments)
    seconds = _seconds(field, arguments.days)
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
    findings += _deep(field, found.drawdown)
    if arguments.json:
        console.document(_permit_document(field, found, seconds, findings))
        return 0
    console.tell(findings)
    console.say(
        f"{_daily(found.rate.sum())} for {seconds / DAY:g} days; now "
        f"{_daily(field.wells.discharge.sum())}. "
        f"Checked by a forward run: it differs by {console.number(found.difference)} m at most."
    )
    power = pump_power(field, found.rate, found.drawdown[: len(field.wells)])
    _points_table(field, found.rate, found.drawdown, power)
    rows = [(one.what, one.id, _limit(one), _gain(one)) for one in found.binding]
    console.table(("what holds it", "where", "limit", "one more gives"), rows, numbers=2)
    return 0


def unknown(arguments: argparse.Namespace, findings: Sequence[Finding], error: EngineError) -> int:
    """Tell that there is no answer; gives the exit code."""
    told = [
        *findings,
        Finding("groundwater.unknown", f"There is no answer: {error}.", "Check the values."),
    ]
    if arguments.json:
        console.document({"status": "unknown", "findings": console.finding_rows(told)})
    else:
        console.tell(told)
    return 1


def _read(arguments: argparse.Namespace) -> tuple[Field, list[Finding]]:
    field, findings = read_field(arguments.field)
    return field, list(findings)


def _discharge(field: Field, texts: Sequence[str]) -> FloatArray:
    """Usual abstraction with those that are given, m³/s, shape (well,)."""
    found = field.wells.discharge.copy()
    for text in texts:
        name, _, rest = text.partition("=")
        number, _, unit = rest.strip().partition(" ")
        if name not in field.wells.ids:
            known = ", ".join(field.wells.ids)
            raise UsageError(f"'{name}' is no well of {field.id}: it has {known}")
        try:
            value, si = to_si(float(number), unit.strip())
        except ValueError:
            value, si = math.nan, ""
        if si != "m3/s" or not 0 <= value < 20:
            raise UsageError(f"'{text}': write a well and its abstraction, 'W1=600 m3/d'")
        found[field.wells.ids.index(name)] = value
    if not found.any():
        raise UsageError("no well gives anything")
    return found


def _seconds(field: Field, days: float | None) -> float:
    if days is None:
        return field.pumping
    if not 1e-3 <= days <= 1e6:
        raise UsageError("--days must lie between 0.001 and 1000000")
    return days * DAY


def _years(text: str) -> list[float]:
    try:
        years = sorted({float(part) for part in text.split(",")})
    except ValueError:
        years = []
    if not years or not all(0 < year <= 10_000 for year in years):
        raise UsageError(f"--years '{text}': write years such as 1,10,50")
    return years


def _head(field: Field, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "status": "ok",
        "file": str(field.source),
        "field": field.id,
        "findings": console.finding_rows(findings),
    }


def _wells(field: Field, rate: FloatArray, drawdown: FloatArray) -> list[dict[str, Any]]:
    wells = field.wells
    return [
        {
            "id": name,
            "discharge_m3_d": rate[row] * DAY,
            "drawdown_m": drawdown[row],
            "max_drawdown_m": wells.max_drawdown[row],
        }
        for row, name in enumerate(wells.ids)
    ]


def _observations(field: Field, drawdown: FloatArray) -> list[dict[str, Any]]:
    seen = field.observations
    return [
        {
            "id": name,
            "drawdown_m": drawdown[len(field.wells) + row],
            "limit_m": seen.limit[row],
            "limit_source": seen.sources[row],
        }
        for row, name in enumerate(seen.ids)
    ]


def _deep(field: Field, drawdown: FloatArray) -> list[Finding]:
    """Drawdown beyond a limit, and more of a free aquifer than the theory bears."""
    names = (*field.wells.ids, *field.observations.ids)
    found = [
        Finding(
            "groundwater.limit",
            f"Drawdown at {name} is {value:.2f} m, its limit is {limit:.2f} m.",
            "Pump less, or elsewhere: kopa groundwater permit says how much.",
            "warning",
            asset=f"groundwater:{name}",
        )
        for name, value, limit in zip(names, drawdown, field.limits, strict=True)
        if value > limit * (1 + 1e-6)
    ]
    layers = field.points[2]
    thick = field.aquifer.thickness[layers]
    free = (layers == 0) & field.aquifer.phreatic
    found += [
        Finding(
            "groundwater.thin",
            f"Drawdown at {name} is {value / height:.0%} of the thickness of a free aquifer: it "
            "is deeper than is computed, as the aquifer gets thinner.",
            f"Beyond {SHALLOW:.0%} take a numerical model.",
            "warning",
            asset=f"groundwater:{name}",
        )
        for name, value, height, here in zip(names, drawdown, thick, free, strict=True)
        if here and value > SHALLOW * height
    ]
    return found


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


def _points_table(field: Field, rate: FloatArray, drawdown: FloatArray, power: FloatArray) -> None:
    rows = [
        (name, _daily(rate[row]), f"{drawdown[row]:.2f} m", _metres(field.limits[row]),
         f"{power[row] / 1e3:.1f} kW")
        for row, name in enumerate(field.wells.ids)
    ]  # fmt: skip
    more = enumerate(field.observations.ids, len(field.wells))
    rows += [(name, "–", f"{drawdown[row]:.2f} m", _metres(field.limits[row]), "–")
             for row, name in more]  # fmt: skip
    console.table(("well or point", "abstraction", "drawdown", "limit", "pump"), rows, numbers=4)


def _metres(value: float) -> str:
    return f"{value:.2f} m" if math.isfinite(value) else "–"


def _daily(rate: float) -> str:
    return f"{console.number(float(rate) * DAY, 4)} m³/d"


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


def _written(file: Path | None) -> None:
    if file:
        console.say(f"Written: {console.escape(str(file))}")


def _permit_document(
    field: Field, found: Largest, seconds: float, findings: Sequence[Finding]
) -> dict[str, Any]:
    return {
        **_head(field, findings),
        "days": seconds / DAY,
        "largest_m3_d": found.rate.sum() * DAY,
        "largest_m3_a": found.rate.sum() * YEAR,
        "usual_m3_d": field.wells.discharge.sum() * DAY,
        "wells": _wells(field, found.rate, found.drawdown),
        "observations": _observations(field, found.drawdown),
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
