"""The grid together with pumps, plans, roofs and all that must not stay dark."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.transport.small_streets import write_streets
from small_city import extend, write_city

from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.domain import Result
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.hosting import together
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.plan import Problem, Site, Storage, Wish
from kopa.domains.energy.plan_grid import Connected, GridCuts
from kopa.domains.energy.schedule import Plan, schedule
from kopa.model import Window

DAY = Window(0, 3600, 24)


def changed_places(folder: Path, **more: Any) -> None:
    """Properties of places, by id."""
    file = folder / "places.geojson"
    places = json.loads(file.read_text(encoding="utf-8"))
    for one in places["features"]:
        one["properties"] |= more.get(one["properties"]["id"], {})
    file.write_text(json.dumps(places), encoding="utf-8")


@pytest.fixture
def city(tmp_path: Path) -> City:
    """The small city; its second home is a mast with a battery, and its streets have signals."""
    write_city(tmp_path)
    write_streets(tmp_path / "streets.osm.pbf")
    mast = {"kind": "mast", "electricity_buffer_h": 2}
    changed_places(tmp_path, h2=mast)
    fed = "".join(
        f"energy,electricity,load:1,{end},all,,,,surveyed\n"
        for end in ("places,electricity,h2", "transport,electricity,signal/2")
    )
    extend(tmp_path, '\n[transport]\nstreets = "streets.osm.pbf"\n', fed)
    return load_city(tmp_path)


def critical_hours(answer: WhatIf, city: City, service: str) -> dict[str, float]:
    """Hours of critical sites without a service, by place."""
    ids = city.domains["places"].assets().ids
    return {
        ids[row]: float(value)
        for one in answer.effects
        if (one.quantity, one.service) == ("critical_site_hours", service) and not one.factors
        for row, value in zip(one.rows, one.mid, strict=True)
    }


def test_a_dead_bus_stops_pumps_and_outlasts_batteries(city: City) -> None:
    """Bus 1 feeds a pump, a signal, the hospital (3 h of battery) and the mast (2 h), for 10 h."""
    answer = what_if(city, city.solver(DAY), [city.change("energy:bus:1 out 06:00-16:00")])
    assert answer.solution.status == "ok"
    assert critical_hours(answer, city, "electricity") == {"hospital": 7.0, "h2": 8.0}
    water = answer.solution.results["water"]
    assert "no_electricity" in {event.what for event in water.events}
    transport = answer.solution.results["transport"]
    (dark,) = transport.events
    ids = city.domains["transport"].assets().ids
    assert (dark.what, [ids[row] for row in dark.rows]) == ("no_electricity", ["signal/2"])
    assert (dark.start, dark.end) == (6 * 3600, 16 * 3600)


def tank(steps: int = 24) -> Problem:
    """Pumps of 16 MW that may run when it is cheap, at the end of the feeder; synthetic."""
    whole = np.ones(steps)
    pumps = Storage(
        name="pumps",
        at="load:1",
        unit="m3",
        start=40e3,
        low=20e3,
        high=400e3,
        per_kwh_in=2.5,
        per_kwh_out=2.5,
        kept=1.0,
        gain=-12e3 * whole,
        most_in=16e3 * whole,
        most_out=0 * whole,
        levels=(),
        wishes=(Wish("soc-minima", steps, steps, 40e3),),
    )
    price = np.where(np.arange(steps) < 6, 0.05, 0.15)
    none = np.inf * whole
    site = Site(price, np.empty(0), np.nan * whole, 0.0, none, none, *[np.inf] * 2, 0.0, 0.0,
                *[np.inf] * 2)  # fmt: skip
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return Problem(start, 1.0, steps, "EUR", site, (pumps,), (), ())


def on_the_grid(grid: Energy, plan: Plan) -> Result:
    """The grid with what a plan draws at its bus."""
    (port,) = (port for port in grid.ports() if port.name == "added_demand")
    added = np.zeros((DAY.steps, len(port.rows)))
    added[:, port.column[grid.assets().index["load:1"]]] = plan.device_kw[0]
    return grid.run(DAY, [], {"added_demand": added})


def test_the_grid_holds_the_pump_plan_back(city: City) -> None:
    """Pumping all at the cheap hours overloads the feeder; its limit comes back to the plan."""
    grid, problem = city.domains["energy"], tank()
    assert isinstance(grid, Energy)
    free = schedule(problem)
    overload = [one.code for one in on_the_grid(grid, free).findings]
    assert "energy.overload" in overload
    assert free.device_kw[0][:6] == pytest.approx(16e3 * np.ones(6))
    at = np.array([int(grid.network.units.bus[1])])
    factors = np.ones((24, len(grid.network.units.rows)))
    limits = Limits(0.9, 1.1, 80.0)
    cuts = GridCuts(grid, problem, Connected(at, np.empty(0, dtype=int), factors), limits)
    held = schedule(problem, cutter=cuts)
    assert not on_the_grid(grid, held).findings
    assert held.cost > free.cost
    assert held.stock[0][-1] == pytest.approx(40e3)


def test_roofs_meet_the_hosting_capacity(city: City) -> None:
    """Roofs of the places, by the links that feed them: 0.2 kWp a m², and only some of it fits."""
    grid = city.domains["energy"]
    assert isinstance(grid, Energy)
    roof_m2 = {"h1": 60_000.0, "h2": 40_000.0, "hospital": 20_000.0}  # synthetic, all of it
    wanted = np.zeros(grid.network.buses)
    for link in city.links:
        if link.target.domain == "places" and link.target.port == "electricity":
            row = grid.assets().index[link.source.asset]
            bus = int(grid.network.units.bus[list(grid.network.units.rows).index(row)])
            wanted[bus] += 0.2 * roof_m2[link.target.asset] / 1e3
    assert wanted.sum() == pytest.approx(24.0)
    found = together(grid, wanted, 1.0, True, Limits())
    # the first line carries 0.4 kA at 20 kV, 13.9 MVA, beside 0.7 MW of loads; voltage and
    # reactive power take some of it
    assert found.binds == "loading"
    assert found.share * 24 == pytest.approx(np.sqrt(3) * 20 * 0.4 + 0.7, rel=0.03)
    assert together(grid, wanted / 2, 1.0, True, Limits()).share == 1.0


def test_a_dairys_power_comes_to_the_grid(tmp_path: Path) -> None:
    """400 kW by day and night: the grid carries it, and less while the dairy stands still."""
    from domains.industry.plants import write

    write_city(tmp_path)
    write(tmp_path)
    links = "industry,electricity_demand,dairy,energy,added_demand,load:0,sum,,,,surveyed\n"
    extend(tmp_path, '\n[industry]\nsites = "sites.geojson"\n', links)
    city = load_city(tmp_path)
    quiet = what_if(city, city.solver(DAY), [city.change("energy:load:1 factor 1")])
    usual = quiet.solution.results["energy"].balance
    assert usual is not None
    assert usual.used == pytest.approx((700 + 400) * 24)
    still = what_if(city, city.solver(DAY), [city.change("industry:dairy out 06:00-16:00")])
    less = still.solution.results["energy"].balance
    assert less is not None
    power = still.solution.results["industry"].outputs["electricity_demand"][:, 0]
    assert power.min() < 400
    assert less.used == pytest.approx(700 * 24 + power.sum())
