"""Applications and places of one admission round, in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

Lottery = Literal["single", "school"]
DIGITS = 13
"""Hexadecimal digits of a lottery number: 52 bits, which every program holds exactly."""


@dataclass(frozen=True)
class Round:
    """Applications and places; a *pair* is one line of an application.

    Parameters
    ----------
    children, families
        Pseudonyms, one a child; a child of no named family is its own.
    group
        Quota group of each child, -1 for none, shape (child,).
    first
        Pairs of child i are ``first[i]`` to ``first[i + 1] - 1``, best first, shape (child + 1,).
    school
        Row of the school of each pair, shape (pair,).
    priority, sibling, distance
        As the file has them; m, NaN where unknown; shape (pair,).
    schools, groups
        Names.
    places
        In all, shape (school,).
    reserved
        Of them those that a group gets first, shape (school, group).
    """

    children: tuple[str, ...]
    families: tuple[str, ...]
    group: IntArray
    first: IntArray
    school: IntArray
    priority: IntArray
    sibling: BoolArray
    distance: FloatArray
    schools: tuple[str, ...]
    groups: tuple[str, ...]
    places: IntArray
    reserved: IntArray

    @cached_property
    def child(self) -> IntArray:
        """Child of each pair, shape (pair,)."""
        return np.repeat(np.arange(len(self.children)), np.diff(self.first))

    @cached_property
    def rank(self) -> IntArray:
        """Rank of each pair among those of its child, from 1, shape (pair,)."""
        return np.arange(len(self.school)) - self.first[self.child] + 1


@dataclass(frozen=True)
class Order:
    """In which order schools take children.

    Parameters
    ----------
    lottery
        Number of each pair, shape (pair,); the lower goes first.
    position
        Of each pair among all: of two at one school the lower goes first, shape (pair,).
    """

    lottery: IntArray
    position: IntArray


def draw(seed: str, *names: str) -> int:
    """A lottery number that anybody can compute again.

    It is the first 13 hexadecimal digits of SHA-256 over the seed and the names, a line each,
    in UTF-8.

    Parameters
    ----------
    seed
        What was published.
    names
        Whose number it is.
    """
    text = "\n".join((seed, *names)).encode()
    return int(hashlib.sha256(text).hexdigest()[:DIGITS], 16)


def ordered(asked: Round, seed: str, lottery: Lottery = "single") -> Order:
    """Class, then siblings, then the lottery; children of one family by a draw of their own.

    Parameters
    ----------
    asked
        Applications.
    seed
        What was published.
    lottery
        ``single``: one number for all schools (fewer children far down their lists: Abdulkadiroğlu,
        Pathak, Roth 2009); ``school``: one for each.
    """
    alone = np.array([draw(seed, "child", name) for name in asked.children], dtype=np.int64)
    if lottery == "single":
        known = {name: draw(seed, name) for name in dict.fromkeys(asked.families)}
        drawn = np.array([known[name] for name in asked.families], dtype=np.int64)[asked.child]
    else:
        pairs = zip(asked.child.tolist(), asked.school.tolist(), strict=True)
        drawn = np.array(
            [draw(seed, asked.families[child], asked.schools[school]) for child, school in pairs],
            dtype=np.int64,
        )
    keys = (alone[asked.child], drawn, ~asked.sibling, asked.priority)
    position = np.empty(len(drawn), dtype=np.int64)
    position[np.lexsort(keys)] = np.arange(len(drawn))
    return Order(drawn, position)
