"""``kopa education closures``: which schools must close, and where their children go."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Change
from kopa.domain.affected import Affected, Given
from kopa.domain.speech import Speech, speech_of
from kopa.errors import EngineError, Finding, InputError, UsageError
from kopa.geo.on_foot import crossings, walked
from kopa.geo.project import Projection
from kopa.model import FloatArray, Window
from kopa.model.window import clock

from .load import read_city, read_city_streets, table_of
from .network import PACKAGE, Network
from .reassign import Closure, Moves, closures, moved
from .run import lessons

DOMAIN = "education"
FAR_M = 1000.0
"""A school so far from every way cannot be walked to."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("closures", help="schools that must close, and where their children go")
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument(
        "--change", action="append", default=[], metavar="'DOMAIN:ASSET KIND [VALUE] [FROM-TO]'",
        help="what happened, anywhere in the city; may be given again",
    )  # fmt: skip
    job.add_argument(
        "--live", default="", metavar="URL",
        help="a running Kopa: what it knows to have happened; a key for it in KOPA_KEY",
    )  # fmt: skip
    job.add_argument(
        "--closed", nargs="+", default=[], metavar="SCHOOL", help="schools closed all day, by hand"
    )
    job.add_argument("--within", type=_metres, metavar="M", help="send no child farther")
    job.add_argument("--language", default="en", help="of the words (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    if not (arguments.change or arguments.live or arguments.closed):
        raise UsageError("say what happened: --change, --live or --closed")
    network, told = read_city(arguments.city)
    findings = list(told)
    met = _whole(arguments) if arguments.change or arguments.live else None
    given = met.given[DOMAIN] if met is not None else Given(Window(), (), {})
    by_hand = tuple(Change(DOMAIN, _id(network, one), "out") for one in arguments.closed)
    changes = (*given.changes, *by_hand)
    shut = closures(given.window, lessons(network, given.window, changes, given.inputs))
    metres, measured = _ways(arguments.city, network, findings)
    within = np.inf if arguments.within is None else arguments.within
    moves = moved(network, shut, metres, within)
    document = _document(network, shut, moves, met)
    document["ways"] = measured
    if moves.left:
        many, what = sum(moves.left.values()), "children have no place of their group elsewhere."
        do = "Open more places, or look after them at home."
        findings.append(Finding("education.unplaced", f"{many} {what}", do, "warning"))
    document["findings"] = console.finding_rows(findings)
    if arguments.json:
        console.document(document)
        return 0
    _printed(speech, document)
    console.tell(findings)
    return 0


def _metres(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("must be a length above 0, m")
    return value


def _id(network: Network, name: str) -> str:
    plain = name.removeprefix(f"{DOMAIN}:")
    if plain not in network.schools.ids:
        raise UsageError(f"--closed: '{name}' is no school of the city")
    return plain


def _whole(arguments: argparse.Namespace) -> Affected:
    """What happened leads to, in all of the city.

    Raises
    ------
    EngineError
        If that is unknown.
    """
    found: Affected = arguments.ask(arguments.city, arguments.change, arguments.live)
    if found.status == "unknown":
        raise EngineError(f"which schools close is unknown: {found.reason}")
    return found


def _ways(folder: Path, network: Network, findings: list[Finding]) -> tuple[FloatArray, str]:
    """Metres between schools, and how they were measured."""
    schools = network.schools
    if not table_of(folder)["streets"]:
        what, do = "the city has no streets: ways are straight lines.", "Add streets = '…'."
        findings.append(Finding("education.straight", what, do, "warning", file="city.toml"))
        x, y = schools.x, schools.y
        if not network.crs:
            what = "neither the city nor its schools name a CRS."
            do = "Add crs = 'EPSG:…' to the city or streets to [education]."
            raise InputError([Finding("education.no-crs", what, do, file="city.toml")])
        return np.hypot(x[:, None] - x, y[:, None] - y), "straight"
    streets = read_city_streets(folder, network.crs)
    x, y = schools.x, schools.y
    if not network.crs:
        x, y = Projection(streets.crs).metres(x, y)
    nodes, far = crossings(streets, x, y)
    found = walked(streets, nodes, nodes)
    for row in np.flatnonzero(far > FAR_M).tolist():
        what = f"no way is within {FAR_M:g} m of it: it takes no children of others."
        do = "Check its place, and the map."
        asset = f"{DOMAIN}:{schools.ids[row]}"
        findings.append(Finding("education.far", what, do, "warning", asset=asset))
        found[row], found[:, row] = np.inf, np.inf
    return found, "streets"


def _document(
    network: Network, shut: list[Closure], moves: Moves, met: Affected | None
) -> dict[str, Any]:
    schools, groups = network.schools, network.groups
    went = np.bincount(groups.school[moves.source], moves.children, len(schools))
    left = np.zeros(len(schools))
    for row, many in moves.left.items():
        left[groups.school[row]] += many
    causes: dict[str, list[str]] = {}
    for cut in met.cuts if met is not None else ():
        for asset in cut.assets if cut.domain == DOMAIN else ():
            causes.setdefault(asset, list(cut.cause))
    return {
        "status": "partial" if moves.left or (met and met.status != "ok") else "ok",
        "changes": list(met.changes) if met is not None else [],
        "schools": [
            {
                "school": schools.ids[one.school],
                "name": schools.names[one.school],
                "kind": schools.kinds[one.school],
                "start": clock(one.start),
                "end": clock(one.end),
                "reasons": list(one.reasons),
                "cause": causes.get(f"{DOMAIN}:{schools.ids[one.school]}", []),
                "pupils": int(went[one.school] + left[one.school]),
                "moved": int(went[one.school]),
                "unplaced": int(left[one.school]),
            }
            for one in shut
        ],
        "moves": [
            {
                "from": schools.ids[int(groups.school[source])],
                "to": schools.ids[int(groups.school[target])],
                "group": groups.names[source],
                "children": int(children),
                "metres": metres,
            }
            for source, target, children, metres in zip(
                moves.source.tolist(), moves.target.tolist(), moves.children.tolist(),
                moves.metres.tolist(), strict=True,
            )
        ],
        "child_metres": float(moves.children @ moves.metres),
    }  # fmt: skip


def _printed(speech: Speech, document: dict[str, Any]) -> None:
    def say(name: str) -> str:
        return speech.say(f"education-{name}")

    if not document["schools"]:
        console.say(say("nothing-closes"))
        return
    heads = [say(name) for name in ("school", "from", "to", "why", "pupils", "moved", "unplaced")]
    cells = [
        (
            one["name"] or one["school"], one["start"], one["end"],
            ", ".join(say(f"reason-{reason}") for reason in one["reasons"]),
            str(one["pupils"]), str(one["moved"]), str(one["unplaced"]),
        )
        for one in document["schools"]
    ]  # fmt: skip
    console.table(heads, cells, say("closures"), 3)
    rows = [
        (one["from"], one["to"], one["group"], str(one["children"]), speech.number(one["metres"]))
        for one in document["moves"]
    ]
    heads = [say(name) for name in ("from", "to", "group", "children", "metres")]
    console.table(heads, rows, say("moves"), 2)
