"""What jobs on a city's waste read: its files, the day, levels, prices."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import settings
from kopa.domain.section import section, tables
from kopa.domains.waste.rounds.day_tasks import Prices
from kopa.errors import Finding, UsageError
from kopa.ledger.factors import shipped_factors, with_overrides
from kopa.model import FloatArray, IntArray, Window

from .calendar import at_start
from .fill import Forecast, forecast
from .load import read_network
from .network import Network
from .read_history import read_history
from .read_trucks import EPOCH, PACKAGE


@dataclass(frozen=True)
class Waste:
    """A city's waste on a day.

    Parameters
    ----------
    network
        Its files.
    day
        Days since 1970-01-01.
    told
        Levels from that day on.
    prices
        Of fuel.
    findings
        What is worth knowing of the files.
    """

    network: Network
    day: int
    told: Forecast
    prices: Prices
    findings: tuple[Finding, ...]

    @property
    def date(self) -> date:
        """The day."""
        return EPOCH + timedelta(days=self.day)


def arguments_of(job: Any) -> None:
    """Add what all jobs on a city take."""
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument("--date", metavar="YYYY-MM-DD", help="the day (default: tomorrow)")
    job.add_argument(
        "--history", type=Path, metavar="F.csv",
        help="fill levels: time,container,fill, or what kopa export writes",
    )  # fmt: skip
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def read_waste(arguments: argparse.Namespace, ahead: int) -> Waste:
    """Read what a job needs.

    Parameters
    ----------
    arguments
        With what `arguments_of` added.
    ahead
        Days of levels to come.

    Raises
    ------
    InputError
        With all that is wrong in the files.
    UsageError
        If the date is none.
    """
    day = _day(arguments.date)
    hint = "containers = '…', facilities = '…', trucks = '…' and streets = '…'"
    table = section(arguments.city, "waste", hint)
    network, told = read_network(settings(table, PACKAGE, "waste"), arguments.city)
    findings = list(told)
    history = None
    if arguments.history:
        history, strange = read_history(arguments.history, network.containers.index)
        findings += strange
    now = start_levels(network, day)
    levels = forecast(network, now, day, ahead, history)
    prices, wrong = fuel(arguments.city)
    return Waste(network, day, levels, prices, (*findings, *wrong))


def start_levels(network: Network, day: int) -> FloatArray:
    """Levels at the begin of a day by the files, shares, NaN where unknown, shape (container,)."""
    window = Window(date=EPOCH + timedelta(days=day))
    return np.asarray(at_start(network, window)[0] / network.containers.full)


def fuel(city: Path) -> tuple[Prices, tuple[Finding, ...]]:
    """Price and emissions of fuel: the ledger's factors, or the city's own.

    Raises
    ------
    InputError
        If the city's file cannot be read.
    """
    given = tables(city).get("factors", {})
    factors, wrong = with_overrides(shipped_factors(), given)
    mid = {one.id: one.mid for one in factors}
    return Prices(mid["diesel_price_trucks"], mid["diesel_emissions_trucks"]), tuple(wrong)


def streets_named(network: Network, names: list[str]) -> IntArray:
    """Columns of streets, of whole ways too: ``24660412-1`` or ``way/24660412``.

    Raises
    ------
    UsageError
        If there is no such street.
    """
    ids = [network.streets.ids[edge] for edge in network.driving.edges.tolist()]
    column = {name: at for at, name in enumerate(ids)}
    found: list[int] = []
    for name in names:
        plain = name.rpartition(":")[2]  # with whichever domain before it
        if plain in column:
            found.append(column[plain])
            continue
        way = plain.removeprefix("way/")
        ways = network.streets.way[network.driving.edges]
        parts = np.flatnonzero(ways == int(way)) if way.isdecimal() else np.empty(0, dtype=int)
        if not len(parts):
            raise UsageError(f"'{name}' is no street that trucks drive on")
        found += parts.tolist()
    return np.array(found, dtype=np.int64)


def _day(text: str | None) -> int:
    if text is None:
        return (date.today() - EPOCH).days + 1
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date: '{text}' is no date: write YYYY-MM-DD") from None
    if not EPOCH.year <= day.year < date.max.year:
        raise UsageError(f"--date: '{text}' is out of range")
    return (day - EPOCH).days
