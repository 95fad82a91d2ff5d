"""Lines of points."""

from __future__ import annotations

import numpy as np

from kopa.model import FloatArray, IntArray


def middles(first: IntArray, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Point half way along each of many lines.

    Parameters
    ----------
    first
        Line i is drawn through points ``first[i]`` to ``first[i + 1] - 1``, shape (line + 1,).
    x, y
        The points, one line after the other, shape (point,).

    Returns
    -------
    tuple
        x and y, shape (line,) each; NaN for a line with a point that has no place.
    """
    steps = np.nan_to_num(np.hypot(np.diff(x), np.diff(y)))  # one lost point loses no other line
    steps[first[1:-1] - 1] = 0.0  # from one line's last point to the next one's first
    along = np.concatenate([[0.0], np.cumsum(steps)])
    low, high = first[:-1], first[1:] - 1
    half = (along[low] + along[high]) / 2
    at = np.searchsorted(along, half, side="right") - 1
    at = np.clip(at, low, np.maximum(high - 1, low))
    following = np.minimum(at + 1, high)
    run = along[following] - along[at]
    share = np.divide(half - along[at], run, out=np.zeros_like(half), where=run > 0)
    lost = np.concatenate([[0], np.cumsum(~(np.isfinite(x) & np.isfinite(y)))])
    known = np.where(lost[first[1:]] > lost[low], np.nan, 1.0)
    return (
        known * (x[at] + share * (x[following] - x[at])),
        known * (y[at] + share * (y[following] - y[at])),
    )
