"""Reads the devices of a plan: the flex-model of FlexMeasures, and what is not planned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from kopa.domains.energy.plan import Fixed, Process, Storage, Wish
from kopa.domains.energy.quantities import (
    ENERGY,
    FLOW,
    POWER,
    SHARE,
    SPECIFIC,
    VOLUME,
    Reader,
)
from kopa.model import FloatArray

STORAGE = (
    *("name", "at", "soc-unit", "soc-at-start", "soc-min", "soc-max", "soc-targets"),
    *("soc-minima", "soc-maxima", "soc-usage", "soc-gain", "power-capacity"),
    *("consumption-capacity", "production-capacity", "charging-efficiency"),
    *("discharging-efficiency", "roundtrip-efficiency", "storage-efficiency"),
    *("power-levels", "specific-energy"),
)
PROCESS = ("name", "at", "process-type", "power", "duration", "time-restrictions")
WISHES = ("soc-targets", "soc-minima", "soc-maxima")


def read_fixed(reader: Reader, context: Mapping[str, Any]) -> list[Fixed]:
    """What is not planned."""
    found = []
    given = context.get("inflexible-devices", [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        reader.wrong("flex-context.inflexible-devices", "It is no list of objects.", "Correct it.")
        return []
    for number, one in enumerate(given):
        place = f"flex-context.inflexible-devices[{number}]"
        reader.known(one, ("name", "at", "power"), place)
        given_kw = reader.listed(one.get("power"), f"{place}.power")
        kw = reader.series(given_kw, POWER, f"{place}.power")
        found.append(Fixed(reader.name(one, place), str(one.get("at", "")), kw))
    return found


def read_process(reader: Reader, given: Mapping[str, Any], place: str) -> Process:
    """Work that must be done once."""
    reader.known(given, PROCESS, place)
    kind = given.get("process-type")
    if kind not in ("INFLEXIBLE", "BREAKABLE", "SHIFTABLE"):
        do = "Write INFLEXIBLE, BREAKABLE or SHIFTABLE."
        reader.wrong(f"{place}.process-type", f"'{kind}' is not known.", do)
    hours = reader.duration(given.get("duration"), f"{place}.duration") or reader.step_h
    steps = math.ceil(hours / reader.step_h - 1e-9)
    if steps > reader.steps:
        what = "It takes longer than the time that is planned."
        reader.wrong(f"{place}.duration", what, "Plan a longer time.")
    allowed = np.ones(reader.steps, dtype=bool)
    if "time-restrictions" in given:
        at = f"{place}.time-restrictions"
        for _, begin, end, part in reader.parts(given["time-restrictions"], at):
            if begin == end:
                reader.wrong(part, "It is a moment.", "Write start with end or duration.")
            allowed[max(math.floor(begin), 0) : max(math.ceil(end), 0)] = False
    if kind == "INFLEXIBLE":
        allowed[steps:] = False
    kw = reader.number(given.get("power"), POWER, f"{place}.power", 0.0)
    name, at = reader.name(given, place), str(given.get("at", ""))
    return Process(name, at, kw, steps, kind == "BREAKABLE", allowed)


def read_storage(reader: Reader, given: Mapping[str, Any], place: str) -> Storage:
    """A device with a stock."""
    reader.known(given, STORAGE, place)
    unit = given.get("soc-unit", "kWh")
    if unit not in ("kWh", "MWh", "m3"):
        reader.wrong(f"{place}.soc-unit", f"'{unit}' is not known.", "Write kWh or m3.")
    water = unit == "m3"
    stock, flow = (VOLUME, FLOW) if water else (ENERGY, POWER)

    def number(key: str, units: Mapping[str, float], usual: float) -> float:
        if key not in given and not math.isnan(usual):
            return usual
        return reader.number(given.get(key), units, f"{place}.{key}", 0.0)

    def series(key: str, units: Mapping[str, float], usual: FloatArray) -> FloatArray:
        if key not in given:
            return usual
        at = f"{place}.{key}"
        return reader.series(reader.listed(given[key], at), units, at, 0.0)

    specific = number("specific-energy", SPECIFIC, math.nan if water else 1.0)
    if specific == 0:
        do = "Write what it takes to lift a m3, such as '0.4 kWh/m3'."
        reader.wrong(f"{place}.specific-energy", "It is 0.", do)
        specific = math.nan
    kept = number("storage-efficiency", SHARE, 1.0)
    if kept > 1:
        do = "Write 0 to 100 %, what is left after a step."
        reader.wrong(f"{place}.storage-efficiency", f"{kept:g} is no efficiency.", do)
    into, out = _efficiencies(reader, given, place)
    zero = np.zeros(reader.steps)
    if "power-capacity" in given:
        capacity = series("power-capacity", POWER, np.full(reader.steps, math.inf))
    else:
        capacity = np.full(reader.steps, math.inf)
        for key in ("consumption-capacity", "production-capacity"):
            if key not in given:
                do = "Write it, or power-capacity for both ways; '0 kW' for a one-way device."
                reader.wrong(f"{place}.{key}", "It is missing.", do)
    if water and "production-capacity" not in given:
        do = "Write '0 kW' for a pump."
        reader.wrong(f"{place}.production-capacity", "A tank's is missing.", do)
    most_in = np.minimum(capacity, series("consumption-capacity", POWER, capacity))
    most_out = np.minimum(capacity, series("production-capacity", POWER, capacity))
    low, high = number("soc-min", stock, math.nan), number("soc-max", stock, math.inf)
    start = number("soc-at-start", stock, math.nan)
    if not low <= start <= high and not math.isnan(low + start + high):
        what = f"soc-at-start {start:g} is not between soc-min {low:g} and soc-max {high:g} {unit}."
        reader.wrong(place, what, "Correct one of them.")
    levels = given.get("power-levels", [])
    if not isinstance(levels, list):
        reader.wrong(f"{place}.power-levels", "It is no list.", "Write ['0 kW', '45 kW'].")
        levels = []
    spots = [f"{place}.power-levels[{number}]" for number in range(len(levels))]
    return Storage(
        name=reader.name(given, place),
        at=str(given.get("at", "")),
        unit="m3" if water else "kWh",
        start=start,
        low=low,
        high=high,
        per_kwh_in=into / specific,
        per_kwh_out=1 / (out * specific) if out * specific else math.nan,
        kept=kept,
        gain=series("soc-gain", flow, zero) - series("soc-usage", flow, zero),
        most_in=most_in,
        most_out=most_out,
        levels=tuple(
            reader.number(one, POWER, at, 0.0) for one, at in zip(levels, spots, strict=True)
        ),
        wishes=tuple(
            dict.fromkeys(  # once what is said twice
                wish
                for key in WISHES
                if key in given
                for wish in _wishes(reader, given[key], key, stock, place)
            )
        ),
    )


def _efficiencies(reader: Reader, given: Mapping[str, Any], place: str) -> tuple[float, float]:
    def share(key: str) -> float:
        value = reader.number(given[key], SHARE, f"{place}.{key}", 0.0)
        if value == 0 or value > 1:
            reader.wrong(f"{place}.{key}", f"{value:g} is no efficiency.", "Write 0 to 100 %.")
        return value or math.nan

    if "roundtrip-efficiency" in given:
        for key in ("charging-efficiency", "discharging-efficiency"):
            if key in given:
                what = "It is there beside roundtrip-efficiency."
                reader.wrong(f"{place}.{key}", what, "Leave one of them out.")
        both = math.sqrt(share("roundtrip-efficiency"))
        return both, both
    into, out = (
        share(key) if key in given else 1.0
        for key in ("charging-efficiency", "discharging-efficiency")
    )
    return into, out


def _wishes(
    reader: Reader, given: Any, key: str, units: Mapping[str, float], place: str
) -> list[Wish]:
    found = []
    for part, begin, end, at in reader.parts(given, f"{place}.{key}"):
        value = reader.number(part.get("value"), units, f"{at}.value", 0.0)
        first, last = math.ceil(begin), math.floor(end)
        if first > last:
            reader.wrong(at, "No boundary between two steps lies in it.", "Move it to one.")
        elif not (last > 0 and first <= reader.steps):
            reader.wrong(at, "It is outside of the time that is planned.", "Leave it out.")
        else:
            found.append(Wish(key, max(first, 0), min(last, reader.steps), value))
    return found
