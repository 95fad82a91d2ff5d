"""Which rounds are driven on a day, and what is in the containers when a window begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from kopa.model import BoolArray, FloatArray, Window

from .network import Network
from .parts import Round

DAY_S = 86_400
WEDNESDAY = 6 + 7 * 2860
"""First day of a window without a date: a Wednesday, 2024-10-23."""
LOOK_BACK = 52 * 7
"""Days in which a container's last collection is looked for."""


def first_day(window: Window) -> int:
    """First day of a window, days since 1970-01-01."""
    return WEDNESDAY if window.date is None else (window.date - date(1970, 1, 1)).days


def driven_on(network: Network, day: int) -> list[Round]:
    """Rounds of a day, one a truck: its weekly stops and those of this week are one round.

    Parameters
    ----------
    network
        The rounds.
    day
        Days since 1970-01-01, which was a Thursday.
    """
    weekday, week = (day + 3) % 7, (day + 3) // 7
    found: dict[int, Round] = {}
    for one in network.rounds:
        if one.weekday == weekday and week % one.every == one.week:
            before = found.get(one.truck)
            found[one.truck] = one if before is None else _joined(before, one)
    return list(found.values())


def _joined(one: Round, other: Round) -> Round:
    """Two rounds as one, in the order of their lines; a container of both is emptied once."""
    stops = np.concatenate([one.stops, other.stops])
    lines = np.array([*one.lines, *other.lines])
    order = np.argsort(lines, kind="stable") if len(lines) == len(stops) else np.arange(len(stops))
    _, first = np.unique(stops[order], return_index=True)
    kept = order[np.sort(first)]
    told = tuple(lines[kept].tolist()) if len(lines) == len(stops) else ()
    return replace(one, stops=stops[kept], lines=told)


def last_emptied(network: Network, before: float) -> FloatArray:
    """When each container was last emptied by today's rounds: the middle of a truck's shift.

    Parameters
    ----------
    network
        The rounds.
    before
        A time, days since 1970-01-01.

    Returns
    -------
    FloatArray
        Days since 1970-01-01, NaN where it is in no round, shape (container,).
    """
    trucks = network.trucks
    last = np.full(len(network.containers), np.nan)
    known = False
    for day in range(int(before), int(before) - LOOK_BACK, -1):
        for one in driven_on(network, day):
            at = day + (trucks.starts[one.truck] + trucks.ends[one.truck]) / 2 / DAY_S
            if at <= before:
                last[one.stops] = np.fmax(last[one.stops], at)
        # a night shift of the day before may end later than what was found
        if known:
            break
        known = bool(np.isfinite(last).all())
    return last


def thrown_in(network: Network, start: FloatArray, end: FloatArray | float) -> FloatArray:
    """What is thrown in between two times, surges among it, kg.

    Parameters
    ----------
    network
        The containers and surges.
    start, end
        Days since 1970-01-01, shape (container,).

    Returns
    -------
    FloatArray
        NaN where unknown, shape (container,).
    """
    days = end - start
    for surge in network.surges:
        overlap = np.minimum(end, surge.last + 1.0) - np.maximum(start, surge.first)
        more = np.zeros(len(days))
        more[surge.containers] = surge.factor - 1
        days = days + more * np.maximum(overlap, 0.0)
    return np.asarray(days * network.containers.daily)


def at_start(network: Network, window: Window) -> tuple[FloatArray, BoolArray]:
    """What is in the containers when a window begins, kg.

    Where the file tells a fill level, that, and what came since it was read; a level without a
    time is that of the window's begin. Else, or if it was emptied since, what came since the
    last collection by today's rounds.

    Parameters
    ----------
    network
        The containers and rounds.
    window
        The window.

    Returns
    -------
    tuple
        kg, NaN where neither is known; and True where it was measured; each of shape
        (container,).
    """
    some = network.containers
    begin = first_day(window) + window.start / DAY_S
    emptied = last_emptied(network, begin)
    read = np.array([_day(text) if text else begin for text in some.fill_at])
    if window.date is None:
        read[:] = begin
    told = np.isfinite(some.fill) & (read <= begin) & ~(emptied > read)
    since = np.where(told, read, emptied)
    kg = np.where(told, some.fill * some.full, 0.0) + thrown_in(network, since, begin)
    return kg, np.asarray(told)


def _day(text: str) -> float:
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    return (moment - datetime(1970, 1, 1)).total_seconds() / DAY_S


def under_way(network: Network, window: Window) -> Iterator[tuple[Round, int, float, float]]:
    """Rounds that are under way in a window, each with its day, begin and end.

    Parameters
    ----------
    network
        The rounds.
    window
        The window.

    Yields
    ------
    tuple
        Round, days since 1970-01-01, and the shift in seconds of the window's clock.
    """
    first, trucks = first_day(window), network.trucks
    for number in range(-1, -(-window.end // DAY_S)):
        for one in driven_on(network, first + number):
            begin, end = (number * DAY_S + at[one.truck] for at in (trucks.starts, trucks.ends))
            if begin < window.end and end > window.start:
                yield one, first + number, float(begin), float(end)
