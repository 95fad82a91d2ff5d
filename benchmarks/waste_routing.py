"""Published routing problems against their best known values, and against PyVRP's own defaults.

    python benchmarks/waste_routing.py --data …/transport/routing [--more FOLDER] [--seconds 30]

Prints one JSON document. Each problem is searched for `--seconds` of wall time in two processes,
as `kopa waste solve` does; PyVRP's defaults get the same: two seeds side by side, the better
counts. Costs are those of the checker. Best known values are those of the .sol files beside the
problems; for CARP they stand in `CARP`, best known upper bounds without a source of our own.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from kopa.domains.waste.cli_solve import solve
from kopa.domains.waste.engine_pyvrp import defaults
from kopa.domains.waste.routing.carp import ArcRouting
from kopa.domains.waste.routing.problem import Effort, Found
from kopa.domains.waste.routing.read_carp import read_carp
from kopa.domains.waste.routing.read_routes import read_routes
from kopa.domains.waste.routing.read_vrplib import read_vrplib
from kopa.domains.waste.routing.vehicle_routing import VehicleRouting

CARP = {"egl-e1-A": 3548, "egl-s1-C": 8518, "egl-e4-C": 11529, "gdb1": 316, "gdb10": 275,
        "gdb13": 536}  # fmt: skip
"""Best known costs of CARPLIB's problems: they have no .sol files."""
Known = VehicleRouting | ArcRouting


def read(file: Path) -> tuple[Known, float | None]:
    """A problem and its best known value."""
    if file.suffix == ".dat":
        return read_carp(file)[0], CARP.get(file.stem)
    beside = file.with_suffix(".sol")
    return read_vrplib(file)[0], read_routes(beside).cost if beside.is_file() else None


def default_cost(problem: Known, seconds: float) -> int | None:
    """The better of two seeds of PyVRP's defaults; None where neither is feasible."""
    efforts = [Effort(seconds, seed=seed) for seed in (1, 2)]
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(partial(defaults, problem.problem()), efforts))
    costs = [cost(problem, one) for one in found]
    return min((one for one in costs if one is not None), default=None)


def cost(problem: Known, found: Found) -> int | None:
    """What the checker says to a plan."""
    if isinstance(problem, VehicleRouting):
        checked = problem.check(problem.routes(found))
    else:
        checked = problem.check(problem.tours(found))
    return None if checked.wrong else checked.cost


def percent(value: float | None, best: float | None) -> float | None:
    """How far a cost lies above another."""
    return round(100 * (value / best - 1), 3) if value is not None and best else None


def row(file: Path, seconds: float, peer: bool) -> dict[str, Any]:
    """One problem."""
    problem, best = read(file)
    answer = solve(problem, Effort(seconds))
    ours = None if answer.reason else answer.checked.cost
    told = {
        "problem": file.stem,
        "cost": ours,
        "best_known": best,
        "gap_percent": percent(ours, best),
        "seconds": round(answer.seconds, 1),
    }
    if peer:
        theirs = default_cost(problem, seconds)
        told |= {"defaults_cost": theirs, "defaults_gap_percent": percent(theirs, best)}
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder with .vrp and .dat")
    parser.add_argument("--more", type=Path, help="another folder, such as of PyVRP/Instances")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--no-peer", action="store_true", help="without PyVRP's defaults")
    words = parser.parse_args()
    folders = [words.data, *([words.more] if words.more else [])]
    files = [file for folder in folders for file in sorted(folder.glob("*.*"))]
    rows = [
        row(file, words.seconds, not words.no_peer)
        for file in files
        if file.suffix in (".vrp", ".dat")
    ]
    print(json.dumps({"seconds": words.seconds, "problems": rows}, indent=2))


if __name__ == "__main__":
    main()
