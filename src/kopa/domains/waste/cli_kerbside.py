"""``kopa waste kerbside``: rounds along streets, where bins stand at the kerb."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.speech import speech_of
from kopa.domains.waste.rounds.day import DayRounds, StreamRounds
from kopa.domains.waste.rounds.day_tasks import (
    AHEAD,
    Choice,
    Wish,
    in_shift,
    priced,
    truck_type,
)
from kopa.domains.waste.rounds.document import document
from kopa.domains.waste.rounds.kerbside import Kerbs, Sets, kerbside_task
from kopa.domains.waste.rounds.planning import plan
from kopa.domains.waste.rounds.write_plan import check_output, write_plan
from kopa.errors import Finding, InputError, UsageError, stopping

from .city_files import Waste, arguments_of, read_waste
from .cli_common import effort_of, failed
from .cli_rounds import search_of, speed_of, tell_rounds
from .read_kerbs import read_kerbs
from .read_trucks import PACKAGE


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("kerbside", help="rounds along streets, where bins stand at the kerb")
    arguments_of(job)
    job.add_argument("kerbs", type=Path, metavar="KERBS.csv", help="street,kg,m3,service_s,narrow")
    job.add_argument("--stream", required=True, help="what is collected")
    job.add_argument("--trucks", nargs="+", metavar="TRUCK", help="default: all that may")
    search_of(job)
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    check_output(arguments.output)
    speech = speech_of(PACKAGE, arguments.lang)
    try:
        waste = read_waste(arguments, AHEAD)
        kerbs, told = read_kerbs(arguments.kerbs, waste.network)
        speed = speed_of(arguments, waste)
        wish = Wish(waste.day, effort_of(arguments), waste.prices, speed=speed)
        found = _planned(arguments, waste, kerbs, wish)
    except InputError as error:
        return failed(arguments, error.findings)
    for file in arguments.output:
        write_plan(file, waste, found, wish, speech)
    findings = [*waste.findings, *told, *found.findings]
    if arguments.json:
        rows = console.finding_rows(findings)
        console.document({**document(waste, found, None), "findings": rows})
    else:
        tell_rounds(found, None, "today")
        console.tell(findings)
    return 1 if found.status == "unknown" or stopping(findings) else 0


def _planned(arguments: argparse.Namespace, waste: Waste, kerbs: Kerbs, wish: Wish) -> DayRounds:
    network, stream = waste.network, arguments.stream.lower()
    trucks, plants = network.trucks, network.facilities
    crew = [row for row, streams in enumerate(trucks.streams) if stream in streams]
    if arguments.trucks:
        for name in arguments.trucks:
            if name not in trucks.ids:
                raise UsageError(f"--trucks: there is no truck '{name}': {', '.join(trucks.ids)}")
        crew = [row for row in crew if trucks.ids[row] in arguments.trucks]
    dumps = plants.taking(stream)
    if not crew or not dumps:
        what = f"no {'plant takes' if crew else 'truck collects'} {stream}."
        raise InputError([Finding("waste.no-stream", what, "Name it in the streams of one.")])
    priced(network)
    depots = sorted({int(trucks.depot[row]) for row in crew})
    sets = Sets(
        tuple(plants.ids[row] for row in depots),
        network.facility_nodes[depots],
        tuple(plants.ids[row] for row in dumps),
        network.facility_nodes[dumps],
        float(plants.unload[dumps].max()),
    )
    kinds = tuple(truck_type(network, row, depots, wish.prices) for row in crew)
    seconds = network.driving.seconds(wish.speed)
    task = kerbside_task(
        network.driving.router, kerbs, sets, kinds, wish.prices.kgco2e_litre, seconds
    )
    begin = float(trucks.starts[crew].min())
    early, late = in_shift(plants.opens[dumps], plants.closes[dumps], begin)
    task = replace(
        task,
        dumps=replace(task.dumps, service_s=plants.unload[dumps], early_s=early, late_s=late),
    )
    made = plan(task, wish.effort)
    nothing = np.empty(0, dtype=np.int64)
    choice = Choice(kerbs.edge, nothing, nothing, {}, np.empty(0))
    rounds = StreamRounds(stream, choice, made, None, wish.prices)
    return DayRounds((rounds,), made.findings)
