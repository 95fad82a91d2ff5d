"""A siting problem, its answer, and what sites do for those whom they serve."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from kopa.errors import Finding, InputError
from kopa.location import Choice, centre, cover, median
from kopa.model import BoolArray, FloatArray, IntArray

Kind = Literal["cover", "median", "centre"]
KINDS: tuple[Kind, ...] = ("cover", "median", "centre")
FAR = 10.0
"""A way that does not exist counts as so many times the longest one (p-median): as few people as
can be are left without."""


@dataclass(frozen=True)
class Problem:
    """Where sites could be, and whom they serve.

    Parameters
    ----------
    kind
        Most demand within reach, least way of all, or least longest way.
    way
        From candidates to demand, `inf` for none, shape (demand, candidate).
    weight
        Of each demand point, ≥ 0, shape (demand,).
    ids
        Of the candidates.
    existing
        True where a site is today, shape (candidate,).
    cost
        Of a new site, NaN where unknown, shape (candidate,).
    unit
        Of the ways: ``s`` or ``m``, or empty.
    count
        Sites, fixed ones among them.
    within
        Reach, NaN for none.
    budget
        Of new sites.
    at
        x and y, or longitude and latitude, of each candidate, NaN where unknown.
    """

    kind: Kind
    way: FloatArray
    weight: FloatArray
    ids: tuple[str, ...]
    existing: BoolArray
    cost: FloatArray
    unit: str
    count: int
    within: float = np.nan
    budget: float = np.inf
    at: FloatArray = field(default_factory=lambda: np.empty((0, 2)))

    def faults(self, keep: bool) -> list[Finding]:
        """What cannot be asked."""
        found: list[Finding] = []

        def wrong(place: str, what: str, do: str) -> None:
            found.append(Finding("safety.case", what, do, place=place))

        fixed = int(self.existing.sum()) if keep else 0
        if not max(1, fixed) <= self.count <= len(self.ids):
            what = f"{self.count} sites cannot be: {fixed} are fixed of {len(self.ids)} candidates."
            wrong("count", what, "Change the count.")
        if self.kind == "cover" and not self.within >= 0:
            wrong("within", "there is no reach.", "Give 'within', or --within.")
        if np.isfinite(self.budget) and self.kind != "cover":
            wrong("budget", "a budget goes with 'cover' alone.", "Leave it out.")
        if np.isfinite(self.budget) and np.isnan(self.cost[~self.existing]).any():
            wrong("budget", "not every candidate has a cost.", "Give 'cost', or no budget.")
        if not self.weight.sum() > 0:
            wrong("demand", "there is no demand.", "Give each point its 'weight'.")
        return found


@dataclass(frozen=True)
class Answer:
    """Sites that are opened, and how good they are.

    Parameters
    ----------
    choice
        What the programme found.
    served
        What they do.
    """

    choice: Choice
    served: Served


@dataclass(frozen=True)
class Served:
    """What some sites do.

    Parameters
    ----------
    sites
        Candidates.
    weight
        Demand whose nearest site each is, shape (site,).
    covered
        Demand within reach; NaN where no reach is given.
    unreached
        Demand that none reaches.
    mean, most
        Way to the nearest site, of those who have one; NaN where nobody has.
    """

    sites: IntArray
    weight: FloatArray
    covered: float
    unreached: float
    mean: float
    most: float


def solve(problem: Problem, keep: bool, seconds: float) -> Answer:
    """The best sites.

    Parameters
    ----------
    problem
        What is asked.
    keep
        True where the sites of today stay.
    seconds
        Most time.

    Raises
    ------
    InputError
        If it cannot be asked.
    EngineError
        If there is no answer in the time.
    """
    if faults := problem.faults(keep):
        raise InputError(faults)
    fixed = np.flatnonzero(problem.existing & keep)
    choice = _chosen(problem, fixed, seconds)
    return Answer(choice, served(problem, choice.sites))


def _chosen(problem: Problem, fixed: IntArray, seconds: float) -> Choice:
    from scipy.sparse import csr_array

    way, weight, count = problem.way, problem.weight, problem.count
    if problem.kind == "cover":
        reach = csr_array((way <= problem.within).astype(np.float64))
        if np.isinf(problem.budget):
            return cover(reach, weight, count, fixed, seconds=seconds)
        cost = np.where(problem.existing, 0.0, problem.cost)
        return cover(reach, weight, count, fixed, cost, problem.budget, seconds)
    if problem.kind == "centre":
        # whom no candidate reaches is told, and does not make all choices equal
        some = (weight > 0) & np.isfinite(way).any(axis=1)
        return centre(way[some], count, fixed, seconds)
    near = np.asarray(np.isfinite(way).any(axis=1))
    far = FAR * (float(way[np.isfinite(way)].max(initial=0.0)) or 1.0)
    finite = np.where(np.isfinite(way), way, far)
    found = median(finite[near], weight[near], count, fixed, seconds)
    if not np.isfinite(way[near][:, found.sites]).any(axis=1).all():
        gone = np.asarray(~np.isfinite(way[:, found.sites]).any(axis=1) & near)
        paid = far * float(weight[gone].sum())
        return replace(found, objective=found.objective - paid, bound=found.bound - paid)
    return found


def served(problem: Problem, sites: IntArray) -> Served:
    """What some sites do for the demand."""
    weight = problem.weight
    if not len(sites):
        nobody = np.nan if np.isnan(problem.within) else 0.0
        return Served(sites, np.empty(0), nobody, float(weight.sum()), np.nan, np.nan)
    way = problem.way[:, sites]
    least = way.min(axis=1)
    there = np.isfinite(least) & (weight > 0)
    each = np.bincount(way[there].argmin(axis=1), weight[there], len(sites)).astype(np.float64)
    reached = float(weight[there].sum())
    return Served(
        sites,
        each,
        np.nan if np.isnan(problem.within) else float(weight[least <= problem.within].sum()),
        float(weight.sum()) - reached,
        float(weight[there] @ least[there] / reached) if reached > 0 else np.nan,
        float(least[there].max(initial=0.0)) if there.any() else np.nan,
    )
