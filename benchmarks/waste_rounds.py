"""Rounds of 1,000 containers on the streets of L'Aquila: map, street matrix, plan and walk.

    python benchmarks/waste_rounds.py --data …/city/laquila [--seconds 30] [--containers 1000]

Prints one JSON document. The containers are synthetic: drawn by seed on the map's crossings, with
loads of 20 to 120 kg, three in ten of which may be left at a prize. Five trucks, one dump. The
peer is what most cities' rounds are made by: the nearest container next, until the truck is full.
Memory is that of this process and its searches together, each shared page counted once (PSS,
sampled every 0.2 s); the greatest RSS of one process stands beside it.
"""

from __future__ import annotations

import argparse
import json
import resource
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.waste.rounds.planning import plan
from kopa.domains.waste.rounds.plans import Plan
from kopa.domains.waste.rounds.tasks import Task, TruckType, sites_of, stops_of
from kopa.domains.waste.rounds.walk import simulate
from kopa.domains.waste.rounds.ways import on_streets
from kopa.domains.waste.routing.problem import Effort, Stop, Tour
from kopa.geo.engine_routingkit import Router
from kopa.geo.read_osm import read_streets
from kopa.geo.roads import roads_of
from kopa.model import IntArray

TRUCK = TruckType(
    name="press",
    count=5,
    capacity_kg=10_000,
    capacity_l=100_000,
    start_s=6 * 3600,
    end_s=16 * 3600,
    max_hours=9,
    cost_eur_h=45.0,
    cost_eur_km=0.6,
    fixed_eur=20.0,
    litres_per_km=0.45,
    litres_per_stop=0.05,
)


class Memory(threading.Thread):
    """The most that this process and its children took at one time."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most_kb = 0

    def run(self) -> None:
        """Look every 0.2 s."""
        while True:
            self.most_kb = max(self.most_kb, sum(_pss_kb(path) for path in _processes()))
            time.sleep(0.2)


def _processes() -> list[Path]:
    own = Path("/proc/self")
    children = [pid for task in own.glob("task/*/children") for pid in task.read_text().split()]
    return [own, *(Path("/proc") / pid for pid in children)]


def _pss_kb(process: Path) -> int:
    try:
        text = (process / "smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def drawn_task(router: Router, containers: int, seed: int) -> Task:
    """Containers, a depot and a dump on crossings of the map."""
    random = np.random.default_rng(seed)
    nodes = np.flatnonzero(router.roads.main)
    node = random.choice(nodes, containers + 2, replace=containers + 2 > len(nodes))
    may = random.random(containers) < 0.3
    stops = stops_of(
        {
            "ids": [f"c{row}" for row in range(containers)],
            "place": np.arange(2, containers + 2),
            "kg": np.round(random.uniform(20, 120, containers), 1),
            "litres": np.round(random.uniform(300, 1100, containers)),
            "service_s": np.full(containers, 60.0),
            "prize_eur": np.where(may, random.uniform(0, 6, containers), np.nan),
        }
    )
    blank = np.zeros((containers + 2,) * 2)
    depot, dump = sites_of(("depot",), np.array([0])), sites_of(("dump",), np.array([1]), 900.0)
    return on_streets(Task(stops, depot, dump, (TRUCK,), blank, blank, 2.68, node), router)


def nearest_next(task: Task, rows: IntArray) -> Plan:
    """The same containers, the nearest next, a truck until its shift is over."""
    left = set(rows.tolist())
    orders: list[Tour] = []
    while left:
        here = int(task.depots.place[0])
        stops: list[int] = []
        while left:
            near = np.array(sorted(left))
            row = int(near[np.argmin(task.seconds[here, task.stops.place[near]])])
            longer = Tour(0, (*(Stop(one) for one in stops), Stop(row)))
            if simulate(task, [longer]).tours[0].wrong:
                break
            stops.append(row)
            left.discard(row)
            here = int(task.stops.place[row])
        orders.append(Tour(0, tuple(Stop(one) for one in stops)))
    return simulate(task, orders)


def told(found: Plan) -> dict[str, Any]:
    """Totals of rounds."""
    return {
        "emptied": len(found.emptied),
        "trucks": len(found.tours),
        "trips": found.trips,
        "distance_km": round(found.distance_m / 1000, 1),
        "hours": round(found.hours, 2),
        "litres": round(found.litres, 1),
        "kgco2e": round(found.kgco2e),
        "cost_eur": round(found.cost_eur, 2),
        "missed_eur": round(found.missed_eur, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder of laquila.osm.pbf")
    parser.add_argument("--seconds", type=float, default=30.0, help="time to search")
    parser.add_argument("--containers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    memory = Memory()
    memory.start()
    begin = time.perf_counter()
    streets, _ = read_streets(words.data / "laquila.osm.pbf")
    read_s = time.perf_counter() - begin
    task = drawn_task(Router(roads_of(streets)), words.containers, words.seed)
    matrix_s = time.perf_counter() - begin - read_s
    found = plan(task, Effort(words.seconds, seed=words.seed))
    whole_s = time.perf_counter() - begin
    usage = [resource.getrusage(who).ru_maxrss for who in (0, resource.RUSAGE_CHILDREN)]
    taken_kb = memory.most_kb
    today = nearest_next(task, found.emptied)
    report = {
        "containers": words.containers,
        "origin": "synthetic containers on the crossings of OpenStreetMap",
        "status": found.status,
        "read_s": round(read_s, 2),
        "matrix_s": round(matrix_s, 2),
        "search_s": words.seconds,
        "seconds": round(whole_s, 2),
        "memory_mb": round(taken_kb / 1024),
        "largest_rss_mb": round(max(usage) / 1024),
        "plan": told(found),
        "nearest_next": told(today),
        "cost_ratio": round(found.cost_eur / today.cost_eur, 3),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
