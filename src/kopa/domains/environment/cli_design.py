"""``kopa environment weir``, ``culvert`` and ``channel``: hydraulic structures."""

from __future__ import annotations

import argparse
from typing import Any

from kopa import console
from kopa.errors import UsageError

from .channel import Section, critical_depth, froude, normal_depth
from .culvert import REFERENCE, Culvert, headwater, inlets
from .weir import KINDS, REFERENCES, Weir, weir_flow, weir_head

CHANNEL_REFERENCE = "Manning (1891); Chow (1959) Open-Channel Hydraulics, eq. 5-6 and 4-1"


def register(jobs: Any) -> None:
    """Add the jobs to a parser."""
    _weir(jobs.add_parser("weir", help="flow over a weir, or the head that a flow needs"))
    _culvert(jobs.add_parser("culvert", help="headwater of a culvert"))
    _channel(jobs.add_parser("channel", help="normal and critical depth of a channel"))


def _weir(job: argparse.ArgumentParser) -> None:
    job.add_argument("--kind", choices=KINDS, required=True)
    job.add_argument("--width", type=float, default=0.0, metavar="M", help="of the crest, m")
    job.add_argument("--height", type=float, required=True, metavar="M", help="of the crest, m")
    job.add_argument("--channel", type=float, default=0.0, metavar="M", help="width of the channel")
    job.add_argument("--length", type=float, default=0.0, metavar="M", help="of a broad crest, m")
    job.add_argument("--coefficient", type=float, default=0.0, metavar="µ", help="of Poleni")
    job.add_argument("--tailwater", type=float, default=0.0, metavar="M", help="above the crest")
    known = job.add_mutually_exclusive_group(required=True)
    known.add_argument("--head", type=float, metavar="M", help="above the crest, m")
    known.add_argument("--flow", type=float, metavar="M3/S", help="m³/s")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=weir_job)


def weir_job(arguments: argparse.Namespace) -> int:
    """Flow or head of a weir; gives the exit code."""
    weir = Weir(
        arguments.kind, arguments.width, arguments.height, arguments.channel,
        arguments.length, arguments.coefficient,
    )  # fmt: skip
    if arguments.flow is None:
        found = weir_flow(weir, arguments.head, arguments.tailwater)
    else:
        found = weir_head(weir, arguments.flow, arguments.tailwater)
    reference, number = REFERENCES[weir.kind], console.number
    if arguments.json:
        document = {
            "status": "ok",
            "kind": weir.kind,
            "head_m": found.head,
            "flow_m3_s": found.flow,
            "drowned": found.drowned,
            "reference": reference,
            "notes": list(found.notes),
        }
        console.document(document)
        return 0
    console.say(f"head {number(found.head, 4)} m, flow {number(found.flow, 4)} m³/s")
    if found.drowned < 1:
        console.say(f"drowned: {found.drowned:.1%} of the free flow (Villemonte 1947)")
    _close(found.notes, reference)
    return 0


def _culvert(job: argparse.ArgumentParser) -> None:
    job.add_argument("--inlet", choices=tuple(inlets()), required=True)
    job.add_argument("--height", type=float, required=True, metavar="M", help="or diameter, m")
    job.add_argument("--width", type=float, default=0.0, metavar="M", help="of a box, m")
    job.add_argument("--length", type=float, required=True, metavar="M", help="m")
    job.add_argument("--slope", type=float, required=True, help="of the barrel, m/m")
    job.add_argument("--n", type=float, required=True, help="Manning's n, s/m^(1/3)")
    job.add_argument("--barrels", type=int, default=1, help="number of equal barrels")
    job.add_argument("--flow", type=float, required=True, metavar="M3/S", help="of all barrels")
    job.add_argument("--tailwater", type=float, default=0.0, metavar="M", help="above the outlet")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=culvert_job)


def culvert_job(arguments: argparse.Namespace) -> int:
    """Headwater of a culvert; gives the exit code."""
    culvert = Culvert(
        inlets()[arguments.inlet], arguments.height, arguments.length, arguments.slope,
        arguments.n, arguments.width, arguments.barrels,
    )  # fmt: skip
    found = headwater(culvert, arguments.flow, arguments.tailwater)
    number = console.number
    if arguments.json:
        document = {
            "status": "ok",
            "inlet": culvert.inlet.name,
            "chart": culvert.inlet.chart,
            "headwater_m": found.depth,
            "headwater_over_height": found.depth / culvert.height,
            "control": found.control,
            "inlet_control_m": found.inlet_control,
            "outlet_control_m": found.outlet_control,
            "critical_depth_m": found.critical,
            "normal_depth_m": found.normal,
            "full_velocity_m_s": found.velocity,
            "reference": REFERENCE,
            "notes": list(found.notes),
        }
        console.document(document)
        return 0
    console.say(
        f"headwater {number(found.depth, 4)} m above the inlet ({found.control} control), "
        f"{number(found.depth / culvert.height)} of the height"
    )
    rows = [
        ("inlet control", f"{number(found.inlet_control, 4)} m"),
        ("outlet control", f"{number(found.outlet_control, 4)} m"),
        ("critical depth", f"{number(found.critical, 4)} m"),
        ("normal depth", f"{number(found.normal, 4)} m"),
        ("speed when full", f"{number(found.velocity, 4)} m/s"),
    ]
    console.say(culvert.inlet.description)
    console.table(("depth or speed", ""), rows, numbers=1)
    _close(found.notes, f"{REFERENCE}; chart {culvert.inlet.chart}")
    return 0


def _channel(job: argparse.ArgumentParser) -> None:
    job.add_argument("--shape", choices=("rectangular", "trapezoid", "circular"), required=True)
    job.add_argument("--width", type=float, required=True, metavar="M", help="bottom or diameter")
    job.add_argument("--side", type=float, default=0.0, help="run of the sides for a rise of 1")
    job.add_argument("--n", type=float, required=True, help="Manning's n, s/m^(1/3)")
    job.add_argument("--slope", type=float, required=True, help="of the bed, m/m")
    job.add_argument("--flow", type=float, required=True, metavar="M3/S", help="m³/s")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=channel_job)


def channel_job(arguments: argparse.Namespace) -> int:
    """Depths of a channel; gives the exit code."""
    if arguments.side and arguments.shape != "trapezoid":
        raise UsageError("--side is of a trapezoid")
    section = Section(arguments.shape, arguments.width, arguments.side)
    normal = normal_depth(section, arguments.flow, arguments.n, arguments.slope)
    critical = critical_depth(section, arguments.flow)
    ratio = froude(section, arguments.flow, normal)
    state = "slow (subcritical)" if ratio < 1 else "rapid (supercritical)"
    speed, number = arguments.flow / section.area(normal), console.number
    if arguments.json:
        document = {
            "status": "ok",
            "normal_depth_m": normal,
            "critical_depth_m": critical,
            "velocity_m_s": speed,
            "area_m2": section.area(normal),
            "froude": ratio,
            "subcritical": ratio < 1,
            "reference": CHANNEL_REFERENCE,
        }
        console.document(document)
        return 0
    console.say(
        f"normal depth {number(normal, 4)} m, critical depth {number(critical, 4)} m, "
        f"speed {number(speed, 4)} m/s: {state}, Froude {number(ratio)}"
    )
    _close((), CHANNEL_REFERENCE)
    return 0


def _close(notes: tuple[str, ...], reference: str) -> None:
    for note in notes:
        console.say(f"[yellow]note[/] {note}")
    console.say(f"[dim]{reference}[/]")
