"""Chooses the command; nothing heavy is imported until one is chosen."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from kopa import __version__
from kopa.cli.guard import guarded
from kopa.errors import UsageError

if TYPE_CHECKING:
    from kopa.domain.affected import Affected

COMMANDS = {
    "new": "make a whole city from a map",
    "check": "read a city and tell all that is wrong with its files",
    "links": "who supplies whom: list, explain, propose, confirm",
    "whatif": "what breaks if …: who loses what, when, why",
    "report": "a city and what scenarios do to it, as one page to read or print",
    "screen": "take out every asset of a city, one at a time, and rank them",
    "up": "run the live side of a city: entities, telemetry, access",
    "sources": "ask every source of a city once, and show what it says",
    "write": "write a value to a device: a dry run, then its plan; it returns by itself",
    "replay": "play recorded observations into the data of a city",
    "export": "assets or observations as CSV, Parquet or GeoJSON",
    "audit": "who did what; whether the log is as it was written",
    "backup": "copy the data of a city that does not run",
    "restore": "give a city the data of a backup",
}
"""Commands by name; each is a module of this package with `register`."""

_EPILOG = "Every command takes --json. Exit: 0 done, 1 findings stop it, 2 wrong usage."


def parser(chosen: str = "") -> argparse.ArgumentParser:
    """The parser; only the chosen command gets its options.

    Parameters
    ----------
    chosen
        A command or a domain; empty for an overview.
    """
    top = argparse.ArgumentParser(
        prog="kopa", description="One live model of a city.", epilog=_EPILOG
    )
    top.add_argument("--version", action="version", version=f"kopa {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words, epilog=_EPILOG)
        if name == chosen:
            module = importlib.import_module(f"kopa.cli.{name}")
            module.register(command)
    for point in sorted(entry_points(group="kopa.domains"), key=lambda p: p.name):
        words = f"jobs of the domain {point.name} on its own files"
        domain = commands.add_parser(point.name, help=words, description=words, epilog=_EPILOG)
        if point.name == chosen:
            _register_jobs(domain, point)
    return top


def _register_jobs(domain: argparse.ArgumentParser, point: EntryPoint) -> None:
    """Add the jobs of a domain, if it has any of its own."""
    name = f"{point.module}.cli"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        domain.set_defaults(run=lambda args: _no_jobs(point.name))
    else:
        module.register(domain.add_subparsers(title="jobs", metavar="JOB", required=True))


def _no_jobs(name: str) -> int:
    raise UsageError(f"{name} has no jobs of its own: use it in a city, with kopa whatif or screen")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if not word.startswith("-")), "")
    options = parser(chosen)
    args = options.parse_args(words)
    if "run" not in args:
        options.print_help()
        return 0 if not words else 2
    args.ask = _ask
    return guarded(args.run, args)


def _ask(folder: Path, changes: Sequence[str], live: str = "") -> Affected:
    """What jobs of a domain may ask the whole city (`kopa.domain.affected.Asks`)."""
    from kopa.api.standing import standing
    from kopa.city.affected import asked

    if not live:
        return asked(folder, changes)
    stands, window = standing(live)
    return asked(folder, [*stands, *changes], window)
