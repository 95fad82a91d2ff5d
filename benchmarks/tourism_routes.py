"""Orienteering: the gap to OPLib's published scores, in 15 s an instance.

    python benchmarks/tourism_routes.py --data …/people/orienteering [--seconds 15] [--peer]

Prints one JSON document. A gap above 0 is under the published score, one below 0 over it. With
``--peer`` PyVRP alone gets the same time, which doubles the run.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from kopa.domains.tourism.orienteering import routed, solve
from kopa.domains.tourism.read_oplib import published, read_oplib

GOAL = 1.0
"""Percent under the published score at most."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder of OPLib files")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--peer", action="store_true")
    words = parser.parse_args()
    files = sorted(words.data.glob("**/*.oplib"))
    found = [_one(one, words.seconds, words.peer) for one in files]
    gaps = [one["gap_percent"] for one in found]
    print(
        json.dumps({
            "seconds": words.seconds,
            "instances": len(found),
            "within_1_percent": sum(gap <= GOAL for gap in gaps),
            "worst_percent": max(gaps, default=None),
            "runs": found,
        })
    )  # fmt: skip


def _one(file: Path, seconds: float, peer: bool) -> dict[str, Any]:
    problem, best = read_oplib(file), published(file.with_suffix(".sol"))
    score, length = problem.measured(solve(problem, seconds))
    if length > problem.limit:
        raise SystemExit(f"{file.name}: the tour is too long")
    told = {
        "instance": file.stem, "published": best, "score": score,
        "gap_percent": round(100 * (best - score) / best, 2),
    }  # fmt: skip
    if peer:
        alone = routed(problem, seconds, 1)[0]
        told["pyvrp_gap_percent"] = round(100 * (best - alone) / best, 2)
    return told


if __name__ == "__main__":
    main()
