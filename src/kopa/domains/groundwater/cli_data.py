"""The jobs on measurements: pumping tests, heads."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import EngineError, Finding, InputError, UsageError
from kopa.units import to_si

from .cli_common import unknown
from .heads import Judged, judge
from .pumping_test import PARAMETERS, Fit, Well, fit
from .read_readings import PumpingTest, read_series, read_test

_DAY = 86_400.0
_TO_PEOPLE = (_DAY, 1.0, 1 / _DAY)
_UNITS = ("m²/d", "", "d")


def test(arguments: argparse.Namespace) -> int:
    """Fit a pumping test; gives the exit code."""
    well = _well(arguments)
    tests = _tests(arguments)
    try:
        together = fit(tests, well, arguments.leaky)
        alone = [fit([one], well, arguments.leaky) for one in tests] if len(tests) > 1 else []
    except EngineError as error:
        return unknown(arguments, (), error)
    if arguments.json:
        console.document(_test_document(arguments, tests, together, alone))
    else:
        _tell_test(tests, together, alone)
    return 0 if together.trusted else 1


def _well(arguments: argparse.Namespace) -> Well:
    number, _, unit = arguments.discharge.strip().partition(" ")
    try:
        value, si = to_si(float(number), unit.strip())
    except ValueError:
        value, si = 0.0, ""
    if si != "m3/s" or not 0 < value < 20:
        raise UsageError(f"--discharge '{arguments.discharge}': write such as '788 m3/d'")
    if not 0.01 <= arguments.thickness <= 2000 or not 0.001 <= arguments.radius <= 10:
        raise UsageError("--thickness is 0.01 to 2000 m, --radius 0.001 to 10 m")
    if not all(arguments.radius < distance < 1e5 for distance in arguments.distance):
        raise UsageError("--distance must lie beyond the radius of the well, within 100 km")
    return Well(value, arguments.thickness, arguments.radius)


def _tests(arguments: argparse.Namespace) -> list[PumpingTest]:
    if len(arguments.data) != len(arguments.distance):
        raise UsageError(
            f"{len(arguments.data)} files, but {len(arguments.distance)} distances: give one each"
        )
    tests: list[PumpingTest] = []
    findings: list[Finding] = []
    for file, distance in zip(arguments.data, arguments.distance, strict=True):
        try:
            tests.append(read_test(file, distance, arguments.time_unit))
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return tests


def _parameters(found: Fit) -> list[dict[str, Any]]:
    rows = zip(PARAMETERS, found.values, found.low, found.high, _TO_PEOPLE, strict=False)
    return [
        {"name": name, "value": mid * factor, "low": low * factor, "high": high * factor}
        for name, mid, low, high, factor in rows
    ]


def _fit_document(found: Fit) -> dict[str, Any]:
    return {
        "parameters": _parameters(found),
        "rmse_m": found.rmse,
        "explained": found.explained,
        "residual_correlation": found.alike,
    }


def _test_document(
    arguments: argparse.Namespace, tests: list[PumpingTest], together: Fit, alone: list[Fit]
) -> dict[str, Any]:
    return {
        "status": "ok" if together.trusted else "unknown",
        "model": "Hantush" if arguments.leaky else "Theis",
        **_fit_document(together),
        "confidence": 0.95,
        "each": [
            {"file": str(one.file), "distance_m": one.distance, **_fit_document(found)}
            for one, found in zip(tests, alone, strict=False)
        ],
        "residuals": [
            {
                "file": str(one.file),
                "distance_m": one.distance,
                "time_s": one.times,
                "drawdown_m": one.drawdown,
                "residual_m": rest,
            }
            for one, rest in zip(tests, together.residuals, strict=True)
        ],
        "findings": console.finding_rows(together.findings),
    }


def _tell_test(tests: list[PumpingTest], together: Fit, alone: list[Fit]) -> None:
    console.tell(together.findings)
    rows = [_fit_row("all" if alone else _where(tests[0]), together)]
    rows += [_fit_row(_where(one), found) for one, found in zip(tests, alone, strict=False)]
    heads = ["readings", *(name.rpartition("_m2")[0] or name.partition("_d")[0]
                           for name in PARAMETERS[: len(together.values)])]  # fmt: skip
    title = "Fit, with 95 % confidence intervals"
    console.table([*heads, "rmse", "explained"], rows, title, len(heads) + 1)
    if not together.trusted:
        console.say("The fit cannot be trusted: the aquifer is unknown.")


def _where(one: PumpingTest) -> str:
    return f"{one.file.name}, {one.distance:g} m"


def _fit_row(name: str, found: Fit) -> tuple[str, ...]:
    cells = [
        f"{console.number(mid * factor)} ({console.number(low * factor)} – "
        f"{console.number(high * factor)}) {unit}".rstrip()
        for mid, low, high, factor, unit in zip(
            found.values, found.low, found.high, _TO_PEOPLE, _UNITS, strict=False
        )
    ]
    return (name, *cells, f"{found.rmse:.3f} m", f"{found.explained:.1%}")


def heads(arguments: argparse.Namespace) -> int:
    """Fit heads to the weather, and forecast them; gives the exit code."""
    if not 0 <= arguments.forecast <= 366:
        raise UsageError("--forecast is 0 to 366 days")
    findings: list[Finding] = []
    stops: list[Finding] = []
    read = []
    for file, column in (
        (arguments.heads, "head_m"),
        (arguments.precipitation, "precipitation_mm"),
        (arguments.evaporation, "evaporation_mm"),
    ):
        try:
            series, warnings = read_series(file, column)
            read.append(series)
            findings += warnings
        except InputError as error:
            stops += error.findings
    if stops:
        raise InputError([*findings, *stops])
    try:
        found = judge(read[0], read[1], read[2], arguments.forecast)
    except EngineError as error:
        return unknown(arguments, findings, error)
    findings += found.findings
    if arguments.json:
        console.document(_heads_document(arguments, found, findings))
    else:
        _tell_heads(found, findings)
    return 1 if found.findings else 0


def _heads_document(
    arguments: argparse.Namespace, found: Judged, findings: list[Finding]
) -> dict[str, Any]:
    ahead = found.forecast
    return {
        "status": "unknown" if found.findings else "ok",
        "file": str(arguments.heads),
        "explained": found.model.explained,
        "explained_unseen": found.unseen,
        "parameters": found.model.parameters,
        "anomalies": [
            {"time": one.time, "head_m": one.head, "expected_m": one.expected, "score": one.score}
            for one in found.anomalies
        ],
        "forecast": None
        if ahead is None
        else {
            "time": np.datetime_as_string(ahead.times, "D"),
            "low_m": ahead.low,
            "mid_m": ahead.mid,
            "high_m": ahead.high,
            "band": "5th to 95th percentile",
            "weather_years": ahead.years,
        },
        "findings": console.finding_rows(findings),
    }


def _tell_heads(found: Judged, findings: list[Finding]) -> None:
    console.tell(findings)
    console.say(
        f"Weather explains {found.model.explained:.0%} of the heads, and {found.unseen:.0%} of "
        "those that a model of the first part has not seen."
    )
    rows = [
        (one.time[:10], f"{one.head:.2f} m", f"{one.expected:.2f} m", f"{one.score:+.1f}")
        for one in found.anomalies
    ]
    if rows:
        console.table(("day", "head", "expected", "standard errors"), rows, "Odd heads", 3)
    ahead = found.forecast
    if ahead is not None:
        shown = np.unique(np.linspace(0, len(ahead.times) - 1, 8).astype(int))
        days = np.datetime_as_string(ahead.times, "D")
        rows = [
            (
                str(days[row]),
                f"{ahead.low[row]:.2f} m",
                f"{ahead.mid[row]:.2f} m",
                f"{ahead.high[row]:.2f} m",
            )
            for row in shown
        ]
        title = f"Forecast with the weather of {ahead.years} past years"
        console.table(("day", "5th percentile", "median", "95th percentile"), rows, title, 3)
