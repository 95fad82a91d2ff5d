"""Searches side by side, each in a process of its own; the best of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kopa.domains.waste.engine_pyvrp import search
from kopa.parallel import Work, map_cases

from .problem import Effort, Found, Problem

GRACE_S = 30.0
"""A search that is so much over its time hangs."""
ONE_ITERATION_S = 1.0
"""No iteration of a search takes longer, where no clock ends it."""


@dataclass(frozen=True)
class _Case:
    problem: Problem
    effort: Effort


def best_of(problems: Sequence[Problem], effort: Effort) -> Found:
    """The best of all tries; a try whose engine crashes or hangs is lost alone.

    Parameters
    ----------
    problems
        What is asked, in one or several ways that differ in their trucks alone: one try takes the
        first, the next one the second, and so on.
    effort
        How long, and how many tries.
    """
    cases = [
        _Case(
            problems[number % len(problems)],
            replace(effort, seed=effort.seed + number, style=number),
        )
        for number in range(effort.tries)
    ]
    allowed = effort.seconds or effort.iterations * ONE_ITERATION_S
    work = Work(each=_try, lost=_lost, timeout_s=allowed + GRACE_S)
    found = map_cases(work, cases, workers=effort.tries)
    feasible = [one for one in found if one.feasible]
    if feasible:
        return min(feasible, key=lambda one: one.cost)
    lost = [one for one in found if one.reason]
    return lost[0] if lost else replace(found[0], reason="no plan that holds was found in time")


def _try(case: _Case) -> Found:
    return search(case.problem, case.effort)


def _lost(case: _Case, reason: str) -> Found:
    return Found(reason=reason)
