"""What the jobs on health share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from kopa import console
from kopa.domain.attributes import settings
from kopa.domain.rows import Rows
from kopa.domain.section import section
from kopa.errors import Finding, UsageError
from kopa.model import BoolArray, FloatArray

from .capability import PACKAGE
from .load import read_network
from .network import Network
from .run import usual_works

YEARS = (1900, 2200)
HINT = "facilities = '…', residents = '…' and streets = '…'"


def failed(arguments: argparse.Namespace, findings: Sequence[Finding]) -> int:
    """Tell that there is no answer; gives the exit code."""
    if arguments.json:
        console.document({"status": "unknown", "findings": console.finding_rows(findings)})
    else:
        console.tell(findings)
    return 1


def city_network(city: Path) -> tuple[Network, tuple[Finding, ...]]:
    """The health care of a city, with no other domain.

    Raises
    ------
    InputError
        With all that is wrong in the files.
    """
    return read_network(settings(section(city, "health", HINT), PACKAGE, "health"), city)


@dataclass(frozen=True)
class Closed:
    """What is closed by hand.

    Parameters
    ----------
    works
        True for facilities that work, shape (facility,).
    speed
        Of streets over the usual, shape (street,); None where none is closed.
    names
        What was named, facilities and streets, as assets.
    """

    works: BoolArray
    speed: FloatArray | None
    names: tuple[str, ...]


def closed(network: Network, names: Sequence[str]) -> Closed:
    """Facilities and streets that are named: ``hospital``, ``24660412-1``, ``way/24660412``.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    works, streets = usual_works(network), network.driving
    column = {network.streets.ids[edge]: at for at, edge in enumerate(streets.edges.tolist())}
    ways = network.streets.way[streets.edges]
    speed, found = np.ones(len(streets.edges)), []
    for name in names:
        plain = name.rpartition(":")[2]  # with whichever domain before it
        way = plain.removeprefix("way/")
        if plain in network.facilities.ids:
            works[network.facilities.ids.index(plain)] = False
            found.append(f"health:{plain}")
        elif plain in column:
            speed[column[plain]] = 0.0
            found.append(f"street:{plain}")
        elif plain != way and way.isdecimal() and (ways == int(way)).any():
            speed[ways == int(way)] = 0.0
            found.append(f"street:{plain}")
        else:
            raise UsageError(f"--closed: '{name}' is no facility and no street that cars drive on")
    return Closed(works, speed if (speed < 1).any() else None, tuple(found))


def within(low: float, high: float, kind: Callable[[str], float] = float) -> Callable[[str], float]:
    """A type of argument: a number in a range."""

    def number(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low:g} to {high:g}")
        return value

    return number


def whole(low: int, high: int) -> Callable[[str], int]:
    """A type of argument: a whole number in a range."""

    def number(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low} to {high}")
        return value

    return number


def times_of(rows: Rows, found: Sequence[dict[str, object]]) -> tuple[list[datetime], int]:
    """Times of rows, and the seconds between two; what is wrong is told.

    Parameters
    ----------
    rows, found
        The file, and what it says: each row has ``time`` and ``place``.
    """
    times: list[datetime] = []
    for row in found:
        text, place = str(row["time"]), str(row["place"])
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            if text:  # that it is missing is told already
                rows.tell("time", place, f"time is {text[:40]!r}.", "Write YYYY-MM-DDTHH:MM.")
            continue
        if time.tzinfo is not None:
            what = "its time has an offset from UTC."
            rows.tell("time", place, what, "Write the city's own clock: hours of the day count.")
            continue
        if not YEARS[0] <= time.year <= YEARS[1]:
            what = f"its year is {time.year}."
            rows.tell("time", place, what, f"Write {YEARS[0]} to {YEARS[1]}.")
            continue
        times.append(time)
    if len(times) < 2:
        if not rows.findings:
            rows.tell("empty", "", "it has less than two rows.", "Add rows.")
        return times, 0
    step = times[1] - times[0]
    if len(times) == len(found):
        for before, row, time in zip(times, found[1:], times[1:], strict=False):
            if time - before != step or step <= timedelta(0):
                what = f"it comes {(time - before) / timedelta(hours=1):g} h after the row before."
                do = "Sort by time; write each hour once, without a gap, also where clocks change."
                rows.tell("step", str(row["place"]), what, do)
    return times, round(step.total_seconds())
