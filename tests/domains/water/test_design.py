"""Designs of water supply hold their rules, seen by tools other than the loop that sized them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shared_data import data
from small_survey import small_survey

from kopa.city.survey import Wishes, make_survey
from kopa.domain.design import Design, Survey
from kopa.domain.rules import Rule, Rules, rules
from kopa.domains.water.design import DESIGNER
from kopa.domains.water.design.demand import (
    CLASSES,
    busiest_hour,
    demand,
    hour_factor,
    patterns,
    spot_demand,
)
from kopa.domains.water.design.draw import PACKAGE, draw
from kopa.domains.water.design.zones import Graph, feed_zones, zone_labels
from kopa.domains.water.domain import Water
from kopa.domains.water.network import JUNCTION, PRV, PUMP, Network
from kopa.domains.water.read_inp import read_inp
from kopa.errors import RangeError
from kopa.model import Window
from kopa.model.graph import reached

RULES = rules(PACKAGE)
DAY = Window(0, 3600, 24)
HILLS = (0.0, 30.0, 120.0, 300.0)


@pytest.fixture(scope="module", params=HILLS, ids=lambda hill: f"hill{hill:g}")
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Survey, Design, Path]:
    folder = tmp_path_factory.mktemp("city")
    survey = small_survey(request.param)
    return survey, draw(survey, folder), folder


def network(folder: Path) -> Network:
    found, findings = read_inp(folder / "water" / "network.inp")
    assert findings == ()
    return found


def features(folder: Path, name: str) -> list[dict[str, Any]]:
    document = json.loads((folder / "water" / f"{name}.geojson").read_text(encoding="utf-8"))
    assert document["crs"]["properties"]["name"] == "EPSG:32634"
    found: list[dict[str, Any]] = document["features"]
    return found


def peak(found: Network, people: float) -> tuple[int, float]:
    """Hour of the greatest demand, and what demands are multiplied by on the greatest day."""
    base = np.zeros(len(CLASSES))
    for flow, pattern in zip(found.demand_base, found.demand_pattern, strict=True):
        base[pattern] += flow  # patterns are written in the order of the classes
    hour, factor = busiest_hour(base)
    return hour, hour_factor(RULES, people) / factor


def wntr_at_peak(file: Path, hour: int, factor: float) -> tuple[Any, Any]:
    """The network and EPANET 2.2's steady state of the design hour, by wntr."""
    wntr = pytest.importorskip("wntr")
    model = wntr.network.WaterNetworkModel(str(file))
    model.options.hydraulic.demand_model = "DDA"
    model.options.hydraulic.demand_multiplier = factor
    model.options.time.pattern_start = hour * 3600
    model.options.time.duration = 0
    for _, tank in model.tanks():
        tank.init_level = RULES["tank_low"]
    for name, pump in model.pumps():
        standby = name.rsplit("-", 1)[0] + "-3" == name or (
            name.endswith("-2") and name[:-1] + "3" not in model.pump_name_list
        )
        pump.initial_status = "Closed" if standby else "Open"
    for name in list(model.control_name_list):
        model.remove_control(name)
    return model, wntr.sim.EpanetSimulator(model).run_sim()


@pytest.mark.filterwarnings("ignore")
def test_pressure_and_velocity_hold_at_the_greatest_hour(
    made: tuple[Survey, Design, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # wntr leaves its files where it runs
    survey, design, folder = made
    hour, factor = peak(network(folder), float(survey.spots.people[survey.spots.homes].sum()))
    model, result = wntr_at_peak(folder / "water" / "network.inp", hour, factor)
    streets = [name for name in model.junction_name_list if not name.startswith("JZ")]
    assert len(streets) == survey.streets.nodes
    pressure = result.node["pressure"].iloc[0]
    assert pressure[streets].min() >= 20.0
    speed = result.link["velocity"].iloc[0][model.pipe_name_list]
    assert speed.max() <= RULES["velocity"] + 1e-3
    assert pressure[streets].min() == pytest.approx(design.counts["least_pressure_m"], abs=0.6)


def test_a_day_serves_everybody_and_fills_the_tanks(made: tuple[Survey, Design, Path]) -> None:
    survey, design, folder = made
    assert design.findings == ()
    result = Water(network(folder)).run(DAY, (), {})
    assert result.status == "ok"
    assert result.findings == ()
    assert result.outputs["water"].min() == 1.0
    assert result.outputs["pressure"].min() >= 20.0
    asked = float(spot_demand(RULES, survey.spots).sum()) * 86_400
    losses = float(survey.streets.length[survey.mains].sum()) * 1e-3 * RULES["losses"]
    assert design.counts["mean_demand_m3_d"] == pytest.approx(asked + losses, abs=1.0)


def test_the_greatest_day_runs_no_tank_dry(made: tuple[Survey, Design, Path]) -> None:
    from kopa.domain import checked, parse_change
    from kopa.domains.water.domain import KINDS

    survey, _, folder = made
    water = Water(network(folder))
    people = float(survey.spots.people[survey.spots.homes].sum())
    day = max(people, 1000.0) ** -0.0752 * 3.9
    change = checked(parse_change(f"water:network factor {day:.4f}"), water.assets(), KINDS)
    result = water.run(DAY, (change,), {})
    assert result.status == "ok"
    assert result.outputs["water"].min() == 1.0


def test_the_same_survey_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        draw(small_survey(120.0), tmp_path / name)
    for file in ("network.inp", "hydrants.geojson", "valves.geojson"):
        one, other = (tmp_path / name / "water" / file for name in ("one", "other"))
        assert one.read_bytes() == other.read_bytes()


def test_every_junction_is_fed(made: tuple[Survey, Design, Path]) -> None:
    found = network(made[2])
    a, b = found.ends[:, ~found.always_shut | (found.link_types == PUMP)]
    assert reached(len(found.node_ids), a, b, found.sources).all()
    assert {found.node_ids[row][0] for row in found.junctions} == {"J"}


def test_a_hill_is_cut_into_zones_that_no_open_pipe_joins() -> None:
    """Pipes between zones are shut; what feeds a zone is a pump or a valve."""
    survey = small_survey(300.0)
    graph = street_graph(survey)
    people = np.full(graph.junctions, 100.0)
    label = zone_labels(RULES, graph, people)
    zones = feed_zones(RULES, graph, label, int(label[0]), people)
    for zone in range(zones.count):
        inside = graph.ground[label == zone]
        assert np.ptp(inside) <= RULES["widest_band"]
        assert zones.head[zone] >= inside.max() + 20 + RULES["least_loss"]
    assert sorted(zones.order) == list(range(zones.count))
    assert sum(feed is None for feed in zones.feeds) == 1
    for zone, feed in enumerate(zones.feeds):
        if feed is not None:
            above = zones.parent[zone]
            assert (label[feed.outlet], label[feed.inlet]) == (above, zone)
            assert feed.lifted or zones.head[above] > zones.head[zone]


def test_small_zones_join_a_neighbour_only_where_pressure_allows() -> None:
    """A knoll of one crossing, 45 m above the rest; 60 m are too much to share a pressure."""
    flat = street_graph(small_survey())
    few, many = np.full(flat.junctions, 10.0), np.full(flat.junctions, 1000.0)
    for height, people, zones in ((45.0, few, 1), (45.0, many, 2), (60.0, few, 2)):
        ground = np.where(np.arange(flat.junctions) == 77, 10.0 + height, 10.0)
        label = zone_labels(RULES, replace(flat, ground=ground), people)
        assert label.max() + 1 == zones


def street_graph(survey: Survey) -> Graph:
    streets = survey.streets
    return Graph(
        streets.x, streets.y, survey.ground, streets.a, streets.b, streets.length, streets.length
    )


def test_a_dip_is_fed_through_a_valve_that_holds_its_pressure(tmp_path: Path) -> None:
    """A plateau with the works, and a valley 60 m below it: the valley needs no pump."""
    survey = small_survey()
    streets = survey.streets
    east = streets.x > streets.x.mean()
    ground = np.where(east, 100.0, 40.0) + streets.y % 1
    ground[streets.y > np.quantile(streets.y, 0.95)] = 5.0  # lowest: where the works stands
    design = draw(replace(survey, ground=ground), tmp_path)
    assert design.counts["pressure_zones"] >= 2
    assert design.findings == ()


def test_valves_follow_the_n_minus_one_rule(made: tuple[Survey, Design, Path]) -> None:
    folder = made[2]
    found = network(folder)
    pipes = [row for row, name in enumerate(found.link_ids) if name.startswith("P5")]
    meeting = Counter(found.node_ids[node] for node in found.ends[:, pipes].ravel().tolist())
    valves = features(folder, "valves")
    at = Counter(valve["properties"]["junction"] for valve in valves)
    for junction, many in meeting.items():
        if not junction.startswith("JZ"):
            assert at[junction] == many - 1, junction
    ids = [valve["properties"]["id"] for valve in valves]
    assert len(set(ids)) == len(ids)
    assert {valve["properties"]["origin"] for valve in valves} == {"synthetic"}


def test_hydrants_stand_close_enough(made: tuple[Survey, Design, Path]) -> None:
    survey, _, folder = made
    stand = {h["properties"]["junction"] for h in features(folder, "hydrants")}
    streets = survey.streets
    ids = [f"J{osm}" for osm in streets.node_osm]
    for a, b, length in zip(streets.a, streets.b, streets.length, strict=True):
        if length <= RULES["hydrant_spacing"]:
            assert ids[a] in stand or ids[b] in stand


def test_pumps_ask_for_the_power_of_their_rated_point(made: tuple[Survey, Design, Path]) -> None:
    """P = ρ g Q H / η, with the rated point of the pump's curve."""
    _, design, folder = made
    found = network(folder)
    pumps = {found.link_ids[row] for row in found.pumps}
    assert {site.id.removeprefix("water:") for site in design.sites} == pumps
    curves: dict[str, list[tuple[float, float]]] = {}
    section = found.inp.decode().split("[CURVES]")[1].split("[")[0]
    for line in section.split("\n"):
        if line.strip():
            name, q, h = line.split()
            curves.setdefault(name, []).append((float(q), float(h)))
    for site in design.sites:
        flow, head = curves["C" + site.id.split("-")[1]][1]
        watts = 998.0 * 9.81 * flow * 1e-3 * head / 0.7
        assert site.power_kw == pytest.approx(watts / 1e3, rel=0.01, abs=0.01)


def test_demands_are_litres_by_kind() -> None:
    """A home of 30: 30 × 130 L/d; the hospital 400 × 340; the school 300 × 10."""
    spots = small_survey().spots
    litres = spot_demand(RULES, spots) * 86_400 * 1e3
    assert litres[:3].tolist() == pytest.approx([136_000.0, 3_000.0, 500.0])
    assert litres[-1] == pytest.approx(3900.0)
    lumped = demand(RULES, spots, spots.node, np.full(144, 500.0))
    assert lumped.base[:3].sum() * 86_400 == pytest.approx(litres.sum() * 1e-3)
    assert lumped.base[3].sum() * 86_400 == pytest.approx(144 * 0.5 * 3.0)
    assert lumped.people.sum() == 133 * 30


def test_peak_factors_by_hand() -> None:
    """W 410, 10,000 people: f_h = 18.1 · 10000^-0.1682 = 3.84; never above that of 1,000."""
    assert hour_factor(RULES, 10_000) == pytest.approx(3.845, abs=0.005)
    assert hour_factor(RULES, 10) == hour_factor(RULES, 1000)


def test_patterns_have_mean_one() -> None:
    assert tuple(patterns()) == CLASSES
    for name, hours in patterns().items():
        assert hours.mean() == pytest.approx(1.0, abs=1e-4), name


def test_ids_are_those_of_the_map(made: tuple[Survey, Design, Path]) -> None:
    survey, design, folder = made
    found = network(folder)
    streets = {f"P{name}" for name in survey.streets.ids}
    assert streets <= set(found.link_ids)
    assert all(len(name) <= 31 for name in (*found.link_ids, *found.node_ids))
    assert {tag for tag in found.zones if tag} == {"Old_Town", "New_Town"}
    head = found.inp.decode()[:400]
    assert "ODbL" in head
    assert "Synthetic" in head
    valves = int((found.link_types >= PRV).sum())
    assert valves == design.counts["pressure_reducing_valves"]
    assert int((found.node_types == JUNCTION).sum()) == design.counts["junctions"]


def test_a_street_that_leads_back_to_itself_gets_no_main(tmp_path: Path) -> None:
    survey = small_survey()
    b = survey.streets.b.copy()
    b[-1] = survey.streets.a[-1]
    looped = replace(survey, streets=replace(survey.streets, b=b))
    design = draw(looped, tmp_path)
    assert design.counts["pipes"] == survey.streets.edges - 1 + design.counts["tanks"]


def test_what_falls_short_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the narrowest mains only, velocity and pressure fail and are told."""
    from kopa.domains.water.design import sizing

    monkeypatch.setattr(sizing, "CATALOGUE", np.array([100.0]))
    design = draw(small_survey(people=3000.0), tmp_path)
    codes = {finding.code for finding in design.findings}
    assert {"design.water-pressure", "design.water-velocity"} <= codes


def test_rules_have_sources_and_names_of_their_own() -> None:
    row = Rule("a", 1.0, "m", "", "")
    with pytest.raises(RangeError, match="source"):
        Rules((row,))
    with pytest.raises(RangeError, match="name"):
        Rules((row, row))
    assert all(rule.source and rule.description for rule in RULES.all)


@pytest.mark.parametrize(
    "parts",
    [("city", "monaco.osm.pbf"), ("city", "liechtenstein.osm.pbf")]
    + [("city", "laquila", "laquila.osm.pbf")],
    ids=lambda parts: parts[-1].split(".")[0],
)
@pytest.mark.parametrize("hills", [False, True], ids=["plain", "hills"])
def test_real_cities(parts: tuple[str, ...], hills: bool, tmp_path: Path) -> None:
    survey, _ = make_survey(Wishes(data(*parts)))
    if hills:
        x, y = survey.streets.x / 1e3, survey.streets.y / 1e3
        ground = 600 + 120 * np.sin(x / 2.5) + 90 * np.cos(y / 1.9)
        survey = replace(survey, ground=np.round(ground, 1))
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    assert [finding for finding in design.findings if finding.severity != "info"] == []
    assert design.counts["least_pressure_m"] >= 20.0
    assert design.counts["greatest_velocity_m_s"] <= RULES["velocity"] + 0.01
    result = Water(network(tmp_path)).run(DAY, (), {})
    assert (result.status, result.findings) == ("ok", ())
    assert result.outputs["water"].min() == 1.0
