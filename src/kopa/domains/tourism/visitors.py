"""How many visitors are at a sight: arrivals over the hours of a day, each for a stay."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np

from kopa.engine_opening_hours import open_share
from kopa.model import FloatArray, Window
from kopa.model.window import DAY

from .network import Network

PART = 300
"""Visitors are counted in the middle of parts of so many seconds."""
REACH_H = 6.0
"""Hours before and after the peak in which visitors come."""


def usual(network: Network, window: Window) -> tuple[FloatArray, FloatArray]:
    """Visitors at each sight on a day like all others, and who comes; events by their date.

    Parameters
    ----------
    network
        What there is.
    window
        When; one without a date has no events.

    Returns
    -------
    tuple
        Mean number who are there, and arrivals, persons/h, shape (step, sight) each; NaN where
        nobody knows how many come.
    """
    sights = network.sights
    here, coming = (np.zeros((window.steps, len(sights))) for _ in range(2))
    rows = np.flatnonzero(~sights.events)
    first, last = window.start // DAY, -(-window.end // DAY)
    whole = Window(first * DAY, PART, (last - first) * DAY // PART, window.date)
    shares = open_share([sights.hours[row] for row in rows], whole, network.country)
    clock = ((whole.starts + PART / 2) % DAY) / 3600
    places = (window.starts[:, None], window.starts[:, None] + window.step)
    for column, row in enumerate(rows.tolist()):
        peak, share = sights.peak[row], shares[:, column]
        weight = share * (1.0 if np.isnan(peak) else np.maximum(0, 1 - abs(clock - peak) / REACH_H))
        by_day = weight.reshape(last - first, -1)
        total = by_day.sum(axis=1, keepdims=True)
        came = np.divide(by_day, total, out=np.zeros_like(by_day), where=total > 0).ravel()
        came = came * sights.visitors[row]
        stay = max(1, round(sights.stay[row] * 3600 / PART))
        summed = np.concatenate([[0.0], np.cumsum(came)])
        ahead = np.arange(len(came)) + 1
        # who came in this part is taken to be there for all of it; at closing all leave
        there = (summed[ahead] - summed[np.maximum(ahead - stay, 0)]) * (share > 0)
        here[:, row] = _means(there, whole, places)
        coming[:, row] = _means(came, whole, places) * 3600 / PART
    for row in np.flatnonzero(sights.events).tolist():
        span = sights.spans[row]
        if window.date is None or span is None:
            continue
        midnight = datetime.combine(window.date, time())
        begin, end = (int((one - midnight) / timedelta(seconds=1)) for one in span)
        here[:, row] = window.cover(begin, end) * sights.visitors[row]
        # all come in the first hour
        coming[:, row] = window.cover(begin, begin + 3600) * sights.visitors[row]
    return here, coming


def _means(values: FloatArray, whole: Window, places: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Mean of the values of parts over steps, shape (step,)."""
    summed = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(summed)) * float(PART) + whole.start
    low, high = (np.interp(one[:, 0], at, summed) for one in places)
    return np.asarray((high - low) * PART / (places[1] - places[0])[:, 0])
