"""What-ifs of burst mains in a city that `kopa new` made, through all its domains.

Run: ``python benchmarks/burst.py CITY``; prints one JSON document. Ten mains above streets, from
wide to narrow, burst one after the other; the baseline is solved before.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np

from kopa.city.load import load_city
from kopa.city.whatif import what_if
from kopa.model import Window

BURSTS = 10


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path, help="folder of the city")
    folder = parser.parse_args().city
    begin = time.perf_counter()
    city = load_city(folder)
    solver = city.solver(Window(0, 3600, 24))
    read_s = time.perf_counter() - begin
    begin = time.perf_counter()
    assert solver.baseline.status == "ok"
    baseline_s = time.perf_counter() - begin
    network = city.domains["water"].network  # type: ignore[attr-defined]  # no matter of the contract
    streets = {k.source.asset for k in city.links if k.target.domain == "transport"}
    wide = [int(row) for row in np.argsort(-network.diameter, kind="stable")]
    mains = [network.link_ids[row] for row in wide if network.link_ids[row] in streets]
    took = []
    for main_id in mains[:: max(1, len(mains) // BURSTS)][:BURSTS]:
        change = city.change(f"water:{main_id} burst 60 L/s 08:00-14:00")
        begin = time.perf_counter()
        answer = what_if(city, solver, [change])
        took.append(time.perf_counter() - begin)
        assert answer.status == "ok"
    print(
        json.dumps(
            {
                "city": city.settings.name,
                "assets": sum(len(domain.assets()) for domain in city.domains.values()),
                "links": len(city.links),
                "read_s": round(read_s, 2),
                "baseline_s": round(baseline_s, 2),
                "burst_median_s": round(statistics.median(took), 3),
                "burst_worst_s": round(max(took), 3),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
