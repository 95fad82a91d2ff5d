"""``kopa replay``: plays recorded observations into the data of a city, at any speed."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from kopa.city.data import store_of
from kopa.cli import options
from kopa.console import document, progress, say
from kopa.ingest.replay import Pace, played, read_recording
from kopa.store import Batch, Observations


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.add_argument("recording", type=Path, metavar="F", help="CSV of observations")
    parser.add_argument(
        "--speed", type=float, default=0.0, metavar="X", help="recorded s in a s; 0: at once"
    )
    parser.add_argument("--now", action="store_true", help="times begin now, not when recorded")
    parser.add_argument("--tenant", default="", help="whose observations they are")
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Play a recording."""
    rows = read_recording(args.recording)
    pace = Pace(args.speed, time.time_ns() // 1000 if args.now else None)
    begin = time.perf_counter()
    with (
        store_of(args.city, args.data) as store,
        progress("observations", len(rows), args.json) as told,
    ):
        for batch in played(rows, pace):
            store.commit(Batch(observations=(Observations.of(args.tenant, batch),)))
            told(len(batch))
    seconds = round(time.perf_counter() - begin, 2)
    if args.json:
        document({"observations": len(rows), "seconds": seconds})
    else:
        say(f"{len(rows)} observations are kept, in {seconds} s.")
    return 0
