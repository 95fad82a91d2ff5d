"""Access to care: ways to the nearest, floating catchments, and what a closure takes away.

References
----------
Luo and Wang (2003), Measures of spatial accessibility to health care in a GIS environment,
Environment and Planning B 30, 865-884 (two-step floating catchment area, 2SFCA).
Luo and Qi (2009), An enhanced two-step floating catchment area (E2SFCA) method for measuring
spatial accessibility to primary care physicians, Health & Place 15, 1100-1107.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray

from .reach import nearest, who

WEIGHTS = (1.0, 0.68, 0.22)
"""Of the first, second and last third of the catchment (Luo and Qi 2009, table 1, slow decay: 0 to
10, 10 to 20 and 20 to 30 minutes)."""


def catchment(
    times: FloatArray, within_s: float, weights: tuple[float, ...] = (1.0,)
) -> FloatArray:
    """Weight of each facility for each point, shape (point, facility).

    Parameters
    ----------
    times
        s, `inf` for no way, shape (point, facility).
    within_s
        Reach of the catchment, > 0.
    weights
        Of its rings, equally wide, the nearest first; one ring is the 2SFCA.
    """
    edges = within_s * np.arange(1, len(weights) + 1) / len(weights)
    ring = np.searchsorted(edges, times, side="left")
    return np.append(weights, 0.0)[ring]


def floating(weight: FloatArray, people: FloatArray, supply: FloatArray) -> FloatArray:
    """Supply a person by the two steps: of each facility among those around it, then of each point.

    Parameters
    ----------
    weight
        What `catchment` gave, shape (point, facility).
    people
        Shape (point,).
    supply
        Beds, or 1 for each site, shape (facility,).

    Returns
    -------
    FloatArray
        Shape (point,); people × it adds up to the supply that anybody reaches.
    """
    around = people @ weight
    ratio = np.divide(supply, around, out=np.zeros_like(supply), where=around > 0)
    return np.asarray(weight @ ratio)


@dataclass(frozen=True)
class Access:
    """Access to one capability.

    Parameters
    ----------
    seconds
        To the nearest that works, `inf` for none, shape (point,).
    usual
        The same without what was closed by hand, shape (point,).
    unit
        ``beds`` or ``sites``.
    unsupplied
        Rows of facilities whose beds are not known where those of others are.
    two_step, enhanced
        Supply for 1,000 people, shape (point,).
    """

    seconds: FloatArray
    usual: FloatArray
    unit: str
    unsupplied: tuple[int, ...]
    two_step: FloatArray
    enhanced: FloatArray


def access(
    times: tuple[FloatArray, FloatArray],
    able: BoolArray,
    works: tuple[BoolArray, BoolArray],
    people: FloatArray,
    beds: FloatArray,
    within_s: float,
) -> Access:
    """Access to one capability, now and on a usual day.

    Parameters
    ----------
    times
        To each facility, usually and now, each of shape (point, facility).
    able, beds
        Which can, and staffed beds, NaN where unknown, shape (facility,).
    works
        Which work, usually and now, each of shape (facility,).
    people
        Shape (point,).
    within_s
        Reach of the catchments.
    """
    known = np.isfinite(beds) & able
    unit = "beds" if known.any() else "sites"
    supply = np.where(known, beds, 0.0) if unit == "beds" else np.ones(len(able))
    some = able & works[1]
    supply = np.where(some, supply, 0.0)
    lacking = np.flatnonzero(some & ~known) if unit == "beds" else np.empty(0, dtype=np.int64)
    column = able[:, None]
    per = 1000.0
    return Access(
        nearest(times[1], column, works[1])[:, 0],
        nearest(times[0], column, works[0])[:, 0],
        unit,
        tuple(lacking.tolist()),
        per * floating(catchment(times[1], within_s), people, supply),
        per * floating(catchment(times[1], within_s, WEIGHTS), people, supply),
    )


def without_each(
    times: FloatArray, able: BoolArray, works: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nearest, second nearest, and whose the nearest is, for one capability, each (point,).

    Parameters
    ----------
    times
        Shape (point, facility).
    able, works
        Shape (facility,).
    """
    first = nearest(times, able[:, None], works)[:, 0]
    best = who(times, able[:, None], works)[:, 0]
    rest = np.where(able & works, times, np.inf)
    here = np.flatnonzero(best >= 0)
    rest[here, best[here]] = np.inf
    second = rest.min(axis=1, initial=np.inf)
    return first, second, best.astype(np.float64)
