"""Hosting capacity of all buses with load of mv_oberrhein: Kopa against a pandapower bisection.

    python benchmarks/energy_hosting.py [--rounds 5] [--buses 20]

Prints one JSON document. Pandapower (default solver, numba) bisects from 0 to 64 MW down to the
same 1 kW at every so many buses; its time is that of the mean bus times all buses. Kopa searches
all buses and builds its model anew in each round; the best counts. Restoration is timed in the
same process: every fault of a line, transformer or bus once.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.hosting import RESOLUTION_MW, hosting
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.outage import outage
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.restore import restore

MOST_MW = 64.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of Kopa; the best counts")
    parser.add_argument("--buses", type=int, default=20, help="buses that pandapower bisects")
    arguments = parser.parse_args()

    import pandapower
    from pandapower.networks import mv_oberrhein

    net = mv_oberrhein()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.json"
        pandapower.to_json(net, str(path))
        grid = Energy(read(path)[0])
    pandapower.runpp(net)
    loaded = sorted(set(net.load.bus.tolist()))
    chosen = loaded[:: max(1, len(loaded) // arguments.buses)]
    begin = time.perf_counter()
    theirs = np.array([bisected(net, at) for at in chosen])
    each_s = (time.perf_counter() - begin) / len(chosen)

    times = []
    for _ in range(arguments.rounds):
        begin = time.perf_counter()
        found = hosting(grid, 1.0, True, Limits())
        times.append(time.perf_counter() - begin)
    ids = [grid.assets().ids[row] for row in found.buses]
    ours = np.array([found.mw[ids.index(f"bus:{at}")] for at in chosen])
    slowest = max(restored(grid, row) for row in faults(grid))
    report = {
        "network": "mv_oberrhein",
        "buses_with_load": len(loaded),
        "buses_bisected": len(chosen),
        "pandapower_s": each_s * len(loaded),
        "kopa_all_buses_s": min(times),
        "ratio": each_s * len(loaded) / min(times),
        "largest_difference_kw": float(np.abs(ours - theirs).max() * 1e3),
        "slowest_restoration_s": slowest,
        "faults": len(faults(grid)),
    }
    print(json.dumps(report, indent=2))


def bisected(net: Any, at: int) -> float:
    """The most generation at a bus, MW."""
    import pandapower

    index = pandapower.create_sgen(net, at, 0.0)
    low, high = 0.0, MOST_MW
    while high - low > RESOLUTION_MW:
        net.sgen.loc[index, "p_mw"] = middle = (low + high) / 2
        low, high = (middle, high) if within(net) else (low, middle)
    net.sgen.drop(index, inplace=True)
    return low


def within(net: Any) -> bool:
    """Whether all limits hold."""
    import pandapower

    try:
        pandapower.runpp(net)
    except pandapower.LoadflowNotConverged:
        return False
    return bool(
        net.res_bus.vm_pu.between(0.9, 1.1).all()
        and net.res_line.loading_percent.max() <= 100
        and net.res_trafo.loading_percent.max() <= 100
    )


def faults(grid: Energy) -> list[int]:
    """Assets that can have a fault."""
    kinds = grid.assets().kinds
    return [row for row, kind in enumerate(kinds) if kind in ("line", "trafo", "bus")]


def restored(grid: Energy, row: int) -> float:
    """How long a fault's plan takes, s."""
    begin = time.perf_counter()
    restore(grid, outage(grid.topology, [row]), Limits())
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
