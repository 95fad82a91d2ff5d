"""What-ifs and the screen on Micropolis: seconds, and the ratio to single-domain tools.

Run: ``python benchmarks/whatif.py --data ../shared/data/coupled/micropolis`` (add ``--screen``
for N-1 over all assets). Kopa answers for all domains with the ledger; the peers answer for one:
wntr for water over the same 24 h, pandapower for one snapshot of the grid. Prints one
JSON document.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
from micropolis import assemble

from kopa.city.load import City, load_city
from kopa.city.screen import screen_city
from kopa.city.whatif import what_if
from kopa.model import Window

DAY = Window(0, 3600, 24)
PIPES = ("W_PMA1100", "W_PSC1217", "W_PMA900", "W_PMA500", "W_PSC300")
LINES = ("line:240", "line:193", "line:101", "line:15", "line:28")


def seconds(call: Callable[[], object]) -> float:
    """Wall time of a call, s."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def asked(city: City, asset: str, kind: str) -> float:
    """Median seconds of a what-if: baseline warm, no earlier what-if remembered."""
    solver = city.solver(DAY)
    solver.baseline  # noqa: B018  solved outside of the measured time
    change = city.change(f"{asset} {kind}")
    taken = []
    for _ in range(5):
        solver.forget()
        taken.append(seconds(lambda: what_if(city, solver, [change])))
    return statistics.median(taken)


def water_alone(file: Path) -> float:
    """Seconds of the peer for a pipe: wntr closes it and runs EPANET for 24 h, water only."""
    import wntr

    network = wntr.network.WaterNetworkModel(str(file))
    network.options.hydraulic.demand_model = "PDA"
    network.options.hydraulic.required_pressure = 14
    network.get_link(PIPES[0]).initial_status = "Closed"
    with tempfile.TemporaryDirectory() as folder:
        simulator = wntr.sim.EpanetSimulator(network)
        return min(seconds(lambda: simulator.run_sim(f"{folder}/x")) for _ in range(3))


def grid_alone(file: Path) -> float:
    """Seconds of the peer for a line: pandapower takes it out and solves once, grid only."""
    import pandapower

    net = pandapower.from_json(str(file))
    net.line.loc[240, "in_service"] = False
    return min(seconds(lambda: pandapower.runpp(net)) for _ in range(3))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the published Micropolis data")
    parser.add_argument("--screen", action="store_true", help="N-1 over all assets as well")
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # of the peers, about their own dependencies
    with tempfile.TemporaryDirectory() as folder:
        city = load_city(assemble(args.data, Path(folder)))
        pipes = [asked(city, f"water:{p}", "closed") for p in PIPES]
        lines = [asked(city, f"energy:{n}", "out 06:00-18:00") for n in LINES]
        wntr_s, pandapower_s = (
            water_alone(args.data / "water.inp"),
            grid_alone(args.data / "power.json"),
        )
        told: dict[str, object] = {
            "pipe closed, all domains, 24 h": {
                "worst_s": max(pipes),
                "wntr_water_alone_s": wntr_s,
                "ratio": wntr_s / max(pipes),
            },
            "line out that stops no pump, all domains, 24 h": {
                "worst_s": max(lines),
                "pandapower_one_snapshot_s": pandapower_s,
                "ratio": pandapower_s / max(lines),
            },
        }
        if args.screen:
            found = screen_city(city, city.solver(DAY))
            told["screen"] = {
                "assets": len(found.assets),
                "seconds": found.seconds,
                "unknown": sum(ranked.status == "unknown" for ranked in found.assets),
            }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
