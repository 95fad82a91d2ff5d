"""The fair assignment beside the one of least total distance."""

from __future__ import annotations

from typing import Any

import numpy as np

from kopa.model import IntArray

from ..engine_highs import transported
from .proof import proof, rank_counts
from .round import Order, Round


def nearest(asked: Round) -> IntArray:
    """The pair that each child gets where as many as can be are placed at the least total distance.

    Reserved places count as places; nobody's wish counts, but that the school is on the list.

    Parameters
    ----------
    asked
        Applications; every distance is known.

    Returns
    -------
    IntArray
        -1 for none, shape (child,).
    """
    flow = transported(
        (asked.child, asked.school),
        asked.distance,
        np.ones(len(asked.children)),
        asked.places.astype(np.float64),
    )
    found = np.full(len(asked.children), -1, dtype=np.int64)
    pairs = np.flatnonzero(flow > 0)
    found[asked.child[pairs]] = pairs
    return found


def compared(asked: Round, order: Order, match: IntArray) -> dict[str, Any] | None:
    """Both assignments by distance, ranks and fairness; None where a distance is unknown.

    Parameters
    ----------
    asked, order, match
        Applications, in which order schools take children, and the fair assignment.
    """
    if not len(asked.school) or not np.isfinite(asked.distance).all():
        return None
    other = nearest(asked)
    most = len(asked.school) + 1
    ranks = [np.where(one >= 0, asked.rank[one], most) for one in (match, other)]
    found = {
        name: {
            "assigned": int((one >= 0).sum()),
            "metres": float(asked.distance[one[one >= 0]].sum()),
            "rank_counts": rank_counts(asked, one),
            "blocking_pairs": len(proof(asked, order, one).blocking),
        }
        for name, one in (("fair", match), ("least_distance", other))
    }
    return {
        **found,
        "better_off_fair": int((ranks[0] < ranks[1]).sum()),
        "worse_off_fair": int((ranks[0] > ranks[1]).sum()),
    }
