"""A street matrix of 1,000 × 1,000 points: RoutingKit in Kopa against scipy's Dijkstra.

    python benchmarks/streets_matrix.py F.pbf [--points 1000] [--rounds 3]

Prints one JSON document. Both sides work on the same directed graph with the same times, in this
one process, one after the other; the best of `--rounds` counts for Kopa, one round for scipy.
Kopa's time is customisation plus matrix: what a closed street costs. The order of contraction,
found once for a map, stands apart.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from kopa.geo.engine_routingkit import Router
from kopa.geo.read_osm import read_streets
from kopa.geo.roads import roads_of


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("map", type=Path, metavar="F.pbf")
    parser.add_argument("--points", type=int, default=1000, help="sources, and targets")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of Kopa; the best counts")
    words = parser.parse_args()

    streets, _ = read_streets(words.map)
    roads = roads_of(streets)
    random = np.random.default_rng(7)
    main_nodes = np.flatnonzero(roads.main)
    sources, targets = (
        random.choice(main_nodes, words.points, replace=words.points > len(main_nodes))
        for _ in range(2)
    )
    router = Router(roads)
    begin = time.perf_counter()
    router.metric()
    order_s = time.perf_counter() - begin
    times = []
    for _ in range(words.rounds):
        begin = time.perf_counter()
        ours = router.metric().matrix(sources, targets)
        times.append(time.perf_counter() - begin)
    plain = Router(roads, plain=True).metric()
    begin = time.perf_counter()
    theirs = plain.matrix(sources, targets)
    scipy_s = time.perf_counter() - begin
    report = {
        "map": words.map.name,
        "nodes": int(main_nodes.size),
        "arcs": len(roads.tail),
        "points": words.points,
        "order_once_s": order_s,
        "kopa_s": min(times),
        "scipy_s": scipy_s,
        "ratio": scipy_s / min(times),
        "same": bool(np.array_equal(ours, theirs)),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
