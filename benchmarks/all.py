"""Runs all benchmarks and writes ``docs/reference/benchmarks.md``.

Run: ``make bench``, or ``python benchmarks/all.py --data FOLDER`` where the test data lies
elsewhere. About five minutes on two cores; run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reference" / "benchmarks.md"


def run(script: str, *words: str) -> dict[str, Any]:
    """The JSON document that a benchmark prints."""
    print(f"{script} {' '.join(words)}", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words], capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def section(title: str, command: str, told: dict[str, Any]) -> str:
    """A part of the page."""
    text = json.dumps(told, indent=1, ensure_ascii=False)
    return f"## {title}\n\n`{command}`\n\n```json\n{text}\n```\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = HERE.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=shared, help="folder with the test data")
    data = parser.parse_args().data
    micropolis = str(data / "coupled" / "micropolis")
    water = [str(data / "water" / f"{n}.inp") for n in ("L-TOWN", "ky17", "BWSN_Network_2")]
    day = [str(data / "water" / f"{n}.inp") for n in ("Net3", "L-TOWN")]
    parts = [
        "<!-- Written by benchmarks/all.py: run `make bench`. -->\n# Benchmarks\n",
        "Ratios against the named peer, both in one run. Seconds are of the machine named, and "
        f"noisy: {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}.\n",
        section(
            "What-ifs and N-1 of a whole city (Micropolis)",
            "python benchmarks/whatif.py --data …/coupled/micropolis --screen",
            run("whatif.py", "--data", micropolis, "--screen"),
        ),
        section(
            "Whole processes",
            "python benchmarks/startup.py --data …/coupled/micropolis",
            run("startup.py", "--data", micropolis),
        ),
        section(
            "Water: steady N-1 over all pipes against a wntr EpanetSimulator loop",
            "python benchmarks/water_n1.py --hours 0 L-TOWN.inp ky17.inp BWSN_Network_2.inp",
            run("water_n1.py", "--hours", "0", *water),
        ),
        section(
            "Water: N-1 over all pipes, 24 h in steps of 1 h, against that loop",
            "python benchmarks/water_n1.py --hours 24 Net3.inp L-TOWN.inp",
            run("water_n1.py", "--hours", "24", *day),
        ),
        section(
            "Electricity: N-1 over all lines of mv_oberrhein against a pandapower loop",
            "python benchmarks/energy_n1.py",
            run("energy_n1.py"),
        ),
    ]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
