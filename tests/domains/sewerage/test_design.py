"""Designs of sewerage hold their rules when SWMM runs the file again, by another wrapper."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shared_data import data
from small_survey import small_survey

from kopa.city.survey import Wishes, make_survey
from kopa.domain.design import Design, Survey
from kopa.domain.rules import rules
from kopa.domains.sewerage.design import DESIGNER
from kopa.domains.sewerage.design.catchment import PATTERN, catchment
from kopa.domains.sewerage.design.draw import PACKAGE, draw
from kopa.domains.sewerage.design.profile import Chamber, full_flow
from kopa.domains.sewerage.design.storm import intensity, storm
from kopa.domains.sewerage.design.tree import Ground, Tree, fall_tree, lift_over
from kopa.domains.sewerage.design.write_inp import chamber_area, weir_width

RULES = rules(PACKAGE)
Sections = dict[str, list[list[str]]]


@pytest.fixture(scope="module", params=[0.0, 30.0, 120.0, -1.0], ids=["flat", "30", "120", "ridge"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Survey, Design, Path]:
    folder = tmp_path_factory.mktemp("city")
    survey = ridge() if request.param < 0 else small_survey(request.param)
    return survey, draw(survey, folder), folder / "sewerage" / "network.inp"


def ridge() -> Survey:
    """Two valleys with a ridge of 30 m between them: one must be pumped over it."""
    survey = small_survey()
    x = survey.streets.x - survey.streets.x.min()
    return replace(
        survey, ground=np.round(10 + 30 * np.exp(-(((x - 600) / 200) ** 2)) + x / 400, 2)
    )


def sections(file: Path) -> Sections:
    found: Sections = defaultdict(list)
    here = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        words = line.partition(";")[0].split()
        if words and words[0].startswith("["):
            here = words[0].strip("[]")
        elif words:
            found[here].append(words)
    return found


def test_the_design_storm_floods_nobody(made: tuple[Survey, Design, Path], tmp_path: Path) -> None:
    """The whole file by pyswmm, as others would run it."""
    pyswmm = pytest.importorskip("pyswmm")
    _, design, file = made
    assert design.findings == ()
    copy = tmp_path / "network.inp"
    copy.write_bytes(file.read_bytes())
    with pyswmm.Simulation(str(copy)) as run:
        for _ in run:
            pass
        flooded = [node.statistics["flooding_volume"] for node in pyswmm.Nodes(run)]
        assert abs(run.flow_routing_error) < 2.0
        assert abs(run.runoff_error) < 1.0
    assert max(flooded) == 0.0
    report = (tmp_path / "network.rpt").read_text(encoding="utf-8")
    assert "WARNING" not in report
    assert "ERROR " not in report


def test_every_sewer_falls_and_cleans_itself(made: tuple[Survey, Design, Path]) -> None:
    parts = sections(made[2])
    size = {row[0]: float(row[2]) for row in parts["XSECTIONS"]}
    floor = {row[0]: float(row[1]) for row in [*parts["JUNCTIONS"], *parts["STORAGE"]]}
    for name, up, down, length, _, start, end, *_ in parts["CONDUITS"]:
        slope = (float(start) - float(end)) / float(length)
        assert slope >= max(1e-3 / size[name], 0.001) - 1e-4, name
        assert float(start) >= floor[up] - 1e-9
        assert float(end) >= floor[down] - 1e-9


def test_sewers_lie_below_their_cover_and_not_too_deep(made: tuple[Survey, Design, Path]) -> None:
    parts = sections(made[2])
    rim = {
        row[0]: float(row[1]) + float(row[2]) for row in [*parts["JUNCTIONS"], *parts["STORAGE"]]
    }
    size = {row[0]: float(row[2]) for row in parts["XSECTIONS"]}
    for name, up, down, _, _, start, end, *_ in parts["CONDUITS"]:
        assert rim[up] - (float(start) + size[name]) >= RULES["cover"] - 0.01
        assert rim[down] - (float(end) + size[name]) >= RULES["cover"] - 0.01
        assert rim[down] - float(end) <= RULES["greatest_depth"] + 0.01


def test_every_manhole_drains_to_the_plant_by_one_way(made: tuple[Survey, Design, Path]) -> None:
    survey, design, file = made
    parts = sections(file)
    below: dict[str, str] = {}
    for row in [*parts["CONDUITS"], *parts["PUMPS"], *parts["OUTLETS"]]:
        assert row[1] not in below, "two ways out"
        below[row[1]] = row[2]
    for start in [*parts["JUNCTIONS"], *parts["STORAGE"]]:
        here, steps = start[0], 0
        while here != "WWTP":
            here, steps = below[here], steps + 1
            assert steps < 10_000, f"{start[0]} runs in a circle"
    manholes = {row[0] for row in [*parts["JUNCTIONS"], *parts["STORAGE"]]}
    assert {f"M{osm}" for osm in survey.streets.node_osm} <= manholes
    assert design.counts["sewers"] == len(parts["CONDUITS"])
    assert {row[0] for row in parts["CONDUITS"]} <= {f"C{name}" for name in survey.streets.ids}


def test_a_ridge_is_pumped_over(tmp_path: Path) -> None:
    design = draw(ridge(), tmp_path)
    assert design.findings == ()
    assert design.counts["pumping_stations"] >= 1
    assert design.counts["greatest_depth_m"] <= RULES["greatest_depth"] + RULES["sump"] + 2.0
    stations = [site for site in design.sites if site.kind == "pump"]
    assert len(stations) == design.counts["pumping_stations"]
    assert max(site.power_kw for site in stations) > 0
    plant = next(site for site in design.sites if site.kind == "treatment_plant")
    assert plant.power_kw == 0.0  # the plant's own design says what it draws


def test_a_chamber_holds_a_minute_of_the_storm_and_what_its_ground_asks_for() -> None:
    """0.5 m³/s for 60 s below a crest of 1 m: 30 m²; 10 ha at 15 m³/ha: 150 m²; 5 m² at least."""
    chamber = Chamber(0, "lift", 2.0, 3.0, flow=0.1, storm=0.5, paved=0.0, target=1)
    assert chamber_area(RULES, chamber) == pytest.approx(30.0)
    assert chamber_area(RULES, replace(chamber, paved=10.0)) == pytest.approx(150.0)
    assert chamber_area(RULES, replace(chamber, storm=0.01)) == 5.0
    assert weir_width(RULES, chamber) == pytest.approx(0.5 / 1.84 / 0.3**1.5)


def test_stations_that_climb_in_a_chain_become_one() -> None:
    """0 … 4 in a line; 1 to 4 rise by 10 m each, and 4 leads on to the plant at 5."""
    height = np.array([12.0, 10.0, 20.0, 30.0, 40.0, 0.0])
    step = np.arange(5)
    ground = Ground(
        x=np.arange(6) * 100.0,
        y=np.zeros(6),
        height=height,
        a=step,
        b=step + 1,
        length=np.full(5, 100.0),
    )
    tree = fall_tree(RULES, ground, 5)
    assert tree.below.tolist() == [1, 2, 3, 4, 5, -1]
    assert lift_over(ground, tree, [1, 2, 3])
    assert tree.lifts == {1: (4, (1, 2, 3))}
    assert tree.below.tolist() == [1, -1, 1, 2, 5, -1]
    assert sorted(tree.order()) == list(range(6))
    assert not lift_over(ground, tree, [1])


def test_the_tree_goes_round_a_hill() -> None:
    """Over the top it is 200 m and 30 m up; round it is 1000 m: 30 m cost 4500 m."""
    ground = Ground(
        x=np.array([0.0, 100.0, 200.0, 100.0]),
        y=np.array([0.0, 0.0, 0.0, 500.0]),
        height=np.array([10.0, 40.0, 0.0, 8.0]),
        a=np.array([0, 1, 0, 3]),
        b=np.array([1, 2, 3, 2]),
        length=np.array([100.0, 100.0, 500.0, 500.0]),
    )
    tree = fall_tree(RULES, ground, 2)
    assert tree.below.tolist() == [3, 2, -1, 2]
    assert tree.street.tolist() == [2, 1, -1, 3]
    assert isinstance(tree, Tree)


def test_rain_by_hand() -> None:
    """Reinhold, 15 min once in 2 years, r15 = 110: 110 · 38/24 · (0.5^-0.25 - 0.369)."""
    assert intensity(RULES, 15) == pytest.approx(110 * 38 / 24 * (1.189207 - 0.369), rel=1e-6)
    assert intensity(RULES, 15) == pytest.approx(142.9, abs=0.1)


def test_the_storm_has_the_rain_of_its_duration() -> None:
    """Σ blocks · 5 min = r(120) · 120 min; the greatest block ends at 0.3 of the storm."""
    rain = storm(RULES)
    assert len(rain) == 24
    assert rain.sum() * 5 / 60 == pytest.approx(intensity(RULES, 120) * 120 * 60 * 1e-4)
    assert int(np.argmax(rain)) == 7
    assert (np.diff(rain[:8]) > 0).all()
    assert (np.diff(rain[8:]) < 0).all()
    assert rain.max() == pytest.approx(intensity(RULES, 5) * 0.36)


def test_a_full_pipe_by_hand() -> None:
    """DN 300 at 1 : 300 and n = 0.013: 0.0707 m² · 0.075^(2/3) · √(1/300) / 0.013 = 55.8 L/s."""
    assert full_flow(RULES, 0.3, 1 / 300) * 1e3 == pytest.approx(55.8, abs=0.1)


def test_what_enters_is_what_the_city_gives() -> None:
    survey = small_survey()
    streets = survey.streets
    edge, node = np.arange(streets.edges), np.arange(streets.nodes)
    plain = catchment(RULES, survey, node, edge, np.full(len(edge), -1))
    litres = 133 * 30 * 130 + 400 * 340 + 300 * 10 + 15 * 20 * 25
    assert plain.dry.sum() * 86_400 * 1e3 == pytest.approx(litres)
    served = np.unique(survey.spots.edge)
    roads = streets.length[served].sum() * RULES["road_width"]
    roofs = 150 * 400 / RULES["floors"] * 1.5
    assert plain.paved.sum() * 1e4 == pytest.approx(roads + roofs)
    own = np.full(len(edge), -1)
    own[survey.spots.edge[0]] = streets.nodes
    other = catchment(RULES, survey, node, edge, own)
    assert other.dry.sum() == pytest.approx(plain.dry.sum())
    assert other.paved.sum() == pytest.approx(plain.paved.sum())
    assert other.dry[-1] >= 400 * 340e-3 / 86_400  # the hospital's street has its own manhole


def test_the_pattern_has_mean_one() -> None:
    assert len(PATTERN) == 24
    assert sum(PATTERN) / 24 == pytest.approx(1.0, abs=0.01)
    assert max(PATTERN) <= RULES["dry_peak"]


def test_the_same_survey_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        draw(ridge(), tmp_path / name)
    one, other = (tmp_path / name / "sewerage" / "network.inp" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_lines_name_their_source(made: tuple[Survey, Design, Path]) -> None:
    text = made[2].read_text(encoding="utf-8")
    assert "ODbL" in text
    assert "Synthetic" in text
    conduits = text.split("[CONDUITS]")[1].split("\n\n")[0].strip().splitlines()
    assert all(";osm way/" in line and "origin=synthetic" in line for line in conduits)


def test_sewers_too_narrow_flood_and_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kopa.domains.sewerage.design import profile

    monkeypatch.setattr(profile, "CATALOGUE", (300,))
    monkeypatch.setattr("kopa.domains.sewerage.design.sizing.CATALOGUE", (300,))
    monkeypatch.setattr("kopa.domains.sewerage.design.sizing.MOST_ROUNDS", 1)
    design = draw(small_survey(), tmp_path)
    assert design.counts["flooded_manholes"] > 0
    assert "design.sewerage-flooding" in {finding.code for finding in design.findings}


def test_narrow_sewers_become_wider_until_nothing_floods(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made for a third of the flow at first, SWMM widens them."""
    from kopa.domains.sewerage.design import profile

    def third(rules: object, minutes: float) -> float:
        return intensity(RULES, minutes) / 3

    monkeypatch.setattr(profile, "intensity", third)
    design = draw(small_survey(30.0), tmp_path)
    assert design.counts["flooded_manholes"] == 0


@pytest.mark.parametrize("name", ["monaco", "liechtenstein"])
def test_real_cities(name: str, tmp_path: Path) -> None:
    survey, _ = make_survey(Wishes(data("city", f"{name}.osm.pbf")))
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    assert design.findings == ()
    assert design.counts["flooded_manholes"] == 0
    assert abs(design.counts["routing_error_percent"]) < 2.0
