"""Reads what is to be planned from JSON, in the words of FlexMeasures.

References
----------
FlexMeasures, documentation of scheduling: flex-context and flex-model. What Kopa adds is said in
docs/domains/energy.md.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.energy.plan import Problem, Process, Site, Storage
from kopa.domains.energy.quantities import (
    EMISSION,
    ENERGY,
    POWER,
    VOLUME,
    Reader,
    hours_of,
    prices,
)
from kopa.domains.energy.read_devices import read_fixed, read_process, read_storage
from kopa.errors import Finding, InputError
from kopa.model import FloatArray

MOST_STEPS = 10_000
TOP = ("start", "duration", "resolution", "currency", "flex-context", "flex-model", "grid")
CONTEXT = (
    *("consumption-price", "production-price", "co2-intensity", "co2-price"),
    *("site-power-capacity", "site-consumption-capacity", "site-production-capacity"),
    *("site-consumption-breach-price", "site-production-breach-price"),
    *("site-peak-consumption", "site-peak-consumption-price"),
    *("soc-minima-breach-price", "soc-maxima-breach-price", "inflexible-devices"),
)


def read_plan(file: Path) -> tuple[Problem, Mapping[str, Any] | None]:
    """Read what is to be planned.

    Returns
    -------
    tuple
        The problem, and the part ``grid`` of the file, None where it has none.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    document = _document(file)
    reader = _clock(document, file)
    for key in sorted(set(document) - set(TOP)):
        reader.wrong(key, "This is not known.", f"Write {', '.join(TOP)}.")
    currency = document.get("currency", "EUR")
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        reader.wrong("currency", f"'{currency}' is no currency.", "Write three letters: EUR.")
        currency = "EUR"
    context = document.get("flex-context")
    models = document.get("flex-model")
    if not isinstance(context, dict):
        reader.wrong("flex-context", "It is missing.", "Write an object with consumption-price.")
        context = {}
    if not isinstance(models, list) or not all(isinstance(one, dict) for one in models):
        reader.wrong("flex-model", "It is missing or no list of objects.", "Write the devices.")
        models = []
    fixed = read_fixed(reader, context)
    storages: list[Storage] = []
    processes: list[Process] = []
    for number, model in enumerate(models):
        place = f"flex-model[{number}]"
        if "process-type" in model:
            processes.append(read_process(reader, model, place))
        else:
            storages.append(read_storage(reader, model, place))
    names = [*(one.name for one in storages), *(one.name for one in processes)]
    names += [one.name for one in fixed]
    for name in sorted({name for name in names if names.count(name) > 1}):
        reader.wrong("flex-model", f"The name '{name}' is there twice.", "Rename one.")
    exports = any(one.most_out.any() for one in storages) or any(
        (one.kw < 0).any() for one in fixed
    )
    site = _site(reader, context, currency, exports)
    if reader.findings:
        raise InputError(reader.findings)
    problem = Problem(
        reader.start,
        reader.step_h,
        reader.steps,
        currency,
        site,
        tuple(storages),
        tuple(processes),
        tuple(fixed),
    )
    return problem, document.get("grid")


def _document(file: Path) -> dict[str, Any]:
    def stop(what: str, do: str, place: str = "") -> InputError:
        return InputError([Finding("energy.plan", what, do, file=file.name, place=place)])

    try:
        found = json.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise stop(f"It cannot be read: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError as error:
        raise stop(f"Byte {error.start} is not UTF-8.", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise stop(f"It is no JSON: {error.msg}.", "Correct it.", place) from None
    except ValueError:  # Python reads no whole number of more than 4300 digits
        raise stop("A number has thousands of digits.", "Write less.") from None
    except RecursionError:
        raise stop("It is nested too deep.", "Write it as the documentation shows.") from None
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise stop("It holds half of a character (a surrogate).", "Write it whole.") from None
    if not isinstance(found, dict):
        raise stop("It is no JSON object.", "Write start, duration, resolution and more.")
    return found


def _clock(document: Mapping[str, Any], file: Path) -> Reader:
    """A reader of the time that is planned."""
    findings = []

    def wrong(key: str, do: str) -> None:
        what = f"'{document[key]}' is wrong." if key in document else "It is missing."
        findings.append(Finding("energy.plan", what, do, file=file.name, place=key))

    start = None
    with contextlib.suppress(ValueError):
        start = datetime.fromisoformat(str(document.get("start")))
    if start is None or start.tzinfo is None or not 1900 <= start.year <= 2900:
        wrong("start", "Write a time with its offset: 2026-11-23T00:00:00+02:00.")
    hours = {key: hours_of(document.get(key)) for key in ("duration", "resolution")}
    for key, value in hours.items():
        if value is None:
            wrong(key, "Write a duration such as PT24H or PT15M.")
    length, step = hours["duration"], hours["resolution"]
    if length and step and not 1 <= length / step <= MOST_STEPS:
        wrong("resolution", f"Plan from 1 to {MOST_STEPS} steps.")
    elif length and step and abs(length / step - round(length / step)) > 1e-9:
        wrong("resolution", "The duration must be a whole number of steps.")
    if findings or start is None or not length or not step:
        raise InputError(findings)
    return Reader(file, start, step, round(length / step))


def _site(reader: Reader, given: Mapping[str, Any], currency: str, exports: bool) -> Site:
    reader.known(given, CONTEXT, "flex-context")
    energy = prices(currency, ENERGY)
    nothing = np.empty(0)

    def series(key: str, units: Mapping[str, float], least: float, gaps: float) -> FloatArray:
        place = f"flex-context.{key}"
        return reader.series(reader.listed(given[key], place), units, place, least, gaps)

    def price(key: str, units: Mapping[str, float]) -> float:
        if key not in given:
            return math.inf
        return reader.number(given[key], prices(currency, units), f"flex-context.{key}", 0.0)

    buy = sell = nothing
    if "consumption-price" in given:
        buy = series("consumption-price", energy, -math.inf, math.nan)
    else:
        do = "Write what a kWh costs, such as '120 EUR/MWh'."
        reader.wrong("flex-context.consumption-price", "It is missing.", do)
    if "production-price" in given:
        sell = series("production-price", energy, -math.inf, math.nan)
    elif exports:
        do = "Write what a kWh earns, '0 EUR/kWh' if nothing."
        reader.wrong("flex-context.production-price", "Something can produce.", do)
    unlimited = np.full(reader.steps, math.inf)
    both = unlimited
    if "site-power-capacity" in given:
        both = series("site-power-capacity", POWER, 0.0, math.inf)
    into, out = (
        np.minimum(both, series(key, POWER, 0.0, math.inf)) if key in given else both
        for key in ("site-consumption-capacity", "site-production-capacity")
    )
    co2 = np.full(reader.steps, math.nan)
    if "co2-intensity" in given:
        co2 = series("co2-intensity", EMISSION, 0.0, math.nan)
    elif "co2-price" in given:
        do = "Write emissions of a kWh, such as '120 g/kWh'."
        reader.wrong("flex-context.co2-intensity", "There is a co2-price without it.", do)
    mass = {"g": 1e-3, "kg": 1.0, "t": 1e3}
    co2_price = price("co2-price", mass) if "co2-price" in given else 0.0
    peak = 0.0
    if "site-peak-consumption" in given:
        place = "flex-context.site-peak-consumption"
        peak = reader.number(given["site-peak-consumption"], POWER, place, 0.0)
    charged = "site-peak-consumption-price" in given
    stock = ENERGY | VOLUME
    return Site(
        buy=buy,
        sell=sell,
        co2=co2,
        co2_price=co2_price,
        most_in=into,
        most_out=out,
        breach_in=price("site-consumption-breach-price", POWER),
        breach_out=price("site-production-breach-price", POWER),
        peak_kw=peak,
        peak_price=price("site-peak-consumption-price", POWER) if charged else 0.0,
        breach_low=price("soc-minima-breach-price", stock),
        breach_high=price("soc-maxima-breach-price", stock),
    )
