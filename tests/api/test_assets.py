"""Assets as entities: ids, types, places; published again, nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_city import write_whole_city
from small_map import LAT, LON, town

from kopa.api.app import make_app
from kopa.api.assets import entities, entity_id, entity_type, ids_of
from kopa.api.publish import publish
from kopa.city.load import load_city
from kopa.city.new import new_city
from kopa.city.survey import Wishes
from kopa.store import open_store


@pytest.mark.parametrize(
    ("domain", "kind", "expected"),
    [
        ("water", "pump", "Pump"),
        ("transport", "street", "RoadSegment"),
        ("places", "fire_station", "FireStation"),
        ("energy", "ext_grid", "ExtGrid"),
    ],
)
def test_types(domain: str, kind: str, expected: str) -> None:
    assert entity_type(domain, kind) == expected


def test_ids_are_uris() -> None:
    assert entity_id("water", "pipe", "link/20 a") == "urn:ngsi-ld:Pipe:water:link%2F20%20a"


def test_every_asset_is_one_entity(tmp_path: Path) -> None:
    city = load_city(write_whole_city(tmp_path))
    rows = [json.loads(raw) for raw in entities(city)]
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["asset"]["value"]: row["id"] for row in rows} == ids_of(city)
    assert (
        "location" not in rows[0]
    )  # the small city has no CRS: no place is better than a wrong one


def test_places_are_degrees(tmp_path: Path) -> None:
    new_city(Wishes(town().write(tmp_path / "town.osm")), tmp_path / "city")
    city = load_city(tmp_path / "city")
    rows = [json.loads(raw) for raw in entities(city)]
    placed = [row["location"]["value"]["coordinates"] for row in rows if "location" in row]
    assert len(placed) > 0.9 * len(rows)
    assert all(abs(lon - LON) < 0.02 and abs(lat - LAT) < 0.02 for lon, lat in placed)


def test_published_again_nothing_is_written(tmp_path: Path) -> None:
    city = load_city(write_whole_city(tmp_path))
    with open_store(tmp_path / "store") as store:
        broker = make_app(store).state.broker
        first = publish(city, broker)
        pump = ids_of(city)["water:U"]
        before = store.entity("", pump)
        assert publish(city, broker) == 0
        after = store.entity("", pump)
        assert before is not None
        assert after is not None
        assert after.version == before.version
        assert store.statistics().entities == first

        file = tmp_path / "network.inp"
        text = file.read_text().replace("U R A HEAD H", "U2 R A HEAD H")
        file.write_text(text)
        (tmp_path / "links.csv").unlink()
        changed = load_city(tmp_path)
        assert publish(changed, broker) == first
        assert store.entity("", ids_of(changed)["water:U2"]) is not None
        assert publish(changed, broker) == 0
