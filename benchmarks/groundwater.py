"""Capture zones of four wells: all pathlines at once, against timflow's tracing one by one.

    python benchmarks/groundwater.py [--rounds 3]

Prints one JSON document. The field is made up: four wells of 4,320 m³/d in uniform flow. Kopa
gives zones of 1, 10 and 50 years and the stagnation points, adding pathlines where neighbours
part. The peer traces `PEER_LINES` pathlines of each well for 50 years
(`timflow.steady.Well.capturezone`, steps of 10 m), and gives no zones: `ratio` is of the time that
one pathline takes.
`area_error` is the worst difference of a zone from Q t / (n b).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

from kopa.domains.groundwater import capture as module
from kopa.domains.groundwater.capture import capture
from kopa.domains.groundwater.network import YEAR, Field
from kopa.domains.groundwater.read_field import DAY, read_field

HEAD = """\
id = "north"
gradient = 0.002
flow_azimuth_degree = 90
[[layer]]
conductivity_m_d = 25
thickness_m = 20
specific_storage_1_m = 1e-5
porosity = 0.25
"""
WELL = """
[[well]]
id = "W{id}"
x = {x}
y = {y}
radius_m = 0.2
discharge_m3_d = {q}
lift_m = 35
pump_efficiency = 0.6
max_drawdown_m = 20
"""
PLACES = ((0, 0, 432), (100, 50, 864), (200, 200, 1728), (300, 450, 1296))
YEARS = (1.0, 10.0, 50.0)
PEER_LINES = 8


def field() -> Field:
    """The four wells."""
    wells = (WELL.format(id=row, x=x, y=y, q=q) for row, (x, y, q) in enumerate(PLACES))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "field.toml"
        file.write_text(HEAD + "".join(wells), encoding="utf-8")
        return read_field(file)[0]


def naive(one: Field) -> float:
    """Seconds in which timflow traces a pathline, one by one."""
    import timflow.steady as timflow

    model = timflow.ModelMaq(kaq=25.0, z=[0, -20], npor=0.25)
    timflow.Constant(model, 1e5, 0, 0.0)
    timflow.Uflow(model, 0.002, 0)
    wells = [
        timflow.Well(model, x, y, Qw=rate * DAY, rw=0.2)
        for x, y, rate in zip(one.wells.x, one.wells.y, one.wells.discharge, strict=True)
    ]
    model.solve(silent=True)
    begin = time.perf_counter()
    for well in wells:
        well.capturezone(
            nt=PEER_LINES, hstepmax=10, tmax=YEARS[-1] * 365.25, nstepmax=3000, silent=True
        )
    return (time.perf_counter() - begin) / (PEER_LINES * len(wells))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of Kopa; the best counts")
    rounds = parser.parse_args().rounds
    one = field()
    rates = one.wells.discharge
    seconds = [year * YEAR for year in YEARS]
    counted: list[int] = []
    trace = module.trace_back
    module.trace_back = lambda *words: counted.append(len(words[3])) or trace(*words)  # type: ignore[func-returns-value]
    found = capture(one, seconds, rates)
    module.trace_back = trace
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        capture(one, seconds, rates)
        times.append(time.perf_counter() - begin)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = naive(one)
    errors = [
        abs(zone.shape.area / (rates[zone.well] * zone.seconds / 5) - 1) for zone in found.zones
    ]
    report = {
        "wells": len(rates),
        "pathlines": sum(counted),
        "zones": len(found.zones),
        "kopa_s": round(min(times), 3),
        "kopa_ms_per_pathline": round(min(times) / sum(counted) * 1e3, 2),
        "timflow_ms_per_pathline": round(peer * 1e3, 1),
        "ratio": round(peer / min(times) * sum(counted), 1),
        "area_error": round(float(np.max(errors)), 4),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
