"""A made-up air handler whose every series is known, so that faults can be put in by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kopa.domains.buildings.daily import Case, Day, DayFault, Prices, by_day
from kopa.domains.buildings.faults import Evaluated, evaluate
from kopa.domains.buildings.points import Column, Equipment
from kopa.domains.buildings.read_trend import Trend
from kopa.domains.buildings.rules import rule_book

HOURS = 8
USUAL = {
    "supply_air": 13.0,
    "setpoint": 13.0,
    "outdoor_air": 28.0,
    "mixed_air": 24.0,
    "return_air": 23.0,
    "fan_status": 1.0,
    "fan_speed": 0.7,
    "outdoor_damper": 0.2,
    "heating_valve": 0.0,
    "cooling_valve": 0.5,
    "duct_pressure": 350.0,
    "duct_pressure_setpoint": 350.0,
    "cooling_coil_entering": 24.0,
    "cooling_coil_leaving": 12.0,
    "heating_coil_entering": 24.0,
    "heating_coil_leaving": 24.0,
}
"""Cooling with the least outdoor air (state 4), nothing wrong."""
PARAMETERS = {"minimum_damper": 0.2, "minimum_fraction": 0.2}


def unit(**values: Any) -> Equipment:
    """The air handler; values are fields of `Equipment`."""
    columns = {name: Column((name,), "") for name in USUAL}
    return Equipment(**{"id": "AHU", "points": columns, "parameters": PARAMETERS, **values})


def trend(hours: float = HOURS, start: str = "2026-07-01T08:00", **points: Any) -> Trend:
    """A usual morning, a value a minute; points are numbers or arrays, None leaves one out."""
    many = round(hours * 60)
    times = np.datetime64(start, "s") + 60 * np.arange(many)
    values: Mapping[str, Any] = {**USUAL, **points}
    filled = {
        name: np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), many))
        for name, value in values.items()
        if value is not None
    }
    return Trend(times, filled, 60.0)


def evaluated(given: Trend, equipment: Equipment | None = None) -> Evaluated:
    """All rules on series."""
    return evaluate(given, equipment or unit(), rule_book())


def rows(given: Trend, equipment: Equipment | None = None) -> tuple[list[DayFault], list[Day]]:
    """Faults and days, with heat at 0.08 and cold at 0.06 EUR/kWh."""
    one = equipment or unit()
    return by_day(Case(given, one, evaluated(given, one), Prices(0.08, 0.06)))


def found(given: Trend, equipment: Equipment | None = None) -> set[str]:
    """Rules that found something."""
    return {row.rule.id for row in rows(given, equipment)[0]}
