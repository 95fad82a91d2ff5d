"""Siting: p-median of the OR-Library and of São José dos Campos, covering there, and a large town.

    python benchmarks/location.py --data …/people [--seconds 60]

Prints one JSON document. Optima of pmed1 to pmed40 are those of Beasley (1985).

The town is synthetic: 14,233 demand points and 177 candidates at random.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import cdist

from kopa.location import cover, median
from kopa.model import FloatArray

PMED = (
    *(5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255),
    *(7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789),
    *(9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989),
    *(10086, 9297, 4700, 3013, 10400, 9934, 5057, 11060, 9423, 5128),
)
POINTS, SITES, REACH = 14_233, 177, 500.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder of orlib and sjc")
    parser.add_argument("--seconds", type=float, default=60.0, help="most time of an instance")
    words = parser.parse_args()
    peak = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "pmed": _pmed(words.data / "orlib" / "ORLIB", words.seconds),
        "sjc": _sjc(words.data / "sjc", words.seconds),
        "town": _town(words.seconds),
        "peak_memory_mb": round(
            max(peak.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
        ),
    }
    print(json.dumps(found))


def _pmed(folder: Path, seconds: float) -> dict[str, Any]:
    times, optimal, right = [], 0, 0
    for number, best in enumerate(PMED, start=1):
        distance, count = _graph(folder / f"pmed{number}.txt")
        begin = time.perf_counter()
        choice = median(distance, np.ones(len(distance)), count, seconds=seconds)
        times.append(time.perf_counter() - begin)
        optimal += choice.optimal
        right += choice.objective == best
    return {
        "instances": len(PMED),
        "proven": optimal,
        "as_published": right,
        "median_s": round(float(np.median(times)), 2),
        "most_s": round(max(times), 1),
        "slowest": f"pmed{int(np.argmax(times)) + 1}",
        "all_s": round(sum(times), 1),
    }


def _graph(file: Path) -> tuple[FloatArray, int]:
    text = file.read_text(encoding="utf-8").split()
    nodes, edges, count = map(int, text[:3])
    length = np.full((nodes, nodes), np.inf)
    for a, b, cost in np.array(text[3 : 3 + 3 * edges], dtype=int).reshape(-1, 3):
        length[a - 1, b - 1] = length[b - 1, a - 1] = cost
    np.fill_diagonal(length, 0)
    return np.asarray(shortest_path(length, method="D", directed=False)), count


def _sjc(folder: Path, seconds: float) -> list[dict[str, Any]]:
    found = []
    for points in (324, 402, 500, 708, 818):
        lines = (folder / f"SJC{points}.txt").read_text(encoding="utf-8").splitlines()
        rows = np.array([line.split("\t")[:3] for line in lines[1 : points + 1]], dtype=float)
        distance, people = cdist(rows[:, :2], rows[:, :2]), rows[:, 2]
        begin = time.perf_counter()
        covered = [
            cover(csr_array((distance <= 800).astype(float)), people, count, seconds=seconds)
            for count in (1, 2, 3, 4, 5)
        ]
        middle = time.perf_counter()
        near = median(distance, people, 20, seconds=seconds)
        found.append(
            {
                "points": points,
                "covered": [round(one.objective) for one in covered],
                "cover_proven": all(one.optimal for one in covered),
                "cover_s": round(middle - begin, 2),
                "median_20": round(near.objective, 2),
                "median_gap": float(f"{near.gap:.2g}"),
                "median_s": round(time.perf_counter() - middle, 2),
            }
        )
    return found


def _town(seconds: float) -> list[dict[str, Any]]:
    random = np.random.default_rng(9)
    centre = random.normal(0, 2500, (POINTS, 2))
    sites = random.normal(0, 2500, (SITES, 2))
    people = random.integers(1, 60, POINTS).astype(float)
    distance = cdist(centre, sites) * 1.3
    found = []
    for count in (10, 30, 60):
        begin = time.perf_counter()
        reach = csr_array((distance <= REACH).astype(float))
        most = cover(reach, people, count, seconds=seconds)
        middle = time.perf_counter()
        near = median(distance, people, count, seconds=seconds)
        found.append(
            {
                "sites": count,
                "covered_share": round(most.objective / float(people.sum()), 4),
                "cover_gap": float(f"{most.gap:.2g}"),
                "cover_s": round(middle - begin, 2),
                "mean_m": round(near.objective / float(people.sum()), 1),
                "median_gap": float(f"{near.gap:.2g}"),
                "median_s": round(time.perf_counter() - middle, 2),
            }
        )
    return found


if __name__ == "__main__":
    main()
