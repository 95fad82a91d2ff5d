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
SECTIONS = {
    "city": (
        "What-ifs and N-1 of a whole city (Micropolis)",
        "python benchmarks/whatif.py --data …/coupled/micropolis --screen",
    ),
    "process": ("Whole processes", "python benchmarks/startup.py --data …/coupled/micropolis"),
    "steady": (
        "Water: steady N-1 over all pipes against a wntr EpanetSimulator loop",
        "python benchmarks/water_n1.py --hours 0 L-TOWN.inp ky17.inp BWSN_Network_2.inp",
    ),
    "day": (
        "Water: N-1 over all pipes, 24 h in steps of 1 h, against that loop",
        "python benchmarks/water_n1.py --hours 24 Net3.inp L-TOWN.inp",
    ),
    "energy": (
        "Electricity: N-1 over all lines of mv_oberrhein against a pandapower loop",
        "python benchmarks/energy_n1.py",
    ),
}


def run(script: str, *words: str) -> dict[str, Any]:
    """The JSON document that a benchmark prints."""
    print(f"{script} {' '.join(words)}", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words], capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def summary(told: dict[str, dict[str, Any]]) -> str:
    """The figures that are promised, beside what was measured."""
    city, process = told["city"], told["process"]
    pipe, line = (part["worst_s"] for part in list(city.values())[:2])
    start, outage = list(process.values())[:2]
    rows = [
        ("what-if of one pipe, Micropolis, 24 h, all domains", "≤ 0.15 s", f"{pipe:.3f} s"),
        ("what-if of one line that stops no pump", "≤ 0.02 s", f"{line:.4f} s"),
        (
            f"N-1 over all {city['screen']['assets']} assets of Micropolis",
            "≤ 90 s",
            f"{city['screen']['seconds']:.0f} s",
        ),
    ]
    for key, what, least in (
        ("steady", "steady N-1 over all pipes against wntr", (200, 100, 40)),
        ("day", "24 h N-1 over all pipes against wntr", (10, 10)),
    ):
        for network, ratio in zip(told[key]["networks"], least, strict=True):
            rows.append((f"{what}, {network['network']}", f"≥ {ratio}×", f"{network['ratio']}×"))
    memory = told["steady"]["networks"][-1]["peak_memory_mb"]
    energy = told["energy"]
    rows += [
        ("N-1 over all lines against pandapower", "≥ 100×", f"{energy['ratio_screen_graph']:.0f}×"),
        ("the same with a power flow of every outage", "", f"{energy['ratio_full']:.0f}×"),
        ("memory, BWSN2", "≤ 500 MB", f"{memory} MB"),
        ("kopa --help", "≤ 0.4 s", f"{start:.2f} s"),
        ("cold kopa whatif on Micropolis, process start included", "≤ 3 s", f"{outage:.1f} s"),
    ]
    lines = ["| what | at least | measured |", "|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


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
    told = {
        "city": run("whatif.py", "--data", micropolis, "--screen"),
        "process": run("startup.py", "--data", micropolis),
        "steady": run("water_n1.py", "--hours", "0", *water),
        "day": run("water_n1.py", "--hours", "24", *day),
        "energy": run("energy_n1.py"),
    }
    PAGE.write_text(page(told), encoding="utf-8")
    print(PAGE)


def page(told: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    return "\n".join(
        [
            "<!-- Written by benchmarks/all.py: run `make bench`. -->\n# Benchmarks\n",
            "Ratios against the named peer, both in one run. Seconds are of the machine named, and "
            f"noisy: {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}.\n",
            summary(told),
            *(section(*SECTIONS[key], told[key]) for key in SECTIONS),
        ]
    )


if __name__ == "__main__":
    main()
