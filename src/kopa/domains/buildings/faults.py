"""Evaluates fault conditions on measured series of an air handler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

from .expression import Expression
from .points import Equipment, points
from .read_trend import Trend
from .rules import OTHER, Rule, RuleBook

AVERAGED = ("temperature", "pressure", "airflow")
"""Quantities of which conditions see a mean over some minutes."""
HOUR_S = 3600.0


@dataclass(frozen=True)
class Evidence:
    """What a rule found.

    Parameters
    ----------
    rule
        The rule.
    held
        Where it held for at least its delay, shape (time,).
    evaluated
        Where all that it needs was known and its state was there, shape (time,).
    missing
        Points and parameters that the equipment lacks for it; if any, nothing was evaluated.
    """

    rule: Rule
    held: BoolArray
    evaluated: BoolArray
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Evaluated:
    """All rules on one unit.

    Parameters
    ----------
    evidence
        By rule.
    series
        Everything that conditions can name, by name.
    state
        Operating state, 0 where the fan is off or nobody knows, shape (time,).
    """

    evidence: tuple[Evidence, ...]
    series: Mapping[str, FloatArray | float]
    state: IntArray


def parameters_of(equipment: Equipment, book: RuleBook) -> dict[str, float]:
    """Parameters of a unit: its own before those of the rules; what nobody knows is left out."""
    shared = {name: one.value for name, one in book.parameters.items() if one.value is not None}
    return {**shared, **equipment.parameters}


def evaluate(trend: Trend, equipment: Equipment, book: RuleBook) -> Evaluated:
    """Evaluate all rules.

    Parameters
    ----------
    trend
        The unit's points.
    equipment
        The unit.
    book
        The rules.
    """
    parameters = parameters_of(equipment, book)
    series: dict[str, FloatArray | float] = dict(parameters)
    series |= _setpoints(_averaged(trend, parameters["average_min"] * 60))
    running, known = _running(series, book, len(trend.times))
    settled = _settled(trend, running, series, parameters["mode_delay_min"] * 60)
    state = _states(series, book, running)
    series["state"] = state.astype(np.float64)
    series["state_changes"] = _changes(trend, state)
    for name, expression in book.derived.items():
        if book.needs(expression) <= series.keys():
            series[name] = np.asarray(expression(series), dtype=np.float64)
    evidence = []
    for rule in book.rules:
        missing = _missing(rule, series, book)
        no = np.zeros(len(trend.times), dtype=bool)
        if missing:
            evidence.append(Evidence(rule, no, no, missing))
            continue
        if not rule.states:
            at = known & ~running
        else:  # a rule for all states does not ask which one it is
            at = running if len(rule.states) == OTHER else np.isin(state, rule.states)
        evaluated = at & settled & _known(rule.when, series, len(no))
        true = evaluated & np.asarray(rule.when(series), dtype=bool)
        held = _lasting(trend, true, rule.delay_min * 60)
        evidence.append(Evidence(rule, held, evaluated, ()))
    return Evaluated(tuple(evidence), series, state)


def _missing(rule: Rule, series: Mapping[str, object], book: RuleBook) -> tuple[str, ...]:
    """What a rule lacks: what its condition names, and what tells the states that it wants."""
    needed = set(book.needs(rule.when))
    if rule.states and len(rule.states) < OTHER:
        needed |= {name for state in book.states for name in book.needs(state.when)}
    needed -= series.keys()
    if not any(name in series for name in book.running):
        needed |= set(book.running)
    return tuple(sorted(needed))


def _averaged(trend: Trend, span_s: float) -> dict[str, FloatArray]:
    """Series as conditions see them: means over the last minutes, within a stretch."""
    kinds = points()
    return {
        name: _rolling(trend, values, span_s) if kinds[name].quantity in AVERAGED else values
        for name, values in trend.values.items()
    }


def _rolling(trend: Trend, values: FloatArray, span_s: float) -> FloatArray:
    """Mean of what is known of the last `span_s`; NaN where less than half of it is known."""
    first = _since(trend, span_s)
    known = np.isfinite(values)
    total = np.append(0.0, np.cumsum(np.where(known, values, 0.0)))
    count = np.append(0, np.cumsum(known))
    here = np.arange(len(values)) + 1
    some = count[here] - count[first]
    enough = 2 * some >= here - first
    with np.errstate(all="ignore"):
        mean = (total[here] - total[first]) / some
    return np.where(enough & known, mean, np.nan)


def _since(trend: Trend, span_s: float) -> IntArray:
    """First row of the last `span_s` before each, not before its stretch, shape (time,)."""
    seconds = trend.seconds
    rows = np.arange(len(seconds))
    start = np.maximum.accumulate(np.where(trend.begins, rows, 0))
    first = np.searchsorted(seconds, seconds - span_s, side="right")
    return np.asarray(np.maximum(first, start), dtype=np.int64)


def _setpoints(series: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """With one setpoint it holds for heating and for cooling."""
    if "setpoint" in series:
        series.setdefault("heating_setpoint", series["setpoint"])
        series.setdefault("cooling_setpoint", series["setpoint"])
    return series


def _running(
    series: Mapping[str, FloatArray | float], book: RuleBook, many: int
) -> tuple[BoolArray, BoolArray]:
    """Where the fan runs, and where that is known, shape (time,)."""
    running, known = np.ones(many, dtype=bool), np.ones(many, dtype=bool)
    found = [when for name, when in book.running.items() if name in series]
    for when in found:
        running &= np.asarray(when(series), dtype=bool)
        known &= _known(when, series, many)
    # a fan that is slow is neither on nor off: rules of standing air want a fan that stands
    if "fan_status" in series:
        stands = np.asarray(series["fan_status"]) < 0.5
    elif "fan_speed" in series:
        stands = np.asarray(series["fan_speed"]) < 0.01
    else:
        return np.zeros(many, dtype=bool), np.zeros(many, dtype=bool)
    return running & known, known & (running | stands)


def _settled(
    trend: Trend,
    running: BoolArray,
    series: Mapping[str, FloatArray | float],
    delay_s: float,
) -> BoolArray:
    """Where nothing was switched for `delay_s`; a stretch begins as if it had been."""
    switched = trend.begins.copy()
    modes = [running.astype(np.float64)]
    if "occupied" in series:
        modes.append(np.nan_to_num(np.asarray(series["occupied"]), nan=-1.0))
    for mode in modes:
        switched |= np.append(False, np.diff(mode) != 0)
    seconds = trend.seconds
    last = np.maximum.accumulate(np.where(switched, seconds, 0.0))
    return np.asarray(seconds - last >= delay_s)


def _states(
    series: Mapping[str, FloatArray | float], book: RuleBook, running: BoolArray
) -> IntArray:
    """Operating state; 0 where the fan is off, or what tells the state is not known."""
    state = np.where(running, OTHER, 0)
    needed = {name for one in book.states for name in book.needs(one.when)}
    if not needed <= series.keys():
        return np.asarray(state, dtype=np.int64)
    for one in reversed(book.states):
        holds = np.asarray(one.when(series), dtype=bool)
        state = np.where(running & holds, one.number, state)
        state = np.where(_known(one.when, series, len(running)), state, 0)
    return np.asarray(state, dtype=np.int64)


def _changes(trend: Trend, state: IntArray) -> FloatArray:
    """Changes of the state within the last hour, while the fan runs, shape (time,)."""
    before = np.append(0, state[:-1])
    changed = (state != before) & (state > 0) & (before > 0) & ~trend.begins
    total = np.append(0, np.cumsum(changed))
    return np.asarray(total[1:] - total[_since(trend, HOUR_S)], dtype=np.float64)


def _known(
    expression: Expression, series: Mapping[str, FloatArray | float], many: int
) -> BoolArray:
    """Where all that an expression names is a number, shape (time,)."""
    known = np.ones(many, dtype=bool)
    for name in expression.names:
        known &= np.isfinite(series[name])
    return known


def _lasting(trend: Trend, true: BoolArray, delay_s: float) -> BoolArray:
    """Where a condition holds as part of a run of at least `delay_s`, shape (time,)."""
    begins = true & (~np.append(False, true[:-1]) | trend.begins)
    run = np.cumsum(begins) - 1
    lasts = np.bincount(run[true], trend.held_s[true], minlength=int(begins.sum()))
    held = np.zeros(len(true), dtype=bool)
    held[true] = lasts[run[true]] >= delay_s
    return held
