"""Why a child is where it is: for each school that it wanted more, who went first and by what."""

from __future__ import annotations

from typing import Any, Literal

from kopa.model import IntArray

from .proof import Doors
from .round import Order, Round

Reason = Literal["no_places", "reserved", "priority", "sibling", "lottery", "family"]


def explained(asked: Round, order: Order, match: IntArray, of: Doors, child: int) -> dict[str, Any]:
    """What happened to a child, school by school.

    Parameters
    ----------
    asked, order, match
        Applications, in which order schools take children, and the pair that each child gets.
    of
        How far down each school went.
    child
        Row of the child.

    Returns
    -------
    dict
        ``school``, ``rank``, and under ``refused`` each school that it wanted more with the
        reason, its own standing and that of the last child who got an open place there.
    """
    first, end = int(asked.first[child]), int(asked.first[child + 1])
    got = int(match[child])
    refused = []
    for pair in range(first, got if got >= 0 else end):
        school = int(asked.school[pair])
        last = int(of.open_last[school])
        refused.append(
            {
                "school": asked.schools[school],
                "rank": pair - first + 1,
                "reason": _reason(asked, order, pair, last),
                "places": int(asked.places[school]),
                "reserved": int(of.reserved_taken[school].sum()),
                "own": standing(asked, order, pair),
                "last": standing(asked, order, last) if last >= 0 else None,
            }
        )
    return {
        "child": asked.children[child],
        "school": asked.schools[int(asked.school[got])] if got >= 0 else None,
        "rank": got - first + 1 if got >= 0 else None,
        "refused": refused,
    }


def standing(asked: Round, order: Order, pair: int) -> dict[str, Any]:
    """What a child has at a school."""
    return {
        "priority": int(asked.priority[pair]),
        "sibling": bool(asked.sibling[pair]),
        "lottery": int(order.lottery[pair]),
    }


def _reason(asked: Round, order: Order, pair: int, last: int) -> Reason:
    """The first thing in which the last child who got an open place goes before this one."""
    if not asked.places[asked.school[pair]]:
        return "no_places"
    if last < 0:
        return "reserved"
    if asked.priority[last] != asked.priority[pair]:
        return "priority"
    if asked.sibling[last] != asked.sibling[pair]:
        return "sibling"
    return "lottery" if order.lottery[last] != order.lottery[pair] else "family"
