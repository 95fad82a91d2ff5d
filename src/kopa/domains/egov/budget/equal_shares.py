"""The method of equal shares, exact: floats find the few that may be first, fractions decide.

Every voter begins with the same share of the budget. In each round the project is bought that its
supporters can pay for at the least factor ρ: each pays ρ times what it gains by the project, or
all that it has left. A float ranks the projects together with a bound of its error; only those
whose bounds overlap are compared as fractions, so the winners are those of exact arithmetic.

References
----------
Peters, D., Pierczyński, G., Skowron, P. (2021), Proportional participatory budgeting with additive
utilities, NeurIPS 34. Completion by increment: equalshares.net, "Add1".
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kopa.model import FloatArray

from .election import Election
from .exact import Price, Purses

_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Bought:
    """A project that its supporters paid for.

    Parameters
    ----------
    project
        Its row.
    price
        What they paid for a unit of utility, exactly.
    least, most
        The smallest and largest payment of one of them, units of money.
    tied
        Others at the same price, over whom the tie-breaking put it.
    """

    project: int
    price: Price
    least: Fraction
    most: Fraction
    tied: tuple[int, ...]


@dataclass(frozen=True)
class Shares:
    """What equal shares bought, in the order of the rounds.

    Parameters
    ----------
    share
        What each voter began with, units of money.
    bought
        Projects, one a round.
    short
        What the supporters of each other project had left when it could no longer be paid.
    """

    share: Fraction
    bought: tuple[Bought, ...]
    short: dict[int, Fraction]

    @property
    def chosen(self) -> set[int]:
        """All that was bought."""
        return {one.project for one in self.bought}


Order = Callable[[Sequence[int]], list[int]]


class EqualShares:
    """The method on one election.

    Parameters
    ----------
    election
        Projects and ballots.
    utility
        ``cost``, ``cardinality`` or ``points``.
    order
        Sorts rows of tied projects, the first wins.
    least_votes
        Projects with fewer are left out.
    """

    def __init__(
        self, election: Election, utility: str, order: Order, least_votes: int = 0
    ) -> None:
        self.election, self._order = election, order
        self._gains = election.utilities(utility)
        self._floats: list[FloatArray | float] = [
            float(one) if isinstance(one, int) else one.astype(np.float64) for one in self._gains
        ]
        named = [row for row, many in enumerate(election.votes) if many >= max(1, least_votes)]
        self.priced = [row for row in named if election.costs[row] > 0]

    def run(self, share: Fraction) -> Shares:
        """Buy until nobody can pay for anything.

        Parameters
        ----------
        share
            What each voter begins with, units of money, >= 0.
        """
        purses = Purses(max(1, self.election.voters), share)
        left = purses.left()
        short: dict[int, Fraction] = {}
        bought: list[Bought] = []
        # a price never falls, so the last one known is a bound from below
        waiting = [(0.0, row) for row in self.priced]
        heapq.heapify(waiting)
        while waiting:
            near = self._near(waiting, left, purses, short)
            if not near:
                break
            prices = {row: self._exact(purses, row) for row in near}
            best = min(price.factor for price in prices.values())
            tied = [row for row in near if prices[row].factor == best]
            first, *others = self._order(tied) if len(tied) > 1 else tied
            paid = purses.paid(self.election.supporters[first], self._gains[first], best)
            bought.append(Bought(first, prices[first], paid["least"], paid["most"], tuple(others)))
            purses.pay(self.election.supporters[first], self._gains[first], best)
            left = purses.left()
            for row in near:
                if row != first:
                    heapq.heappush(waiting, (float(prices[row].factor) * (1 - 1e-12), row))
        return Shares(share, tuple(bought), short)

    def _near(
        self,
        waiting: list[tuple[float, int]],
        left: FloatArray,
        purses: Purses,
        short: dict[int, Fraction],
    ) -> list[int]:
        """Projects that may be the first, taken off the heap; those that none can pay are noted."""
        best, seen = np.inf, []
        while waiting and waiting[0][0] <= best:
            _, row = heapq.heappop(waiting)
            bounds = self._bounds(row, left, purses)
            if bounds is None:
                short[row] = purses.total(self.election.supporters[row])
                continue
            seen.append((bounds[0], row))
            best = min(best, bounds[1])
        near = []
        for low, row in seen:
            if low <= best:
                near.append(row)
            else:
                heapq.heappush(waiting, (low, row))
        return near

    def _exact(self, purses: Purses, row: int) -> Price:
        election = self.election
        found = purses.price(election.costs[row], election.supporters[row], self._gains[row])
        assert found is not None  # `_bounds` asked
        return found

    def _bounds(self, row: int, left: FloatArray, purses: Purses) -> tuple[float, float] | None:
        """The factor of a project from below and above; None where its supporters cannot pay.

        `left` is right to half a unit in the last place, so a sum of n of them is to n units: what
        pays a little less and a little more than the cost holds the factor between them.
        """
        election, gain = self.election, self._floats[row]
        cost, supporters = float(election.costs[row]), election.supporters[row]
        have = left[supporters]
        total = float(have.sum())
        error = (2 * len(have) + 8) * _EPSILON * max(cost, total)
        if total - cost < -error:
            return None
        if total - cost <= 2 * error:
            found = purses.price(election.costs[row], supporters, self._gains[row])
            if found is None:
                return None
            low = high = float(found.factor)
        else:
            low, high = (_factor(have, cost + off, gain) for off in (-error, error))
        around = (4 * len(have) + 8) * _EPSILON
        return max(0.0, low * (1 - around)), high * (1 + around)


def _factor(have: FloatArray, cost: float, gain: FloatArray | float) -> float:
    """Factor at which some pay a cost together, each at most what it has."""
    if isinstance(gain, float):
        while len(have):
            each = cost / len(have)
            poor = have < each
            if not poor.any():
                return each / gain
            cost -= float(have[poor].sum())
            have = have[~poor]
        return np.inf
    while len(have):
        factor = cost / float(gain.sum())
        poor = have < factor * gain
        if not poor.any():
            return factor
        cost -= float(have[poor].sum())
        have, gain = have[~poor], gain[~poor]
    return np.inf


def incremented(method: EqualShares, step: Fraction) -> Shares:
    """Shares grow by a step until nothing more fits, or what is bought costs too much.

    Parameters
    ----------
    method
        On an election with at least one ballot.
    step
        Units of money a voter, > 0.

    Returns
    -------
    Shares
        The last that costs no more than the budget.
    """
    election = method.election
    share = Fraction(election.budget, election.voters)
    pool = {*method.priced}
    last = method.run(share)
    while election.fits(last.chosen) and not election.exhausted(last.chosen, pool):
        share += step
        if share > election.budget:
            break
        found = method.run(share)
        if not election.fits(found.chosen):
            break
        last = found
    return last
