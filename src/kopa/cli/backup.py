"""``kopa backup``: copies the data of a city; a running one is asked by ``PUT /backups/…``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from kopa.city.data import store_of
from kopa.cli import options
from kopa.console import document, escape, say


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.add_argument("-o", "--out", type=Path, required=True, help="new folder of the backup")
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make a backup."""
    begin = time.perf_counter()
    with store_of(args.city, args.data, must=True) as store:
        store.backup(args.out)
        counts = store.statistics()
    seconds = round(time.perf_counter() - begin, 2)
    rows = {"entities": counts.entities, "observations": counts.hot + counts.cold}
    if args.json:
        document({"folder": str(args.out), "seconds": seconds, **rows})
    else:
        say(f"{escape(str(args.out))}: {rows['observations']} observations in {seconds} s.")
    return 0
