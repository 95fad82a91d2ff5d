"""``kopa waste rounds``: which containers are emptied on a day, by whom, in which order."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.speech import speech_of
from kopa.domains.waste.rounds.day import DayRounds, Driven, Now, Sums, day_rounds, resume
from kopa.domains.waste.rounds.day_tasks import AHEAD, RISK, Wish
from kopa.domains.waste.rounds.document import document
from kopa.domains.waste.rounds.write_plan import check_output, write_plan
from kopa.errors import Finding, InputError, UsageError, stopping
from kopa.model import FloatArray
from kopa.model.window import seconds

from .calendar import driven_on
from .city_files import Waste, arguments_of, read_waste, streets_named
from .cli_common import effort_of, effort_options, failed
from .read_trucks import PACKAGE


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("rounds", help="tomorrow's rounds against today's; during a shift too")
    arguments_of(job)
    search_of(job)
    job.add_argument(
        "--risk", type=float, default=RISK, metavar="P",
        help=f"probability of flowing over from which a container must be emptied ({RISK:g})",
    )  # fmt: skip
    job.add_argument(
        "--by-fill", action="store_true", help="containers wait until they are full, whatever "
        "interval_days says",
    )  # fmt: skip
    job.add_argument(
        "--all-trucks", action="store_true", help="also trucks that have no round on the day"
    )
    job.add_argument("--broken", nargs="+", default=[], metavar="TRUCK", help="trucks out of work")
    job.add_argument("--shut", nargs="+", default=[], metavar="PLANT", help="plants that are shut")
    job.add_argument(
        "--driven", type=Path, metavar="PLAN.json",
        help="plan the rest of a shift anew: what --json wrote of the plan that is driven",
    )  # fmt: skip
    job.add_argument("--now", metavar="HH:MM", help="with --driven: what happened when")
    job.set_defaults(run=run)


def search_of(job: Any) -> None:
    """Add how long is searched, which streets are closed, and what is written."""
    effort_options(job)
    job.add_argument(
        "--closed", nargs="+", default=[], metavar="STREET", help="streets that nobody can pass"
    )
    job.add_argument(
        "-o", "--output", type=Path, nargs="+", default=[], metavar="F",
        help=".geojson for a map, .gpx for the crews (a file a truck), .html to print",
    )  # fmt: skip
    job.add_argument("--lang", default="en", help="language of what is printed (default en)")


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    if bool(arguments.driven) != bool(arguments.now):
        raise UsageError("--driven and --now belong together: the plan, and the time")
    if arguments.driven and arguments.shut:
        raise UsageError("--shut holds from the morning on: it does not go with --driven")
    if not 0 <= arguments.risk <= 1:
        raise UsageError("--risk must lie between 0 and 1")
    check_output(arguments.output)
    speech = speech_of(PACKAGE, arguments.lang)
    try:
        waste = read_waste(arguments, AHEAD)
        wish = _wish(arguments, waste)
        found, undisturbed = _planned(arguments, waste, wish)
    except InputError as error:
        return failed(arguments, error.findings)
    findings = [*waste.findings, *found.findings, *_noted(waste, found)]
    for file in arguments.output:
        write_plan(file, waste, found, wish, speech)
    if arguments.json:
        told = document(waste, found, undisturbed)
        console.document({**told, "findings": console.finding_rows(findings)})
    else:
        tell_rounds(found, undisturbed, "before" if arguments.driven else "today")
        console.tell(findings)
    return 1 if found.status == "unknown" or stopping(findings) else 0


def _planned(
    arguments: argparse.Namespace, waste: Waste, wish: Wish
) -> tuple[DayRounds, DayRounds | None]:
    """The rounds, and what they would be if no street were closed and no truck broken."""
    network, told = waste.network, waste.told
    many = len(network.by_stream) + 1
    with console.progress("rounds", many, quiet=arguments.json) as bar:
        if arguments.driven:
            now = Now(seconds(arguments.now), arguments.broken, speed_of(arguments, waste))
            driven = read_driven(arguments.driven, waste.date.isoformat())
            return resume(network, told, wish, driven, now, lambda step: bar(1)), None
        found = day_rounds(network, told, wish, lambda step: bar(1))
    if wish.speed is None and not wish.broken and not wish.shut:
        return found, None
    free = replace(wish, speed=None, broken=frozenset(), shut=frozenset())
    return found, day_rounds(network, told, free)


def _wish(arguments: argparse.Namespace, waste: Waste) -> Wish:
    network = waste.network
    later = bool(arguments.driven)
    trucks, plants = network.trucks.ids, network.facilities.ids
    for name in arguments.broken:
        if name not in trucks:
            raise UsageError(f"--broken: there is no truck '{name}': {', '.join(trucks)}")
    for name in arguments.shut:
        if name not in plants:
            raise UsageError(f"--shut: there is no plant '{name}': {', '.join(plants)}")
    return Wish(
        waste.day,
        effort_of(arguments),
        waste.prices,
        arguments.risk,
        not arguments.by_fill,
        arguments.all_trucks,
        frozenset() if later else frozenset(map(trucks.index, arguments.broken)),
        frozenset(map(plants.index, arguments.shut)),
        None if later else speed_of(arguments, waste),
    )


def speed_of(arguments: argparse.Namespace, waste: Waste) -> FloatArray | None:
    """Speed of each street over the usual one; None where none is closed."""
    if not arguments.closed:
        return None
    speed: FloatArray = np.ones(len(waste.network.driving.edges))
    speed[streets_named(waste.network, arguments.closed)] = 0.0
    return speed


def read_driven(path: Path, day: str) -> Driven:
    """Tours of a plan that ``--json`` wrote.

    Parameters
    ----------
    path
        The file.
    day
        The day that is asked for, YYYY-MM-DD.

    Raises
    ------
    InputError
        If the file holds none, or one of another day.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        streams = told["streams"]
        if told["date"] != day:
            what, do = f"it is the plan of {told['date']}, not of {day}.", "Give its day as --date."
            raise InputError([Finding("waste.driven", what, do, file=str(path))])
        return {
            one["stream"]: {
                tour["truck"]: [
                    (visit["kind"], visit["id"])
                    for visit in tour["visits"]
                    if visit["kind"] in ("stop", "dump")
                ]
                for tour in one["tours"]
            }
            for one in streams
        }
    except OSError as error:
        what = f"it cannot be read: {error.strerror}."
    except (ValueError, KeyError, TypeError):
        what = "it holds no plan."
    do = "Give what kopa waste rounds --json wrote in the morning."
    raise InputError([Finding("waste.driven", what, do, file=str(path))])


def _noted(waste: Waste, found: DayRounds) -> list[Finding]:
    """What people should know of the plan."""
    notes = []
    if not found.streams:
        what = f"no truck has a round on {waste.date.isoformat()}."
        notes.append(Finding("waste.no-round", what, "Take another day, or --all-trucks.", "info"))
    elif found.idle:
        what = f"nobody collects {', '.join(found.idle)} on {waste.date.isoformat()}."
        notes.append(Finding("waste.idle", what, "Take --all-trucks if they may.", "info"))
    if waste.network.containers.ids and not waste.network.rounds:
        what = "today's rounds are not known: there is nothing to compare with."
        notes.append(Finding("waste.no-baseline", what, "Give rounds in city.toml.", "info"))
    for tour in driven_on(waste.network, waste.day):
        of = [waste.network.containers.streams[stop] for stop in tour.stops.tolist()]
        if len(set(of)) > 1:
            name = waste.network.trucks.ids[tour.truck]
            what = f"today's round of {name} has {', '.join(dict.fromkeys(of))}; only {of[0]} is "
            what += "planned for it and compared with."
            do = "A truck has one stream a day here: plan the others by trucks of their own."
            notes.append(Finding("waste.two-streams", what, do, "warning"))
    for one in found.streams:
        late = [tour for tour in one.today.tours if tour.wrong] if one.today else []
        if late:
            what = f"today's rounds of {one.stream} break what a plan may not: "
            what += "; ".join(f"{tour.name}: {tour.wrong[0]}" for tour in late[:3]) + "."
            do = "Levels, shifts or speeds are not what crews see: check them."
            notes.append(Finding("waste.today", what, do, "info"))
    return notes


def tell_rounds(found: DayRounds, undisturbed: DayRounds | None, before: str) -> None:
    """Tell people what rounds take, and what they took before."""
    cells = []
    for one in found.streams:
        cells.append(_cells(one.stream, "plan", one.sums))
        if one.baseline is not None:
            cells.append(_cells("", before, one.baseline))
    parts = [("plan", [one.sums for one in found.streams])]
    parts.append((before, [one.baseline for one in found.streams if one.baseline]))
    if undisturbed is not None:
        parts.append(("undisturbed", [one.sums for one in undisturbed.streams]))
    cells += [
        _cells("all" if at == 0 else "", name, sum(sums, Sums()))
        for at, (name, sums) in enumerate(parts)
        if sums
    ]
    heads = ("stream", "", "emptied", "trips", "km", "h", "L", "kgCO2e", "EUR", "EUR each")
    console.table(heads, cells, numbers=8)
    for one in found.streams:
        chosen = one.choice
        console.say(
            f"{one.stream}: {len(chosen.must)} must be emptied, {len(chosen.may)} may, "
            f"{len(chosen.need_not)} need not; {len(one.plan.skipped)} of those that may are left"
        )


def _cells(stream: str, what: str, sums: Sums) -> tuple[str, ...]:
    number = console.number
    each = sums.cost_eur / sums.emptied if sums.emptied else float("nan")
    return (
        stream,
        what,
        str(sums.emptied),
        str(sums.trips),
        number(sums.distance_m / 1000),
        number(sums.hours),
        number(sums.litres),
        number(sums.kgco2e),
        number(sums.cost_eur),
        number(each),
    )
