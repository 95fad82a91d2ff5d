"""A whole city from a map: it can be used, is the same every time, and answers across domains."""

from __future__ import annotations

import filecmp
import json
import subprocess
import tomllib
from pathlib import Path

import pytest
from kopa_up import KOPA
from schemas import valid
from shared_data import data
from small_map import SmallMap, town

from kopa.city.load import City, load_city
from kopa.city.new import Identity, Made, new_city
from kopa.city.survey import Wishes
from kopa.city.whatif import what_if
from kopa.cli import main
from kopa.errors import InputError, UsageError
from kopa.model import Window


def make(folder: Path, small: SmallMap | None = None, **wishes: object) -> Made:
    folder.mkdir(parents=True, exist_ok=True)
    osm = (small or town()).write(folder / "town.osm")
    return new_city(
        Wishes(osm, population=1200, **wishes),  # type: ignore[arg-type]
        folder / "city",
        Identity("LV", "Europe/Riga", ("lv", "en")),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("new"))


@pytest.fixture(scope="module")
def city(made: Made) -> City:
    return load_city(made.folder)


def test_it_can_be_used_without_a_warning(made: Made, city: City) -> None:
    assert not [f for f in (*made.findings, *city.findings) if f.severity != "info"]
    assert {"places", "transport", "water", "energy"} <= set(city.domains)
    solver = city.solver(Window(0, 3600, 24))
    assert solver.baseline.status == "ok"
    assert not solver.baseline.findings


def test_what_is_assumed_is_told(made: Made, tmp_path: Path) -> None:
    assert "new.ground" in {f.code for f in made.findings}
    assert "new.timezone" not in {f.code for f in made.findings}
    osm = town().write(tmp_path / "town.osm")
    plain = new_city(Wishes(osm, population=1200), tmp_path / "plain")
    assert "new.timezone" in {f.code for f in plain.findings}
    assert load_city(plain.folder).settings.timezone == "UTC"


def test_the_settings_say_what_it_is(made: Made, city: City) -> None:
    settings = city.settings
    assert (settings.population, settings.crs) == (1200, "EPSG:32635")
    assert (settings.country, settings.timezone) == ("LV", "Europe/Riga")
    assert settings.languages == ("lv", "en")
    assert settings.synthetic
    assert "OpenStreetMap" in settings.attribution
    assert sum(settings.ages.values()) == pytest.approx(1.0)
    for file in (file for design in made.designs.values() for file in design.files):
        assert (made.folder / file).is_file(), file


def test_everybody_is_supplied(city: City) -> None:
    linked = {(link.target.domain, link.target.port, link.target.asset) for link in city.links}
    for place in city.domains["places"].assets().ids:
        for port in ("water", "electricity", "road_access"):
            assert ("places", port, place) in linked
    pumps = city.domains["water"].assets()
    for asset, kind in zip(pumps.ids, pumps.kinds, strict=True):
        if kind == "pump":
            assert ("water", "electricity", asset) in linked
    assert {link.origin for link in city.links} == {"synthetic"}


def test_every_asset_keeps_its_origin(made: Made) -> None:
    homes = json.loads((made.folder / "places" / "homes.geojson").read_text("utf-8"))
    for feature in homes["features"]:
        assert feature["properties"]["origin"] == "synthetic"
        assert feature["properties"]["osm"][0] in "nwr"
        bands = feature["properties"]["groups"]
        assert sum(bands.values()) == pytest.approx(feature["properties"]["people"])
    inp = (made.folder / "water" / "network.inp").read_text("utf-8")
    assert inp.count("origin=synthetic") >= made.designs["water"].counts["pipes"]


def test_a_burst_closes_the_street_above_it(city: City) -> None:
    solver = city.solver(Window(0, 3600, 24))
    answer = what_if(city, solver, [city.change("water:P3-3 burst 60 L/s 08:00-14:00")])
    assert answer.status == "ok"
    closed = [e for e in answer.solution.results["transport"].events if e.what == "closed"]
    ids = city.domains["transport"].assets().ids
    assert [[ids[row] for row in event.rows] for event in closed] == [["3-3"]]
    assert (closed[0].start, closed[0].end) == (8 * 3600, 14 * 3600)
    lost = {effect.quantity: effect.mid.sum() for effect in answer.effects}
    assert 300 < lost["water_lost"] < 60 * 6 * 3.6  # 60 L/s for 6 h, less as pressure falls


def test_the_same_map_gives_the_same_bytes(made: Made, tmp_path: Path) -> None:
    again = make(tmp_path)
    names = sorted(p.relative_to(made.folder) for p in made.folder.rglob("*") if p.is_file())
    other = sorted(p.relative_to(again.folder) for p in again.folder.rglob("*") if p.is_file())
    assert names == other
    same, differ, errors = filecmp.cmpfiles(
        made.folder, again.folder, [str(name) for name in names], shallow=False
    )
    assert not differ
    assert not errors
    assert len(same) == len(names)


def test_a_folder_in_use_is_left_alone(made: Made) -> None:
    before = (made.folder / "city.toml").read_bytes()
    with pytest.raises(UsageError, match="not empty"):
        new_city(Wishes(made.folder.parent / "town.osm"), made.folder)
    assert (made.folder / "city.toml").read_bytes() == before


def test_nothing_is_left_of_a_city_that_cannot_be_made(tmp_path: Path) -> None:
    small = SmallMap()
    small.node(1, 0, 0)
    small.node(2, 0, 1)
    small.way(1, 1, 2, highway="residential")
    with pytest.raises(InputError):
        make(tmp_path, small)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["town.osm"]


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    osm = town().write(tmp_path / "town.osm")
    words = ["new", "--osm", str(osm), "--population", "900", "-o", str(tmp_path / "city")]
    words += ["--ages", "0-17:0.2 18-64:0.6 65+:0.2", "--name", 'Town "A"', "--json"]
    assert main(words) == 0
    document = valid("new", capfd.readouterr().out)
    assert document["name"] == 'Town "A"'
    assert "OpenStreetMap" in document["attribution"]
    assert document["domains"]["water"]["counts"]["pipes"] > 0
    toml = tomllib.loads((tmp_path / "city" / "city.toml").read_text("utf-8"))
    assert toml["ages"] == {"0-17": 0.2, "18-64": 0.6, "65+": 0.2}
    assert main(["check", str(tmp_path / "city")]) == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [(["--ages", "old:2"], 2), (["--crs", "EPSG:4326"], 2), (["--gtfs", "none.zip"], 1)],
)
def test_wrong_wishes(tmp_path: Path, more: list[str], code: int) -> None:
    osm = town().write(tmp_path / "town.osm")
    assert main(["new", "--osm", str(osm), "-o", str(tmp_path / "city"), *more]) == code
    assert not (tmp_path / "city").exists()


def test_a_truncated_extract(tmp_path: Path) -> None:
    whole = data("city", "monaco.osm.pbf").read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole[:200_000])
    words = [*KOPA, "new", "--osm", str(cut), "-o", str(tmp_path / "city"), "--json"]
    # not a fork of this process: reading a map leaves threads behind, which a fork does not have
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["code"] == "osm.unreadable"
    assert finding["file"] == str(cut)
