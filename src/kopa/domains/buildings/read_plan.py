"""Reads what to plan: a TOML file of the building, and a CSV of the hours to come."""

from __future__ import annotations

import csv
import itertools
import json
import math
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError, RangeError, stopping
from kopa.model import FloatArray

from .engine_thermal import GAIN, ONE, SUN, TWO, Thermal
from .plan import Device, Task

KWH = 3.6e6
SERIES = ("outdoor_c", "price_eur_kwh")
SUN_COLUMN = "solar_w_m2"
MODEL_KEYS = {
    "loss_w_k": ("loss", 1.0), "capacity_kwh_k": ("capacity", KWH),
    "inner_loss_w_k": ("inner_loss", 1.0), "outer_loss_w_k": ("outer_loss", 1.0),
    "air_capacity_kwh_k": ("air_capacity", KWH), "mass_capacity_kwh_k": ("mass_capacity", KWH),
    "sun_area_m2": (SUN, 1.0), "gain_w": (GAIN, 1.0),
}  # fmt: skip
KEYS = {
    "": ("model", "heating", "cooling", "comfort", "start_c", "end_c"),
    "model": tuple(MODEL_KEYS),
    "heating": ("max_kw", "efficiency"),
    "cooling": ("max_kw", "efficiency"),
    "comfort": ("low_c", "high_c", "period"),
    "period": ("from", "to", "low_c", "high_c"),
}


class _Asked:
    """A file's tables, with findings."""

    def __init__(self, file: Path) -> None:
        self.file, self.findings = file, list[Finding]()

    def tell(self, code: str, what: str, do: str, place: str = "") -> None:
        self.findings.append(
            Finding(f"buildings.plan-{code}", what, do, file=str(self.file), place=place)
        )

    def table(self, raw: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
        value = raw.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.tell("table", f"{key} is {value!r}.", f"Write a table [{key}].", key)
            return {}
        self.unknown(value, key)
        return value

    def unknown(self, row: Mapping[str, Any], table: str) -> None:
        for key in row:
            if key not in KEYS[table]:
                do = f"Use one of: {', '.join(KEYS[table])}."
                self.tell("key", f"'{key}' is not known here.", do, table)

    def number(
        self, row: Mapping[str, Any], key: str, low: float, high: float, place: str
    ) -> float:
        value = row.get(key)
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if good and low <= float(value) <= high:  # type: ignore[arg-type]
            return float(value)  # type: ignore[arg-type]
        what = f"{key} is missing." if value is None else f"{key} is {value!r}."
        self.tell("number", what, f"Write a number from {low:g} to {high:g}.", place)
        return math.nan


def read_plan(file: Path, series: Path) -> Task:
    """What to plan.

    Parameters
    ----------
    file
        TOML with the tables ``model`` (or the name of a JSON document of ``kopa buildings model``),
        ``heating``, ``cooling`` and ``comfort``, and ``start_c``.
    series
        CSV with ``time``, ``outdoor_c``, ``price_eur_kwh`` and perhaps ``solar_w_m2``; a value
        holds until the next row.

    Raises
    ------
    InputError
        With all findings of both files.
    """
    asked, rows = _Asked(file), _Asked(series)
    raw = _toml(asked)
    times, columns = _series(rows)
    asked.unknown(raw, "")
    thermal = _thermal(asked, raw)
    devices = {name: _device(asked, raw, name) for name in ("heating", "cooling")}
    if not asked.findings and devices["heating"] is None and devices["cooling"] is None:
        asked.tell("device", "there is nothing to plan.", "Add a table heating or cooling.")
    low, high = _comfort(asked, raw, times)
    start = asked.number(raw, "start_c", -30, 50, "start_c")
    end = asked.number(raw, "end_c", -30, 50, "end_c") if "end_c" in raw else None
    findings = [*asked.findings, *rows.findings]
    if stopping(findings) or thermal is None:
        raise InputError(findings)
    step = (times[1] - times[0]).total_seconds()
    return Task(
        thermal, step, columns["outdoor_c"], columns.get(SUN_COLUMN), columns["price_eur_kwh"],
        low, high, devices["heating"], devices["cooling"], start, end,
    )  # fmt: skip


def _toml(asked: _Asked) -> dict[str, Any]:
    try:
        return tomllib.loads(asked.file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        asked.tell("no-file", f"cannot read it: {error.strerror}.", "Check the path.")
    except ValueError as error:
        asked.tell("syntax", f"{str(error)[:80]}.", "Correct the TOML.")
    raise InputError(asked.findings)


def _thermal(asked: _Asked, raw: Mapping[str, Any]) -> Thermal | None:
    given = raw.get("model")
    if isinstance(given, str):
        return _fitted(asked, asked.file.parent / given)
    table = asked.table(raw, "model")
    if table is None:
        asked.tell("model", "[model] is missing.", "Give loss_w_k and capacity_kwh_k.", "model")
        return None
    found = {}
    for key, (name, scale) in MODEL_KEYS.items():
        if key in table:
            low = -1e6 if name == GAIN else 0.0
            found[name] = asked.number(table, key, low, 1e9, "model") * scale
    if not (set(ONE) <= set(found)) ^ (set(TWO) <= set(found)):
        do = "Give loss_w_k and capacity_kwh_k, or the four of a model with two capacities."
        asked.tell("model", "the model is neither of one nor of two capacities.", do, "model")
        return None
    return _made(asked, found)


def _fitted(asked: _Asked, file: Path) -> Thermal | None:
    do = "Name the output of `kopa buildings model … --json`."
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["model"]["parameters"]
        found = {
            name: row["value"] * (KWH if row["unit"] == "kWh/K" else 1.0)
            for name, row in rows.items()
        }
    except OSError as error:
        asked.tell("model", f"cannot read {file}: {error.strerror}.", do, "model")
    except (ValueError, KeyError, TypeError):
        what = f"{file} holds no model whose parameters are all known."
        asked.tell("model", what, do, "model")
    else:
        return _made(asked, found)
    return None


def _made(asked: _Asked, found: Mapping[str, float]) -> Thermal | None:
    try:
        return Thermal(found)
    except RangeError as error:
        asked.tell("model", f"{error}.", "Correct the model.", "model")
        return None


def _device(asked: _Asked, raw: Mapping[str, Any], name: str) -> Device | None:
    table = asked.table(raw, name)
    if table is None:
        return None
    most = asked.number(table, "max_kw", 1e-3, 1e6, name)
    return Device(most * 1000, asked.number(table, "efficiency", 0.1, 20, name))


def _comfort(
    asked: _Asked, raw: Mapping[str, Any], times: list[datetime]
) -> tuple[FloatArray, FloatArray]:
    """Comfort at the end of each step; a period holds from its first to before its last minute."""
    table = asked.table(raw, "comfort")
    if table is None:
        asked.tell("comfort", "[comfort] is missing.", "Give low_c and high_c.", "comfort")
        return np.zeros(0), np.zeros(0)
    many = len(times)
    low = np.full(many, asked.number(table, "low_c", -30, 50, "comfort"))
    high = np.full(many, asked.number(table, "high_c", -30, 50, "comfort"))
    periods = table.get("period", [])
    if not isinstance(periods, list) or not all(isinstance(row, dict) for row in periods):
        asked.tell("period", "period is no list of tables.", "Write [[comfort.period]].", "comfort")
        periods = []
    step = times[1] - times[0] if many > 1 else None
    ends = [] if step is None else [_minute(time + step) for time in times]
    for number, row in enumerate(periods, 1):
        place = f"comfort.period {number}"
        asked.unknown(row, "period")
        first, last = (_clock(asked, row, key, place) for key in ("from", "to"))
        lowest = asked.number(row, "low_c", -30, 50, place)
        highest = asked.number(row, "high_c", -30, 50, place)
        for at, minute in enumerate(ends):
            inside = first <= minute < last if first <= last else minute >= first or minute < last
            if inside:
                low[at], high[at] = lowest, highest
    if (low > high).any():
        do = "Give low_c no higher than high_c, everywhere."
        asked.tell("comfort", "the lower end of comfort is above the upper.", do, "comfort")
    return low, high


def _minute(time: datetime) -> int:
    return time.hour * 60 + time.minute


def _clock(asked: _Asked, row: Mapping[str, Any], key: str, place: str) -> int:
    try:
        time = datetime.strptime(str(row.get(key)), "%H:%M")
    except ValueError:
        asked.tell("clock", f"{key} is {row.get(key)!r}.", "Write it as 06:00.", place)
        return 0
    return _minute(time)


def _series(rows: _Asked) -> tuple[list[datetime], dict[str, FloatArray]]:
    try:
        text = rows.file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        rows.tell("no-file", f"cannot read it: {error.strerror}.", "Check the path.")
        return [], {}
    except UnicodeDecodeError as error:
        rows.tell("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        return [], {}
    reader = csv.DictReader(text.splitlines())
    heads = reader.fieldnames or []
    for name in ("time", *SERIES):
        if name not in heads:
            rows.tell("column", f"the column '{name}' is missing.", "Add it.", "line 1")
    names = [name for name in (*SERIES, SUN_COLUMN) if name in heads]
    times: list[datetime] = []
    values: dict[str, list[float]] = {name: [] for name in names}
    for row in reader:
        place = f"line {reader.line_num}"
        try:
            times.append(datetime.fromisoformat((row.get("time") or "").strip()))
        except ValueError:
            rows.tell("time", f"'{row.get('time')}' is no time.", "Write 2026-11-18T06:00.", place)
        for name in names:
            try:
                value = float(row[name] or "")
            except (TypeError, ValueError):
                value = math.nan
            if not math.isfinite(value):
                rows.tell("number", f"{name} is {row[name]!r}.", "Write a number.", place)
            values[name].append(value)
    steps = {later - sooner for sooner, later in itertools.pairwise(times)}
    if not rows.findings and (len(steps) != 1 or min(steps).total_seconds() <= 0):
        do = "Give two rows or more, each as long after the one before."
        rows.tell("steps", "the times have no equal steps.", do, "time")
    return times, {name: np.array(column) for name, column in values.items()}
