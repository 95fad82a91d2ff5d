"""Opening hours as OpenStreetMap writes them, for all domains that ask what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np

from kopa.model import FloatArray, Window

WORKING_DAY = date(2026, 11, 18)
"""A Wednesday: the day of a window that names none."""


def problem(text: str) -> str:
    """What is wrong with opening hours; empty if nothing is."""
    import opening_hours

    try:
        opening_hours.OpeningHours(text)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # not in its stubs
        return str(error).strip().splitlines()[-1].strip(" =")
    return ""


def open_share(texts: Sequence[str], window: Window) -> FloatArray:
    """Share of each step in which each place is open.

    Parameters
    ----------
    texts
        Opening hours; empty for always.
    window
        The window; without a date its first day is a Wednesday.

    Returns
    -------
    FloatArray
        Shape (step, place).
    """
    import opening_hours

    midnight = datetime.combine(window.date or WORKING_DAY, time())
    begin, end = (midnight + timedelta(seconds=one) for one in (window.start, window.end))
    known: dict[str, FloatArray] = {"": np.ones(window.steps)}
    for text in {*texts} - {""}:
        share = np.zeros(window.steps)
        for first, last, state, _ in opening_hours.OpeningHours(text).intervals(begin, end):
            if str(state) == "open":
                low, high = (one.replace(tzinfo=None) - midnight for one in (first, last))
                share += window.cover(int(low.total_seconds()), int(high.total_seconds()))
        known[text] = np.minimum(share, 1.0)
    return np.array([known[text] for text in texts]).T.reshape(window.steps, len(texts))
