"""Proof of an assignment, from its result alone: who got in, and whether anybody is wronged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray

from .round import Order, Round


@dataclass(frozen=True)
class Doors:
    """How far down its order each school went.

    Parameters
    ----------
    taken
        Children in each, shape (school,).
    open_last
        Pair of the last child in a place open to all, -1 where none is in one, shape (school,).
    reserved_taken
        Reserved places that their group fills, shape (school, group).
    reserved_last
        Position of the last of a group in its reserved places; `inf` while one of them is left,
        -1 where the group has none, shape (school, group).
    """

    taken: IntArray
    open_last: IntArray
    reserved_taken: IntArray
    reserved_last: FloatArray


def doors(asked: Round, order: Order, match: IntArray) -> Doors:
    """How far down each school went in an assignment.

    Parameters
    ----------
    asked, order
        Applications, and in which order schools take children.
    match
        Pair that each child gets, -1 for none, shape (child,).
    """
    pairs = match[match >= 0]
    pairs = pairs[np.argsort(order.position[pairs])]
    taken = np.bincount(asked.school[pairs], minlength=len(asked.schools))
    filled = np.zeros(asked.reserved.shape, dtype=np.int64)
    last = np.where(asked.reserved > 0, np.inf, -1.0)
    open_last = np.full(len(asked.schools), -1, dtype=np.int64)
    for pair in pairs.tolist():
        school, group = int(asked.school[pair]), int(asked.group[asked.child[pair]])
        if group >= 0 and filled[school, group] < asked.reserved[school, group]:
            filled[school, group] += 1
            if filled[school, group] == asked.reserved[school, group]:
                last[school, group] = order.position[pair]
        else:
            open_last[school] = pair
    return Doors(taken, open_last, filled, last)


@dataclass(frozen=True)
class Proof:
    """What is wrong with an assignment; all empty where it is stable.

    Parameters
    ----------
    blocking
        Pairs of a child and a school that both want one another more than what they have, and
        pairs of a child and a place that stays empty, shape (pair,).
    crowded
        Schools with more children than places, shape (school,).
    """

    blocking: IntArray
    crowded: IntArray

    @property
    def stable(self) -> bool:
        """True where nothing is wrong."""
        return not len(self.blocking) and not len(self.crowded)


def proof(asked: Round, order: Order, match: IntArray) -> Proof:
    """Look for every pair that could block an assignment; as `doors`."""
    of = doors(asked, order, match)
    school, child = asked.school, asked.child
    got = np.where(match >= 0, match, asked.first[1:])
    wanted = np.flatnonzero(np.arange(len(school)) < got[child])
    at, group = school[wanted], asked.group[child[wanted]]
    place = order.position[wanted]
    blocks = of.taken[at] < asked.places[at]
    blocks |= (of.open_last[at] >= 0) & (place < order.position[of.open_last[at]])
    some = group >= 0
    if some.any():
        blocks[some] |= place[some] < of.reserved_last[at[some], group[some]]
    return Proof(wanted[blocks], np.flatnonzero(of.taken > asked.places))


def rank_counts(asked: Round, match: IntArray) -> dict[str, int]:
    """Children who got their first, second, … school, and who got none."""
    ranks = asked.rank[match[match >= 0]]
    most = int(np.diff(asked.first).max(initial=0))
    counts = np.bincount(ranks, minlength=most + 1)
    found = {str(rank): int(counts[rank]) for rank in range(1, most + 1)}
    return {**found, "none": int((match < 0).sum())}
