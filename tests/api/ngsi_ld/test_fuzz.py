"""No request ends in a 5xx: random JSON and random queries at every resource."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = "/ngsi-ld/v1"
WORDS = st.sampled_from(
    [
        "id",
        "type",
        "@context",
        "@id",
        "@value",
        "value",
        "object",
        "languageMap",
        "vocab",
        "json",
        "valueList",
        "objectList",
        "datasetId",
        "observedAt",
        "unitCode",
        "scope",
        "location",
        "Property",
        "Relationship",
        "GeoProperty",
        "Point",
        "coordinates",
        "entities",
        "notification",
        "endpoint",
        "uri",
        "q",
        "geoQ",
        "urn:x:1",
        "urn:ngsi-ld:null",
        "2026-01-01T00:00:00Z",
        "Subscription",
        "Query",
        "speed",
        "createdAt",
        "temporalQ",
        "timerel",
    ]
)
TEXTS = st.one_of(WORDS, st.text(max_size=12))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.just([]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
ENTITIES = st.builds(
    lambda more: {"id": "urn:x:fuzz", "type": "Fuzz", **more},
    st.dictionaries(TEXTS, VALUES, max_size=4),
)
BODIES = st.one_of(VALUES, ENTITIES, st.lists(ENTITIES, max_size=3))
PATHS = st.sampled_from(
    [
        "/entities",
        "/entities/urn:x:fuzz",
        "/entities/urn:x:fuzz/attrs",
        "/entities/urn:x:fuzz/attrs/speed",
        "/entityOperations/create",
        "/entityOperations/upsert",
        "/entityOperations/update",
        "/entityOperations/merge",
        "/entityOperations/delete",
        "/entityOperations/query",
        "/temporal/entities",
        "/temporal/entities/urn:x:fuzz/attrs",
        "/temporal/entityOperations/query",
        "/subscriptions",
        "/jsonldContexts",
    ]
)
PARAMETERS = st.sampled_from(
    [
        "id",
        "type",
        "idPattern",
        "attrs",
        "pick",
        "omit",
        "q",
        "scopeQ",
        "georel",
        "geometry",
        "coordinates",
        "geoproperty",
        "options",
        "format",
        "limit",
        "offset",
        "count",
        "lang",
        "datasetId",
        "join",
        "joinLevel",
        "containedBy",
        "timerel",
        "timeAt",
        "endTimeAt",
        "timeproperty",
        "lastN",
        "aggrMethods",
        "aggrPeriodDuration",
        "details",
        "kind",
        "reload",
        "local",
        "csf",
    ]
)
SOME = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(
    st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]),
    PATHS,
    BODIES,
    st.sampled_from(["application/json", "application/ld+json", "application/merge-patch+json"]),
)
@SOME
def test_bodies(client: httpx.Client, method, path, body, kind):
    try:
        answer = client.request(method, f"{ROOT}{path}", json=body, headers={"Content-Type": kind})
    except UnicodeEncodeError:
        return
    assert answer.status_code < 500 or answer.status_code == 504, answer.text


@given(
    st.one_of(PATHS, st.sampled_from(["/types", "/attributes", "/types/a", "/jsonldContexts/a:b"])),
    st.dictionaries(PARAMETERS, st.one_of(TEXTS, st.integers().map(str)), max_size=5),
)
@SOME
def test_queries(client: httpx.Client, path, parameters):
    try:
        answer = client.get(f"{ROOT}{path}", params=parameters)
    except UnicodeEncodeError:
        return
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"\xff\xfe",
        b'{"id":"urn:x:1","type":"T","a":{"value":1e999}}',
        b'{"id":"urn:x:\\u0000","type":"T"}',
        b'{"id":"urn:x:1","type":"T","a":"\\u0000"}',
        b'{"id":"urn:x:1","type":"T","a":"\\ud800"}',
        b"NaN",
        b"",
    ],
)
def test_hostile_bodies(client: httpx.Client, body):
    headers = {"Content-Type": "application/json"}
    assert client.post(f"{ROOT}/entities", content=body, headers=headers).status_code == 400
