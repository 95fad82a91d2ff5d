"""From a finding to a signed draft of an alert: what-if, who is cut off, area, words, signature.

    python benchmarks/emergency_alert.py CITY 'water:P551739995-1 burst 1000 cm2'

CITY is a folder that ``kopa new`` made, such as L'Aquila's. The city is loaded and its baseline
solved before, as in the live platform; the first answer and a second one are timed apart. No other
tool computes the area from the networks, so there is no peer: the figures are seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from kopa.alerting.draft import Wish, draft
from kopa.alerting.publish import signed
from kopa.cap.engine_signxml import read_signer
from kopa.city.affected import affected
from kopa.city.load import City, load_city
from kopa.city.whatif import what_if
from kopa.coupling.solver import Solver
from kopa.model import Window

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from cap_keys import person


def answered(city: City, solver: Solver, change: str) -> dict[str, float]:
    """Seconds of each step, and what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        signer = read_signer(*person(Path(folder), "duty"))
    begin = time.perf_counter()
    found = affected(city, what_if(city, solver, [city.change(change)]))
    known = time.perf_counter()
    now = datetime.now(UTC)
    made = draft(found, Wish("alerts@city.example", now, now.date()))
    drafted = time.perf_counter()
    size = len(signed(made, signer))
    end = time.perf_counter()
    return {
        "cut_off_s": known - begin,
        "draft_s": drafted - known,
        "sign_s": end - drafted,
        "whole_s": end - begin,
        "people": found.most_people(),
        "polygons": float(sum(len(area.polygons) for area in made.infos[0].areas)),
        "bytes": float(size),
    }


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path)
    parser.add_argument("change")
    arguments = parser.parse_args()
    city = load_city(arguments.city)
    solver = city.solver(Window(0, 3600, 24))
    begin = time.perf_counter()
    status = solver.baseline.status
    document = {
        "baseline": status,
        "baseline_s": time.perf_counter() - begin,
        "first": answered(city, solver, arguments.change),
        "second": answered(city, solver, arguments.change),
    }
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
