"""Orienteering: distances, tours that hold, and OPLib's published solutions."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from domains.tourism.jobs import runner

from kopa.domains.tourism.orienteering import Orienteering, solve
from kopa.domains.tourism.read_oplib import distances, published, read_oplib
from kopa.errors import InputError

DATA = Path(__file__).parents[4] / "shared" / "data" / "people" / "orienteering"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="OPLib is not there")


def exact(problem: Orienteering) -> int:
    """The best score, by looking at all tours."""
    rows = range(1, len(problem.score))
    found = 0
    for many in range(len(rows) + 1):
        for tour in permutations(rows, many):
            score, length = problem.measured([*tour])
            if length <= problem.limit:
                found = max(found, score)
    return found


def test_the_best_tour_of_seven_places() -> None:
    for seed in range(3):
        random = np.random.default_rng(seed)
        distance = distances(random.uniform(0, 100, (7, 2)), "EUC_2D")
        problem = Orienteering("t", distance, random.integers(0, 9, 7), 220)
        score, length = problem.measured(solve(problem, 0.1))
        assert (score, length <= 220) == (exact(problem), True)


def test_distances_of_tsplib() -> None:
    """Burma14 of TSPLIB: its optimum, 3323, is the length of this tour."""
    at = np.array([
        (16.47, 96.10), (16.47, 94.44), (20.09, 92.54), (22.39, 93.37), (25.23, 97.24),
        (22.00, 96.05), (20.47, 97.02), (17.20, 96.29), (16.30, 97.38), (14.05, 98.12),
        (16.53, 97.38), (21.52, 95.59), (19.41, 97.13), (20.09, 94.55),
    ])  # fmt: skip
    tour = np.array([1, 2, 14, 3, 4, 5, 6, 12, 7, 13, 8, 11, 9, 10]) - 1
    assert distances(at, "GEO")[tour, np.roll(tour, -1)].sum() == 3323


@needs_data
@pytest.mark.parametrize("name", ["gen2/eil51-gen2-50", "gen3/gr96-gen3-50"])
def test_published_scores_are_met(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Within 1 % in a second; the benchmark measures all."""
    file = DATA / f"{name}.oplib"
    words = [file, "--seconds", 0.8, "--solution", file.with_suffix(".sol"), "--json"]
    code, found = runner(capfd, "routes")(*words)
    assert code == 0
    assert found["gap_percent"] <= 1
    problem = read_oplib(file)
    assert found["route"][0] == 1
    tour = [one - 1 for one in found["route"][1:]]
    assert problem.measured(tour) == (found["score"], found["length"])
    assert found["length"] <= problem.limit


@needs_data
def test_published_solutions_hold_in_our_distances() -> None:
    """Score and cost of each published route, added up by us."""
    files = sorted(DATA.glob("*/eil51*.sol")) + sorted(DATA.glob("*/gr96*.sol"))
    assert files
    for file in files:
        text = file.read_text("utf-8")
        listed = text.partition("NODE_SEQUENCE_SECTION")[2].partition("-1")[0]
        route = [int(one) - 1 for one in listed.split()]
        problem = read_oplib(file.with_suffix(".oplib"))
        score, length = problem.measured(route[1:])
        assert score == published(file)
        assert f"ROUTE_COST : {length}\n" in text


PLAIN = """
import sys
import numpy as np
from pathlib import Path
from kopa.domains.tourism import engine_numba as engine
from kopa.domains.tourism.read_oplib import read_oplib
problem = read_oplib(Path(sys.argv[1]))
case = (problem.distance, problem.score, engine.neighbours(problem.distance), problem.limit)
engine.seed(1)
tour = engine.empty(problem.score)
engine.everything(case, tour)
assert tour[2][0] == problem.score.sum()
assert problem.measured(engine.order(tour[0]))[1] == tour[2][1] > problem.limit
for beginning in ([], [20, 30]):
    tour = engine.empty(problem.score, beginning, case)
    engine.fill(case, tour)
    engine.steps(case, tour, engine.rules_of(10.0, 2.0, 5.0, 0.1), 150)
    assert problem.measured(engine.order(tour[0])) == (tour[2][0], tour[2][1])
    best = problem.measured(engine.order(tour[3]))
    assert best == (tour[2][2], tour[2][3])
    assert best[1] <= problem.limit
    print(best[0])
"""


@needs_data
def test_ruin_and_recreate_keeps_its_books() -> None:
    """What the search has added up is what its tours measure; run uncompiled, which is the same
    code, for compiling takes longer than all other tests."""
    words = [sys.executable, "-W", "error", "-c", PLAIN, str(DATA / "gen2/eil51-gen2-50.oplib")]
    found = subprocess.run(
        words, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (0, "")
    assert min(map(int, found.stdout.split())) > 0.9 * 1668


BROKEN = {
    "oplib-weights": "EDGE_WEIGHT_TYPE : XRAY",
    "oplib-head": "COST_LIMIT : much",
    "oplib-line": "1 2",
    "oplib-places": "DIMENSION : 4",
    "oplib-score": "2 -5",
}
GOOD = (
    "NAME : t\nDIMENSION : 3\nCOST_LIMIT : 30\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n"
    "1 0 0\n2 3 4\n3 30 40\nNODE_SCORE_SECTION\n1 0\n2 5\n3 9\nDEPOT_SECTION\n1\n-1\nEOF\n"
)


@pytest.mark.parametrize("code", BROKEN)
def test_files_that_are_wrong(code: str, tmp_path: Path) -> None:
    file = tmp_path / "t.oplib"
    file.write_text(GOOD, "utf-8")
    assert read_oplib(file).distance[0].tolist() == [0, 5, 50]
    line = BROKEN[code]
    old = {
        "oplib-weights": "EDGE_WEIGHT_TYPE : EUC_2D", "oplib-head": "COST_LIMIT : 30",
        "oplib-line": "1 0 0", "oplib-places": "DIMENSION : 3", "oplib-score": "2 5",
    }[code]  # fmt: skip
    file.write_text(GOOD.replace(old, line, 1), "utf-8")
    with pytest.raises(InputError) as error:
        read_oplib(file)
    assert f"tourism.{code}" in {one.code for one in error.value.findings}


def test_a_solution_without_a_score(tmp_path: Path) -> None:
    (tmp_path / "t.sol").write_text("NAME : t\n", "utf-8")
    with pytest.raises(InputError):
        published(tmp_path / "t.sol")
