"""Tiles over HTTP: packed or not, kept by those who may, none outside the map."""

from __future__ import annotations

import gzip
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import mapbox_vector_tile
import pytest
from small_map import town
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kopa.api import addresses
from kopa.api.tiles import MEDIA, routes
from kopa.city.load import load_city
from kopa.city.new import new_city
from kopa.city.survey import Wishes
from kopa.city.tiles import Tiles, TileSet
from kopa.city.tiles.jobs import MOST_ZOOM


@dataclass(frozen=True)
class Served:
    """A server of tiles, and one tile that is there."""

    http: TestClient
    tiles: Tiles
    at: tuple[int, int, int]

    @property
    def path(self) -> str:
        return "/tiles/city/{}/{}/{}.mvt".format(*self.at)

    @property
    def stored(self) -> bytes:
        assert self.tiles.city is not None
        found = self.tiles.city.tile(*self.at)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("tiles")
    small = town()
    small.house(400_001, 1, 1, building="yes", addr__street="Brīvības iela", addr__housenumber="12")
    new_city(Wishes(small.write(home / "town.osm")), home / "city")
    with Tiles(load_city(home / "city"), home / "city" / ".kopa") as tiles:
        assert tiles.wait(120) == "ready"
        assert tiles.city is not None
        with closing(sqlite3.connect(tiles.city.file)) as connection:
            z, x, row = connection.execute(
                "SELECT zoom_level, tile_column, tile_row FROM tiles WHERE zoom_level = 15"
            ).fetchone()
        app = Starlette(routes=[*routes(tiles), *addresses.routes(tiles)])
        with TestClient(app) as http:
            yield Served(http, tiles, (z, x, 2**z - 1 - row))


def test_a_tile_comes_packed_as_it_is_stored(served: Served) -> None:
    answer = served.http.get(served.path, headers={"accept-encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(served.stored)
    assert answer.content == gzip.decompress(served.stored)
    assert "water" in mapbox_vector_tile.decode(answer.content)


def test_a_client_without_gzip_gets_it_unpacked(served: Served) -> None:
    answer = served.http.get(served.path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.content == gzip.decompress(served.stored)


def test_who_may_keep_it_and_how_long(served: Served) -> None:
    assert served.tiles.city is not None
    assert served.tiles.base is not None
    for name, version, said in (
        ("city", served.tiles.city.version, "private, max-age=31536000, immutable"),
        ("base", served.tiles.base.version, "public, max-age=31536000, immutable"),
        ("city", "older", "private, no-cache"),
        ("city", "", "private, no-cache"),
    ):
        path = served.path.replace("city", name)
        assert served.http.get(f"{path}?v={version}").headers["cache-control"] == said


def test_what_is_known_is_not_sent_again(served: Served) -> None:
    tag = served.http.get(served.path).headers["etag"]
    again = served.http.get(served.path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = served.http.get(served.path, headers={"if-none-match": '"older"'})
    assert other.status_code == 200


def test_where_nothing_is_drawn_there_is_no_content(served: Served) -> None:
    empty = served.http.get("/tiles/city/15/0/0.mvt")
    assert (empty.status_code, empty.content) == (204, b"")
    assert served.http.get("/tiles/base/0/0/0.mvt").status_code in (200, 204)


@pytest.mark.parametrize(
    "at", [f"{MOST_ZOOM + 1}/0/0", "3/8/0", "3/0/8", "-1/0/0", "a/b/c", "1.5/0/0", "9" * 5000
           + "/0/0", "999999999/0/0", "²/0/0", "15/0/99999999999999999999"]
)  # fmt: skip
def test_outside_the_map_there_is_none(served: Served, at: str) -> None:
    for name in ("base", "city"):
        answer = served.http.get(f"/tiles/{name}/{at}.mvt")
        assert answer.status_code == 404, at
        assert answer.headers["content-type"] == "application/problem+json"


def test_without_tiles_there_is_an_empty_map(tmp_path: Path) -> None:
    from small_city import write_city

    with Tiles(load_city(write_city(tmp_path)), tmp_path / ".kopa") as tiles:
        http = TestClient(Starlette(routes=[*routes(tiles), *addresses.routes(tiles)]))
        assert http.get("/tiles/base/0/0/0.mvt").status_code == 204
        assert http.get("/tiles/base/1/0/0.mvt").status_code == 404
        assert http.get("/public/addresses?q=briv").json() == {"addresses": []}


def test_addresses(served: Served) -> None:
    (found,) = served.http.get("/public/addresses", params={"q": "briv 12"}).json()["addresses"]
    assert found["label"] == "Brīvības iela 12"
    assert set(found) == {"label", "lon", "lat"}
    assert served.http.get("/public/addresses").json() == {"addresses": []}


def test_many_ask_at_once(served: Served) -> None:
    """One file, many threads: each gets the whole tile."""
    assert served.tiles.city is not None
    wanted, found = served.stored, []

    def ask(tiles: TileSet) -> None:
        found.extend(tiles.tile(*served.at) == wanted for _ in range(200))

    threads = [threading.Thread(target=ask, args=(served.tiles.city,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 1600


def test_a_tile_is_found_in_less_than_a_millisecond(served: Served) -> None:
    assert served.tiles.city is not None
    spent = []
    for _ in range(300):
        begin = time.perf_counter()
        served.tiles.city.tile(*served.at)
        spent.append(time.perf_counter() - begin)
    assert sorted(spent)[150] < 0.001
