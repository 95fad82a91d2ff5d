"""``kopa health access``: who reaches which care, and who loses it where something is closed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.speech import speech_of
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.write_geojson import point, write_features
from kopa.model import FloatArray

from .access import Access, access, without_each
from .capability import PACKAGE
from .cli_common import Closed, city_network, closed, failed, within
from .network import Network
from .reach import Reach
from .run import usual_works

BANDS_MIN = (10, 20, 30, 45, 60)
"""People within so many minutes are told, beside the threshold."""


@dataclass(frozen=True)
class Asked:
    """A city's care with some of it closed.

    Parameters
    ----------
    network
        What there is.
    closed
        What is closed by hand.
    times
        Usually and now, each of shape (point, facility), s.
    within_s
        Threshold, and reach of the catchments.
    """

    network: Network
    closed: Closed
    times: tuple[FloatArray, FloatArray]
    within_s: float


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("access", help="time to the nearest care that works, and who has none")
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument(
        "--closed", nargs="+", default=[], metavar="ASSET",
        help="facilities and streets: hospital, 24660412-1, way/24660412",
    )  # fmt: skip
    job.add_argument("--capability", nargs="+", metavar="NAME", help="default: all that there are")
    job.add_argument(
        "--within", type=within(1, 240), metavar="MIN", help="default: the city's within_min"
    )
    job.add_argument("-o", "--output", type=Path, metavar="F.geojson", help="points and facilities")
    job.add_argument("--lang", default="en", help="language of the table (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    try:
        network, told = city_network(arguments.city)
    except InputError as error:
        return failed(arguments, error.findings)
    names = arguments.capability or network.facilities.capabilities
    for name in names:
        if name not in network.facilities.capabilities:
            have = ", ".join(network.facilities.capabilities)
            raise UsageError(f"--capability: no facility has '{name}', but {have}")
    shut = closed(network, arguments.closed)
    times = (network.usual_s, Reach(network).times(shut.speed))
    within_s = network.within_s if arguments.within is None else arguments.within * 60
    asked = Asked(network, shut, times, within_s)
    answers = {name: _access(asked, name) for name in names}
    findings = [*told, *_noted(asked, answers)]
    rows = [_row(asked, name, answer) for name, answer in answers.items()]
    if arguments.output:
        _export(arguments.output, asked, answers)
    if arguments.json:
        status = "partial" if any(one.unsupplied for one in answers.values()) else "ok"
        console.document(
            {
                "status": status,
                "within_min": within_s / 60,
                "people": float(network.demand.people.sum()),
                "closed": list(shut.names),
                "capabilities": rows,
                "findings": console.finding_rows(findings),
            }
        )
        return 0
    heads = ("health-care", "health-working", "health-mean", "health-reached", "health-lost",
             "health-farther", "health-catchment")  # fmt: skip
    cells = [
        (
            speech.say(f"service-{row['capability']}"),
            f"{row['working']}/{len(row['facilities'])}",
            *(
                speech.number(value)
                for value in (
                    row["mean_min"], row["reached"], row["lost"], row["farther"],
                    row["two_step"]["mean"],
                )
            ),
        )
        for row in rows
    ]  # fmt: skip
    title = speech.say("health-access", minutes=f"{within_s / 60:g}")
    console.table([speech.say(head) for head in heads], cells, title, 5)
    console.tell(findings)
    return 0


def _access(asked: Asked, name: str) -> Access:
    network, column = asked.network, asked.network.facilities.capabilities.index(name)
    return access(
        asked.times,
        network.facilities.able[:, column],
        (usual_works(network), asked.closed.works),
        network.demand.people,
        network.facilities.beds[:, column],
        asked.within_s,
    )


def _noted(asked: Asked, answers: dict[str, Access]) -> list[Finding]:
    found = []
    for name, answer in answers.items():
        if answer.unsupplied:
            ids = ", ".join(asked.network.facilities.ids[row] for row in answer.unsupplied[:9])
            what = f"beds for {name} are not given for {ids}: catchments count none there."
            do = "Add them to the beds file; access is a lower bound until then."
            found.append(Finding("health.no-beds", what, do, "warning"))
        nowhere = asked.network.demand.people[~np.isfinite(answer.seconds)].sum()
        if nowhere > 0:
            what = f"{console.number(float(nowhere))} people can drive to no {name} at all."
            do = "See what is closed, and whether their streets are joined to the others."
            found.append(Finding("health.nowhere", what, do, "warning"))
    return found


def _row(asked: Asked, name: str, answer: Access) -> dict[str, Any]:
    network, within_s = asked.network, asked.within_s
    people, seconds = network.demand.people, answer.seconds
    there = np.isfinite(seconds)
    lost = (answer.usual <= within_s) & (seconds > within_s)
    farther = there & (seconds > answer.usual) & ~lost
    column = network.facilities.capabilities.index(name)
    able = network.facilities.able[:, column]
    driven = people[there]
    mean = np.average(seconds[there], weights=driven) / 60 if driven.sum() > 0 else np.nan
    added = float(people[farther] @ (seconds[farther] - answer.usual[farther])) / 60
    return {
        "capability": name,
        "working": int((able & asked.closed.works).sum()),
        "mean_min": mean,
        "worst_min": float(seconds[there].max()) / 60 if there.any() else np.nan,
        "nowhere": float(people[~there].sum()),
        "reached": float(people[seconds <= within_s].sum()),
        "bands": [
            {"minutes": minutes, "people": float(people[seconds <= minutes * 60].sum())}
            for minutes in BANDS_MIN
        ],
        "lost": float(people[lost].sum()),
        "lost_by_group": {
            group: float(values[lost].sum()) for group, values in network.demand.groups.items()
        },
        "farther": float(people[farther].sum()),
        "added_person_min": added,
        "two_step": _catchments(answer.unit, answer.two_step, people),
        "enhanced": _catchments(answer.unit, answer.enhanced, people),
        "facilities": _each(asked, able),
    }


def _catchments(unit: str, values: FloatArray, people: FloatArray) -> dict[str, Any]:
    order = np.argsort(values, kind="stable")
    tenth = np.cumsum(people[order]) <= people.sum() / 10
    worst = order[tenth] if tenth.any() else order[:1]
    return {
        "unit": f"{unit} per 1,000 people",
        "mean": float(np.average(values, weights=people)),
        "worst_tenth": float(np.average(values[worst], weights=people[worst])),
        "people_without": float(people[values <= 0].sum()),
    }


def _each(asked: Asked, able: Any) -> list[dict[str, Any]]:
    """Each facility, and who loses care when it closes as well."""
    network = asked.network
    people = network.demand.people
    first, second, best = without_each(asked.times[1], able, asked.closed.works)
    found = []
    for row in np.flatnonzero(able).tolist():
        mine = best == row
        gone = mine & (first <= asked.within_s) & (second > asked.within_s)
        longer = mine & np.isfinite(second) & ~gone
        found.append(
            {
                "id": network.facilities.ids[row],
                "works": bool(asked.closed.works[row]),
                "people_nearest": float(people[mine].sum()),
                "lost_if_closed": float(people[gone].sum()),
                "added_person_min": float(people[longer] @ (second[longer] - first[longer])) / 60,
            }
        )
    return found


def _export(file: Path, asked: Asked, answers: dict[str, Access]) -> None:
    """Points with minutes and catchments, and facilities, as GeoJSON in the city's CRS."""
    network = asked.network
    demand, some = network.demand, network.facilities
    features: list[dict[str, Any]] = []
    for row, name in enumerate(demand.ids):
        values: dict[str, Any] = {"id": name, "people": float(demand.people[row])}
        for capability, answer in answers.items():
            values |= _told(capability, answer, row, asked.within_s)
        features.append(point(demand.x[row], demand.y[row], values))
    for row, name in enumerate(some.ids):
        able: Sequence[str] = [
            one for at, one in enumerate(some.capabilities) if some.able[row, at]
        ]
        values = {
            "id": name, "name": some.names[row], "kind": some.kinds[row],
            "capabilities": " ".join(able), "works": bool(asked.closed.works[row]),
        }  # fmt: skip
        features.append(point(some.x[row], some.y[row], values))
    try:
        write_features(file, network.streets.crs, features)
    except OSError as error:
        raise UsageError(f"-o {file}: {error.strerror}") from None


def _told(name: str, answer: Access, row: int, within_s: float) -> dict[str, Any]:
    seconds = float(answer.seconds[row])
    lost = bool(answer.usual[row] <= within_s < seconds)
    return {
        f"{name}_min": round(seconds / 60, 2) if np.isfinite(seconds) else None,
        f"{name}_lost": lost,
        f"{name}_2sfca": round(float(answer.two_step[row]), 6),
        f"{name}_e2sfca": round(float(answer.enhanced[row]), 6),
    }
