"""A participatory budgeting election in memory: projects, ballots, money in whole units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from kopa.model import IntArray


@dataclass(frozen=True)
class Election:
    """Projects, what they cost, and who supports them.

    Parameters
    ----------
    meta
        Keys and values of the file's head.
    ids, names
        One a project.
    costs, budget
        Money in whole units of 1/`scale` of the currency: sums are exact.
    scale
        Units of money in one of the currency.
    voters
        How many cast a ballot.
    supporters
        Voters who support each project, rising.
    points
        Points that each of them gives, in whole units; 1 where ballots are approvals.
    told_votes, told_scores
        Totals that the file itself gives; None where it gives none.
    selected
        What the city itself decided, as the file marks it: ``0`` no, ``1`` yes, others as the
        file explains; None where it does not say.
    ages, sexes
        As each voter's row has them; empty where it has none.
    """

    meta: Mapping[str, str]
    ids: tuple[str, ...]
    names: tuple[str, ...]
    costs: tuple[int, ...]
    budget: int
    scale: int
    voters: int
    supporters: tuple[IntArray, ...]
    points: tuple[IntArray, ...]
    told_votes: tuple[int | None, ...]
    told_scores: tuple[Fraction | None, ...]
    selected: tuple[int | None, ...]
    ages: tuple[str, ...]
    sexes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def votes(self) -> tuple[int, ...]:
        """Ballots that support each project, counted."""
        return tuple(len(one) for one in self.supporters)

    @cached_property
    def scores(self) -> tuple[Fraction, ...]:
        """What the official count ranks by: points where the file has them, else votes."""
        found = []
        for row, told in enumerate(self.told_scores):
            found.append(Fraction(self.votes[row]) if told is None else told)
        return tuple(found)

    def money(self, units: int | Fraction) -> float:
        """Whole units as money of the currency."""
        return float(Fraction(units) / self.scale)

    def utilities(self, kind: str) -> tuple[IntArray | int, ...]:
        """What a supporter gains by each project: one whole number, or one a supporter.

        Parameters
        ----------
        kind
            ``cost``, ``cardinality`` or ``points``.
        """
        if kind == "cost":
            return self.costs
        if kind == "cardinality":
            return (1,) * len(self)
        same = [bool(len(one)) and bool((one == one[0]).all()) for one in self.points]
        return tuple(
            int(one[0]) if alike else one for one, alike in zip(self.points, same, strict=True)
        )

    def fits(self, chosen: set[int]) -> bool:
        """Whether projects cost no more than the budget together."""
        return sum(self.costs[one] for one in chosen) <= self.budget

    def exhausted(self, chosen: set[int], of: set[int]) -> bool:
        """Whether none of some projects could be added within the budget."""
        left = self.budget - sum(self.costs[one] for one in chosen)
        return all(self.costs[one] > left for one in of - chosen)
