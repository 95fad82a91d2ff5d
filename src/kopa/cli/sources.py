"""``kopa sources``: asks every source of a city once, and shows what it says; keeps nothing."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kopa import __version__
from kopa.cli import options
from kopa.console import document, escape, finding_rows, number, say, table, tell
from kopa.errors import Finding, UsageError

if TYPE_CHECKING:
    from kopa.ingest.devices import Devices
    from kopa.ingest.sources.source import Reading, Source


@dataclass
class Answer:
    """What a source said.

    Parameters
    ----------
    source
        Which.
    problem
        Why it said no more; empty if it said all.
    seconds
        How long it took.
    values
        A row for each path, with what would be kept.
    things
        Number of vehicles, trips and alerts of a feed.
    findings
        What is wrong with it.
    """

    source: Source
    problem: str
    seconds: float
    values: list[dict[str, Any]] = field(default_factory=list)
    things: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.add_argument(
        "--device", action="append", default=[], help="only this source; may be given again"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask sources; 1 if one does not answer, or a value is none."""
    from kopa.api.intake import SOURCES, read_intake
    from kopa.ingest.devices import Devices

    if not (args.city / SOURCES).is_file():
        raise UsageError(f"{args.city / SOURCES} is missing: it says what is asked")
    intake = read_intake(args.city)
    devices = intake.devices or Devices((), {})
    wanted = {name.lower() for name in args.device}
    if unknown := wanted - {source.device for source in intake.sources}:
        raise UsageError(f"--device: {SOURCES} has no source '{min(unknown)}'")
    chosen = [one for one in intake.sources if not wanted or one.device in wanted]
    answers = asyncio.run(_asked(chosen, devices))
    findings = [*intake.findings, *(f for answer in answers for f in answer.findings)]
    well = not any(answer.findings for answer in answers)
    if args.json:
        document(_document(answers, findings, well))
    else:
        for answer in answers:
            _show(answer)
        tell(findings)
    return 0 if well else 1


async def _asked(sources: Sequence[Source], devices: Devices) -> list[Answer]:
    """All sources at once: a slow one costs its own time only."""
    return await asyncio.gather(*(_answer(source, devices) for source in sources))


async def _answer(source: Source, devices: Devices) -> Answer:
    from kopa.ingest.sources.feed import Feed
    from kopa.ingest.sources.kinds import KINDS
    from kopa.ingest.sources.polling import asked_once, silent
    from kopa.ingest.sources.read_sources import paths_of

    begin = time.perf_counter()
    poller = KINDS[source.kind].make(source, paths_of(source, devices))
    came, problem = await asked_once(source, poller)
    await poller.close()
    answer = Answer(source, problem, round(time.perf_counter() - begin, 3))
    for one in came:
        if isinstance(one, Feed):
            answer.things = {
                "vehicles": len(one.vehicles), "trips": len(one.trips), "alerts": len(one.alerts)
            }  # fmt: skip
            answer.findings += one.findings
        else:
            _value(answer, one, devices)
    if problem:
        answer.findings.append(silent(source, problem))
    return answer


def _value(answer: Answer, reading: Reading, devices: Devices) -> None:
    """Add the row of a reading, and what is wrong with it."""
    from kopa.ingest.sources.signals import observations

    name = answer.source.device
    signals = {signal.path: signal for signal in devices.by_device[name]}
    now = time.time_ns() // 1000
    rows, findings = observations(name, signals, [reading], now)
    signal = signals[reading.path]
    answer.findings += findings
    answer.values.append(
        {
            "path": reading.path,
            "came": reading.value,
            "entity": signal.key.entity,
            "attribute": signal.key.attribute,
            "value": rows[0].value if rows else None,
            "unit": signal.unit,
            "observed_at": _moment(rows[0].at if rows else now),
            "quality": rows[0].label.quality if rows else "bad",
            "problem": reading.problem or " ".join(finding.what for finding in findings),
        }
    )


def _document(answers: Sequence[Answer], findings: Sequence[Finding], well: bool) -> dict[str, Any]:
    return {
        "kopa": __version__,
        "status": "ok" if well else "unknown",
        "sources": [
            {
                "device": answer.source.device,
                "kind": answer.source.kind,
                "address": answer.source.address,
                "seconds": answer.seconds,
                "problem": answer.problem,
                "values": answer.values,
                "things": answer.things,
            }
            for answer in answers
        ],
        "findings": finding_rows(findings),
    }


def _show(answer: Answer) -> None:
    source = answer.source
    mark = "[red]does not answer[/]" if answer.problem else f"{answer.seconds:g} s"
    say(f"[bold]{escape(source.device)}[/]  {source.kind} {escape(source.address)}  {mark}")
    if answer.things:
        say("  " + ", ".join(f"{count} {name}" for name, count in answer.things.items()))
    rows = [
        [
            row["path"],
            "" if row["came"] is None else str(row["came"]),
            "none" if row["value"] is None else f"{number(row['value'], 6)} {row['unit']}".strip(),
            f"{row['entity']} {row['attribute']}",
            row["observed_at"],
            row["quality"],
        ]
        for row in answer.values
    ]
    if rows:
        table(["path", "came", "kept", "as", "observed at", "quality"], rows)


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="milliseconds")
