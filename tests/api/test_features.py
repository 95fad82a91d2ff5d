"""OGC API - Features over the entities of a city."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_map import LAT, LON, town
from starlette.testclient import TestClient

from kopa.api.app import make_app
from kopa.api.features import routes
from kopa.api.publish import publish
from kopa.city.load import load_city
from kopa.city.new import new_city
from kopa.city.survey import Wishes
from kopa.store import open_store


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("features")
    new_city(Wishes(town().write(folder / "town.osm")), folder / "city")
    city = load_city(folder / "city")
    with open_store(folder / "store") as store:
        app = make_app(store)
        app.router.routes[:0] = routes(app.state.broker)
        publish(city, app.state.broker)
        with TestClient(app, raise_server_exceptions=False) as made:
            yield made


def test_landing_conformance_collections(client: TestClient) -> None:
    landing = client.get("/ogc/features").json()
    assert {link["rel"] for link in landing["links"]} >= {"self", "conformance", "data"}
    assert len(client.get("/ogc/features/conformance").json()["conformsTo"]) == 2
    names = {c["id"] for c in client.get("/ogc/features/collections").json()["collections"]}
    assert {"Pipe", "Junction", "Home", "RoadSegment"} <= names
    pipe = client.get("/ogc/features/collections/Pipe").json()
    assert pipe["links"][1]["href"].endswith("/collections/Pipe/items")


def test_pages_follow_one_another(client: TestClient) -> None:
    url, seen = "/ogc/features/collections/Home/items?limit=7", []
    while url:
        answer = client.get(url)
        assert answer.headers["content-type"] == "application/geo+json"
        page = answer.json()
        assert page["numberReturned"] == len(page["features"]) <= 7
        seen += [feature["id"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert len(seen) == len(set(seen)) == page["numberMatched"] == 50


def test_a_box_and_a_property(client: TestClient) -> None:
    url = "/ogc/features/collections/Home/items"
    box = f"{LON},{LAT},{LON + 0.0018},{LAT + 0.001}"
    found = client.get(url, params={"bbox": box, "limit": 100}).json()
    assert 0 < found["numberMatched"] < 50
    for feature in found["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        assert LON <= lon <= LON + 0.0018
        assert LAT <= lat <= LAT + 0.001
    name = found["features"][0]["properties"]["asset"]
    (one,) = client.get(url, params={"asset": name}).json()["features"]
    assert one["id"] == found["features"][0]["id"]
    assert client.get(f"{url}/{one['id']}").json() == one


def test_what_is_not_there(client: TestClient) -> None:
    assert client.get("/ogc/features/collections/Dragon").status_code == 404
    assert client.get("/ogc/features/collections/Home/items/urn:x:y").status_code == 404
    pump = client.get("/ogc/features/collections/Pump/items").json()["features"][0]["id"]
    assert client.get(f"/ogc/features/collections/Home/items/{pump}").status_code == 404


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(
    st.sampled_from(["bbox", "limit", "offset", "datetime", "people", "name", "a.b", "\u00e9"]),
    st.text(max_size=12) | st.sampled_from(["1,2,3,4", "4,3,2,1", "-1", "nan", "1e999", "0"]),
    max_size=3,
))  # fmt: skip
def test_any_parameters_are_served_or_refused(client: TestClient, given: dict[str, str]) -> None:
    answer = client.get("/ogc/features/collections/Home/items", params=given)
    assert answer.status_code in (200, 400), answer.text
