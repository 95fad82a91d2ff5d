"""A designed grid: pandapower finds it converging, within its limits, and radial."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandapower as pp
import pandapower.topology as topology
import pytest
from shared_data import data
from small_survey import small_survey

from kopa.city.survey import Wishes, make_survey
from kopa.domain.design import Design, Site, Survey
from kopa.domains.energy.design import DESIGNER
from kopa.domains.energy.design.demand import customers
from kopa.domains.energy.design.rules import RULES
from kopa.domains.energy.design.stations import place_stations
from kopa.domains.energy.read_pandapower import read

pytestmark = pytest.mark.filterwarnings("ignore")  # pandapower warns of pandas


def drawn(survey: Survey, folder: Path) -> Design:
    return DESIGNER.draw(survey, folder, lambda text: None)


def checked(file: Path) -> object:
    """The grid as pandapower has it, solved, within its limits."""
    net = pp.from_json(str(file))
    pp.runpp(net)
    assert net.converged
    assert net.res_bus.vm_pu.between(0.9, 1.1).all()
    assert net.res_line.loading_percent.max() <= 100
    assert net.res_trafo.loading_percent.max() <= 100
    return net


def test_a_grid_of_streets(tmp_path: Path) -> None:
    survey = small_survey()
    design = drawn(survey, tmp_path)
    net = checked(tmp_path / "energy" / "grid.json")
    assert design.findings == ()
    assert len(net.load) == len(customers(survey).kw)  # type: ignore[attr-defined]
    assert net.load.p_mw.sum() == pytest.approx(  # type: ignore[attr-defined]
        customers(survey).kw.sum() / 1000, abs=1e-4
    )
    assert set(net.line.origin) == {"synthetic"}  # type: ignore[attr-defined]
    assert design.counts["least_voltage_pu"] == pytest.approx(
        net.res_bus.vm_pu.min(),
        abs=1e-3,  # type: ignore[attr-defined]
    )


def test_rings_are_open_at_one_point_and_close_to_a_second_way(tmp_path: Path) -> None:
    drawn(small_survey(people=60), tmp_path)
    net = pp.from_json(str(tmp_path / "energy" / "grid.json"))
    open_lines = net.switch.element[~net.switch.closed]
    assert len(open_lines) == len({n.split("-")[1] for n in net.line.name if n.startswith("MV")})
    graph = topology.create_nxgraph(net, respect_switches=True)
    assert len(graph.nodes) - 1 <= len(graph.edges)
    for line in net.line.index[net.line.name.str.startswith("MV")]:
        if line in set(open_lines):
            continue
        net.switch.closed = True  # every ring closed, one cable lost: everybody is supplied
        net.line.loc[line, "in_service"] = False
        assert not topology.unsupplied_buses(net)
        net.line.loc[line, "in_service"] = True


def test_a_ring_carries_its_load_from_one_end(tmp_path: Path) -> None:
    """N-1 of the medium voltage: the first cable of a ring fails, its open point closes."""
    drawn(small_survey(people=60), tmp_path)
    net = pp.from_json(str(tmp_path / "energy" / "grid.json"))
    first = net.line.index[net.line.name == "MV-1-1"][0]
    net.line.loc[first, "in_service"] = False
    net.switch.closed = True
    pp.runpp(net)
    assert net.res_line.loading_percent.max() <= 100
    assert net.res_bus.vm_pu.min() >= 0.9


def test_the_same_map_gives_the_same_bytes(tmp_path: Path) -> None:
    drawn(small_survey(), tmp_path / "a")
    drawn(small_survey(), tmp_path / "b")
    files = [tmp_path / side / "energy" / "grid.json" for side in "ab"]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_sites_of_other_designs_are_supplied(tmp_path: Path) -> None:
    from dataclasses import replace

    survey = small_survey()
    x, y = float(survey.streets.x[5]), float(survey.streets.y[5])
    pumps = (Site("water:PU-1", "pump", x, y, 35.0, 5), Site("water:PU-2", "pump", x, y, 450.0, 5))
    drawn(replace(survey, sites=pumps), tmp_path)
    network, _ = read(tmp_path / "energy" / "grid.json")
    assert {"water:PU-1", "water:PU-2"} <= set(network.assets.names)
    checked(tmp_path / "energy" / "grid.json")


def test_the_peak_of_a_home_by_hand() -> None:
    """30 residents live in 14 dwellings of 2.2: 14 × 1.5 kW."""
    survey = small_survey(people=30)
    home = int(np.flatnonzero(survey.spots.homes)[0])
    who = customers(survey)
    assert who.kw[who.ids.index(survey.spots.ids[home])] == pytest.approx(14 * 1.5)


def test_stations_keep_to_their_span_and_load() -> None:
    survey = small_survey(people=60)
    who = customers(survey)
    stations = place_stations(survey, who)
    assert sorted(c for s in stations for c in s.customers) == list(range(len(who.kw)))
    for station in stations:
        if station.own:
            continue
        way = {station.node: 0.0}
        for street, near, far in station.streets:
            way[far] = way[near] + float(survey.streets.length[street])
        assert max(way.values()) <= RULES["station_span_m"]
        alone = max(who.kw[list(station.customers)])
        assert station.kw <= max(RULES["station_kva"] * RULES["cos_phi"], alone * 20)


@pytest.mark.parametrize(
    ("parts", "population"), [(("laquila", "laquila.osm.pbf"), 70_000), (("monaco.osm.pbf",), 0)]
)
def test_real_maps(tmp_path: Path, parts: tuple[str, ...], population: int) -> None:
    survey, _ = make_survey(Wishes(data("city", *parts), population=population))
    design = drawn(survey, tmp_path)
    checked(tmp_path / "energy" / "grid.json")
    assert not [f for f in design.findings if f.severity != "info"]
