"""Winners of an election by a rule, and why each project won or lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .election import Election
from .equal_shares import EqualShares, Shares, incremented
from .rules import Rule


@dataclass(frozen=True)
class Reason:
    """Why a project won or lost.

    Parameters
    ----------
    project
        Its row.
    won
        Whether the rule chose it.
    code
        ``paid`` by its supporters, ``most_votes`` (fitted in its turn), ``completion`` (fitted in
        the rest); ``short`` (supporters had too little left), ``no_room``, ``stopped`` (after the
        first that did not fit), ``few_votes``, ``no_votes``, ``no_cost`` (there is nothing to
        fund: files mark projects so that were withdrawn).
    turn
        Which it was: round or place in the order, from 1; 0 where it had none.
    values
        Numbers behind it, money in the currency.
    """

    project: int
    won: bool
    code: str
    turn: int
    values: dict[str, float | list[str]]


@dataclass(frozen=True)
class Outcome:
    """What a rule chose.

    Parameters
    ----------
    winners
        Rows in the order in which they were chosen.
    reasons
        One a project, in the order of the file.
    share
        What each voter began with, money; NaN where the rule has no shares.
    """

    winners: tuple[int, ...]
    reasons: tuple[Reason, ...]
    share: float

    def cost(self, election: Election) -> int:
        """Of all winners, units of money."""
        return sum(election.costs[one] for one in self.winners)


def decide(election: Election, rule: Rule) -> Outcome:
    """Choose by a rule.

    Parameters
    ----------
    election
        Projects and ballots.
    rule
        How.
    """
    return _shares(election, rule) if rule.method == "equal-shares" else _greedy(election, rule)


def first(election: Election, ties: Sequence[str], rows: Sequence[int]) -> list[int]:
    """Rows of equals in the order in which ties are broken; at the end, by id."""

    def key(row: int) -> tuple[Any, ...]:
        values = {
            "votes": -election.votes[row], "cost": election.costs[row], "id": election.ids[row],
        }  # fmt: skip
        return (*(values[one] for one in ties), election.ids[row])

    return sorted(rows, key=key)


def _merit(election: Election, order: str, row: int) -> Fraction:
    if order == "votes":
        return Fraction(election.votes[row])
    score = election.scores[row]
    if order == "score":
        return score
    return score / max(1, election.costs[row])


def _greedy(election: Election, rule: Rule) -> Outcome:
    rows = first(election, rule.ties, range(len(election)))
    rows.sort(key=lambda row: -_merit(election, rule.order, row))
    left, stopped = election.budget, False
    winners, reasons = [], {}
    for turn, row in enumerate(rows, 1):
        cost, votes = election.costs[row], election.votes[row]
        values: dict[str, Any] = {
            "score": float(election.scores[row]), "left": election.money(left),
        }  # fmt: skip
        if not votes and not election.scores[row]:
            code = "no_votes"
        elif not cost:
            code = "no_cost"
        elif votes < rule.least_votes:
            code = "few_votes"
        elif stopped:
            code = "stopped"
        elif cost > left:
            code, stopped = "no_room", not rule.skip
        else:
            code, left = "most_votes", left - cost
            winners.append(row)
        reasons[row] = Reason(row, code == "most_votes", code, turn, values)
    told = tuple(reasons[row] for row in range(len(election)))
    return Outcome(tuple(winners), told, float("nan"))


def _shares(election: Election, rule: Rule) -> Outcome:
    method = EqualShares(
        election, rule.utility, lambda rows: first(election, rule.ties, rows), rule.least_votes
    )
    if election.voters == 0:
        reasons = tuple(Reason(row, False, "no_votes", 0, {}) for row in range(len(election)))
        return Outcome((), reasons, float("nan"))
    if "increment" in rule.completion:
        found = incremented(method, rule.step * election.scale)
    else:
        found = method.run(Fraction(election.budget, election.voters))
    reasons_of = _paid(election, found)
    winners = [one.project for one in found.bought]
    if "greedy" in rule.completion:
        winners += _rest(election, rule, found, reasons_of)
    for row in range(len(election)):
        if row not in reasons_of:
            reasons_of[row] = _lost(election, rule, found, row)
    told = tuple(reasons_of[row] for row in range(len(election)))
    return Outcome(tuple(winners), told, election.money(found.share))


def _paid(election: Election, found: Shares) -> dict[int, Reason]:
    money = election.money
    reasons = {}
    for turn, one in enumerate(found.bought, 1):
        price = one.price
        values: dict[str, Any] = {
            "supporters": float(price.supporters),
            "paid_all_they_had": float(price.poor),
            "least_paid": money(one.least),
            "most_paid": money(one.most),
            "mean_paid": money(Fraction(election.costs[one.project], price.supporters)),
            "price": float(price.factor),
            "tied_with": [election.ids[row] for row in one.tied],
        }
        reasons[one.project] = Reason(one.project, True, "paid", turn, values)
    return reasons


def _lost(election: Election, rule: Rule, found: Shares, row: int) -> Reason:
    votes = election.votes[row]
    if not votes:
        return Reason(row, False, "no_votes", 0, {})
    if votes < rule.least_votes:
        return Reason(row, False, "few_votes", 0, {"supporters": float(votes)})
    if not election.costs[row]:
        return Reason(row, False, "no_cost", 0, {})
    had = election.money(found.short[row])
    values: dict[str, Any] = {
        "supporters": float(votes), "had_left": had,
        "missing": election.money(election.costs[row]) - had,
    }  # fmt: skip
    return Reason(row, False, "short", 0, values)


def _rest(election: Election, rule: Rule, found: Shares, reasons: dict[int, Reason]) -> list[int]:
    """Projects that the rest of the money is enough for, the most votes first."""
    left = election.budget - sum(election.costs[row] for row in found.chosen)
    others = [
        row for row in range(len(election))
        if row not in found.chosen
        and election.costs[row]
        and election.votes[row] >= max(1, rule.least_votes)
    ]  # fmt: skip
    rows = first(election, ("votes", *rule.ties), others)
    chosen = []
    for turn, row in enumerate(rows, 1):
        values: dict[str, Any] = {
            "supporters": float(election.votes[row]), "left": election.money(left),
            "had_left": election.money(found.short[row]),
        }  # fmt: skip
        fits = election.costs[row] <= left
        if fits:
            chosen.append(row)
            left -= election.costs[row]
        reasons[row] = Reason(row, fits, "completion" if fits else "no_room", turn, values)
    return chosen
