"""``kopa restore``: gives a city the data of a backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from kopa.city.data import FOLDER
from kopa.cli import options
from kopa.console import document, escape, say
from kopa.errors import UsageError
from kopa.store import restore_store


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.add_argument("backup", type=Path, metavar="BACKUP", help="folder of the backup")
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore a backup where there is no data yet."""
    if not (args.city / "city.toml").is_file():
        raise UsageError(f"{args.city} is no city folder: it has no city.toml")
    address = args.data or args.city / FOLDER
    restore_store(args.backup, address)
    if args.json:
        document({"status": "ok", "data": str(address)})
    else:
        say(f"The data of {escape(str(args.city))} is that of {escape(str(args.backup))}.")
    return 0
