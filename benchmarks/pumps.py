"""AnyTown Modified: the cheapest pump schedules of 1, 2 and 3 cycles against published optima.

    python benchmarks/pumps.py .../water/anytown_modified.inp

Prints one JSON document. The peer is Rocha, Muritiba, Araújo, Lavor and Souza (2026), EPANET-BB,
doi 10.5281/zenodo.19363091: certified optima, its nodes, and its seconds on 64 processes and (2
cycles) on one. `replay` is EPANET's own run of the schedule in one go; `breach` is the greatest
amount by which the bound behaved unlike one (0: never).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.water.pumps.plant import limits_of, plant_of
from kopa.domains.water.pumps.schedule import Watch, schedule
from kopa.domains.water.read_inp import read_inp

PRICE = np.array([18.14] * 7 + [35.28] * 10 + [80.97] * 4 + [18.14] * 3) / 100
HEADS = {"90": 51.0, "55": 42.0, "170": 30.0}
PUBLISHED = {1: (3900.2475, 247_695, 1.6), 2: (3606.8286, 23_165_594, 25.1),
             3: (3575.5381, 350_839_702, 408.9)}  # fmt: skip
ONE_PROCESS_S = {2: 700.85}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("network", type=Path, metavar="anytown_modified.inp")
    network = parser.parse_args().network
    rows = [_case(network, cycles) for cycles in PUBLISHED]
    print(json.dumps({"cores": os.cpu_count(), "cases": rows}, indent=1))


def _case(path: Path, cycles: int) -> dict[str, Any]:
    begin = time.perf_counter()
    network, _ = read_inp(path)
    limits = limits_of(network, float("nan"), HEADS, cycles, end_level=True)
    found = schedule(plant_of(network, PRICE, limits), Watch(120.0))
    seconds = time.perf_counter() - begin
    cost, nodes, processes_64 = PUBLISHED[cycles]
    run = found.run
    return {
        "cycles": cycles,
        "answer": found.answer,
        "cost": round(found.outcome.cost, 4),
        "published": cost,
        "over_published_percent": round(100 * (found.outcome.cost / cost - 1), 5),
        "replay_cost": None if run is None else round(run.cost, 4),
        "replay_breaks": None if run is None else list(run.broken),
        "seconds": round(seconds, 1),
        "search_seconds": round(found.outcome.seconds, 1),
        "nodes": found.outcome.expanded,
        "published_nodes": nodes,
        "published_s_64_processes": processes_64,
        "published_s_1_process": ONE_PROCESS_S.get(cycles),
        "breach": round(found.outcome.breach, 6),
    }


if __name__ == "__main__":
    main()
