"""Opening hours as OpenStreetMap writes them: the only importer of the library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np

from kopa.model import FloatArray, Window

WORKING_DAY = date(2026, 10, 14)
"""A Wednesday without a holiday: the day of a window that names none."""


def problem(text: str) -> str:
    """What is wrong with opening hours; empty if nothing is."""
    import opening_hours

    try:
        opening_hours.OpeningHours(text)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # not in its stubs
        return str(error).strip().splitlines()[-1].strip(" =")
    return ""


def open_share(texts: Sequence[str], window: Window, country: str = "") -> FloatArray:
    """Share of each step that each place is open.

    Parameters
    ----------
    texts
        Opening hours; empty for always.
    window
        The window; without a date its first day is a Wednesday.
    country
        ISO 3166-1 alpha-2 code, whose public holidays are ``PH``; empty: there are none.

    Returns
    -------
    FloatArray
        Shape (step, place).
    """
    import opening_hours

    midnight = datetime.combine(window.date or WORKING_DAY, time())
    start = midnight + timedelta(seconds=window.start)
    end = midnight + timedelta(seconds=window.end)
    known: dict[str, FloatArray] = {"": np.ones(window.steps)}
    for text in {*texts} - {""}:
        share = np.zeros(window.steps)
        spans = opening_hours.OpeningHours(text, country=country or None).intervals(start, end)
        for begin, until, state, _ in spans:
            if str(state) == "open":
                low = int((begin.replace(tzinfo=None) - midnight).total_seconds())
                high = int((until.replace(tzinfo=None) - midnight).total_seconds())
                share += window.cover(low, high)
        known[text] = np.minimum(share, 1.0)
    return np.array([known[text] for text in texts]).T.reshape(window.steps, len(texts))
