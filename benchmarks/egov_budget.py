"""Participatory budgets: equal shares on the largest Pabulib file against pabutools.

    python benchmarks/egov_budget.py --data …/people/pabulib [--peer PYTHON]

Prints one JSON document. The peer is pabutools (GPL) in a Python of its own, PABUTOOLS_PYTHON or
``--peer``; its time is that of the rule alone, with fractions as it counts by default, and the
winners must be the same in the same order. Ours includes what explains each of them. Neither
counts the reading of the file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from kopa.domains.egov.budget.decide import decide
from kopa.domains.egov.budget.rules import read_rules
from kopa.domains.egov.read_pabulib import read_pabulib

RULES = {"cost": "equal-shares-plain", "cardinality": "equal-shares-cardinality"}
PEER = """
import json, sys, time
from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
instance, profile = parse_pabulib(sys.argv[1])
found = {}
for name, one in {"cost": Cost_Sat, "cardinality": Cardinality_Sat}.items():
    begin = time.perf_counter()
    winners = method_of_equal_shares(instance, profile, one)
    found[name] = {"s": time.perf_counter() - begin, "winners": [p.name for p in winners]}
print(json.dumps(found))
"""
REPEATS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder of Pabulib files")
    parser.add_argument("--peer", default=os.environ.get("PABUTOOLS_PYTHON", ""))
    words = parser.parse_args()
    files = sorted(words.data.glob("*.pb"), key=lambda one: one.stat().st_size)
    large, many = files[-1], max(files, key=_projects)
    found = [_one(one, words.peer) for one in dict.fromkeys((large, many))]
    print(json.dumps({"files": len(files), "elections": found}))


def _projects(file: Path) -> int:
    return len(read_pabulib(file)[0])


def _one(file: Path, peer: str) -> dict[str, Any]:
    begin = time.perf_counter()
    election, _ = read_pabulib(file)
    found: dict[str, Any] = {
        "file": file.name, "voters": election.voters, "projects": len(election),
        "read_s": round(time.perf_counter() - begin, 3),
    }  # fmt: skip
    told = {}
    if peer:
        answer = subprocess.run(
            [peer, "-c", PEER, str(file)], capture_output=True, text=True, check=True
        )
        told = json.loads(answer.stdout.splitlines()[-1])
    rules = read_rules()
    for utility, rule in RULES.items():
        times = []
        for _ in range(REPEATS):
            begin = time.perf_counter()
            outcome = decide(election, rules[rule])
            times.append(time.perf_counter() - begin)
        row: dict[str, Any] = {"s": round(min(times), 4), "winners": len(outcome.winners)}
        if utility in told:
            one = told[utility]
            row |= {"peer_s": round(one["s"], 2), "ratio": round(one["s"] / min(times), 1)}
            row["same"] = [election.ids[at] for at in outcome.winners] == one["winners"]
        found[utility] = row
    return found


if __name__ == "__main__":
    main()
