"""Deferred acceptance for 5,000 children × 60 schools against the package `matching`.

    python benchmarks/education_assign.py [--children 5000] [--schools 60]

Prints one JSON document. Rounds are **synthetic**: each child ranks up to six schools of its own
part of the town first, there are as many places as nine of ten children, three classes of
priority and siblings. Both get the same lists; the assignments are compared child by child. The
peer is given its own objects beforehand, and only its solving is timed; ours is given what it
reads and draws the lottery in the time told as `with_lottery_ms`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from typing import Any

import numpy as np

from kopa.domains.education.assignment.acceptance import accepted
from kopa.domains.education.assignment.compare import compared
from kopa.domains.education.assignment.proof import proof
from kopa.domains.education.assignment.round import Order, Round, ordered
from kopa.model import IntArray

MOST, REPEATS = 6, 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--schools", type=int, default=60)
    words = parser.parse_args()
    asked = _round(words.children, words.schools)
    drawn, solved = [], []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        order = ordered(asked, "seed")
        middle = time.perf_counter()
        match = accepted(asked, order)
        solved.append(time.perf_counter() - middle)
        drawn.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    stable = proof(asked, order, match).stable
    proven = time.perf_counter() - begin
    begin = time.perf_counter()
    both = compared(asked, order, match)
    nearest = time.perf_counter() - begin
    peer_s, same = _peer(asked, order, match)
    ours = statistics.median(solved)
    print(
        json.dumps(
            {
                "children": words.children,
                "schools": words.schools,
                "pairs": len(asked.school),
                "acceptance_ms": round(1000 * ours, 1),
                "with_lottery_ms": round(1000 * statistics.median(drawn), 1),
                "proof_ms": round(1000 * proven, 1),
                "stable": stable,
                "least_distance_s": round(nearest, 2),
                "blocking_of_least_distance": both["least_distance"]["blocking_pairs"]
                if both
                else None,
                "peer_s": round(peer_s, 2),
                "ratio": round(peer_s / ours, 1),
                "same": same,
            }
        )
    )


def _round(children: int, schools: int) -> Round:
    random = np.random.default_rng(1)
    home, at = random.uniform(0, 10_000, (children, 2)), random.uniform(0, 10_000, (schools, 2))
    far = np.hypot(*(home[:, None] - at).transpose(2, 0, 1))
    taste = far * random.lognormal(0, 0.5, far.shape) / random.lognormal(0, 0.5, schools)
    many = random.integers(1, MOST + 1, children)
    best = np.argsort(taste, axis=1)
    school = np.concatenate([best[row, : many[row]] for row in range(children)])
    child = np.repeat(np.arange(children), many)
    places = random.multinomial(int(0.9 * children), np.full(schools, 1 / schools))
    names = tuple(f"c{row}" for row in range(children))
    return Round(
        names,
        names,
        np.full(children, -1),
        np.cumsum([0, *many]).astype(np.int64),
        school,
        random.integers(1, 4, len(school)),
        random.random(len(school)) < 0.1,
        far[child, school].round(),
        tuple(f"s{row}" for row in range(schools)),
        (),
        np.maximum(places, 1),
        np.zeros((schools, 0), dtype=np.int64),
    )


def _peer(asked: Round, order: Order, match: IntArray) -> tuple[float, bool]:
    from matching.games import HospitalResident

    wants: dict[str, list[str]] = {name: [] for name in asked.children}
    for pair, child in enumerate(asked.child.tolist()):
        wants[asked.children[child]].append(asked.schools[int(asked.school[pair])])
    ranks: dict[str, list[str]] = {}
    for pair in np.argsort(order.position).tolist():
        school = asked.schools[int(asked.school[pair])]
        ranks.setdefault(school, []).append(asked.children[int(asked.child[pair])])
    places = {
        name: int(many)
        for name, many in zip(asked.schools, asked.places, strict=True)
        if name in ranks
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game: Any = HospitalResident.create_from_dictionaries(wants, ranks, places)
        begin = time.perf_counter()
        solved = game.solve(optimal="resident")
        took = time.perf_counter() - begin
    theirs = {one.name: school.name for school, some in solved.items() for one in some}
    ours = {
        asked.children[row]: asked.schools[int(asked.school[pair])]
        for row, pair in enumerate(match.tolist())
        if pair >= 0
    }
    return took, theirs == ours


if __name__ == "__main__":
    main()
