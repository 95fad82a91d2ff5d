"""``kopa buildings model``: a grey-box model fitted to measured data."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from kopa import __version__, console
from kopa.errors import Finding, InputError, RangeError, UsageError
from kopa.model import FloatArray

from .engine_thermal import UNITS
from .fit import Estimate, Fit, Measured, chosen, fit_both, usable
from .points import Equipment, points
from .read_map import read_map
from .read_trend import Trend, Wanted, read_trend

NEEDED = ("indoor_air", "outdoor_air")
LARGE = ("capacity", "air_capacity", "mass_capacity")
KWH = 3.6e6


def model(arguments: argparse.Namespace) -> int:
    """Fit both models and tell the better; gives the exit code."""
    point_map, findings = read_map(arguments.map)
    equipment = _building(arguments, point_map.equipment)
    kinds = points()
    wanted = [
        Wanted(name, kinds[name].quantity, column)
        for name, column in equipment.points.items()
        if name in (*NEEDED, "heating_power", "cooling_power", "solar")
    ]
    trend, told = read_trend(arguments.data, point_map, wanted, arguments.longest_step * 60)
    all_told = [*findings, *told]
    try:
        data = usable(_measured(trend))
        one, two = fit_both(data)
    except RangeError as error:
        do = "Give two weeks or more in which heating and weather change."
        all_told.append(Finding("buildings.no-model", f"{error}.", do, file=str(arguments.data)))
        return _unknown(arguments.json, equipment.id, all_told)
    best = chosen(one, two)
    all_told += _doubts(best)
    document = {
        "kopa": __version__,
        "status": "ok" if best.known else "unknown",
        "building": equipment.id,
        "findings": console.finding_rows(all_told),
        "data": {"days": len(data.indoor) * data.step_s / 86_400, "step_s": data.step_s},
        "model": _model(best),
        "compared": [_score(one), _score(two)],
    }
    if arguments.json:
        console.document(document)
    else:
        _tell(equipment.id, best)
        console.tell(all_told)
    return 0 if best.known else 1


def _building(arguments: argparse.Namespace, equipment: tuple[Equipment, ...]) -> Equipment:
    fitting = [one for one in equipment if set(NEEDED) <= one.points.keys()]
    if arguments.equipment:
        fitting = [one for one in fitting if one.id == arguments.equipment]
    heated = [one for one in fitting if {"heating_power", "cooling_power"} & one.points.keys()]
    if len(heated) == 1:
        return heated[0]
    if heated:
        names = ", ".join(one.id for one in heated)
        raise UsageError(f"the map has several buildings: choose with --equipment one of {names}")
    do = "Map indoor_air, outdoor_air, and heating_power or cooling_power."
    what = "no building has both temperatures and its heat."
    raise InputError([Finding("buildings.map-building", what, do, file=str(arguments.map))])


def _measured(trend: Trend) -> Measured:
    """Series on an even grid: a step without a value is unknown."""
    step, seconds = trend.step_s, trend.seconds
    place = np.round(seconds / step).astype(np.int64)
    many = int(place[-1]) + 1

    def even(name: str) -> FloatArray | None:
        if name not in trend.values:
            return None
        series = np.full(many, np.nan)
        series[place] = trend.values[name]
        return series

    indoor, outdoor = even("indoor_air"), even("outdoor_air")
    assert indoor is not None
    assert outdoor is not None
    heat = np.zeros(many)
    for name, sign in (("heating_power", 1.0), ("cooling_power", -1.0)):
        power = even(name)
        heat = heat if power is None else heat + sign * power
    return Measured(indoor, outdoor, heat, even("solar"), step)


def _doubts(best: Fit) -> list[Finding]:
    do = "Measure longer, through other weather, and with heating that goes on and off."
    return [
        Finding(
            "buildings.parameter-unknown",
            f"the data do not tell {name}: it lies anywhere from {one.low:.3g} to {one.high:.3g} "
            f"{UNITS[name]}.",
            do,
            "warning",
        )
        for name, one in best.estimates.items()
        if not one.known
    ]


def _model(best: Fit) -> dict[str, Any]:
    known = {name: one.known for name, one in best.estimates.items()}
    return {
        "order": best.thermal.order,
        "parameters": {name: _row(name, one) for name, one in best.estimates.items()},
        "loss_w_k": best.thermal.loss if best.known else None,
        "time_constants_h": list(best.thermal.time_constants_h) if best.known else None,
        "unknown": sorted(name for name, is_known in known.items() if not is_known),
    }


def _row(name: str, one: Estimate) -> dict[str, Any]:
    scale = 1 / KWH if name in LARGE else 1.0
    return {
        "value": one.value * scale if one.known else None,
        "low": one.low * scale,
        "high": one.high * scale,
        "unit": "kWh/K" if name in LARGE else UNITS[name],
        "known": one.known,
    }


def _score(one: Fit) -> dict[str, Any]:
    return {
        "order": one.thermal.order,
        "rmse_k": one.rmse,
        "unseen_rmse_k": one.unseen,
        "residual_correlation": one.correlation,
        "known": one.known,
    }


def _unknown(json: bool, name: str, findings: list[Finding]) -> int:
    if json:
        rows = console.finding_rows(findings)
        console.document(
            {"kopa": __version__, "status": "unknown", "building": name, "findings": rows}
        )
    else:
        console.tell(findings)
    return 1


def _tell(name: str, best: Fit) -> None:
    count = "one heat capacity" if best.thermal.order == 1 else "two heat capacities"
    console.say(
        f"{console.escape(name)}: {count}; simulated indoor temperature is {best.rmse:.2f} K off "
        f"on data seen, {best.unseen:.2f} K on data not seen"
    )
    rows = []
    for key, one in best.estimates.items():
        row = _row(key, one)
        middle = "unknown" if row["value"] is None else console.number(row["value"])
        span = f"{console.number(row['low'])} … {console.number(row['high'])}"
        rows.append((key, middle, span, row["unit"]))
    console.table(("parameter", "value", "95 %", "unit"), rows, "", 3)
    if best.known:
        hours = ", ".join(console.number(hour) for hour in best.thermal.time_constants_h)
        console.say(f"it loses {console.number(best.thermal.loss)} W/K; time constants {hours} h")
