"""Whole processes: `kopa --help`, and a cold `kopa whatif` on Micropolis.

Run: ``python benchmarks/startup.py --data ../shared/data/coupled/micropolis``. The peer is the time
that importing wntr and pandapower takes before either has read a file. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
from micropolis import assemble

RUNS = 5


def process(*words: str) -> float:
    """Median wall time of a process, s, after one run that is not counted."""
    taken = []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken[1:])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the published Micropolis data")
    args = parser.parse_args()
    kopa = str(Path(sys.executable).with_name("kopa"))
    with tempfile.TemporaryDirectory() as folder:
        city = str(assemble(args.data, Path(folder)))
        outage = "energy:line:31 out 06:00-18:00"
        pipe = "water:W_PMA1100 closed"
        imports = process(sys.executable, "-W", "ignore", "-c", "import wntr, pandapower")
        told = {
            "kopa --help, s": process(kopa, "--help"),
            "kopa whatif, a line that stops the pumps, s": process(
                kopa, "whatif", city, "--change", outage
            ),
            "kopa whatif --json, a pipe, s": process(
                kopa, "whatif", city, "--json", "--change", pipe
            ),
            "import wntr, pandapower, s": imports,
        }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
