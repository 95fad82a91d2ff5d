"""N-1 over all lines of mv_oberrhein: a loop over pandapower against Kopa's batch.

    python benchmarks/energy_n1.py [--rounds 5]

Prints one JSON document. Both sides solve every outage in full (Newton-Raphson; pandapower
with its default solver and numba); `graph` lets Kopa solve only what is not radial. All runs
are in this one process, one after the other, after one warm-up each; the best of `--rounds`
counts for Kopa, the best of two for pandapower.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.screen import screen
from kopa.domains.energy.topology import Action


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of Kopa; the best counts")
    rounds = parser.parse_args().rounds

    import pandapower
    from pandapower.networks import mv_oberrhein

    net = mv_oberrhein()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.json"
        pandapower.to_json(net, str(path))
        energy = Energy(read(path)[0])

    pandapower.runpp(net)
    loop_s, theirs = best(lambda: pandapower_loop(net), 2)
    full_s, ours = best(lambda: kopa_full(energy), rounds)
    one_s, _ = best(lambda: kopa_full(energy, threads=-1), rounds)
    screen_s, _ = best(lambda: screen(energy, ["line"], full=True), rounds)
    graph_s, _ = best(lambda: screen(energy, ["line"]), rounds)
    dead = np.isnan(theirs)
    report = {
        "network": "mv_oberrhein",
        "buses": energy.network.buses,
        "outages": len(net.line),
        "pandapower_loop_s": loop_s,
        "pandapower_ms_per_outage": loop_s / len(net.line) * 1e3,
        "kopa_full_s": full_s,
        "kopa_full_one_thread_s": one_s,
        "kopa_screen_full_s": screen_s,
        "kopa_screen_graph_s": graph_s,
        "ratio_full": loop_s / full_s,
        "ratio_full_one_thread": loop_s / one_s,
        "ratio_screen_full": loop_s / screen_s,
        "ratio_screen_graph": loop_s / graph_s,
        "same_dead_buses": bool((dead == (ours == 0)).all()),
        "largest_difference_pu": float(np.abs(ours - theirs)[~dead].max()),
    }
    print(json.dumps(report, indent=2))


def best(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """The shortest time of some rounds, s, and the answer."""
    answer = work()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - begin)
    return min(times), answer


def pandapower_loop(net: Any) -> np.ndarray:
    """Voltages of every outage, p.u., NaN where dead, shape (outage, bus)."""
    import pandapower

    volts = []
    for index in net.line.index:
        was = net.line.loc[index, "in_service"]
        net.line.loc[index, "in_service"] = False
        pandapower.runpp(net)
        volts.append(net.res_bus.vm_pu.to_numpy())
        net.line.loc[index, "in_service"] = was
    return np.array(volts)


def kopa_full(energy: Energy, threads: int = 0) -> np.ndarray:
    """The same by Kopa, 0 where dead."""
    assets = energy.assets()
    rows = [row for row, kind in enumerate(assets.kinds) if kind == "line"]
    states = [energy.topology.state(Action(out=frozenset([row]))) for row in rows]
    return energy.power_flow.solve(states, threads).volts


if __name__ == "__main__":
    main()
