"""Simbench's urban grids: N-1 of the whole MV and LV, and a year of the MV, against pandapower.

    python benchmarks/energy_simbench.py [--part n1|year] [--outages 60] [--steps 700] [--rounds 3]

Needs simbench beside Kopa; its 400 MB are no part of the install. Prints one JSON document.
Pandapower takes a part of the outages and of the steps, evenly spread, and its time is that of
the mean one times all; all options are its defaults. Tap changers get the type that simbench
leaves out, and loads the ZIP shares. Kopa builds its model anew in each round; the best counts.
What both say is compared where both were asked.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.read_profiles import read_profiles
from kopa.domains.energy.screen import screen
from kopa.domains.energy.year import year


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--part", choices=["n1", "year"], help="one part only")
    parser.add_argument("--outages", type=int, default=60, help="outages of pandapower")
    parser.add_argument("--steps", type=int, default=700, help="steps of pandapower")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of Kopa; the best counts")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        if arguments.part != "year":
            report["n1"] = outages(Path(folder), arguments.outages, arguments.rounds)
        if arguments.part != "n1":
            report["year"] = steps(Path(folder), arguments.steps, arguments.rounds)
    print(json.dumps(report, indent=2))


def grid(code: str, folder: Path) -> tuple[Any, Path]:
    """A grid of simbench as pandapower has it, and its file."""
    import pandapower
    import simbench

    net = simbench.get_simbench_net(code)
    net.trafo["tap_changer_type"] = "Ratio"
    for name in [name for name in net.load if name.startswith("const_")]:
        net.load[name] = 0.0
    path = folder / f"{code}.json"
    pandapower.to_json(net, str(path))
    return net, path


def outages(folder: Path, asked: int, rounds: int) -> dict[str, Any]:
    """Every line out, one at a time."""
    import pandapower

    net, path = grid("1-MVLV-urban-all-0-sw", folder)
    pandapower.runpp(net)
    chosen = net.line.index[:: max(1, len(net.line) // asked)].tolist()
    begin = time.perf_counter()
    lost = [without(net, line) for line in chosen]
    each_s = (time.perf_counter() - begin) / len(chosen)

    network = read(path)[0]
    kopa_s, found = best(lambda: screen(Energy(network), ["line"]), rounds)
    by_id = {network.assets.ids[outage.row]: outage.lost_mw for outage in found}
    ours = np.array([by_id[f"line:{line}"] for line in chosen])
    return {
        "outages": len(found),
        "by_graph": sum(outage.method == "graph" for outage in found),
        "pandapower_outages": len(chosen),
        "pandapower_s": each_s * len(found),
        "kopa_s": kopa_s,
        "ratio": each_s * len(found) / kopa_s,
        "largest_difference_of_lost_load_kw": float(np.abs(ours - lost).max() * 1e3),
    }


def without(net: Any, line: int) -> float:
    """Load that is lost without a line, MW."""
    import pandapower

    net.line.loc[line, "in_service"] = False
    pandapower.runpp(net)
    net.line.loc[line, "in_service"] = True
    dark = net.res_bus.vm_pu.isna()
    return float(net.load.p_mw[net.load.bus.map(dark)].sum())


def steps(folder: Path, asked: int, rounds: int) -> dict[str, Any]:
    """A year of 15-minute steps by simbench's own profiles."""
    net, path = grid("1-MV-urban--0-sw", folder)
    factors = {
        f"{table}:{unit}": net.profiles[kind][f"{profile}{end}"].to_numpy()
        for table, kind, end in (("load", "load", "_pload"), ("sgen", "renewables", ""))
        for unit, profile in net[table].profile.items()
    }
    file = profiles_file(factors, folder)
    begin = time.perf_counter()
    network = read(path)[0]
    profiles, _ = read_profiles(file, network)
    reading_s = time.perf_counter() - begin
    kopa_s, _ = best(lambda: year(Energy(network), profiles, Limits()), rounds)

    every = len(profiles.series.times) // asked
    rows = range(0, len(profiles.series.times), every)
    each_s, lowest = timeseries(net, factors, rows, False)
    recycle = {"bus_pq": True, "trafo": False, "gen": False}
    recycled_s, same = timeseries(net, factors, rows, recycle)
    whole = profiles.series
    part = replace(
        profiles, series=replace(whole, times=whole.times[rows], values=whole.values[rows])
    )
    ours = year(Energy(network), part, Limits()).lowest.value
    buses = [network.assets.ids.index(f"bus:{bus}") for bus in net.bus.index]
    total = len(profiles.series.times)
    return {
        "buses": len(net.bus),
        "steps": total,
        "kopa_s": kopa_s,
        "kopa_reading_s": reading_s,
        "pandapower_steps": len(rows),
        "pandapower_s": each_s * total,
        "pandapower_recycled_s": recycled_s * total,
        "ratio": each_s * total / kopa_s,
        "ratio_recycled": recycled_s * total / kopa_s,
        "largest_difference_of_lowest_voltage_pu": float(
            max(np.abs(ours[buses] - one).max() for one in (lowest, same))
        ),
    }


def profiles_file(factors: dict[str, np.ndarray], folder: Path) -> Path:
    """Profiles as Kopa reads them."""
    import pandas

    moments = pandas.date_range(
        "2016-01-01", periods=len(next(iter(factors.values()))), freq="15min"
    )
    table = pandas.DataFrame({"time": moments.strftime("%Y-%m-%dT%H:%M"), **factors})
    table.to_csv(folder / "profiles.csv", index=False)
    return folder / "profiles.csv"


def timeseries(
    net: Any, factors: dict[str, np.ndarray], rows: range, recycle: Any
) -> tuple[float, np.ndarray]:
    """Seconds a step by ``run_timeseries``, and the lowest voltage of each bus, p.u."""
    import pandas
    from pandapower.control import ConstControl
    from pandapower.timeseries import DFData, OutputWriter, run_timeseries

    net.controller = net.controller.iloc[:0]
    for table in ("load", "sgen"):
        units = net[table].index.tolist()
        own = np.column_stack([factors[f"{table}:{unit}"][rows] for unit in units])
        for quantity in ("p_mw", "q_mvar"):
            data = DFData(pandas.DataFrame(own * net[table][quantity].to_numpy(), columns=units))
            ConstControl(net, table, quantity, units, profile_name=units, data_source=data)
    log = [("res_bus", "vm_pu"), ("res_line", "loading_percent")]
    kept = {table: net[table].copy() for table in ("load", "sgen")}
    writer = OutputWriter(net, range(len(rows)), output_path=None, log_variables=log)
    begin = time.perf_counter()
    run_timeseries(net, range(len(rows)), recycle=recycle, verbose=False)
    each_s = (time.perf_counter() - begin) / len(rows)
    for table, frame in kept.items():
        net[table] = frame
    return each_s, writer.output["res_bus.vm_pu"][net.bus.index].min().to_numpy()


def best(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """The shortest time of some rounds, s, and the answer."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - begin)
    return min(times), answer


if __name__ == "__main__":
    main()
