"""``kopa health warnings``: heat, cold and bad air, and the people at risk."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.rows import Rows
from kopa.domain.speech import speech_of
from kopa.errors import Finding, InputError
from kopa.model import FloatArray

from .capability import PACKAGE
from .cli_common import failed, times_of
from .engine_pythermalcomfort import Felt, felt
from .hazards import Spell, at_risk, levels, spells, unjudged
from .read_tables import read_residents

HOUR = 3600
AIR = ("pm2_5", "pm10", "o3", "no2")
FEEL = ("temperature_c", "humidity_percent", "wind_m_s")


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("warnings", help="heat, cold and air: spells, and people at risk")
    columns = "time, temperature_c, humidity_percent, wind_m_s, pm2_5, pm10, o3, no2, by hour"
    job.add_argument("weather", type=Path, metavar="WEATHER.csv", help=columns)
    job.add_argument(
        "--residents", type=Path, metavar="F.geojson", help="points with people and age groups"
    )
    job.add_argument("--lang", default="en", help="language of the table (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    wrong: list[Finding] = []
    groups: dict[str, float] = {}
    findings: list[Finding] = []
    try:
        times, values, told = read_weather(arguments.weather)
        findings += told
    except InputError as error:
        wrong += error.findings
    if arguments.residents:
        try:
            homes, more = read_residents(arguments.residents)
            groups = {name: float(some.sum()) for name, some in homes.groups.items()}
            findings += more
        except InputError as error:
            wrong += error.findings
    if wrong:
        return failed(arguments, wrong)
    feeling = _felt(values, findings)
    series = {name: some for name, some in values.items() if name in AIR}
    if feeling is not None:
        series["utci"] = feeling.utci
    if not groups:
        what = "how many are at risk is unknown: no age bands are given."
        findings.append(Finding("health.no-groups", what, "Give --residents with groups.", "info"))
    rows = [_row(spell, times, groups) for spell in spells(series)]
    if groups and any(np.isnan(row["at_risk"]) for row in rows):
        what = "how many are at risk is unknown: no age band ends at the age that counts."
        do = "Give 0-14 and 65+ as bands of their own."
        findings.append(Finding("health.groups-across", what, do, "warning"))
    blind = _blind(series, len(times), findings)
    if arguments.json:
        console.document(
            {
                "status": "partial" if blind or _unknown(series, len(times)) else "ok",
                "hours": len(times),
                "checked": sorted(series),
                "warnings": rows,
                "utci": None if feeling is None else _hours(times, feeling),
                "unknown_hours": _unknown(series, len(times)),
                "groups": groups,
                "findings": console.finding_rows(findings),
            }
        )
        return 0
    cells = [
        (
            row["from"], row["to"], speech.say(f"hazard-{row['hazard']}"), row["level"],
            row["quantity"], speech.number(row["peak"]), speech.number(row["at_risk"]),
        )
        for row in rows
    ]  # fmt: skip
    heads = ("health-from", "health-to", "health-hazard", "health-level", "health-quantity",
             "health-peak", "health-at-risk")  # fmt: skip
    console.table([speech.say(head) for head in heads], cells, speech.say("health-warnings"), 2)
    console.tell(findings)
    return 0


def read_weather(
    path: Path,
) -> tuple[list[datetime], dict[str, FloatArray], tuple[Finding, ...]]:
    """Weather and air by hour: times, and columns that the file has, NaN where missing.

    Parameters
    ----------
    path
        CSV.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(path, PACKAGE, "weather", "health")
    found = rows.lines()
    times, step = times_of(rows, found)
    if step and step != HOUR and not rows.findings:
        what = f"its steps are {step / HOUR:g} h."
        rows.tell("step", "", what, "Give it by hour: means are taken over hours.")
    names = [one.name for one in rows.known if one.name != "time"]
    values = {name: np.array([row[name] for row in found], dtype=np.float64) for name in names}
    values = {name: some for name, some in values.items() if np.isfinite(some).any()}
    if not values and not rows.findings:
        rows.tell("empty", "", "it has neither weather nor air.", f"Write {', '.join(names)}.")
    rows.finish()
    return times, values, tuple(rows.findings)


def _felt(values: dict[str, FloatArray], findings: list[Finding]) -> Felt | None:
    lacking = [name for name in FEEL if name not in values]
    if len(lacking) == len(FEEL):
        return None
    if lacking:
        what = f"what it feels like is unknown: {', '.join(lacking)} is missing."
        findings.append(Finding("health.no-utci", what, "Add the columns.", "warning"))
        return None
    radiant = values.get("radiant_c")
    if radiant is None:
        radiant = values["temperature_c"]
        what = "radiant_c is not given: that of the air is taken, as in the shade."
        do = "In the sun it feels hotter: give it."
        findings.append(Finding("health.shade", what, do, "warning"))
    feeling = felt(values["temperature_c"], radiant, values["wind_m_s"], values["humidity_percent"])
    for reason, count in Counter(one for one in feeling.reasons if one).items():
        what = f"the UTCI of {count} hours is unknown: {reason}."
        do = "It holds in that range alone; it is neither cut off nor guessed."
        findings.append(Finding("health.utci-range", what, do, "warning"))
    return feeling


def _blind(series: dict[str, FloatArray], hours: int, findings: list[Finding]) -> bool:
    """Tell means that are unknown; True where one is so in all hours."""
    blind = False
    for (name, over), count in unjudged(series).items():
        if over == 1:
            continue  # the hours themselves are told as unknown
        none = count == hours
        blind |= none
        what = f"the mean of {name} over {over} h is unknown in {count} of {hours} hours."
        do = "No warning there does not mean good air: give the hours before, without gaps."
        findings.append(Finding("health.short", what, do, "warning" if none else "info"))
    return blind


def _unknown(series: dict[str, FloatArray], hours: int) -> dict[str, int]:
    """Hours of each quantity that are unknown, where there are any."""
    wanted = {level.quantity for level in levels()} & series.keys()
    counts = {name: hours - int(np.isfinite(series[name]).sum()) for name in sorted(wanted)}
    return {name: count for name, count in counts.items() if count}


def _row(spell: Spell, times: list[datetime], groups: dict[str, float]) -> dict[str, Any]:
    level = spell.level
    return {
        "hazard": level.hazard,
        "level": level.name,
        "severity": level.severity,
        "quantity": level.quantity,
        "mean_hours": level.hours,
        "from": f"{times[spell.first]:%Y-%m-%dT%H:%M}",
        "to": f"{times[spell.last]:%Y-%m-%dT%H:%M}",
        "peak": spell.peak,
        "at_risk": at_risk(level.hazard, groups),
        "source": level.source,
    }


def _hours(times: list[datetime], feeling: Felt) -> list[dict[str, Any]]:
    rows = zip(times, feeling.utci.tolist(), feeling.reasons, strict=True)
    return [
        {"time": f"{time:%Y-%m-%dT%H:%M}", "utci_c": value, "unknown": reason}
        for time, value, reason in rows
    ]
