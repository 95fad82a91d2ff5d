"""What voters have left, exactly: whole numbers over one denominator, one row a class of voters.

Voters who paid for the same projects alike have the same left, so they are one class; classes that
come to the same are merged. That keeps a hundred thousand voters in some hundred numbers, which
makes exact arithmetic cheap enough to decide every tie by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np

from kopa.model import FloatArray, IntArray


@dataclass(frozen=True)
class Price:
    """What a project costs its supporters for one unit of what they gain by it.

    Parameters
    ----------
    factor
        Money for a unit of utility; who has less pays all.
    supporters, poor
        How many they are, and how many of them pay all that they have left, which is less than
        the factor asks.
    """

    factor: Fraction
    supporters: int
    poor: int


class Purses:
    """What voters have left.

    Parameters
    ----------
    voters
        How many, > 0.
    share
        What each begins with.
    """

    def __init__(self, voters: int, share: Fraction) -> None:
        self._of: IntArray = np.zeros(voters, dtype=np.int64)
        self._left: list[int] = [share.numerator]
        self._over = share.denominator

    def left(self) -> FloatArray:
        """Of each voter, as near as a float comes, shape (voter,)."""
        values = np.array([one / self._over for one in self._left])
        return np.asarray(values[self._of])

    def total(self, supporters: IntArray) -> Fraction:
        """Of some voters together."""
        counts = np.bincount(self._of[supporters], minlength=len(self._left))
        some = np.flatnonzero(counts).tolist()
        return Fraction(sum(int(counts[one]) * self._left[one] for one in some), self._over)

    def _groups(self, supporters: IntArray, gain: IntArray | int) -> list[tuple[int, int, int]]:
        """Class, utility and count of supporters who are alike."""
        classes = self._of[supporters]
        if isinstance(gain, int):
            counts = np.bincount(classes, minlength=len(self._left))
            return [(one, gain, int(counts[one])) for one in np.flatnonzero(counts).tolist()]
        both = np.column_stack([classes, gain])
        rows, counts = np.unique(both, axis=0, return_counts=True)
        return [(a, b, c) for (a, b), c in zip(rows.tolist(), counts.tolist(), strict=True)]

    def price(self, cost: int, supporters: IntArray, gain: IntArray | int) -> Price | None:
        """The least factor at which supporters pay a cost; None where they cannot.

        Parameters
        ----------
        cost
            Whole units of money, > 0.
        supporters, gain
            Voters, and the utility of each, > 0.
        """
        left, over = self._left, self._over
        groups = self._groups(supporters, gain)
        groups.sort(key=lambda one: Fraction(left[one[0]], one[1]))
        missing = cost * over
        rich = sum(many * one for _, one, many in groups)
        poor = 0
        for kind, one, many in groups:
            # who could pay in full is rich, and so are all after him
            if missing * one <= left[kind] * rich:
                return Price(Fraction(missing, over * rich), len(supporters), poor)
            missing -= left[kind] * many
            rich -= one * many
            poor += many
        return None

    def pay(self, supporters: IntArray, gain: IntArray | int, factor: Fraction) -> None:
        """Take from each supporter the factor times the utility, or all."""
        grow = factor.denominator // gcd(factor.denominator, self._over)
        if grow > 1:
            self._left = [one * grow for one in self._left]
            self._over *= grow
        step = factor.numerator * (self._over // factor.denominator)
        known: dict[int, int] = {}
        values = list(self._left)
        for place, value in enumerate(values):
            known.setdefault(value, place)
        target: dict[tuple[int, int], int] = {}
        for kind, one, _ in self._groups(supporters, gain):
            value = max(0, self._left[kind] - step * one)
            if value not in known:
                known[value] = len(values)
                values.append(value)
            target[kind, one] = known[value]
        self._left = values
        self._move(supporters, gain, target)
        self._tidy()

    def _move(
        self, supporters: IntArray, gain: IntArray | int, target: dict[tuple[int, int], int]
    ) -> None:
        classes = self._of[supporters]
        if isinstance(gain, int):
            table = np.zeros(len(self._left), dtype=np.int64)
            for (kind, _), place in target.items():
                table[kind] = place
            self._of[supporters] = table[classes]
            return
        both = np.column_stack([classes, gain])
        rows, which = np.unique(both, axis=0, return_inverse=True)
        places = np.array([target[a, b] for a, b in rows.tolist()], dtype=np.int64)
        self._of[supporters] = places[which.ravel()]

    def _tidy(self) -> None:
        """Drop classes that nobody is in, and what all numbers share with the denominator."""
        counts = np.bincount(self._of, minlength=len(self._left))
        kept = np.flatnonzero(counts)
        table = np.cumsum(counts > 0) - 1
        self._of = np.asarray(table[self._of])
        shared = gcd(self._over, *(self._left[one] for one in kept.tolist()))
        self._left = [self._left[one] // shared for one in kept.tolist()]
        self._over //= shared

    def paid(self, supporters: IntArray, gain: IntArray | int, factor: Fraction) -> dict[str, Any]:
        """Least and most that one of some supporters would pay, as fractions."""
        each = [
            min(Fraction(self._left[kind], self._over), factor * one)
            for kind, one, _ in self._groups(supporters, gain)
        ]
        return {"least": min(each), "most": max(each)}
