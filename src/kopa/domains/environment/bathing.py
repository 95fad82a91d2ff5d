"""Alerts at bathing waters: when they begin, when they end."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping

import numpy as np

from kopa.model import BoolArray, FloatArray, Window

from .network import Bathing
from .river import BACTERIA
from .thresholds import Threshold

DAY = 86_400


def limits(bathing: Bathing, thresholds: Mapping[str, Threshold]) -> dict[str, FloatArray]:
    """Concentration from which a bathing water is closed, by bacterium, CFU/100 mL.

    Parameters
    ----------
    bathing
        The bathing waters.
    thresholds
        By id.

    Returns
    -------
    dict
        Shape (bathing,) each; infinite where there is no alert threshold.
    """
    found = {}
    for quantity in BACTERIA:
        of = {
            one.subject: one.value
            for one in thresholds.values()
            if one.kind == "alert" and one.quantity == quantity
        }
        found[quantity] = np.array([of.get(water, np.inf) for water in bathing.waters])
    return found


def exceeded(concentration: Mapping[str, FloatArray], limit: Mapping[str, FloatArray]) -> BoolArray:
    """Steps in which one of the bacteria is above its limit, shape (step, bathing).

    Parameters
    ----------
    concentration, limit
        By bacterium, shapes (step, bathing) and (bathing,).
    """
    over = [concentration[one] > limit[one] for one in BACTERIA]
    return np.asarray(np.logical_or.reduce(over), dtype=bool)


def held(over: BoolArray, window: Window, hours: float) -> BoolArray:
    """Steps in which an alert holds: from an exceedance on, and for some hours after it.

    Parameters
    ----------
    over
        Steps with an exceedance, shape (step, bathing).
    window
        The window of the run.
    hours
        An alert ends so long after the last exceedance.
    """
    after = math.ceil(hours * 3600 / window.step)
    alert = over.copy()
    steps = np.arange(len(over))[:, None]
    last = np.maximum.accumulate(np.where(over, steps, -len(over) - after - 1), axis=0)
    alert |= steps - last <= after
    return alert


def in_season(bathing: Bathing, window: Window) -> FloatArray:
    """1 in the steps of the season, shape (step, bathing); without a date it is the season.

    Parameters
    ----------
    bathing, window
        The bathing waters and the window.
    """
    share = np.ones((window.steps, len(bathing)))
    if window.date is None:
        return share
    days = [window.date + datetime.timedelta(int(at // DAY)) for at in window.starts.tolist()]
    for column, season in enumerate(bathing.seasons):
        if season is not None:
            share[:, column] = [_within((day.month, day.day), *season) for day in days]
    return share


def _within(day: tuple[int, int], first: tuple[int, int], last: tuple[int, int]) -> bool:
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last  # over the end of the year


def visiting(window: Window, begin_h: float, end_h: float) -> FloatArray:
    """Share of a day's visits that falls into each step, shape (step,).

    Parameters
    ----------
    window
        The window.
    begin_h, end_h
        Hours of the day in which people bathe, evenly.
    """
    open_s = (end_h - begin_h) * 3600
    share = np.zeros(window.steps)
    if open_s <= 0:
        return share
    for day in range(window.start // DAY, -(-window.end // DAY)):
        begin, end = (round(day * DAY + hour * 3600) for hour in (begin_h, end_h))
        share += window.cover(begin, end) * window.step / open_s
    return share
