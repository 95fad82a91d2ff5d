"""Deferred acceptance: children propose, schools keep the best so far.

A school first fills the places reserved for each group with the best of that group, then all
that is left with the best of the rest; places that a group does not fill are open to all. No
child gains by ranking schools otherwise than it wants them.

References
----------
Gale, Shapley (1962), College admissions and the stability of marriage, American Mathematical
Monthly 69. Hafalir, Yenmez, Yildirim (2013), Effective affirmative action in school choice,
Theoretical Economics 8 (minority reserves: stability, strategy-proofness). Roth (1985), The
college admissions problem is not equivalent to the marriage problem, Journal of Economic Theory
36.
"""

from __future__ import annotations

from heapq import heappop, heappush, heappushpop

import numpy as np

from kopa.model import IntArray

from .round import Order, Round


def accepted(asked: Round, order: Order) -> IntArray:
    """The pair that each child gets, -1 for none, shape (child,).

    Parameters
    ----------
    asked, order
        Applications, and in which order schools take children.
    """
    at, end = asked.first[:-1].tolist(), asked.first[1:].tolist()
    school, position = asked.school.tolist(), order.position.tolist()
    places, group = asked.places.tolist(), asked.group.tolist()
    pair_at = np.argsort(order.position).tolist()
    child_of = asked.child.tolist()
    schools = range(len(places))
    # heaps of negative positions: the worst is on top
    kept: list[list[int]] = [[] for _ in schools]
    held = [0 for _ in schools]
    first: dict[tuple[int, int], tuple[int, list[int]]] = {
        (one, of): (int(asked.reserved[one, of]), [])
        for one, of in np.argwhere(asked.reserved > 0).tolist()
    }
    waiting = list(range(len(at) - 1, -1, -1))
    while waiting:
        child = waiting.pop()
        pair = at[child]
        if pair == end[child]:
            continue
        at[child] = pair + 1
        one, worse = school[pair], -position[pair]
        own = first.get((one, group[child])) if first else None
        held[one] += 1
        if own is not None and len(own[1]) < own[0]:
            heappush(own[1], worse)
        else:
            if own is not None:
                worse = heappushpop(own[1], worse)
            heappush(kept[one], worse)
        if held[one] > places[one]:
            held[one] -= 1
            waiting.append(child_of[pair_at[-heappop(kept[one])]])
    found = np.full(len(at), -1, dtype=np.int64)
    for some in (*kept, *(own for _, own in first.values())):
        for worse in some:
            pair = pair_at[-worse]
            found[child_of[pair]] = pair
    return found
