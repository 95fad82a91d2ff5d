"""Micropolis: 5,000 people's water, power and buildings, from published data."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shared_data import data

from kopa.city.documents import whatif_document
from kopa.city.load import City, load_city
from kopa.city.screen import screen_city
from kopa.city.whatif import WhatIf, what_if
from kopa.console import plain
from kopa.coupling.screen import outages
from kopa.coupling.solver import Solver
from kopa.model import Window

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
WINDOW = Window(0, 3600, 36)
LINE = "energy:P_L50 out 06:00-18:00"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    source = data("coupled", "micropolis")
    from micropolis import assemble

    return load_city(assemble(source, tmp_path_factory.mktemp("micropolis")))


@pytest.fixture(scope="module")
def solver(city: City) -> Solver:
    return city.solver(WINDOW)


@pytest.fixture(scope="module")
def answer(city: City, solver: Solver) -> WhatIf:
    return what_if(city, solver, [city.change(LINE)])


def test_it_is_read_whole(city: City) -> None:
    kinds = [kind for domain in city.domains.values() for kind in domain.assets().kinds]
    counted = {
        kind: kinds.count(kind) for kind in ("pipe", "pump", "tank", "line", "trafo", "motor")
    }
    assert counted == {"pipe": 1611, "pump": 8, "tank": 1, "line": 378, "trafo": 789, "motor": 3}
    assert len(outages(city.domains)) == 2790
    assert {f.severity for f in city.findings} == {"warning"}


def test_the_outage_passes_motors_pumps_and_tank_to_people_hours_later(
    city: City, answer: WhatIf
) -> None:
    assert answer.status == "ok"
    document = plain(whatif_document(city, answer))
    row = max(
        (
            row
            for row in document["effects"]
            if row["quantity"] == "person_hours" and row["service"] == "water" and not row["group"]
        ),
        key=lambda row: row["mid"],
    )
    steps = [(step["asset"].split(":")[0], step["what"]) for step in row["cause"]]
    assert steps[0] == ("energy", "out")
    assert ("water", "empty") in steps
    assert steps[-1] == ("places", "no_water")
    motors = {s["asset"] for s in row["cause"] if s["asset"].startswith("energy:motor")}
    assert motors == {"energy:motor:0", "energy:motor:1", "energy:motor:2"}
    # hours later: the power fails at 06:00, the tank is empty at 09:54
    assert row["from"] == "09:00"


def test_it_ends_when_power_and_water_are_back(city: City, answer: WhatIf) -> None:
    homes = answer.solution.results["places"]
    water, power = homes.outputs["water"], homes.outputs["electricity"]
    usual = answer.baseline.results["places"].outputs["water"]
    assert (power[18:] == 1).all()
    short = (water < usual - 1e-4).sum(axis=1)
    assert short[:6].max() == 0
    assert short[6:8].max() <= 1  # one building hangs on the pumps themselves
    assert short[10:18].min() > 700
    dry = (water < 0.5) & (usual >= 0.5)
    assert not dry[20:].any()  # the tank is slow to fill, but nobody is dry any more
    people = city.domains["places"].assets().people
    lost = people[(water[12] < 0.5)].sum()
    assert lost > 0.9 * people.sum()


def test_the_coupling_sees_what_electricity_alone_does_not(city: City) -> None:
    """A transformer that feeds the motors and next to nobody else."""
    day = Window(0, 3600, 24)
    found = screen_city(city, city.solver(day), ["energy"])
    by_id = {r.case.change.full: r for r in found.assets}
    trafo = by_id["energy:trafo:1301"]
    assert trafo.own_rank > 50

    def people(asset: str, service: str) -> float:
        told = by_id[asset].case.told
        assert told is not None
        lines = [k for k in told.lines if (k.quantity, k.service) == ("person_hours", service)]
        return sum(k.mid for k in lines)

    dry = {asset: people(asset, "water") for asset in by_id}
    dark = {asset: people(asset, "electricity") for asset in by_id}
    assert dry["energy:trafo:1301"] == max(dry.values()) > 100_000
    assert sum(value > dark["energy:trafo:1301"] for value in dark.values()) > 100
    assert trafo.surprise > 1


def test_a_line_that_stops_no_pump_does_not_run_water(city: City, solver: Solver) -> None:
    answer = what_if(city, solver, [city.change("energy:line:240 out 06:00-18:00")])
    assert answer.solution.runs == {"water": 0, "energy": 0, "places": 1}


def test_incremental_is_cold(city: City, solver: Solver, answer: WhatIf) -> None:
    cold = solver.cold([city.change(LINE)])
    for name, result in cold.results.items():
        for port, series in result.outputs.items():
            assert (series == answer.solution.results[name].outputs[port]).all(), (name, port)
