"""``kopa water night-flow``: leakage of zones by what flows in at night."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from kopa import console
from kopa.domain import Finding
from kopa.errors import Severity, UsageError
from kopa.units import to_si

from .night_flow import NightFlow, Settings, balance
from .read_flows import read_series
from .read_zones import read_zones

LEAST_CONNECTIONS, LEAST_PRESSURE = 3000, 25
"""Below these the unavoidable losses of a zone are less certain (Lambert et al. 1999)."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("night-flow", help="leakage of zones by what flows in at night")
    job.add_argument("flows", type=Path, metavar="FLOWS.csv", help="time, and a column a zone")
    job.add_argument("--unit", required=True, help="of the flows: L/s, m3/h, m3/d, gpm")
    job.add_argument("--zones", type=Path, metavar="F", help="what is known of the zones, as CSV")
    job.add_argument("--pressures", type=Path, metavar="F", help="pressures as CSV like the flows")
    job.add_argument("--pressure-unit", default="m", help="of the pressures: m, psi (default: m)")
    job.add_argument("--n1", type=float, metavar="N", help="exponent of leakage over pressure")
    job.add_argument("--night", default="2-4", metavar="H-H", help="hours (default: 2-4)")
    job.add_argument(
        "--per-connection", type=float, metavar="L", help="legitimate use, L/(connection·h)"
    )
    job.add_argument("--per-person", type=float, metavar="L", help="the same, L/(person·h)")
    job.add_argument("--timezone", metavar="TZ", help="clock for times with an offset from UTC")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    settings = _settings(arguments)
    timezone = _timezone(arguments.timezone)
    flows, findings = read_series(arguments.flows, _factor(arguments.unit, "m3/s"), timezone)
    zones, notes = read_zones(arguments.zones) if arguments.zones else ([], ())
    pressures, more = None, tuple[Finding, ...]()
    if arguments.pressures:
        factor = _factor(arguments.pressure_unit, "m")
        pressures, more = read_series(arguments.pressures, factor, timezone)
    told: list[Finding] = [*findings, *notes, *more]
    found = balance(flows, zones, settings, pressures)
    file = str(arguments.flows)
    told += [_lost(file, name) for name in sorted({zone.name for zone in zones} - set(flows.names))]
    for one in found:
        told += _alarms(file, one)
    told += _uncertain(found, {zone.name: zone for zone in zones}, file)
    if arguments.json:
        rows = [_row(one) for one in found]
        status = "ok" if not any(one.unknown for one in found) else "partial"
        document = {"status": status, "file": file, "zones": rows}
        console.document({**document, "findings": console.finding_rows(told)})
    else:
        _tell(found, told)
    return 0


def _settings(arguments: argparse.Namespace) -> Settings:
    low, _, high = arguments.night.partition("-")
    if not (low.isdigit() and high.isdigit() and 0 <= int(low) < int(high) <= 24):
        raise UsageError("--night must be two hours of one day, such as 2-4")
    for name, most in (("per_connection", 1000.0), ("per_person", 1000.0), ("n1", 3.0)):
        value = getattr(arguments, name)
        if value is not None and not 0 <= value <= most:
            raise UsageError(f"--{name.replace('_', '-')} must be from 0 to {most:g}")
    return Settings(
        int(low), int(high), arguments.per_connection, arguments.per_person, arguments.n1
    )


def _factor(unit: str, wanted: str) -> float:
    factor, si = to_si(1.0, unit)
    if si != wanted:
        raise UsageError(f"'{unit}' is no unit of what is {wanted} in SI")
    return factor


def _timezone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (LookupError, OSError, ValueError):
        raise UsageError(f"'{name}' is no time zone: write Europe/Riga") from None


def _lost(file: str, zone: str) -> Finding:
    do = "Add its column, or correct the name: capitals count."
    what = f"the zone '{zone}' has no flows."
    return Finding("water.night-flow-zone", what, do, "warning", file)


def _alarms(file: str, one: NightFlow) -> list[Finding]:
    found = []
    for step in one.steps:
        up, times = step.after > step.before, abs(step.after - step.before) / step.noise
        what = (
            f"night flow of '{one.zone}' {'rises' if up else 'falls'} from {step.before:.3g} to "
            f"{step.after:.3g} m³/h on {step.night}, {times:.0f} times its noise."
        )
        do = "Look for a new leak." if up else "See whether a leak was mended or a valve shut."
        severity: Severity = "warning" if up else "info"
        code = f"water.night-flow-{'up' if up else 'down'}"
        found.append(Finding(code, what, do, severity, file, asset=one.zone))
    return found


def _uncertain(found: list[NightFlow], zones: dict[str, Any], file: str) -> list[Finding]:
    """The ILI of small zones with little pressure says less."""
    notes = []
    for one in found:
        zone = zones.get(one.zone)
        if zone is None or not np.isfinite(one.ili):
            continue
        if zone.connections < LEAST_CONNECTIONS or zone.pressure_m < LEAST_PRESSURE:
            what = (
                f"the ILI of '{one.zone}' is uncertain: under {LEAST_CONNECTIONS} connections or "
                f"{LEAST_PRESSURE} m of pressure."
            )
            do = "Compare it with itself over time, not with other zones."
            notes.append(Finding("water.night-flow-ili", what, do, "info", file, asset=one.zone))
    return notes


def _row(one: NightFlow) -> dict[str, Any]:
    trend = one.trend
    return {
        "zone": one.zone,
        "night_flow_m3_h": one.present,
        "legitimate_m3_h": one.legitimate,
        "leakage_m3_h": one.leakage,
        "hour_day_factor": one.hour_day_factor,
        "leakage_m3_day": one.leakage_day,
        "uarl_m3_day": one.unavoidable_day,
        "ili": one.ili,
        "trend": trend and {"m3_h_per_day": trend.slope, "z": trend.z, "beyond_chance": trend.real},
        "steps": [
            {
                "night": step.night.isoformat(),
                "before_m3_h": step.before,
                "after_m3_h": step.after,
                "noise_m3_h": step.noise,
            }
            for step in one.steps
        ],
        "nights": [
            {"night": night.isoformat(), "m3_h": flow}
            for night, flow in zip(one.nights, one.flow, strict=True)
        ],
        "unknown": one.unknown,
    }


def _tell(found: list[NightFlow], notes: list[Finding]) -> None:
    console.tell(notes)
    number = console.number
    rows = []
    for one in found:
        trend = "none"
        if one.trend is None:
            trend = "unknown"
        elif one.trend.real:
            trend = f"{one.trend.slope * 7:+.2g} m³/h a week"
        values = (one.present, one.legitimate, one.leakage, one.leakage_day, one.ili)
        rows.append((one.zone, trend, *(number(value) for value in values)))
    heads = ("zone", "trend", "night m³/h", "used m³/h", "leakage m³/h", "m³/day", "ILI")
    console.table(heads, rows, numbers=5)
    for one in found:
        for reason in one.unknown:
            console.say(f"{console.escape(one.zone)}: {reason}.")
