"""What `make run` does: assemble a city, check it, ask it one what-if, screen it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from kopa.cli import main as kopa

sys.path.insert(0, str(Path(__file__).parent))
from two_networks import assemble

CHANGE = "energy:line:186 out 00:00-24:00"


def main() -> int:
    """Command line; gives the exit code of the last command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path, help="folder of the city; made if it is not there")
    city = parser.parse_args().city
    code = 0
    begin = time.perf_counter()
    if not (city / "city.toml").exists():
        assemble(city)
    for words in (["check"], ["whatif", "--change", CHANGE], ["screen", "--top", "10"]):
        start = time.perf_counter()
        command = [words[0], str(city), *words[1:]]
        print(f"\n$ kopa {' '.join(f'{w!r}' if ' ' in w else w for w in command)}", flush=True)
        code = kopa(command)
        print(f"wall time {time.perf_counter() - start:.2f} s", flush=True)
        if code:
            break
    print(f"\nall of it: {time.perf_counter() - begin:.2f} s; the city is in {city}")
    return code


if __name__ == "__main__":
    sys.exit(main())
