"""Reads what a savings report rests on: a meter, the weather, and production."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from kopa.errors import Finding
from kopa.model import FloatArray

from .read_table import DAY_S, HOUR_S, Columns, Table

Spacing = Literal["hourly", "daily", "billing"]
KWH = {"kwh": 1.0, "mwh": 1000.0, "gj": 1e9 / 3.6e6, "therm": 105.4804e6 / 3.6e6}
"""kWh in a unit; the therm is that of US law, 105.4804 MJ (NIST SP 811, app. B)."""


@dataclass(frozen=True)
class Meter:
    """Energy by interval.

    Parameters
    ----------
    spacing
        Length of its intervals.
    columns
        Its rows; `values` has one column, kWh. Of a billing meter the last row only says where
        the one before ends.
    """

    spacing: Spacing
    columns: Columns

    @property
    def energy(self) -> FloatArray:
        """Energy of each interval, kWh, NaN where unknown, shape (row,)."""
        return self.columns.values[:, 0]


def read_meter(file: Path, unit: str = "") -> tuple[Meter, tuple[Finding, ...]]:
    """Read a meter.

    Parameters
    ----------
    file
        CSV: time at which an interval begins, and ``energy_kwh`` (``_mwh``, ``_gj``, ``_therm``),
        or ``value`` with `unit`. Intervals of an hour or less, a day, or about a month or two;
        with these the last row has no value and says when the last interval ends.
    unit
        Unit of ``value``.

    Raises
    ------
    InputError
        With all findings.
    """
    table = Table(file)
    found = table.columns()
    names = {f"energy_{name}": name for name in KWH}
    known = [n for n in found.names if n in names or n == "value"]
    if len(known) != 1:
        what = f"the columns are {', '.join(found.names)}."
        table.tell("column", what, f"Name one of them value, {', '.join(names)}.", "line 1")
    elif known[0] == "value" and unit not in KWH:
        what = "the column 'value' has no unit."
        table.tell("unit", what, f"Give --unit: one of {', '.join(KWH)}.", "line 1")
    table.check()
    factor = KWH[unit if known[0] == "value" else names[known[0]]]
    values = found.values[:, [found.names.index(known[0])]] * factor
    meter = replace(found, names=("energy",), values=values)
    spacing = _spacing(table, meter)
    if spacing == "hourly":
        meter = _hours(meter)
    _odd(table, meter)
    return Meter(spacing, meter), tuple(table.findings)


def _spacing(table: Table, meter: Columns) -> Spacing:
    seconds = meter.spacing
    if seconds <= HOUR_S:
        return "hourly"
    if 0.9 * DAY_S <= seconds <= 1.1 * DAY_S:
        return "daily"
    if 20 * DAY_S <= seconds <= 70 * DAY_S:
        if math.isfinite(meter.values[-1, 0]):
            what = "the last row has a value, but nothing says when its interval ends."
            do = "Add a row with the time of the last reading and no value; this one is left out."
            table.tell("last-interval", what, do, severity="warning")
        return "billing"
    text = "only one row" if math.isnan(seconds) else f"a row each {seconds / HOUR_S:.3g} h"
    do = "Give intervals of an hour or less, a day, or about one or two months."
    table.tell("spacing", f"there is {text}.", do)
    table.check()
    raise AssertionError("check raises")


def _hours(meter: Columns) -> Columns:
    """Sums by hour; an hour that lacks a part is unknown."""
    if meter.spacing == HOUR_S and not (meter.steady % HOUR_S).any():
        return meter
    hour, first, count = np.unique(meter.steady // HOUR_S, return_index=True, return_counts=True)
    sums = np.add.reduceat(meter.values[:, 0], first)
    sums[count < round(HOUR_S / meter.spacing)] = np.nan
    clock = meter.times[first] // HOUR_S * HOUR_S
    return replace(meter, times=clock, steady=hour * HOUR_S, values=sums[:, None])


def _odd(table: Table, meter: Columns) -> None:
    below, zero = int((meter.values < 0).sum()), int((meter.values == 0).sum())
    if below:
        do = "Check the meter; what is fed in is metered apart."
        table.tell("negative", f"{below} intervals are below zero.", do)
        table.check()
    if zero:
        what = f"{zero} of {len(meter.values)} intervals are zero and count as no use."
        do = "Leave them empty if the meter did not read."
        table.tell("zero", what, do, severity="warning")


def read_weather(file: Path) -> Columns:
    """Read outdoor temperatures; `values` has one column, °C.

    Parameters
    ----------
    file
        CSV: time and ``temperature_c`` or ``temperature_f``, a row a day or more often.

    Raises
    ------
    InputError
        With all findings.
    """
    table = Table(file)
    found = table.columns()
    scales = {"temperature_c": (0.0, 1.0), "temperature_f": (32.0, 5 / 9)}
    known = [name for name in found.names if name in scales]
    if len(known) != 1:
        what = f"the columns are {', '.join(found.names)}."
        table.tell("column", what, f"Name one of them {' or '.join(scales)}.", "line 1")
        table.check()
    zero, scale = scales[known[0]]
    celsius = (found.values[:, [found.names.index(known[0])]] - zero) * scale
    far = int(((celsius < -60) | (celsius > 60)).sum())
    if far:
        what = f"{far} temperatures are below -60 or above 60 °C."
        table.tell("temperature", what, "Check the unit and the sensor.")
    if found.spacing > 1.1 * DAY_S:
        what = f"there is a row each {found.spacing / DAY_S:.3g} days."
        table.tell("spacing", what, "Give temperatures of each day or hour.")
    table.check()
    return replace(found, names=("temperature",), values=celsius)


def read_production(file: Path) -> Columns:
    """Read production and other drivers; each column is one, summed over time.

    Parameters
    ----------
    file
        CSV: time and columns of numbers: tonnes, pieces, shifts. A row a day or more often, or
        one for each interval of a billing meter. A day without a row is unknown, not zero.

    Raises
    ------
    InputError
        With all findings.
    """
    return Table(file).columns()
