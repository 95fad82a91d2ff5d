"""``kopa emergency area``: who is cut off, and where they are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kopa import console
from kopa.alerting.draft import points_of
from kopa.cap.alert import Ring
from kopa.cap.area import outline
from kopa.domain.affected import Affected, Cut
from kopa.errors import EngineError, UsageError
from kopa.geo.write_geojson import write_features
from kopa.model.window import clock

NAMED = 6
"""So many causes are told, the worst first."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("area", help="who is cut off by changes, and the area that holds them")
    asked(job)
    job.add_argument("--output", type=Path, metavar="F.geojson", help="write the area")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def asked(job: argparse.ArgumentParser) -> None:
    """CITY, --change, --service."""
    job.add_argument("city", type=Path, metavar="CITY", help="folder with city.toml")
    happened(job)
    job.add_argument(
        "--service", nargs="+", default=[], metavar="S", help="these services only (all)"
    )


def happened(job: argparse.ArgumentParser) -> None:
    """--change and --live."""
    job.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="'DOMAIN:ASSET KIND [VALUE] [FROM-TO]'",
        help="what happened; may be given again",
    )
    job.add_argument(
        "--live",
        default="",
        metavar="URL",
        help="a running Kopa: what it knows to have happened; a key for it in KOPA_KEY",
    )


def answer(arguments: argparse.Namespace) -> Affected:
    """Who is cut off.

    Raises
    ------
    EngineError
        If that is unknown.
    UsageError
        If nothing was asked, or about a service that nobody loses.
    """
    return chosen(whole(arguments), arguments.service)


def whole(arguments: argparse.Namespace) -> Affected:
    """What happened leads to, in all of the city.

    Raises
    ------
    EngineError
        If that is unknown.
    UsageError
        If nothing was asked.
    """
    if not arguments.change and not arguments.live:
        raise UsageError("say what happened with --change, or with --live who knows it")
    found: Affected = arguments.ask(arguments.city, arguments.change, arguments.live)
    if found.status == "unknown":
        raise EngineError(f"who is cut off is unknown: {found.reason}")
    return found


def chosen(found: Affected, services: Sequence[str]) -> Affected:
    """Some services of an answer, all where none is named."""
    from dataclasses import replace

    lost = list(found.people())
    strange = sorted({*services} - {*lost})
    if strange and lost:
        raise UsageError(f"nobody loses '{strange[0]}', but {', '.join(lost)}")
    kept = [cut for cut in found.cuts if not services or cut.service in services]
    return replace(found, cuts=tuple(kept))


def run(arguments: argparse.Namespace) -> int:
    """The area; gives the exit code."""
    found = answer(arguments)
    rings = outline(*points_of(found.cuts), found.crs) if found.cuts else ()
    if arguments.output:
        write_features(arguments.output, "", [_feature(found, rings)])
    if arguments.json:
        console.document(_document(found, rings))
    else:
        _say(found, rings)
    return 0


def _feature(found: Affected, rings: Sequence[Ring]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": [[_lonlat(ring)] for ring in rings]},
        "properties": {"people": found.most_people(), **found.people()},
    }


def _lonlat(ring: Ring) -> list[list[float]]:
    return [[lon, lat] for lat, lon in ring]


def _document(found: Affected, rings: Sequence[Ring]) -> dict[str, Any]:
    return {
        "status": found.status,
        "city": found.city,
        "changes": list(found.changes),
        "people": found.most_people(),
        "services": [_service(found, name) for name in found.people()],
        "causes": [_cause(cut) for cut in found.cuts],
        "polygons": [[list(corner) for corner in ring] for ring in rings],
    }


def _service(found: Affected, name: str) -> dict[str, Any]:
    own = [cut for cut in found.cuts if cut.service == name]
    return {
        "service": name,
        "people": found.people()[name],
        "person_hours": sum(float(cut.person_hours.sum()) for cut in own),
        "start": clock(min(int(cut.starts.min()) for cut in own)),
        "end": clock(max(int(cut.ends.max()) for cut in own)),
    }


def _cause(cut: Cut) -> dict[str, Any]:
    return {
        "domain": cut.domain,
        "service": cut.service,
        "people": float(cut.people.sum()),
        "assets": len(cut.assets),
        "steps": list(cut.cause),
    }


def _say(found: Affected, rings: Sequence[Ring]) -> None:
    if not found.cuts:
        console.say("Nobody is cut off.")
        return
    rows = [
        [row["service"], f"{row['people']:,.0f}", f"{row['person_hours']:,.0f}",
         f"{row['start']}-{row['end']}"]
        for row in (_service(found, name) for name in found.people())
    ]  # fmt: skip
    console.table(["service", "people", "person-hours", "from-to"], rows, "Cut off")
    console.say(f"Area: {len(rings)} polygons, {sum(map(len, rings))} corners.")
    for cut in found.cuts[:NAMED]:
        console.say(f"\n[bold]{console.escape(cut.service)}[/] {cut.people.sum():,.0f} people")
        for step in cut.cause:
            console.say(f"  → {console.escape(step)}")
