"""Siting against every choice there is, and against published optima.

OR-Library: Beasley (1985), optimal values of pmed1 to pmed40. SJC: Lorena and Pereira (2002),
coverage within 800 m in São José dos Campos.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import cdist
from shared_data import data

from kopa.errors import EngineError
from kopa.location import centre, cover, median
from kopa.model import FloatArray

PMED = {1: 5819, 2: 4093, 3: 4250, 4: 3034, 5: 1355, 6: 7824, 7: 5631, 10: 1255, 15: 1729}
CENTRE = {1: 127, 2: 98, 5: 48, 6: 84, 10: 20, 15: 18, 20: 13}
"""Published in kcenteropt.txt of the repository timothy-ch-cheung/k-center."""
SJC = {324: (5461, 8790, 11604, 12106, 12152), 402: (6555, 11339, 14690, 15658, 15970)}


def orlib(number: int) -> tuple[FloatArray, int]:
    text = data("people", "orlib", "ORLIB", f"pmed{number}.txt").read_text(encoding="utf-8").split()
    nodes, edges, count = map(int, text[:3])
    length = np.full((nodes, nodes), np.inf)
    for a, b, cost in np.array(text[3 : 3 + 3 * edges], dtype=int).reshape(-1, 3):
        length[a - 1, b - 1] = length[b - 1, a - 1] = cost  # the last of parallel edges counts
    np.fill_diagonal(length, 0)
    return shortest_path(length, method="D", directed=False), count


def sjc(points: int) -> tuple[FloatArray, FloatArray]:
    lines = data("people", "sjc", f"SJC{points}.txt").read_text(encoding="utf-8").splitlines()
    rows = np.array([line.split("\t")[:3] for line in lines[1 : points + 1]], dtype=float)
    return cdist(rows[:, :2], rows[:, :2]), rows[:, 2]


@pytest.mark.parametrize("number", PMED)
def test_p_median_of_the_or_library(number: int) -> None:
    distance, count = orlib(number)
    found = median(distance, np.ones(len(distance)), count)
    assert found.optimal
    assert found.objective == PMED[number]
    assert found.gap == 0.0
    assert distance[:, found.sites].min(axis=1).sum() == PMED[number]


@pytest.mark.parametrize("number", CENTRE)
def test_p_centre_of_the_or_library(number: int) -> None:
    distance, count = orlib(number)
    found = centre(distance, count)
    assert found.optimal
    assert found.objective == found.bound == CENTRE[number]
    assert distance[:, found.sites].min(axis=1).max() == CENTRE[number]
    assert len(found.sites) <= count


@pytest.mark.parametrize("seed", range(20))
def test_p_centre_against_every_choice(seed: int) -> None:
    random = np.random.default_rng(seed)
    sites, count = int(random.integers(4, 10)), 3
    distance = np.rint(random.uniform(0, 40, (int(random.integers(3, 25)), sites)))
    distance[random.random(distance.shape) < 0.1 * (seed % 3)] = np.inf
    fixed = random.choice(sites, seed % 3, replace=False)
    worst = min(
        float(distance[:, list(one)].min(axis=1).max())
        for one in itertools.combinations(range(sites), count)
        if set(fixed) <= set(one)
    )
    found = centre(distance, count, fixed)
    assert found.optimal
    assert found.objective == found.bound == worst
    if np.isfinite(worst):
        assert set(fixed) <= set(found.sites.tolist())
        assert distance[:, found.sites].min(axis=1).max() == worst


def test_p_centre_that_runs_out_of_time_says_so() -> None:
    distance, count = orlib(38)
    found = centre(distance, count, seconds=0.0)
    assert not found.optimal
    assert found.bound <= 29 <= found.objective


@pytest.mark.parametrize("points", SJC)
def test_covering_of_sao_jose(points: int) -> None:
    distance, people = sjc(points)
    for count, reached in enumerate(SJC[points], start=1):
        found = cover(csr_array((distance <= 800).astype(float)), people, count)
        assert found.optimal
        assert found.objective == reached
        assert people[(distance[:, found.sites] <= 800).any(axis=1)].sum() == reached
        assert len(found.sites) <= count


@pytest.mark.parametrize("seed", range(30))
def test_against_every_choice(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand, sites, count = random.integers(3, 30), int(random.integers(4, 10)), 3
    distance = random.uniform(0, 100, (demand, sites))
    if seed % 2:
        distance = np.rint(distance / 10)
    people = random.integers(0, 50, demand).astype(float)
    fixed = random.choice(sites, int(random.integers(0, 3)), replace=False)
    choices = [
        list(one) for one in itertools.combinations(range(sites), count) if set(fixed) <= set(one)
    ]
    least = min(float(people @ distance[:, one].min(axis=1)) for one in choices)
    found = median(distance, people, count, fixed)
    assert found.optimal
    assert found.objective == pytest.approx(least)
    assert set(fixed) <= set(found.sites.tolist())
    assert len(found.sites) == count
    reach = distance <= np.median(distance)
    most = max(float(people @ reach[:, one].any(axis=1)) for one in choices)
    covered = cover(csr_array(reach.astype(float)), people, count, fixed)
    assert covered.objective == pytest.approx(most)
    assert set(fixed) <= set(covered.sites.tolist())


@pytest.mark.parametrize("seed", range(20))
def test_covering_within_a_budget(seed: int) -> None:
    random = np.random.default_rng(seed)
    reach = random.random((25, 8)) < 0.3
    people, cost = random.integers(1, 50, 25).astype(float), random.integers(1, 9, 8).astype(float)
    budget = float(random.integers(5, 20))
    affordable = [
        list(one)
        for size in range(5)
        for one in itertools.combinations(range(8), size)
        if cost[list(one)].sum() <= budget
    ]
    most = max(float(people @ reach[:, one].any(axis=1)) for one in affordable)
    found = cover(csr_array(reach.astype(float)), people, 4, cost=cost, budget=budget)
    assert found.objective == pytest.approx(most)
    assert cost[found.sites].sum() <= budget


def test_little_time_gives_a_bound() -> None:
    distance, people = sjc(324)
    found = median(distance, people, 40, seconds=0.0)
    best = median(distance, people, 40)
    assert best.optimal
    assert found.bound <= best.objective + 1e-6 <= found.objective + 2e-6
    assert 0 <= found.gap <= 1


def test_what_cannot_be_is_told() -> None:
    distance = np.ones((3, 2))
    with pytest.raises(EngineError):
        median(distance, np.ones(3), 3)
    with pytest.raises(EngineError):
        median(np.full((3, 2), np.inf), np.ones(3), 1)
    assert cover(csr_array(np.zeros((3, 2))), np.ones(3), 1).objective == 0
    assert median(distance, np.zeros(3), 1).objective == 0
