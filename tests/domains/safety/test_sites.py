"""Sites and coverage of cases by hand, and of a town with a flood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from domains.safety.jobs import Run, runner
from domains.safety.small import write_town
from domains.transport.small_streets import place

CASE: dict[str, Any] = {
    "problem": "cover",
    "count": 1,
    "within": 170,
    "demand": [
        {"id": f"h{at}", "weight": many, "x": at, "y": 0}
        for at, many in ((0, 10), (100, 20), (200, 20), (300, 10), (1000, 5))
    ],
    "candidates": [
        {"id": "a", "x": 0, "y": 0, "cost": 5, "existing": True},
        {"id": "b", "x": 150, "y": 0, "cost": 9},
        {"id": "c", "x": 300, "y": 0, "cost": 5},
        {"id": "d", "x": 1000, "y": 0, "cost": 5},
    ],
}
"""Houses at 0, 100, 200, 300 and 1,000 m; candidates at 0, 150, 300 and 1,000 m."""


@pytest.fixture(name="sites")
def _sites(capfd: pytest.CaptureFixture[str]) -> Run:
    return runner(capfd, "sites")


def written(folder: Path, **more: Any) -> Path:
    file = folder / "case.json"
    file.write_text(json.dumps({**CASE, **more}), encoding="utf-8")
    return file


def chosen(told: dict[str, Any]) -> list[str]:
    return [one["id"] for one in told["sites"]]


def test_covering_by_hand(tmp_path: Path, sites: Run) -> None:
    """b reaches 60 of 65; today's a reaches 30; with a and another, a and c reach 60."""
    code, told = sites(written(tmp_path), "--json")
    assert code == 0
    assert chosen(told) == ["b"]
    assert (told["objective"], told["bound"], told["optimal"], told["unit"]) == (60, 60, True, "m")
    assert told["today"]["share"] == pytest.approx(30 / 65)
    assert told["other"]["objective"] == 30  # a stays, and it is the one
    told = sites(written(tmp_path), "--count", 2, "--keep", "--json")[1]
    assert chosen(told)[0] == "a"
    assert told["objective"] == 60
    assert told["other"]["objective"] == 65
    assert told["other"]["keep"] is False
    assert [one["id"] for one in told["other"]["sites"]] == ["b", "d"]


def test_the_reach_itself_is_within_it(tmp_path: Path, sites: Run) -> None:
    """From b it is 150 m to the houses at 0 and at 300 m."""
    told = sites(written(tmp_path, within=150), "--json")[1]
    assert (told["objective"], told["covered"]["demand"]) == (60, 60)


def test_a_budget(tmp_path: Path, sites: Run) -> None:
    """With 8 EUR no b: c for 5 reaches 30 more than a, which is there and free."""
    told = sites(written(tmp_path), "--count", 3, "--budget", 8, "--json")[1]
    assert chosen(told) == ["a", "c"]
    assert told["objective"] == 60


def test_median_and_centre_by_hand(tmp_path: Path, sites: Run) -> None:
    """One site: b costs 10·150 + 20·50 + 20·50 + 10·150 + 5·850 = 9,250; c is 700 m from d."""
    told = sites(written(tmp_path), "--problem", "median", "--json")[1]
    assert (chosen(told), told["objective"]) == (["b"], 9250)
    assert told["covered"]["mean"] == pytest.approx(9250 / 65)
    told = sites(written(tmp_path), "--problem", "centre", "--json")[1]
    assert (chosen(told), told["objective"]) == (["c"], 700)


def test_a_matrix_with_gaps(tmp_path: Path, sites: Run) -> None:
    """Minutes as given; null is no way: the last point is reached by q alone, the third by none."""
    case = {
        "problem": "median", "count": 1, "unit": "min", "matrix": [[3, 9], [4, 8], [None, None]],
        "demand": [{"id": str(row), "weight": 2} for row in range(3)],
        "candidates": [{"id": "p"}, {"id": "q"}],
    }  # fmt: skip
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    told = sites(file, "--json")[1]
    assert (told["status"], chosen(told), told["objective"]) == ("partial", ["p"], 14)
    assert told["covered"]["unreached"] == 2
    assert [one["code"] for one in told["findings"]] == ["safety.sites-none"]
    case["matrix"] = [[3, 9], [4, 8], [None, 1]]
    file.write_text(json.dumps(case), encoding="utf-8")
    told = sites(file, "--json")[1]
    assert (told["status"], chosen(told), told["objective"]) == ("ok", ["q"], 36)


def flood(file: Path, south: float, north: float) -> Path:
    """Water from one parallel to another, over node 9's meridian and a bit to either side."""
    lon = place(9)[0]
    west, east = lon - 0.001, lon + 0.001
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    return file


def test_a_towns_sites_survive_the_flood(tmp_path: Path, sites: Run) -> None:
    """b at the dead end is in the water: nobody reaches its 60 people, whatever is built."""
    town = write_town(tmp_path)
    # 80 s of turnout; within 25 s more, a block of 243 m, no cell reaches another: a's 100 count
    dry = sites(town, "--within", 80 + 25, "--json")[1]
    assert dry["objective"] == 100
    wet = flood(tmp_path / "f.geojson", place(9)[1] - 0.001, place(9)[1] + 0.001)
    # a site in the water does not even serve the block in which it stands
    told = sites(town, "--within", 9999, "--count", 4, "--flood", wet, "--json")[1]
    assert told["objective"] == 140
    code, told = sites(town, "--within", 80 + 100, "--problem", "median", "--flood", wet, "--json")
    assert code == 0
    assert told["status"] == "partial"
    assert told["covered"]["unreached"] == 60
    assert told["before"]["covered"]["unreached"] == 0
    assert told["before"]["closed_streets"] == 1
    assert told["today"]["share"] == pytest.approx(140 / 200)
    assert told["before"]["today"]["share"] == 1.0


def test_a_town_on_the_map_and_as_a_table(tmp_path: Path, sites: Run) -> None:
    town = write_town(tmp_path)
    file = tmp_path / "out.geojson"
    code, out = sites(town, "--count", 2, "--keep", "-o", file)
    assert code == 0
    assert "proven to be the best" in out
    assert "fire" in out
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert [f["properties"].get("id") for f in features[:1]] == ["fire"]
    assert sum("seconds" in f["properties"] for f in features) == 3


def test_coverage_of_a_town(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """From the fire station 80 + 97.2 s to b; with the dead end closed b's 60 are lost."""
    town = write_town(tmp_path)
    job = runner(capfd, "coverage")
    told = job(town, "--closed", "way/106", "--json")[1]
    assert (told["before"]["share"], told["lost"], told["closed_streets"]) == (1.0, 60, 1)
    assert told["after"]["unreached"] == 60
    told = job(town, "--within", 110, "--json")[1]
    assert (told["before"]["demand"], told["after"]) == (100, None)
    code, out = job(town, "--closed", "safety:106-1")
    assert code == 0
    assert "no longer in reach" in out


@pytest.mark.parametrize(
    ("more", "place_", "what"),
    [
        ({"problem": "best"}, "problem", "is no problem"),
        ({"count": 0}, "count", "it is"),
        ({"count": 9}, "count", "9 sites cannot be"),
        ({"within": None}, "within", "it is"),
        ({"demand": []}, "demand", "no point"),
        ({"demand": "none.csv"}, "", "cannot be read"),
        ({"demand": [{"id": "h", "weight": "many", "x": 0, "y": 0}]}, "demand 1 (h)", "weight"),
        ({"demand": [{"id": "h", "weight": 1}]}, "demand", "no place"),
        ({"demand": [{"id": "h", "weight": 0, "x": 0, "y": 0}]}, "demand", "no demand"),
        ({"candidates": [{"id": "a", "x": 0, "y": 0}] * 2}, "candidates 2 (a)", "already"),
        ({"matrix": [[1]]}, "matrix", "no table"),
        ({"matrix": [[-1] * 4] * 5}, "matrix", "no table"),
        ({"streets": "none.osm.pbf"}, "", "no such file"),
        ({"nodes": "n.csv"}, "arcs", "belong together"),
        ({"network": 3}, "network", "no name of a file"),
        ({"budget": 5, "problem": "median"}, "budget", "cover"),
        ({"reach": 5}, "reach", "no key"),
    ],
)
def test_what_is_wrong_with_a_case(
    tmp_path: Path, sites: Run, more: dict[str, Any], place_: str, what: str
) -> None:
    code, told = sites(written(tmp_path, **more), "--json")
    assert code == 1
    assert told["status"] == "unknown"
    assert any(one["place"] == place_ and what in one["what"] for one in told["findings"])


def test_files_that_are_no_case(tmp_path: Path, sites: Run) -> None:
    for name, text in (
        ("a.json", "{"), ("b.json", "[]"), ("c.toml", "a = "), ("d.txt", "hello"), ("e.txt", ""),
        ("f.txt", "3 2 1\n1 2 5\n"), ("g.txt", "2 9999 p S\n1 2\n"), ("h.json", "\xff"),
    ):  # fmt: skip
        file = tmp_path / name
        file.write_text(text, encoding="latin-1")
        code, told = sites(file, "--json")
        assert (code, told["status"]) == (1, "unknown"), name
        assert told["findings"], name


def test_words_that_do_not_go_together(tmp_path: Path, sites: Run) -> None:
    case, town = written(tmp_path), write_town(tmp_path)
    for words in (
        (case, "--flood", case), (case, "--candidates", case), (town, "--closed", "way/9"),
        (case, "-o", tmp_path / "o.geojson"),
    ):  # fmt: skip
        assert sites(*words)[0] == 2, words


@pytest.mark.parametrize(
    "area",
    [
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [999, 1], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[["x", 0], [1, 1], [1, 0], [0, 0]]]},
        {"type": "FeatureCollection", "features": [None]},
        {"type": "FeatureCollection", "features": []},
        [],
    ],
)
def test_floods_that_are_none(tmp_path: Path, sites: Run, area: Any) -> None:
    file = tmp_path / "f.geojson"
    file.write_text(json.dumps(area), encoding="utf-8")
    code, told = sites(write_town(tmp_path), "--flood", file, "--json")
    assert code == 1
    assert {one["code"] for one in told["findings"]} == {"safety.area"}


def test_nodes_and_arcs(tmp_path: Path, sites: Run) -> None:
    """Two one-way arcs of 100 s: a site at 1 reaches all in time, one at 3 nobody but itself."""
    (tmp_path / "n.csv").write_text("id,lon,lat\n1,24,57\n2,24.01,57\n3,24.02,57\n")
    arcs = tmp_path / "a.csv"
    arcs.write_text("from,to,seconds\n1,2,100\n2,3,100\n3,1,500\n")
    points = [{"id": f"{at}", "weight": 1, "x": 24 + 0.01 * at, "y": 57} for at in range(3)]
    more = {"nodes": "n.csv", "arcs": "a.csv", "within": 200, "demand": points}
    file = written(tmp_path, **more, candidates=[points[2], points[0]])
    told = sites(file, "--json")[1]
    assert (chosen(told), told["objective"], told["unit"]) == (["0"], 3, "s")
    assert told["covered"]["most"] == pytest.approx(200, abs=1e-9)
    for text, what in (
        ("from,to\n1,2\n", "no column"), ("from,to,seconds\n1,9,5\n", "not there"),
        ("from,to,seconds\n1,x,5\n", "no row of numbers"), ("from,to,seconds\n1,2,-5\n", "below 0"),
        ("from,to,seconds\n", "no row"), ("", "is empty"), ("arcs,2\nh\nfrom,to,seconds\n", "rows"),
    ):  # fmt: skip
        arcs.write_text(text)
        code, told = sites(file, "--json")
        assert code == 1
        assert any(what in one["what"] for one in told["findings"]), (text, told["findings"])


def test_no_way_is_worse_than_one_of_nothing(tmp_path: Path, sites: Run) -> None:
    """All ways that there are have no length: still the many are served, not the one."""
    case = {
        "problem": "median", "count": 1, "matrix": [[0, None], [None, 0]],
        "demand": [{"id": "a", "weight": 1}, {"id": "b", "weight": 100}],
        "candidates": [{"id": "A"}, {"id": "B"}],
    }  # fmt: skip
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    told = sites(file, "--json")[1]
    assert (chosen(told), told["objective"]) == (["B"], 0)


@pytest.mark.parametrize("more", [{"count": 1.5}, {"mode": 1.5}, {"degrees": "no"}])
def test_numbers_and_flags_are_not_rounded(tmp_path: Path, sites: Run, more: Any) -> None:
    assert sites(written(tmp_path, **more), "--json")[0] == 1


def test_candidates_far_from_all_streets_are_told(tmp_path: Path, sites: Run) -> None:
    """Latitude first: they are not taken to the nearest crossing, some thousand km away."""
    write_town(tmp_path)
    lon, lat = place(4)
    for point, code in ((lat, lon), 1), ((lon, lat), 0):
        geometry = {"type": "Point", "coordinates": point}
        some = [{"type": "Feature", "properties": {"id": "x"}, "geometry": geometry}]
        file = tmp_path / "sites.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": some}), "utf-8")
        words = (tmp_path, "--candidates", file, "--count", 1, "--json")
        assert sites(*words)[0] == code


def test_demand_without_a_weight_is_no_zero(tmp_path: Path, sites: Run) -> None:
    points = [{"id": "a", "x": 0, "y": 0}, {"id": "b", "x": 5, "y": 0, "weight": 3}]
    code, told = sites(written(tmp_path, demand=points), "--json")[:2]
    assert code == 1
    assert "1 points have no 'weight', such as 'a'" in told["findings"][0]["what"]
