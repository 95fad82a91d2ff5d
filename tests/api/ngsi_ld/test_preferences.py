"""Order by distance and language, and the version that a client prefers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.api.ngsi_ld.collation import collation_key
from kopa.api.ngsi_ld.prefer import amended, preferred
from kopa.api.ngsi_ld.problems import BadRequestData

ROOT = "/ngsi-ld/v1"
PLACES = {"near": (8.01, 40.01, "Zebra"), "far": (10.0, 45.0, "Ähre"), "mid": (9.0, 41.0, "apfel")}
IDS = {name: f"urn:ngsi-ld:Stop:{name}" for name in (*PLACES, "nowhere")}


@pytest.fixture(scope="module", autouse=True)
def stops(client):
    for name, (x, y, text) in PLACES.items():
        place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [x, y]}}
        entity = {
            "id": IDS[name],
            "type": "Stop",
            "location": place,
            "name": {"type": "Property", "value": text},
            "address": {"type": "Property", "value": {"city": text}},
            "kind": {"type": "VocabProperty", "vocab": "tram"},
        }
        assert client.post(f"{ROOT}/entities", json=entity).status_code == 201
    bare = {"id": IDS["nowhere"], "type": "Stop"}
    assert client.post(f"{ROOT}/entities", json=bare).status_code == 201


def order(client, **parameters):
    answer = client.get(f"{ROOT}/entities", params={"type": "Stop", **parameters})
    assert answer.status_code == 200, answer.text
    return [one["id"].rsplit(":", 1)[1] for one in answer.json()]


def test_by_distance(client):
    here = "[8,40]"
    up = order(client, orderBy="location;dist-asc", orderFrom=here)
    assert up == ["near", "mid", "far", "nowhere"]
    down = order(client, orderBy="location;dist-desc", orderFrom=here)
    assert down == ["far", "mid", "near", "nowhere"]


def test_by_a_member_and_a_language(client):
    assert order(client, orderBy="address[city]") == ["near", "mid", "far", "nowhere"]
    assert order(client, orderBy="name", collation="und") == ["far", "mid", "near", "nowhere"]
    book = order(client, orderBy="name;desc", collation="de-u-co-phonebk")
    assert book == ["near", "mid", "far", "nowhere"]


def test_in_a_body(client):
    ordering = {"orderBy": ["location;dist-asc"], "coordinates": [8, 40], "geometry": "Point"}
    body = {"type": "Query", "entities": [{"type": "Stop"}], "ordering": ordering}
    answer = client.post(f"{ROOT}/entityOperations/query", json=body)
    assert answer.json()[0]["id"] == IDS["near"]


@pytest.mark.parametrize(
    "bad",
    [
        {"orderBy": "location;dist-asc"},
        {"orderBy": "location;dist-asc", "orderFrom": "[8"},
        {"orderBy": "location;dist-asc", "orderFrom": "[[8,40]]"},
        {"orderBy": "name;up"},
        {"orderBy": "name[;"},
        {"orderBy": "name", "collation": "!!nope"},
        {"orderBy": "name", "collation": "lv"},
        {"orderBy": "name", "collation": "en-u-co-phonebk"},
    ],
)
def test_what_is_refused(client, bad):
    answer = client.get(f"{ROOT}/entities", params={"type": "Stop", **bad})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "ordering", [5, {"orderBy": 5}, {"orderBy": [5]}, {"orderBy": ["id"], "geometry": 5}]
)
def test_what_is_refused_in_a_body(client, ordering):
    body = {"type": "Query", "entities": [{"type": "Stop"}], "ordering": ordering}
    assert client.post(f"{ROOT}/entityOperations/query", json=body).status_code == 400


@given(st.text(max_size=8), st.text(max_size=8))
def test_only_equal_texts_have_the_same_place(one, other):
    key = collation_key("und")
    same = unicodedata.normalize("NFKD", one) == unicodedata.normalize("NFKD", other)
    assert not same or key(one) == key(other)


def test_marks_come_after_letters_and_case_last():
    assert sorted(["b", "á", "A", "a"], key=collation_key("und")) == ["a", "A", "á", "b"]
    with pytest.raises(BadRequestData):
        collation_key("sv")  # å comes after z there: the root order would be wrong


def test_an_older_version(client):
    path = f"{ROOT}/entities/{IDS['near']}"
    old = client.get(path, headers={"Prefer": 'respond-async, NGSI-LD="1.5";q=1'})
    assert (old.status_code, old.headers["preference-applied"]) == (203, "ngsi-ld=1.5")
    assert old.json()["kind"] == {"type": "Property", "value": "tram"}
    new = client.get(path, headers={"Prefer": "ngsi-ld=1.9"})
    assert (new.status_code, new.headers["preference-applied"]) == (200, "ngsi-ld=1.9")
    assert new.json()["kind"]["type"] == "VocabProperty"
    assert "preference-applied" not in client.get(path, headers={"Prefer": "ngsi-ld=2.0"}).headers
    several = client.get(f"{ROOT}/entities?type=Stop", headers={"Prefer": "ngsi-ld=1.0"})
    assert several.status_code == 203


def test_what_is_not_newer_stays_as_it_is():
    entity = {"id": "a", "type": "T", "x": {"type": "Property", "value": {"type": "VocabProperty"}}}
    assert amended(entity, 0) is entity
    deep = {
        "x": {
            "type": "Property",
            "value": 1,
            "y": [{"type": "LanguageProperty", "languageMap": {"en": "a"}}],
        }
    }
    assert amended(deep, 3)["x"]["y"] == [{"type": "Property", "value": {"en": "a"}}]
    assert amended({**entity, "scope": "/a"}, 4) == entity
    assert preferred("ngsi-ld") is None
