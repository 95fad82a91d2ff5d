"""``kopa tourism routes``: a route for a day in a city, or a published orienteering instance."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Change
from kopa.domain.affected import Affected, Given
from kopa.domain.speech import Speech, speech_of
from kopa.engine_opening_hours import open_share
from kopa.errors import EngineError, Finding, UsageError
from kopa.model import BoolArray, Window
from kopa.model.window import clock
from kopa.model.window import seconds as moment

from .accessible import ways
from .load import read_city, table_of
from .network import PACKAGE, Network
from .orienteering import solve
from .read_oplib import published, read_oplib
from .routes import Day, Stop, route, spans
from .run import Visits, visits

DOMAIN = "tourism"
STEP = 300
"""s: opening hours and visitors are looked at in such steps."""
OTHERS = 0.3
"""Seconds of search, unless more are asked for: enough for the sights of a town."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("routes", help="a route for a day, or for an orienteering instance")
    job.add_argument("source", type=Path, metavar="CITY|FILE", help="a city, or an .oplib file")
    job.add_argument("--seconds", type=_seconds, metavar="S", help="search so long (15 for a file)")
    job.add_argument("--seed", type=int, default=1, help="of the search (1)")
    job.add_argument("--solution", type=Path, metavar="FILE", help="published solution, .sol")
    job.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="day of the route")
    job.add_argument("--start", metavar="SIGHT", help="where it starts and ends (the first sight)")
    job.add_argument("--hours", default="09:00-18:00", metavar="HH:MM-HH:MM", help="of the day")
    job.add_argument("--accessible", action="store_true", help="by wheelchair: without steps")
    job.add_argument(
        "--change", action="append", default=[], metavar="'DOMAIN:ASSET KIND [VALUE] [FROM-TO]'",
        help="what happened, anywhere in the city; may be given again",
    )  # fmt: skip
    job.add_argument("--closed", nargs="+", default=[], metavar="SIGHT", help="closed all day")
    job.add_argument("--language", default="en", help="of the words (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    if arguments.source.suffix.lower() == ".oplib":
        return _instance(arguments, speech)
    if arguments.solution:
        raise UsageError("--solution is for an .oplib file")
    return _city(arguments, speech)


def _instance(arguments: argparse.Namespace, speech: Speech) -> int:
    problem = read_oplib(arguments.source)
    best = published(arguments.solution) if arguments.solution else None
    tour = solve(problem, arguments.seconds or 15.0, arguments.seed)
    score, length = problem.measured(tour)
    gap = None if best is None else round(100 * (best - score) / best, 4)
    document = {
        "instance": problem.name,
        "score": score,
        "length": length,
        "limit": problem.limit,
        "route": [1, *(row + 1 for row in tour)],
        "published": best,
        "gap_percent": gap,
        "findings": [],
    }
    if arguments.json:
        console.document(document)
        return 0
    say = speech.say
    console.say(say("tourism-score", score=score, length=length, limit=problem.limit))
    if best is not None and gap is not None:
        told = say("tourism-published", published=best, gap=speech.number(gap))
        console.say(told)
    return 0


def _city(arguments: argparse.Namespace, speech: Speech) -> int:
    network, told = read_city(arguments.source)
    findings = list(told)
    first, last = _hours(arguments.hours)
    window = Window(0, STEP, 86_400 // STEP, arguments.date)
    if arguments.date is None:
        what = "the day has no date: a Wednesday without a holiday is taken."
        findings.append(Finding("tourism.no-date", what, "Give --date.", "info"))
    given = Given(window, (), {})
    met = _whole(arguments) if arguments.change else None
    changes = tuple(Change(DOMAIN, _id(network, one), "out") for one in arguments.closed)
    usual = visits(network, window, changes, {})
    cut = np.ones(usual.here.shape, dtype=bool)
    if met is not None:
        given = met.given[DOMAIN]
        cut = _open(window, given, visits(network, given.window, given.changes, given.inputs))
    start = 0 if arguments.start is None else network.assets.index[_id(network, arguments.start)]
    metres, how = ways(
        arguments.source, network, start, (table_of(arguments.source), arguments.accessible),
        findings,
    )  # fmt: skip
    sights = network.sights
    open_ = open_share(sights.hours, window, network.country) >= 1 - 1e-9
    open_ &= ~sights.events
    room = np.isnan(sights.capacity) | (usual.wanted + 1 <= np.nan_to_num(sights.capacity, nan=1e9))
    reasons = {}
    prize = sights.prize.copy()
    stay = np.rint(sights.stay * 3600).astype(np.int64)
    for row, name in enumerate(sights.ids):
        why = ""
        able = open_[:, row]
        if sights.events[row]:
            prize[row] = 0.0
            continue
        if arguments.accessible and sights.wheelchair[row] != "yes":
            why = "wheelchair"
        elif name in {one.asset for one in changes}:
            why = "closed"
        elif not np.isfinite(metres[0, row + 1]):
            why = "unreachable"
        elif not spans(able, STEP, (first, last), int(stay[row])):
            why = "not_open"
        elif not spans(able & cut[:, row], STEP, (first, last), int(stay[row])):
            why = "closed"
        elif not spans(able & room[:, row] & cut[:, row], STEP, (first, last), int(stay[row])):
            why = "full"
        if why:
            reasons[row], prize[row] = why, 0.0
    day = Day(first, last, STEP, open_ & cut, room)
    stops = route(day, metres, stay, prize, (arguments.seconds or OTHERS, arguments.seed))
    visited = {one.sight for one in stops}
    for row in np.flatnonzero(~sights.events).tolist():
        if row not in visited:
            reasons.setdefault(row, "time")
    document = _document(network, stops, reasons, usual, metres)
    document |= {
        "date": arguments.date.isoformat() if arguments.date else None,
        "start": sights.ids[start], "ways": how, "accessible": arguments.accessible,
        "findings": console.finding_rows(findings),
    }  # fmt: skip
    if arguments.json:
        console.document(document)
        return 0
    _printed(speech, document)
    console.tell(findings)
    return 0


def _whole(arguments: argparse.Namespace) -> Affected:
    found: Affected = arguments.ask(arguments.source, arguments.change, "")
    if found.status == "unknown":
        raise EngineError(f"which sights close is unknown: {found.reason}")
    return found


def _open(window: Window, given: Given, done: Visits) -> BoolArray:
    """True where nothing that happened keeps visitors away, shape (step of the window, sight)."""
    at = np.clip(((window.starts - given.window.start) // given.window.step).astype(int), 0, None)
    return np.asarray(~done.closed[np.minimum(at, len(done.closed) - 1)])


def _document(
    network: Network, stops: list[Stop], reasons: dict[int, str], usual: Visits, metres: Any
) -> dict[str, Any]:
    sights = network.sights
    back = float(metres[stops[-1].sight + 1, 0]) if stops else 0.0
    return {
        "stops": [
            {
                "sight": sights.ids[one.sight],
                "name": sights.names[one.sight],
                "arrive": clock(one.arrive),
                "begin": clock(one.begin),
                "leave": clock(one.leave),
                "metres": round(one.metres, 1),
                "prize": float(sights.prize[one.sight]),
                "visitors": round(float(usual.here[one.begin // STEP, one.sight]), 1)
                if np.isfinite(sights.visitors[one.sight])
                else None,
            }
            for one in stops
        ],
        "left_out": [
            {"sight": sights.ids[row], "name": sights.names[row], "reason": why}
            for row, why in sorted(reasons.items())
        ],
        "prize": float(sum(sights.prize[one.sight] for one in stops)),
        "all_prizes": float(sights.prize[~sights.events].sum()),
        "metres": round(sum(one.metres for one in stops) + back, 1),
    }


def _printed(speech: Speech, document: dict[str, Any]) -> None:
    def say(name: str, **values: str | float) -> str:
        return speech.say(f"tourism-{name}", "", **values)

    if document["stops"]:
        heads = [say(name) for name in ("sight", "arrive", "leave", "walk", "visitors")]
        cells = [
            (
                one["name"] or one["sight"], one["begin"], one["leave"],
                speech.number(one["metres"]),
                say("unknown") if one["visitors"] is None else speech.number(one["visitors"]),
            )
            for one in document["stops"]
        ]  # fmt: skip
        console.table(heads, cells, say("route"), 3)
    else:
        console.say(say("none"))
    numbers = {name: speech.number(document[name]) for name in ("prize", "metres")}
    console.say(say("prize", all=speech.number(document["all_prizes"]), **numbers))
    rows = [
        (one["name"] or one["sight"], say(f"reason-{one['reason']}"))
        for one in document["left_out"]
    ]
    if rows:
        console.table([say("sight"), say("why")], rows, say("skipped"), 2)


def _id(network: Network, name: str) -> str:
    plain = name.removeprefix(f"{DOMAIN}:")
    if plain not in network.assets.index:
        raise UsageError(f"'{name}' is no sight of the city")
    return plain


def _hours(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    found = moment(first), moment(last)
    if not found[0] < found[1] <= 86_400:
        raise UsageError(f"--hours: '{text}' is no stretch of a day: write 09:00-18:00")
    return found


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day, YYYY-MM-DD") from None


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("must be seconds above 0, 3600 at most")
    return value
