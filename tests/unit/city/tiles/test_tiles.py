"""Tiles hold all that is drawn; they are made once, and anew when something is drawn otherwise."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from crashing_job import CrashingJob, FaultyJob
from small_city import TOML, write_city
from small_map import town

from kopa.city.domains import domain_type
from kopa.city.load import City, load_city
from kopa.city.new import new_city
from kopa.city.survey import Wishes
from kopa.city.tiles import Tiles
from kopa.city.tiles.engine_tippecanoe import MOST_BYTES, make_tiles
from kopa.city.tiles.features import SHORTEST_M, Drawn, drawn, features
from kopa.city.tiles.jobs import MOST_ZOOM
from kopa.city.tiles.read_mbtiles import TileSet
from kopa.domain import shapes_of
from kopa.domain.page import Layer, page_of
from kopa.errors import EngineError
from kopa.geo.base_rules import LAYERS
from kopa.geo.project import Projection
from kopa.model import Assets, Shapes

LIMIT_S = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town from its map, with its tiles."""
    home = tmp_path_factory.mktemp("new")
    small = town()
    small.house(400_001, 1, 1, building="yes", addr__street="Row 1", addr__housenumber="12")
    new_city(Wishes(small.write(home / "town.osm")), home / "city")
    with Tiles(load_city(home / "city"), home / "city" / ".kopa") as tiles:
        assert tiles.wait(LIMIT_S) == "ready"
        assert tiles.findings == ()
    return home / "city"


@pytest.fixture(scope="module")
def city(folder: Path) -> City:
    return load_city(folder)


def file_of(folder: Path, name: str) -> Path:
    (file,) = (folder / ".kopa" / "tiles").glob(f"{name}-*.mbtiles")
    return file


def decoded(file: Path, zoom: int) -> dict[str, list[dict[str, Any]]]:
    """Features of all tiles of a zoom, by layer, with their properties and geometry."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT tile_data FROM tiles WHERE zoom_level = ?", (zoom,))
        for (raw,) in rows:
            assert len(raw) < MOST_BYTES
            for name, layer in mapbox_vector_tile.decode(gzip.decompress(raw)).items():
                found[name] += layer["features"]
    return found


def test_no_asset_vanishes_at_the_greatest_zoom(folder: Path, city: City) -> None:
    layers = decoded(file_of(folder, "city"), MOST_ZOOM)
    assert set(layers) == set(city.domains)
    for name, domain in city.domains.items():
        page, assets = page_of(domain_type(name).package), domain.assets()
        placed = set(shapes_of(domain).placed().rows.tolist())
        wanted = {
            assets.full(row)
            for row, kind in enumerate(assets.kinds)
            if page.layer_of(kind) is not None and row in placed
        }
        found = {feature["properties"]["id"] for feature in layers[name]}
        assert found == wanted
        # one plant; a hospital and cells where people live; stations and circuits of lights;
        # bases; a school; offices; firms
        few = {"treatment": 1, "health": 10, "safety": 6, "emergency": 4, "education": 1}
        few |= {"egov": 1, "ebusiness": 1, "tourism": 4}
        assert len(wanted) >= few.get(name, 51), name


def test_features_say_what_the_page_needs(folder: Path, city: City) -> None:
    layers = decoded(file_of(folder, "city"), MOST_ZOOM)
    homes = [f["properties"] for f in layers["places"] if f["properties"]["kind"] == "home"]
    assert all(home["people"] > 0 for home in homes)
    pipe = next(f for f in layers["water"] if f["properties"]["kind"] == "pipe")
    assert pipe["geometry"]["type"] in ("LineString", "MultiLineString")
    streets = [f["properties"] for f in layers["transport"] if f["properties"]["kind"] == "street"]
    assert any(street["name"] == "Row 0" for street in streets)
    pumps = [f["geometry"]["type"] for f in layers["water"] if f["properties"]["kind"] == "pump"]
    assert pumps
    assert set(pumps) == {"Point"}  # its page draws it as a point


def test_small_things_come_later(folder: Path, city: City) -> None:
    page = page_of(domain_type("water").package)
    for zoom in (10, 12, 14):
        layers = decoded(file_of(folder, "city"), zoom)
        for feature in layers["water"]:
            layer = page.layer_of(feature["properties"]["kind"])
            assert layer is not None
            assert layer.zoom_of(feature["properties"].get("weight", 1)) <= zoom
        assert not any(f["properties"]["kind"] == "home" and zoom < 14 for f in layers["places"])


def test_no_point_is_thinned_out(folder: Path, city: City) -> None:
    """Whatever its page draws from a zoom on is there at that zoom, not a share of it."""
    homes = sum(kind == "home" for kind in city.domains["places"].assets().kinds)
    layers = decoded(file_of(folder, "city"), 14)
    found = [f["properties"]["id"] for f in layers["places"] if f["properties"]["kind"] == "home"]
    assert len(set(found)) == homes > 40


def test_important_things_are_drawn_last(folder: Path) -> None:
    with closing(sqlite3.connect(file_of(folder, "city"))) as connection:
        (raw,) = connection.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = 14 LIMIT 1"
        ).fetchone()
    layers = mapbox_vector_tile.decode(gzip.decompress(raw))
    weights = [
        feature["properties"].get("weight", 1)
        for feature in layers["transport"]["features"]
        if feature["properties"]["kind"] == "street"
    ]
    assert weights == sorted(weights)
    assert len(set(weights)) > 1


def test_the_base_map_has_its_layers(folder: Path) -> None:
    layers = decoded(file_of(folder, "base"), MOST_ZOOM)
    assert set(layers) <= set(LAYERS)
    assert {f["properties"]["class"] for f in layers["roads"]} == {"main", "minor"}
    assert {f["properties"]["number"] for f in layers["houses"]} == {"12"}
    assert len(layers["buildings"]) >= 50
    assert "houses" not in decoded(file_of(folder, "base"), 14)


def test_an_unchanged_city_takes_what_is_there(folder: Path, city: City) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in (folder / ".kopa/tiles").iterdir()}
    said: list[str] = []
    begin = time.perf_counter()
    with Tiles(city, folder / ".kopa", said.append) as tiles:
        taken = time.perf_counter() - begin
        assert tiles.state == "ready"
        document = tiles.document()
        assert document is not None
        assert document["city_max_zoom"] == document["base_max_zoom"] == MOST_ZOOM
        assert tiles.city is not None
        assert f"?v={tiles.city.version}" in str(document["city"])
    assert taken < 0.3
    assert said == []
    after = {file.name: file.stat().st_mtime_ns for file in (folder / ".kopa/tiles").iterdir()}
    assert after == before


def test_a_changed_city_has_other_tiles_and_the_old_ones_go(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "city")
    inp = tmp_path / "city" / "water" / "network.inp"
    lines = inp.read_text("utf-8").splitlines()
    at = lines.index("[COORDINATES]") + 2
    node, x, y = lines[at].split()[:3]
    lines[at] = f"{node} {float(x) + 5} {y}"
    inp.write_text("\n".join(lines), "utf-8")
    kept = tmp_path / "city" / ".kopa" / "tiles"
    old = {file.name.partition("-")[0]: file.name for file in kept.iterdir()}
    told: list[str] = []
    ready: list[bool] = []
    with Tiles(
        load_city(tmp_path / "city"), tmp_path / "city" / ".kopa", told.append,
        lambda: ready.append(True),
    ) as tiles:  # fmt: skip
        assert tiles.document() is None
        assert tiles.wait(LIMIT_S) == "ready"
        assert tiles.document() is not None
    new = {file.name.partition("-")[0]: file.name for file in kept.iterdir()}
    assert new["base"] == old["base"]
    assert new["city"] != old["city"]
    assert told[0] == "map: making the tiles of city"
    assert ready == [True]


def test_a_city_without_a_place_on_earth_has_none(tmp_path: Path) -> None:
    city = load_city(write_city(tmp_path))
    with Tiles(city, tmp_path / ".kopa") as tiles:
        assert tiles.state == "none"
        assert tiles.wait(1) == "none"
        assert tiles.document() is None
        assert tiles.addresses is None
    assert not (tmp_path / ".kopa").exists()


def test_a_city_without_a_base_map_has_an_empty_one(tmp_path: Path) -> None:
    write_city(tmp_path)
    (tmp_path / "city.toml").write_text(f'crs = "EPSG:3059"\n{TOML}', "utf-8")
    with Tiles(load_city(tmp_path), tmp_path / ".kopa") as tiles:
        assert tiles.wait(LIMIT_S) == "ready"
        document = tiles.document()
        assert document is not None
        assert document["base"] == "/tiles/base/{z}/{x}/{y}.mvt?v=none"
        assert document["base_max_zoom"] == 0
        assert tiles.base is tiles.addresses is None


def test_a_base_map_that_is_none_costs_only_itself(tmp_path: Path) -> None:
    write_city(tmp_path)
    head, tail = 'crs = "EPSG:3059"\n', '\n[map]\nbase = "base.osm.pbf"\n'
    (tmp_path / "city.toml").write_text(head + TOML + tail, "utf-8")
    city = load_city(tmp_path)
    assert [f.code for f in city.findings if f.code == "city.no-base-map"]
    (tmp_path / "base.osm.pbf").write_bytes(b"\x00\x00\x00\x0dno map at all")
    city = load_city(tmp_path)
    assert not [f.code for f in city.findings if f.code == "city.no-base-map"]
    with Tiles(city, tmp_path / ".kopa") as tiles:
        assert tiles.wait(LIMIT_S) == "ready"
        assert [finding.code for finding in tiles.findings] == ["osm.unreadable"]


@pytest.mark.parametrize(
    ("job", "code"), [(CrashingJob(), "map.crashed"), (FaultyJob(), "map.fault")]
)
def test_what_crashes_is_a_finding(job: CrashingJob, code: str, city: City, tmp_path: Path) -> None:
    said: list[str] = []
    tiles = Tiles(city, tmp_path, said.append)
    tiles._jobs = (job,)
    with tiles:
        assert tiles.wait(LIMIT_S) == "failed"
    assert [finding.code for finding in tiles.findings] == [code]
    assert any("map" in line for line in said)
    assert list((tmp_path / "tiles").iterdir()) == []


def test_a_damaged_file_is_removed_and_made_anew(city: City, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / ".kopa" / "tiles", tmp_path / "tiles")
    (broken,) = (tmp_path / "tiles").glob("base-*.mbtiles")
    broken.write_bytes(b"no SQLite" * 1000)
    with Tiles(city, tmp_path) as tiles:
        assert tiles.state == "ready"
        assert [finding.code for finding in tiles.findings] == ["map.damaged"]
        assert tiles.base is None
    with Tiles(city, tmp_path) as tiles:
        assert tiles.wait(LIMIT_S) == "ready"
        assert tiles.base is not None


def test_it_ends_in_the_middle_of_its_work(city: City, tmp_path: Path) -> None:
    begin = time.perf_counter()
    with Tiles(city, tmp_path) as tiles:
        time.sleep(0.5)
    assert time.perf_counter() - begin < 5
    assert tiles.document() is None
    assert not tiles._process.is_alive()


def test_a_folder_that_nobody_may_write_is_a_finding(city: City, tmp_path: Path) -> None:
    (tmp_path / "tiles").write_text("a file stands where the folder should")
    with Tiles(city, tmp_path) as tiles:
        assert tiles.wait(LIMIT_S) == "failed"
        assert [finding.code for finding in tiles.findings] == ["map.folder"]


def test_tippecanoe_that_fails_is_an_error(tmp_path: Path) -> None:
    source = tmp_path / "bad.geojsons"
    source.write_text("{no json\n")
    with pytest.raises(EngineError, match="made no tiles of city"):
        make_tiles(source, tmp_path / "out.mbtiles", 3, "city")


def test_two_parts_of_an_asset_are_one_feature_and_short_lines_last(tmp_path: Path) -> None:
    """A line of 0 m, one in two parts, and a point, at 24° E, 57° N."""
    crs = Projection("EPSG:3059")
    x, y = crs.metres(np.array([24.0]), np.array([57.0]))
    shapes = Shapes(
        np.array([0, 1, 1, 2]),
        np.array([0, 2, 4, 6, 7]),
        x[0] + np.array([0, 0, 0, 10.0, 20, 30, 5]),
        y[0] + np.zeros(7),
    )
    assets = Assets("d", ("short", "two", "point"), ("k",) * 3, people=np.array([0, 0, 2.4]))
    layer = Layer(("k",), "line", 12.0, width=((10, 1),))
    lines = list(features({"d": Drawn(assets, shapes, (layer,) * 4)}, crs, MOST_ZOOM))
    assert len(lines) == 3
    source = tmp_path / "d.geojsons"
    source.write_text("\n".join(lines), "utf-8")
    make_tiles(source, tmp_path / "d-1.mbtiles", MOST_ZOOM, "d")
    found = decoded(tmp_path / "d-1.mbtiles", MOST_ZOOM)["d"]
    kinds = {f["properties"]["id"]: f["geometry"]["type"] for f in found}
    assert kinds == {"d:short": "LineString", "d:two": "MultiLineString", "d:point": "Point"}
    people = {f["properties"]["id"]: f["properties"].get("people") for f in found}
    assert people == {"d:short": None, "d:two": None, "d:point": 2}
    short = next(f["geometry"]["coordinates"] for f in found if f["properties"]["id"] == "d:short")
    unit_m = 40_075_016.7 / 2**MOST_ZOOM / 4096 * np.cos(np.radians(57))
    assert np.ptp([point[0] for point in short]) * unit_m == pytest.approx(SHORTEST_M, abs=unit_m)
    assert TileSet(tmp_path / "d-1.mbtiles").most_zoom == MOST_ZOOM


def test_order_of_domains_is_that_of_their_pages(city: City) -> None:
    order = [
        "transport",
        "sewerage",
        "water",
        "energy",
        "places",
        "treatment",
        "waste",
        "health",
        "safety",
        "emergency",
        "education",
        "egov",
        "ebusiness",
    ]
    assert list(drawn(city)) == order
