"""N-1 of a heat network: the graph and one engine run where it is needed, against pandapipes alone.

    python benchmarks/heat.py [--rounds 3]

Prints one JSON document. The network is that of Schutterwald, which pandapipes brings: 482 pipes,
4 valves, 1 plant, 44 consumers that set their flow. The peer solves every outage of a pipe by
``pandapipes.pipeflow`` with Kopa's options, one after the other, and counts consumers with flow;
it runs `PEER_CASES` of them, spread over all, and `ratio` is of the time that one case takes.
`agree` tells whether both leave the same consumers without heat in all of these.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from importlib.resources import files
from pathlib import Path

import numpy as np

from kopa.domains.heat.domain import HeatDomain
from kopa.domains.heat.engine_pandapipes import OPTIONS
from kopa.domains.heat.network import PIPE
from kopa.domains.heat.read_file import read
from kopa.domains.heat.screen import screen

PEER_CASES = 40


def naive(file: Path, rows: list[int]) -> tuple[float, list[int]]:
    """Seconds a case, and consumers without flow in each, by pandapipes."""
    import pandapipes

    net = pandapipes.from_json(str(file))
    pandapipes.pipeflow(net, **OPTIONS)
    index, lost = net.pipe.index.to_numpy(), []
    begin = time.perf_counter()
    for row in rows:
        net.pipe.loc[index[row], "in_service"] = False
        pandapipes.pipeflow(net, **OPTIONS)
        flow = net.res_heat_consumer.mdot_from_kg_per_s.to_numpy()
        lost.append(int((~(flow > 0)).sum()))
        net.pipe.loc[index[row], "in_service"] = True
    return (time.perf_counter() - begin) / len(rows), lost


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    warnings.simplefilter("ignore")
    folder = files("pandapipes").joinpath("networks", "network_files")
    file = Path(str(folder.joinpath("sw_heat.json")))
    seconds, outages = [], []
    for _ in range(rounds):
        domain = HeatDomain(read(file)[0])
        domain.steady.solve(domain.steady.usual())  # loading the library is nobody's work
        begin = time.perf_counter()
        outages = screen(domain.steady, domain.network.outdoor, [PIPE])
        seconds.append(time.perf_counter() - begin)
    rows = np.linspace(0, len(outages) - 1, PEER_CASES).astype(int).tolist()
    each, lost = naive(file, rows)
    kopa = float(np.median(seconds))
    print(
        json.dumps(
            {
                "cases": len(outages),
                "by_engine": sum(one.method == "engine" for one in outages),
                "kopa_s": kopa,
                "rounds_s": seconds,
                "peer_s_a_case": each,
                "ratio": each * len(outages) / kopa,
                "agree": lost == [outages[row].consumers for row in rows],
            }
        )
    )


if __name__ == "__main__":
    main()
