"""No request ends in a 5xx: good entities, queries and batches with something changed in them."""

from __future__ import annotations

import copy
import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = "/ngsi-ld/v1"
GOOD: dict[str, Any] = {
    "id": "urn:ngsi-ld:Tank:water:1", "type": ["Tank", "Store"], "scope": ["/Riga/Centrs"],
    "level": {"type": "Property", "value": 3.5, "unitCode": "MTR",
              "observedAt": "2026-11-22T10:00:00Z", "accuracy": {"type": "Property", "value": 1}},
    "mode": [{"type": "Property", "value": "auto"},
             {"type": "Property", "value": "hand", "datasetId": "urn:x:1"}],
    "feeds": {"type": "Relationship", "object": ["urn:ngsi-ld:Pipe:water:1", "urn:x:2"]},
    "label": {"type": "LanguageProperty", "languageMap": {"lv": "Tvertne", "en": "Tank"}},
    "kind": {"type": "VocabProperty", "vocab": "Steel"},
    "log": {"type": "ListProperty", "valueList": [1, "a", None, [2]]},
    "raw": {"type": "JsonProperty", "json": {"a": [1, {"b": None}]}},
    "location": {"type": "GeoProperty", "value": {
        "type": "Polygon", "coordinates": [[[24, 56], [25, 56], [25, 57], [24, 56]]]}},
    "@context": ["https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"],
}  # fmt: skip
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5), st.just([]), st.just({}), st.just("urn:ngsi-ld:null"),
    st.just({"type": "Property"}), st.just({"@value": 1}), st.just([[[]]]), st.just(10**400),
    st.just("2026-13-99T99:99:99Z"), st.just(-0.0), st.just("\ufdd0"), st.just("a" * 3000),
)  # fmt: skip
SOME = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every member and item of a document, with what holds it."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one))
        for key in keys:
            found.append((one, key))
            if isinstance(one[key], dict | list):
                waiting.append(one[key])
    return found


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The good entity with one to three places changed, removed, or moved elsewhere."""
    entity = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(places(entity)))
        how = draw(st.sampled_from(["odd", "drop", "list", "swap", "rename"]))
        if how == "odd":
            holder[key] = draw(ODD)
        elif how == "drop":
            del holder[key]
        elif how == "list":
            holder[key] = [holder[key], holder[key]]
        elif how == "rename" and isinstance(holder, dict):
            holder[draw(st.text(max_size=6))] = holder.pop(key)
        else:
            _, other = draw(st.sampled_from(places(GOOD)))
            holder[key] = other
        if not places(entity):
            break
    return entity


def sent(client: httpx.Client, method: str, path: str, body: Any) -> None:
    """Send it; a text that is no Unicode cannot be sent at all."""
    try:
        content = json.dumps(body).encode()
    except (UnicodeEncodeError, ValueError):
        return
    headers = {"content-type": "application/ld+json"}
    answer = client.request(method, f"{ROOT}{path}", content=content, headers=headers)
    assert answer.status_code < 500 or answer.status_code == 504, answer.text


@given(mutated(), st.sampled_from([
    ("POST", "/entities"), ("PUT", f"/entities/{GOOD['id']}"), ("PATCH", f"/entities/{GOOD['id']}"),
    ("POST", f"/entities/{GOOD['id']}/attrs"), ("PATCH", f"/entities/{GOOD['id']}/attrs"),
    ("POST", "/temporal/entities"), ("POST", f"/temporal/entities/{GOOD['id']}/attrs"),
]))  # fmt: skip
@SOME
def test_entities_with_something_changed(
    client: httpx.Client, entity: dict[str, Any], target: tuple[str, str]
) -> None:
    client.post(f"{ROOT}/entityOperations/upsert", json=[{**GOOD, "@context": GOOD["@context"]}],
                headers={"content-type": "application/ld+json"})  # fmt: skip
    sent(client, *target, entity)
    read = client.get(f"{ROOT}/entities/{GOOD['id']}", params={"options": "concise"})
    assert read.status_code in (200, 404), read.text


@given(st.lists(mutated() | ODD, max_size=4),
       st.sampled_from(["create", "upsert", "update", "merge", "delete", "query"]))  # fmt: skip
@SOME
def test_batches_with_something_changed(client: httpx.Client, batch: list[Any], name: str) -> None:
    sent(client, "POST", f"/entityOperations/{name}", batch)


TERMS = st.sampled_from(
    ["level", "level.accuracy", "location[coordinates]", "mode[", "label[lv]", "==", "!=", ">=",
     "<", "~=", "!~=", ";", "|", "(", ")", "1", "1..2", "..", '"auto"', '"', "2026-11-22T10:00:00Z",
     "true", ",", "feeds{level}", "%", "é", "\\", ".*", "(a+)+$", "urn:x:1", "!", "@none"]
)  # fmt: skip
GEO = st.sampled_from(
    ["near;maxDistance==10", "near;maxDistance==-1", "near;minDistance==1e999", "near", "within",
     "intersects;", "equals", "disjoint", "overlaps", "contains", "", "near;maxDistance==abc"]
)  # fmt: skip
SHAPES = st.sampled_from(["Point", "Polygon", "LineString", "MultiPoint", "Circle", ""])
COORDINATES = st.one_of(
    st.sampled_from(["[24,56]", "[[24,56],[25,57]]", "[[[24,56],[25,56],[25,57],[24,56]]]",
                     "[[[]]]", "[1e400,0]", "[999,999]", "24,56", "[", "null",
                     "[[[24,56],[24,56]]]"]),
    st.text(max_size=8),
)  # fmt: skip


@given(st.lists(TERMS, max_size=7).map("".join), GEO, SHAPES, COORDINATES, st.sampled_from(
    ["/entities", "/temporal/entities"]), st.booleans())  # fmt: skip
@SOME
def test_queries_with_something_changed(
    client: httpx.Client, q: str, georel: str, shape: str, coordinates: str, path: str, geo: bool
) -> None:
    given_ = {"type": "Tank", "q": q, "timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}
    if path == "/entities":
        del given_["timerel"], given_["timeAt"]
    if geo:
        given_ |= {"georel": georel, "geometry": shape, "coordinates": coordinates}
    answer = client.get(f"{ROOT}{path}", params=given_)
    assert answer.status_code < 500, answer.text
    body = {"type": "Query", "entities": [{"type": "Tank"}], "q": q,
            "geoQ": {"georel": georel, "geometry": shape, "coordinates": coordinates}}  # fmt: skip
    sent(client, "POST", "/entityOperations/query", body)
