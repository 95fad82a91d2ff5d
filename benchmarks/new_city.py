"""What `kopa new` costs: real maps, and how the cost grows with the number of streets.

Run: ``python benchmarks/new_city.py [--data FOLDER]``; prints one JSON document. Growth is
measured on made-up towns of 2,000 to 60,000 street edges; the exponent is fitted to
``CPU seconds = c · (n · log n)^e``: no more than 1 means no worse than n · log n.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
SIDES = (32, 50, 71, 100, 142, 174)
_CHILD = """
import json, resource, sys
from kopa.cli import main
code = main(sys.argv[1:])
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
cpu = sum(part.ru_utime + part.ru_stime for part in used)
most = max(part.ru_maxrss for part in used)
told = {"code": code, "cpu_s": round(cpu, 1), "memory_mb": round(most / 1024)}
print(json.dumps(told), file=sys.stderr)
"""


def made(*words: str) -> dict[str, Any]:
    """Time, memory and counts of one `kopa new` in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, "new", *words, "-o", f"{folder}/city", "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = time.perf_counter() - begin
    document = json.loads(done.stdout)
    child = json.loads(done.stderr.splitlines()[-1])
    if child["code"]:
        raise SystemExit(f"kopa new {' '.join(words)}: {document['findings']}")
    return {
        "seconds": round(seconds, 1),
        **child,
        "links": document["links"],
        "findings": [f["code"] for f in document["findings"]],
        "parts_s": document["seconds"],
        "domains": {name: part["counts"] for name, part in document["domains"].items()},
    }


def growth() -> dict[str, Any]:
    """Cost over the number of street edges."""
    from small_map import town

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for side in SIDES:
            osm = town(side).write(Path(folder) / "town.osm")
            answer = made("--osm", str(osm))
            rows.append({"edges": 2 * side * (side - 1), "cpu_s": answer["cpu_s"]})
            print(rows[-1], file=sys.stderr)
    x = [math.log(row["edges"] * math.log(row["edges"])) for row in rows]
    exponent = np.polyfit(x, [math.log(row["cpu_s"]) for row in rows], 1)[0]
    return {"towns": rows, "exponent_of_n_log_n": round(float(exponent), 3)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = HERE.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=shared, help="folder with the test data")
    city = parser.parse_args().data / "city"
    aquila, porto = city / "laquila", city / "portoalegre"
    maps = {
        "L'Aquila": (
            "--osm", f"{aquila}/laquila.osm.pbf", "--gtfs", f"{aquila}/laquila_gtfs_2022.zip",
            "--population", "70000",
        ),
        "Monaco": ("--osm", f"{city}/monaco.osm.pbf", "--population", "38000"),
        "Liechtenstein": ("--osm", f"{city}/liechtenstein.osm.pbf", "--population", "40000"),
        "Porto Alegre": (
            "--osm", f"{porto}/poa_osm.pbf", "--gtfs", f"{porto}/poa_eptc.zip",
            "--dem", f"{porto}/poa_elevation.tif", "--people", f"{porto}/poa_hexgrid.csv",
        ),
    }  # fmt: skip
    told = {name: made(*words) for name, words in maps.items()}
    print(json.dumps({"cities": told, "growth": growth()}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
