"""From the socket to the river and back: each chain through the domains of water, by hand.

The city of `small_city`: sewers fall to a well of 50 m² floor, from which a pump lifts to the plant
and a weir, 2 m above the floor, leads to the river above the beach. Wells feed a waterworks, and
that feeds the network's reservoir.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from small_city import LINKS, SEWERS, write_whole_city

from kopa.city.documents import whatif_document
from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.console import plain
from kopa.coupling.solver import Solver
from kopa.model import FloatArray, Window

DAY = Window(0, 900, 96)
SEWAGE = 15e-3  # m³/s into the well
SEWER = 0.3  # m
CUT = "energy:load:1 out 08:00-14:00"

FAMILY = """\
energy,electricity,load:1,sewerage,electricity,PU1,all,0.5,,,surveyed
sewerage,spill,M1,transport,dry,100-2,curve,0:1 0.5:1 1:0,,,surveyed
sewerage,overflow,RIVER,environment,overflow,up,sum,,,,surveyed
sewerage,inflow,WWTP,treatment,inflow,WWTP,sum,,,,surveyed
treatment,overflow,WWTP,environment,overflow,up,sum,,,,surveyed
treatment,ammonia,WWTP,environment,ammonia,up,sum,,,,surveyed
groundwater,raw_water,field,treatment,raw_water,WW,all,,,,surveyed
treatment,supply,WW,water,supply,R,all,0.5,,,surveyed
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = write_whole_city(tmp_path_factory.mktemp("city"))
    (folder / "links.csv").write_text(LINKS + FAMILY, encoding="utf-8")
    narrow = SEWERS.replace("CIRCULAR 0.5", f"CIRCULAR {SEWER}")
    (folder / "sewers.inp").write_text(narrow, encoding="utf-8")
    return load_city(folder)


@pytest.fixture(scope="module")
def solver(city: City) -> Solver:
    return city.solver(DAY)


def ask(city: City, solver: Solver, *texts: str) -> WhatIf:
    return what_if(city, solver, [city.change(text) for text in texts])


def series(city: City, answer: WhatIf, domain: str, port: str, asset: str) -> FloatArray:
    row = city.domains[domain].assets().index[asset]
    found = next(p for p in city.domains[domain].ports() if p.direction == "out" and p.name == port)
    return np.asarray(answer.solution.results[domain].outputs[port][:, found.column[row]])


def total(answer: WhatIf, quantity: str) -> float:
    return sum(t.mid for t in answer.totals if t.quantity == quantity)


def causes(city: City, answer: WhatIf, asset: str) -> list[tuple[str, str]]:
    rows = plain(whatif_document(city, answer))["effects"]
    row = next(row for row in rows if row["asset"] == asset)
    return [(step["asset"], step["what"]) for step in row["cause"]]


def in_order(found: Sequence[tuple[str, str]], *wanted: tuple[str, str]) -> bool:
    rest = iter(found)
    return all(one in rest for one in wanted)


def test_power_cut_well_river_beach(city: City, solver: Solver) -> None:
    """The pump stands from 08:00 to 14:00; the well fills to the weir, then all spills."""
    answer = ask(city, solver, CUT)
    assert answer.status == "ok"
    stands = 0.2 + 0.6 * SEWAGE / 60e-3  # m, where the pump lifts what comes
    fills = 50 * (2 - stands) / SEWAGE  # s
    over = (SEWAGE / (1.84 * 2)) ** (2 / 3)  # m over the weir
    spilled = SEWAGE * (6 * 3600 - fills) - 50 * over
    flow = series(city, answer, "sewerage", "overflow", "RIVER")
    assert flow.sum() * DAY.step / 1e3 == pytest.approx(spilled, rel=0.02)
    first = int(np.flatnonzero(flow > 0.1)[0])
    assert first == (8 * 3600 + fills) // DAY.step
    closed = series(city, answer, "environment", "bathing", "beach") == 0
    assert closed.any()
    # as far as the middle of the second reach, at the speed of its water, but for its spreading
    assert first < np.flatnonzero(closed)[0] < first + (3000 / 0.25 + 1000 / 0.3) / DAY.step
    assert in_order(
        causes(city, answer, "environment:beach"),
        ("energy:load:1", "out"),
        ("sewerage:PU1", "no_electricity"),
        ("environment:beach", "bathing_alert"),
    )


def test_cloudburst_manhole_street_bus(city: City, solver: Solver) -> None:
    """A hectare of roofs under 150 mm/h brings 417 L/s; two sewers of 0.3 m take a third."""
    answer = ask(city, solver, "sewerage:network rain 150 mm/h 11:45-12:30")
    assert answer.status == "ok"
    spill = series(city, answer, "sewerage", "spill", "M1")
    # Manning, full, from the ground at 13 m to the well, which stands at 9.0 to 9.4 m
    area, radius = math.pi * SEWER**2 / 4, SEWER / 4
    taken = [1e3 * area * radius ** (2 / 3) * math.sqrt(fall / 200) / 0.013 for fall in (3.6, 4.0)]
    assert 427 - taken[1] < spill.max() < 427 - taken[0]
    (flooded,) = [e for e in answer.solution.results["transport"].events if e.what == "closed"]
    wet = DAY.starts[spill > 0.5]
    assert (flooded.start, flooded.end) == (wet[0], wet[-1] + DAY.step)
    found = causes(city, answer, "transport:trip/noon")
    assert in_order(
        found,
        ("sewerage:network", "rain"),
        ("sewerage:M1", "flooded"),
        ("transport:100-2", "closed"),
        ("transport:trip/noon", "hit"),
    )


def test_storm_plant_energy_ammonia(city: City, solver: Solver) -> None:
    """Water that the plant does not know from dry days: more to lift, thinner to treat."""
    answer = ask(city, solver, "sewerage:network rain 10 mm/h 08:00-12:00")
    assert answer.status == "ok"
    inflow = series(city, answer, "sewerage", "inflow", "WWTP")
    usual = series(city, ask(city, solver), "sewerage", "inflow", "WWTP")
    # 10 mm/h on a hectare in four hours, less what wets the roofs; what the pump cannot lift spills
    spilled = series(city, answer, "sewerage", "overflow", "RIVER").sum()
    more = (inflow - usual).sum() + spilled
    assert more * DAY.step / 1e3 == pytest.approx(0.01 * 4 * 1e4, rel=0.05)
    assert total(answer, "treatment_energy") > 0
    assert total(answer, "ammonia_discharged") != 0
    load = series(city, answer, "treatment", "ammonia", "WWTP")
    before = series(city, ask(city, solver), "treatment", "ammonia", "WWTP")
    assert load.sum() > before.sum()


def test_well_field_works_reservoir_tap(city: City, solver: Solver) -> None:
    """Without its wells the works gives nothing, and the town lives on its tank."""
    answer = ask(city, solver, "groundwater:field out 06:00-24:00")
    assert answer.status == "ok"
    full = math.pi * 6**2 / 4 * 5.0  # m³ in the tank
    share = series(city, answer, "water", "water", "C")
    lost = (DAY.starts / 3600)[share < 0.5]
    assert 6 < lost[0] < 6 + full / 4e-3 / 3600
    found = causes(city, answer, "places:h2")
    assert in_order(
        found,
        ("groundwater:field", "out"),
        ("treatment:WW", "less_raw_water"),
        ("water:R", "no_supply"),
        ("water:T", "empty"),
    )


def test_undoing_a_link_undoes_what_came_by_it(city: City, solver: Solver) -> None:
    numbers = [n for n, link in enumerate(city.links) if link.target.port == "overflow"]
    answer = what_if(city, solver, [city.change(CUT)], without=numbers)
    assert series(city, answer, "environment", "bathing", "beach").min() == 1
    assert series(city, answer, "sewerage", "overflow", "RIVER").max() > 0
