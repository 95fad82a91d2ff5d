"""What the rules found, day by day: evidence, wasted heat, its price, and a work order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray

from .faults import Evaluated, Evidence
from .points import Equipment
from .read_trend import Trend
from .rules import Rule

LEAST_H = 0.5
"""A day is told from so many hours of evidence on: what ends just after midnight belongs to the
day before."""
AIR_KJ_M3K = 1.2 * 1.006
"""Heat capacity of air at 20 °C, kJ/(m³ K): density 1.2 kg/m³ times 1.006 kJ/(kg K) (ASHRAE
Handbook, Fundamentals, ch. 18: standard air)."""
NO_FLOW = (
    "the airflow is not known: map `airflow`, or give design_airflow_m3_s or constant_airflow_m3_s"
)
NO_AIR = "no air moves while the fan is off"
NO_HEAT = "what this fault costs does not show in temperatures of the unit"
NO_POINTS = "temperatures from which it would follow are not mapped"
NO_PRICE = "no price of this heat was given"
NO_KWH = "the heat is not known"


@dataclass(frozen=True)
class Prices:
    """Price of a kWh of heat that is put into air, and that is taken out; None if unknown."""

    heating: float | None = None
    cooling: float | None = None


@dataclass(frozen=True)
class DayFault:
    """A fault on a day.

    Parameters
    ----------
    day
        ``2026-11-18``.
    equipment
        Id of the unit.
    rule
        The rule that held.
    hours
        How long.
    first, last
        Clock of the first and the last moment.
    kwh, eur
        Heat that was wasted, and its price; None where it is unknown.
    why_kwh, why_eur
        Why it is unknown; empty where it is known.
    thresholds
        Parameters that the condition names.
    order
        Work order, by language.
    """

    day: str
    equipment: str
    rule: Rule
    hours: float
    first: str
    last: str
    kwh: float | None
    eur: float | None
    why_kwh: str
    why_eur: str
    thresholds: Mapping[str, float]
    order: Mapping[str, str]


@dataclass(frozen=True)
class Day:
    """A day of a unit.

    Parameters
    ----------
    day
        ``2026-11-18``.
    evaluated_h
        Hours in which at least one rule could be evaluated.
    kwh
        Heat that was wasted: at each time that of the rule that shows most, as several rules see
        the same heat. None where it is unknown or nothing was found.
    status
        ``fault``; ``control`` where only control wants tuning; ``clean``; ``unknown`` where nothing
        could be evaluated.
    """

    day: str
    evaluated_h: float
    kwh: float | None
    status: str


def airflow_of(
    equipment: Equipment, series: Mapping[str, FloatArray | float], many: int
) -> FloatArray | None:
    """Supply airflow, m³/s, shape (time,); None where nobody knows it.

    Without a meter it is the design airflow times the fan speed (fan laws: flow follows speed).
    """
    if "airflow" in series:
        return np.asarray(series["airflow"], dtype=np.float64)
    if equipment.design_airflow is not None and "fan_speed" in series:
        return np.asarray(equipment.design_airflow * np.asarray(series["fan_speed"]))
    if equipment.constant_airflow is not None:
        return np.full(many, equipment.constant_airflow)
    return None


Waste = tuple[FloatArray, FloatArray]
"""Wasted heating and wasted cooling, W, shape (time,) each."""


def waste_of(found: Evidence, evaluated: Evaluated, flow: FloatArray | None) -> Waste | None:
    """Wasted heating and wasted cooling while a rule held, W, shape (time,) each.

    Returns
    -------
    tuple or None
        None where the rule shows no heat or the airflow is not known.
    """
    rule, series = found.rule, evaluated.series
    if rule.waste is None or flow is None or not rule.waste.names <= series.keys():
        return None
    difference = np.asarray(rule.waste(series), dtype=np.float64)
    watts = AIR_KJ_M3K * 1e3 * flow * difference
    watts = np.where(found.held, np.maximum(watts, 0.0), 0.0)
    if rule.carrier == "either":
        heating = evaluated.state == 1
    elif rule.carrier == "by_sign":
        assert rule.sign is not None  # the reader of rules holds both together
        heating = np.asarray(rule.sign(series)) > 0
    else:
        heating = np.full(len(watts), rule.carrier == "heating")
    return np.where(heating, watts, 0.0), np.where(heating, 0.0, watts)


@dataclass(frozen=True)
class Case:
    """A unit with its series, what the rules found, and prices of heat."""

    trend: Trend
    equipment: Equipment
    evaluated: Evaluated
    prices: Prices


def by_day(case: Case) -> tuple[list[DayFault], list[Day]]:
    """Faults of each day, and the days themselves.

    Parameters
    ----------
    case
        The unit.
    """
    trend, evaluated = case.trend, case.evaluated
    days, which = trend.days
    flow = airflow_of(case.equipment, evaluated.series, len(trend.times))
    held_h = trend.held_s / 3600
    wastes = [waste_of(one, evaluated, flow) for one in evaluated.evidence]
    seen = np.logical_or.reduce([one.evaluated for one in evaluated.evidence])
    rows, told = [], []
    for number, day in enumerate(days):
        here = which == number
        found = []
        for one, waste in zip(evaluated.evidence, wastes, strict=True):
            at = one.held & here
            if held_h[at].sum() >= LEAST_H:
                found.append(waste)
                rows.append(_fault(case, one.rule, day, at, waste))
        hours = float(held_h[seen & here].sum())
        about = {row.rule.about for row in rows if row.day == day}
        status = "clean" if hours > 0 else "unknown"
        status = "fault" if "equipment" in about else "control" if about else status
        told.append(Day(day, hours, _most(found, here, held_h), status))
    return rows, told


def _most(found: Sequence[Waste | None], here: BoolArray, held_h: FloatArray) -> float | None:
    """Heat of a day, kWh: at each time that of the rule that shows most; None if one is unknown."""
    known = [np.add(*waste)[here] for waste in found if waste is not None]
    if not known or len(known) < len(found) or np.isnan(known).any():
        return None
    return float((np.max(known, axis=0) * held_h[here]).sum() / 1000)


def _fault(case: Case, rule: Rule, day: str, at: BoolArray, waste: Waste | None) -> DayFault:
    """What a rule found on a day; `at` is where it held."""
    held_h = case.trend.held_s / 3600
    hours, series = float(held_h[at].sum()), case.evaluated.series
    first, last = (str(time)[11:16] for time in case.trend.times[np.flatnonzero(at)[[0, -1]]])
    kwh = eur = None
    why_kwh, why_eur = "", NO_KWH
    if waste is not None:
        parts = [float((one * held_h)[at].sum() / 1000) for one in waste]
        kwh, eur, why_kwh, why_eur = _priced(parts, case.prices)
    elif not rule.states:
        why_kwh = NO_AIR
    elif rule.waste is None:
        why_kwh = NO_HEAT
    else:
        why_kwh = NO_FLOW if rule.waste.names <= series.keys() else NO_POINTS
    named = {name: series[name] for name in sorted(rule.when.names)}
    return DayFault(
        day,
        case.equipment.id,
        rule,
        hours,
        first,
        last,
        kwh,
        eur,
        why_kwh,
        why_eur,
        {name: value for name, value in named.items() if isinstance(value, float)},
        {
            language: order_text(rule, language, day, case.equipment.id, hours, (first, last))
            for language in rule.order
        },
    )


def _priced(parts: list[float], prices: Prices) -> tuple[float | None, float | None, str, str]:
    """Energy and price of wasted heating and cooling, and why one of them is unknown."""
    if not np.isfinite(parts).all():
        return None, None, "temperatures or airflow are missing within this time", NO_KWH
    pairs = list(zip(parts, (prices.heating, prices.cooling), strict=True))
    if any(kwh > 0 and price is None for kwh, price in pairs):
        return sum(parts), None, "", NO_PRICE
    return sum(parts), sum(kwh * (price or 0.0) for kwh, price in pairs), "", ""


def order_text(
    rule: Rule, language: str, day: str, unit: str, hours: float, clocks: tuple[str, str]
) -> str:
    """A work order for people.

    Parameters
    ----------
    rule
        What held.
    language
        ``en`` or ``lv``.
    day, unit
        When and where.
    hours
        How long it held.
    clocks
        First and last moment.
    """
    fault, order, long = rule.fault[language], rule.order[language], f"{hours:.1f}"
    span = f"{clocks[0]}–{clocks[1]}"
    if language == "lv":
        return f"{day}, {unit}: {fault}. Novērots {long.replace('.', ',')} h ({span}). {order}"
    return f"{day}, {unit}: {fault}. Seen for {long} h ({span}). {order}"
