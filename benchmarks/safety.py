"""Safety on Manhattan: coverage before and after a flood, and the best 8 of 177 sites.

    python benchmarks/safety.py --data …/people [--peer PYTHON]

Prints one JSON document. Demand is the census raster of JEMSS, each square of 20 m at its nearest
node: 14,233 points. Candidates are every 95th node: 177. The reach is 240, 300 and 330 s. The peer
is spopt with CBC, by the Python that `--peer` or SPOPT_PYTHON names; without it there is none.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from kopa.domains.safety.ground import Ground, closures
from kopa.domains.safety.read_nodes import read_nodes
from kopa.geo.areas import area_of
from kopa.geo.driving import Driving
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.location import centre, cover, median
from kopa.model import FloatArray

COUNT, EVERY, REACHES = 8, 95, (240.0, 300.0, 330.0)
PEER = """
import sys, time, json, numpy as np, pulp
from spopt.locate import MCLP
found = np.load(sys.argv[1])
begin = time.perf_counter()
one = MCLP.from_cost_matrix(found["way"], found["people"], float(sys.argv[2]), p_facilities=8)
one = one.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=400))
took = time.perf_counter() - begin
print(json.dumps({"s": took, "covered": pulp.value(one.problem.objective)}))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder of ems")
    parser.add_argument("--peer", default=os.environ.get("SPOPT_PYTHON", ""), help="a Python")
    words = parser.parse_args()
    model = words.data / "ems" / "manhattan"
    streets = read_nodes(model / "models" / "1" / "travel" / "roads" / "roads.zip", None)
    lon, lat, people = _demand(model, streets)
    sites = np.arange(0, streets.nodes, EVERY)
    demand = np.column_stack(Projection(streets.crs).metres(lon, lat))
    candidates = np.column_stack([streets.x[sites], streets.y[sites]])
    ground = Ground(Driving(streets), candidates, demand, np.zeros(len(sites)))
    covered = _coverage(ground, people)
    begin = time.perf_counter()
    way = ground.ways()
    told = {
        "nodes": streets.nodes,
        "arcs": streets.edges,
        "demand": len(people),
        "candidates": len(sites),
        "coverage": covered,
        "matrix_s": round(time.perf_counter() - begin, 2),
        "best": [_best(way, people, reach, words.peer) for reach in REACHES],
        **_others(way, people),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(told))


def _demand(model: Path, streets: Streets) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes with people and how many, as JEMSS's raster spreads them."""
    folder = model / "data" / "population density" / "census 2000" / "rasters"
    with tempfile.TemporaryDirectory() as temporary:
        with zipfile.ZipFile(folder / "manhattan_pop_densit_20m.zip") as archive:
            archive.extract("manhattan_pop_densit_20m.tif", temporary)
        with rasterio.open(Path(temporary) / "manhattan_pop_densit_20m.tif") as raster:
            density = raster.read(1)
            rows, columns = np.nonzero(density > 0)
            lon, lat = map(np.array, raster.xy(rows, columns))
    scale = np.array([84.28, 111.32])  # km a degree, as map_1.csv has them
    tree = KDTree(np.column_stack([streets.lon, streets.lat]) * scale)
    _, node = tree.query(np.column_stack([lon, lat]) * scale)
    people = np.bincount(node, density[rows, columns], streets.nodes).astype(np.float64)
    at = np.flatnonzero(people)
    return streets.lon[at], streets.lat[at], people[at]


def _coverage(ground: Ground, people: FloatArray) -> dict[str, float]:
    """Coverage of eight sites before and after a flood of the south, from cold and from warm."""
    streets, chosen = ground.driving.streets, np.arange(0, 176, 22)
    begin = time.perf_counter()
    before = people[ground.ways(sites=chosen).min(axis=1) <= REACHES[-1]].sum()
    cold = time.perf_counter() - begin
    begin = time.perf_counter()
    low, high = streets.x.min() - 1e4, streets.x.max() + 1e4
    south, north = streets.y.min() - 1e4, float(np.quantile(streets.y, 0.15))
    ring = np.array([[low, south], [high, south], [high, north], [low, north], [low, south]])
    closed = closures(ground.driving, [], area_of(((ring,),)))
    after = people[ground.ways(closed, chosen).min(axis=1) <= REACHES[-1]].sum()
    warm = time.perf_counter() - begin
    return {
        "before_cold_s": round(cold, 3),
        "after_s": round(warm, 3),
        "both_s": round(cold + warm, 3),
        "before_share": round(float(before / people.sum()), 4),
        "after_share": round(float(after / people.sum()), 4),
    }


def _best(way: FloatArray, people: FloatArray, reach: float, peer: str) -> dict[str, Any]:
    begin = time.perf_counter()
    found = cover(csr_array((way <= reach).astype(float)), people, COUNT, seconds=120)
    took = time.perf_counter() - begin
    told: dict[str, Any] = {
        "reach_s": reach,
        "share": round(found.objective / float(people.sum()), 6),
        "proven": found.optimal,
        "s": round(took, 2),
    }
    if peer:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "way.npz"
            np.savez(file, way=way, people=people)
            words = [peer, "-c", PEER, str(file), str(reach)]
            done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=900)
        other = json.loads(done.stdout.splitlines()[-1])
        told |= {
            "peer_s": round(other["s"], 1),
            "ratio": round(other["s"] / took, 1),
            "same": bool(abs(other["covered"] - found.objective) < 1e-6 * float(people.sum())),
        }
    return told


def _others(way: FloatArray, people: FloatArray) -> dict[str, Any]:
    """The same by p-median and p-centre."""
    told: dict[str, Any] = {}
    for name in ("median", "centre"):
        begin = time.perf_counter()
        if name == "median":
            found = median(way, people, COUNT, seconds=120)
        else:
            found = centre(way, COUNT, seconds=120)
        told[f"{name}_s"] = round(time.perf_counter() - begin, 2)
        told[f"{name}_proven"] = found.optimal
    return told


if __name__ == "__main__":
    main()
