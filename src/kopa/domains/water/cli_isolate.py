"""``kopa water isolate`` and ``segments``: what is shut for a break, and who is cut off."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Finding
from kopa.errors import UsageError
from kopa.model import BoolArray, FloatArray
from kopa.model.window import clock, seconds

from .cli_common import network_arguments, open_water
from .domain import Water
from .isolation import Isolation, Isolator, pipe_row, place_of
from .network import PIPE, Network
from .notice import WORDS, notice
from .read_addresses import Address, people_at, read_addresses
from .read_inp import node_comments
from .read_valves import SNAP, read_valves
from .shutdown import Hour, Shutdown, shut_down, window_of

SHOWN = 15
"""So many rows a table for people has."""

WIDE = 0.5
"""A segment with more than this share of the demand says that valves are missing."""


@dataclass(frozen=True)
class _Told:
    """One shutdown and what is known around it."""

    water: Water
    isolation: Isolation
    run: Shutdown
    span: tuple[int, int]
    notices: dict[str, str]
    stuck: Sequence[str]
    findings: Sequence[Finding]


def register(jobs: Any) -> None:
    """Add the jobs to a parser."""
    one = jobs.add_parser("isolate", help="valves to shut for a break, and who is without water")
    every = jobs.add_parser("segments", help="the same for every valve segment, by graph alone")
    for job in (one, every):
        network_arguments(job)
        job.add_argument(
            "--valves",
            type=Path,
            metavar="F",
            help="isolation valves as CSV or GeoJSON (default: throttle valves of the INP file)",
        )
        job.add_argument(
            "--snap",
            type=float,
            default=SNAP,
            metavar="D",
            help=f"greatest distance of a valve from its pipe (default: {SNAP:g} of coordinates)",
        )
        job.add_argument(
            "--stuck", nargs="+", default=[], metavar="V", help="valves that are stuck"
        )
        job.add_argument(
            "--addresses", type=Path, metavar="F", help="addresses, and people, as CSV or GeoJSON"
        )
    one.add_argument("--pipe", required=True, metavar="P", help="pipe that is worked on")
    one.add_argument("--from", dest="start", required=True, metavar="HH:MM", help="begin")
    one.add_argument("--to", dest="end", required=True, metavar="HH:MM", help="end")
    one.add_argument(
        "--demand-factor", type=float, default=1.0, metavar="K", help="demands are times K"
    )
    one.add_argument("--notice", type=Path, metavar="F", help="write the notices as text")
    one.set_defaults(run=isolate)
    every.set_defaults(run=segments)


def isolate(arguments: argparse.Namespace) -> int:
    """Answer ``isolate``; gives the exit code."""
    span = seconds(arguments.start), seconds(arguments.end)
    if span[1] <= span[0]:
        raise UsageError("--to must be later than --from; past midnight go on counting: 26:00")
    if not 0 <= arguments.demand_factor <= 100:
        raise UsageError("--demand-factor must be from 0 to 100")
    water, addresses, findings = _read(arguments)
    network = water.network
    isolation = Isolator(network, arguments.stuck).of(pipe_row(network, arguments.pipe))
    people = people_at(network, addresses)
    run = shut_down(water, isolation, window_of(*span), arguments.demand_factor, people)
    out, low = _names(network, isolation, addresses)
    notices = {
        language: notice(language, arguments.pipe, span, out, low) for language in sorted(WORDS)
    }
    if arguments.notice:
        _write(arguments.notice, "\n".join(notices.values()))
    findings += [*_doubts(network, isolation), *run.findings]
    told = _Told(water, isolation, run, span, notices, arguments.stuck, findings)
    if arguments.json:
        console.document(_document(told))
    else:
        _tell(told)
    return 1 if run.findings else 0


def segments(arguments: argparse.Namespace) -> int:
    """Answer ``segments``; gives the exit code."""
    water, addresses, findings = _read(arguments)
    network = water.network
    people = people_at(network, addresses)
    isolator = Isolator(network, arguments.stuck)
    if not network.isolation_valves:
        findings.append(_no_valves(network))
    pipes: dict[int, list[int]] = {}
    for link in np.flatnonzero(network.link_types <= PIPE).tolist():
        pipes.setdefault(int(isolator.segments.of_link[link]), []).append(link)
    rows = [_segment_row(network, isolator.of(links[0]), links, people) for links in pipes.values()]
    rows.sort(key=lambda row: -row["demand_out_m3_per_day"])
    if arguments.json:
        document = {
            "file": str(network.source),
            "isolation_valves": len(network.isolation_valves),
            "stuck_valves": arguments.stuck,
            "segments": rows,
            "findings": console.finding_rows(findings),
        }
        console.document(document)
    else:
        _tell_segments(rows, findings)
    return 0


def _read(
    arguments: argparse.Namespace,
) -> tuple[Water, tuple[Address, ...], list[Finding]]:
    water, findings = open_water(arguments)
    addresses: tuple[Address, ...] = ()
    if arguments.valves:
        valves, notes = read_valves(arguments.valves, water.network, arguments.snap)
        water = Water(replace(water.network, isolation_valves=valves))
        findings += notes
    if arguments.addresses:
        addresses, notes = read_addresses(arguments.addresses, water.network)
        findings += notes
    return water, addresses, findings


def _names(
    network: Network, isolation: Isolation, addresses: Sequence[Address]
) -> tuple[list[str], list[str]]:
    """Addresses without water, and those that a tank alone supplies."""
    out = isolation.segment | isolation.stranded
    if addresses:
        return _of(addresses, out), _of(addresses, isolation.tank_only)
    asks = network.base_demand > 0
    comments = node_comments(network, np.flatnonzero(asks & (out | isolation.tank_only)))

    def named(nodes: BoolArray) -> list[str]:
        rows = np.flatnonzero(nodes & asks).tolist()
        return list(dict.fromkeys(comments[row] or network.node_ids[row] for row in rows))

    return named(out), named(isolation.tank_only)


def _of(addresses: Sequence[Address], nodes: BoolArray) -> list[str]:
    return list(dict.fromkeys(address.text for address in addresses if nodes[address.node]))


def _doubts(network: Network, isolation: Isolation) -> list[Finding]:
    if not network.isolation_valves:
        return [_no_valves(network)]
    demand = np.maximum(network.base_demand, 0.0)
    if demand[isolation.segment].sum() <= WIDE * demand.sum():
        return []
    what = "the segment holds more than half of all demand: valves seem to be missing."
    do = "Give the isolation valves with --valves."
    return [Finding("water.isolation-wide", what, do, "warning", str(network.source))]


def _no_valves(network: Network) -> Finding:
    what = "no isolation valves are known: all links at both ends of the pipe are shut."
    do = "Give the isolation valves with --valves."
    return Finding("water.no-isolation-valves", what, do, "warning", str(network.source))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None


def _ids(network: Network, nodes: BoolArray) -> list[str]:
    return [network.node_ids[row] for row in np.flatnonzero(nodes)]


def _document(told: _Told) -> dict[str, Any]:
    network, isolation, run = told.water.network, told.isolation, told.run
    people = run.person_hours
    return {
        "status": "ok" if run.hours else "unknown",
        "file": str(network.source),
        "pipe": network.link_ids[isolation.pipe],
        "from": clock(told.span[0]),
        "to": clock(told.span[1]),
        "stuck_valves": list(told.stuck),
        "valves": [valve.name for valve in isolation.valves],
        "valve_places": [place_of(network, valve) for valve in isolation.valves],
        "valves_shut_already": [valve.name for valve in isolation.shut_already],
        "links_shut": [network.link_ids[link] for link in isolation.links],
        "segment_nodes": _ids(network, isolation.segment),
        "stranded_nodes": _ids(network, isolation.stranded),
        "demand_nodes_out": _ids(network, isolation.demand_out),
        "tank_only_nodes": _ids(network, isolation.tank_only),
        "wanted_m3": run.wanted,
        "unserved_m3": run.unserved,
        "usual_unserved_m3": run.usual,
        "person_hours": "unknown" if people is None else people,
        "tanks_empty": [
            {"id": network.node_ids[tank], "from": clock(since)} for tank, since in run.tanks_empty
        ],
        "hours": [_hour_row(hour) for hour in run.hours],
        "notice": told.notices,
        "findings": console.finding_rows(told.findings),
    }


def _hour_row(hour: Hour) -> dict[str, Any]:
    return {
        "from": clock(hour.start),
        "to": clock(hour.end),
        "unserved_m3": hour.unserved,
        "demand_nodes_out": hour.nodes_out,
        "people": "unknown" if hour.people is None else hour.people,
    }


def _tell(told: _Told) -> None:
    console.tell(told.findings)
    network, isolation, run, number = told.water.network, told.isolation, told.run, console.number
    say, escape = console.say, console.escape
    say(f"Valves to shut to isolate {escape(network.link_ids[isolation.pipe])}:")
    rows = [tuple(place_of(network, valve).values()) for valve in isolation.valves]
    console.table(("valve", "on link", "at node"), rows)
    for what, nodes in (
        ("in the segment", isolation.segment),
        ("stranded behind it", isolation.stranded),
        ("left with a tank only", isolation.tank_only),
    ):
        say(f"{int(nodes.sum())} nodes {what}{_some(_ids(network, nodes))}")
    if not run.hours:
        say("There is no answer for what is unserved.")
        return
    more = run.unserved - run.usual
    say(
        f"{number(run.unserved)} m³ of {number(run.wanted)} m³ are not supplied, "
        f"{number(more)} m³ more than without the shutdown."
    )
    for tank, since in run.tanks_empty:
        say(f"Tank {escape(network.node_ids[tank])} is empty from {clock(since)} on.")
    console.table(
        ("from", "to", "not supplied", "junctions out", "people out"),
        [
            (
                clock(hour.start),
                clock(hour.end),
                f"{number(hour.unserved)} m³",
                str(hour.nodes_out),
                "unknown" if hour.people is None else number(hour.people),
            )
            for hour in run.hours
        ],
        numbers=3,
    )


def _some(ids: Sequence[str]) -> str:
    if not ids:
        return "."
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return console.escape(f": {', '.join(ids[:SHOWN])}{more}.")


def _segment_row(
    network: Network, isolation: Isolation, links: Iterable[int], people: FloatArray | None
) -> dict[str, Any]:
    out = isolation.segment | isolation.stranded
    demand = network.wanted_per_day
    return {
        "pipes": [network.link_ids[link] for link in links],
        "valves": [valve.name for valve in isolation.valves],
        "nodes": int(isolation.segment.sum()),
        "stranded_nodes": int(isolation.stranded.sum()),
        "tank_only_nodes": int(isolation.tank_only.sum()),
        "demand_nodes_out": int(isolation.demand_out.sum()),
        "demand_out_m3_per_day": float(demand[out].sum()),
        "people_out": "unknown" if people is None else float(people[out].sum()),
    }


def _tell_segments(rows: Sequence[dict[str, Any]], findings: Sequence[Finding]) -> None:
    console.tell(findings)
    number = console.number
    console.say(f"{len(rows)} segments have pipes in them.")
    table = [
        (
            row["pipes"][0] + (f" and {len(row['pipes']) - 1} more" if row["pipes"][1:] else ""),
            str(len(row["valves"])),
            str(row["nodes"]),
            str(row["stranded_nodes"]),
            str(row["tank_only_nodes"]),
            f"{number(row['demand_out_m3_per_day'])} m³/day",
        )
        for row in rows[:SHOWN]
    ]
    heads = ("pipes", "valves", "nodes", "stranded", "tank only", "demand out")
    console.table(heads, table, numbers=5)
