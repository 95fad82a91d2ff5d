"""Forecast and N-1 of the Astlingen sewers (zeta): plain pyswmm against Kopa.

    python benchmarks/sewerage.py …/sewer/zeta.inp [--rounds 3] [--sample 5]

Prints one JSON document. Forecast: 50 members of 6 h from a hot start after a day. pyswmm has the
same hot start and rain written into the file, and runs one member after the other; its time a
member, over a sample, is scaled to all. N-1: 13 elements out for the file's
four days; pyswmm runs the file with a rule that shuts the element. Reading of the file is in
neither; Kopa's workers are warm. The best of `--rounds` counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.sewerage.cases import Case, Study, elements, forecast, outage, own_period
from kopa.domains.sewerage.edits import Period
from kopa.domains.sewerage.read_inp import read_inp

MEMBERS, ELEMENTS, HOURS = 50, 13, 6
DAY = 86_400


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("network", type=Path, metavar="zeta.inp")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of Kopa; the best counts")
    parser.add_argument("--sample", type=int, default=5, help="runs of pyswmm")
    arguments = parser.parse_args()
    network, _ = read_inp(arguments.network)
    whole = Study(network, own_period(network, None, None, 300))
    state = Study(network, own_period(network, 24, None, 300)).run(Case(), keep=True).hotstart
    ahead = Study(network, Period(whole.period.day, DAY, DAY + HOURS * 3600), hotstart=state)
    members = [(storm(member), 300) for member in range(MEMBERS)]
    rows = elements(network, conduits=True)[:ELEMENTS]
    outages = [outage(network, row, whole.period) for row in rows]
    told = {
        "forecast": measured(
            lambda: forecast(ahead, members),
            [ahead.job(Case(rain=rain)) for rain, _ in members[:: MEMBERS // arguments.sample]],
            MEMBERS,
            arguments.rounds,
        ),
        "n1": measured(
            lambda: whole.spills(outages),
            [whole.job(case) for case in outages[:: ELEMENTS // arguments.sample]],
            ELEMENTS,
            arguments.rounds,
        ),
    }
    probability, _ = forecast(ahead, members).probability(1.0)
    told["forecast"]["places_that_spill"] = int((probability > 0).sum())
    print(json.dumps(told))


def storm(member: int) -> list[tuple[int, float]]:
    """An hour of rain, a member's heavier than the one before, mm/h from some second on."""
    shape = 30 * np.sin(np.linspace(0, np.pi, 12)) * (1 + member / MEMBERS)
    rates = [*shape.tolist(), 0.0]
    return [(DAY + 1800 + 300 * step, rate) for step, rate in enumerate(rates)]


def measured(kopa: Any, jobs: Sequence[Any], cases: int, rounds: int) -> dict[str, Any]:
    """Seconds of both and their ratio."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        kopa()
        times.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    for job in jobs:
        plain(job)
    peer = (time.perf_counter() - begin) / len(jobs) * cases
    return {
        "cases": cases,
        "kopa_s": round(min(times), 3),
        "pyswmm_s": round(peer, 3),
        "ratio": round(peer / min(times), 1),
    }


def plain(job: Any) -> None:
    """The same file run by pyswmm from its beginning to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyswmm import Simulation  # type: ignore[import-untyped]  # it has no types
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = job.inp
        if job.hotstart is not None:
            (folder / "state.hsf").write_bytes(job.hotstart)
            text += f'[FILES]\nUSE HOTSTART "{folder / "state.hsf"}"\n'.encode()
        (folder / "case.inp").write_bytes(text)
        with Simulation(str(folder / "case.inp")) as simulation:
            for _ in simulation:
                pass


if __name__ == "__main__":
    main()
