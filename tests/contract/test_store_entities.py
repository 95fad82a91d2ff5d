"""Both stores keep and find entities alike, as a model in plain Python does."""

from __future__ import annotations

import dataclasses

import pytest
from contract.store_model import Model, same
from contract.store_rows import FIRST, SPAN, TENANTS, json_property, level, observe, placed, pump
from contract.store_strategies import entities, queries
from hypothesis import HealthCheck, given, settings

from kopa.errors import RangeError
from kopa.store import (
    AuditEntry,
    Batch,
    DeleteEntity,
    Key,
    Observations,
    PatchEntity,
    PutDocument,
    PutEntity,
    Query,
    Send,
    Store,
)
from kopa.store.errors import ConflictError, MissingError
from kopa.store.query import AttributePath, Box, Compare, Near, Related, Shape

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@EXAMPLES
@given(found=entities(), query=queries())
def test_a_query_is_answered_as_the_model_does(
    store: Store, found: list[PutEntity], query: Query
) -> None:
    tenant, other = next(TENANTS), next(TENANTS)
    model = Model()
    writes = [dataclasses.replace(write, tenant=tenant) for write in found]
    strange = [dataclasses.replace(write, tenant=other) for write in found]
    for write in writes:
        model.put(write)
    store.commit(Batch(entities=[*writes, *strange]))
    query = dataclasses.replace(query, tenant=tenant)
    expected = model.select(query)
    assert store.count(query) == len(expected)
    answer = store.entities(query)
    page = expected[query.offset : query.offset + query.limit]
    assert [entity.id for entity in answer] == page
    assert all(same(entity, model.entities[tenant, entity.id]) for entity in answer)


def test_an_entity_is_written_patched_and_removed(store: Store, tenant: str) -> None:
    put = pump(tenant, scopes=("/a/b",), types=("Pump", "Device"))
    assert store.commit(Batch(entities=[put])).entities == (1,)
    patch = PatchEntity(tenant, "urn:p1", 20, {"state": json_property('"on"')})
    assert store.commit(Batch(entities=[patch])).entities == (2,)
    entity = store.entity(tenant, "urn:p1")
    assert entity is not None
    assert (entity.created, entity.modified, entity.version) == (10, 20, 2)
    assert entity.types == ("Pump", "Device")
    assert entity.scopes == ("/a/b",)
    assert entity.attributes["level"].modified == 10
    assert (entity.attributes["state"].created, entity.attributes["state"].modified) == (20, 20)
    patch = PatchEntity(
        tenant, "urn:p1", 30, {"level": None, "state": json_property('"off"')}, ("Valve",), ()
    )
    store.commit(Batch(entities=[patch]))
    entity = store.entity(tenant, "urn:p1")
    assert entity is not None
    assert entity.types == ("Valve",)
    assert entity.scopes == ()
    assert list(entity.attributes) == ["state"]
    assert (entity.attributes["state"].created, entity.attributes["state"].modified) == (20, 30)
    assert store.types(tenant) == {"Valve": 1}
    assert store.attribute_names(tenant) == {"state": 1}
    assert store.attribute_names(tenant, "Pump") == {}
    assert store.commit(Batch(entities=[DeleteEntity(tenant, "urn:p1")])).entities == (0,)
    assert store.entity(tenant, "urn:p1") is None
    assert store.types(tenant) == {}
    assert store.count(Query(tenant)) == 0


def test_another_version_than_expected_is_a_conflict(store: Store, tenant: str) -> None:
    store.commit(Batch(entities=[pump(tenant, expected=0)]))
    for write in (
        pump(tenant, expected=0),
        pump(tenant, expected=2),
        PatchEntity(tenant, "urn:p1", 1, expected=7),
        DeleteEntity(tenant, "urn:p1", expected=2),
    ):
        with pytest.raises(ConflictError, match="urn:p1"):
            store.commit(Batch(entities=[write]))
    for missing in (PatchEntity(tenant, "urn:no", 1), DeleteEntity(tenant, "urn:no")):
        with pytest.raises(MissingError):
            store.commit(Batch(entities=[missing]))
    store.commit(Batch(entities=[DeleteEntity(tenant, "urn:p1", expected=1)]))


def test_a_batch_is_written_whole_or_not_at_all(store: Store, tenant: str) -> None:
    before = store.verify()
    batch = Batch(
        observations=[Observations.of(tenant, [level(FIRST, 1.0)])],
        entities=[pump(tenant), PatchEntity(tenant, "urn:missing", 1)],
        documents=[PutDocument(tenant, "finding", "f", b"{}", 1)],
        audit=[AuditEntry(tenant, 1, "me", "does", "it")],
        outbox=[Send(tenant, "s", b"x", 0)],
    )
    futures = [store.submit(batch), store.submit(Batch(entities=[pump(tenant, "urn:p2")]))]
    with pytest.raises(MissingError):
        futures[0].result()
    futures[1].result()  # beside the failed one, and not harmed
    assert store.entity(tenant, "urn:p1") is None
    assert store.entity(tenant, "urn:p2") is not None
    assert store.document(tenant, "finding", "f") is None
    assert not len(store.points(tenant, [Key("urn:p1", "level")], SPAN))
    assert store.series(tenant) == ()
    assert store.claim(10, 10) == ()
    assert store.verify() == before
    observe(store, tenant, level(FIRST, 1.0))
    assert len(store.points(tenant, [Key("urn:p1", "level")], SPAN)) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"\xff", b'{"value": NaN}', b'{"value": 1e400}',
     b'{"value":"\\u0000"}',
     b'{"value":"\\ud800"}', b"[" * 5000, b'{"type":"GeoProperty","value":{"type":"Point"}}',
     b'{"type":"GeoProperty","value":{"type":"Point","coordinates":[200,0]}}',
     b'[{"value":1},{"value":2}]', b'{"datasetId":3}'],
    ids=lambda content: content[:24].decode("latin-1"),
)  # fmt: skip
def test_an_attribute_that_cannot_be_kept_is_refused(
    store: Store, tenant: str, content: bytes
) -> None:
    with pytest.raises(RangeError):
        store.commit(Batch(entities=[pump(tenant, attributes={"bad": content})]))
    assert store.entity(tenant, "urn:p1") is None


def test_names_that_mean_something_in_sql_mean_nothing(store: Store, tenant: str) -> None:
    for name in ("'; DROP TABLE entity; --", 'a"b', "%", "a\\b", "$1", "?1", "{}"):
        put = PutEntity(tenant, name, (name,), {name: json_property('"x"')}, 1)
        store.commit(Batch(entities=[put]))
        where = Compare(AttributePath(name), "==", "x")
        found = store.entities(Query(tenant, (name,), (name,), attributes=(name,), where=where))
        assert [entity.id for entity in found] == [name]


def test_lines_and_areas_are_found_by_place(store: Store, tenant: str) -> None:
    line = '{"type":"LineString","coordinates":[[24.0,57.0],[24.2,57.0]]}'
    area = '{"type":"Polygon","coordinates":[[[24,56],[25,56],[25,56.5],[24,56.5],[24,56]]]}'
    point = '{"type":"Point","coordinates":[24.1,56.2]}'
    writes = [
        placed(tenant, "line", line),
        placed(tenant, "area", area),
        placed(tenant, "point", point),
    ]
    store.commit(Batch(entities=writes))

    def ids(place: Near | Box | Shape, nearest: bool = False) -> list[str]:
        query = Query(tenant, place=place, nearest_first=nearest)
        return [entity.id for entity in store.entities(query)]

    assert ids(Near(24.1, 57.01, 1200)) == ["line"]
    assert ids(Near(24.1, 57.01, 1000)) == []
    assert ids(Near(24.1, 56.3, 50_000), nearest=True) == ["area", "point"]
    assert ids(Near(24.1, 56.21), nearest=True) == ["area", "point", "line"]
    assert ids(Box(24.05, 56.15, 24.15, 56.25)) == ["area", "point"]
    assert ids(Shape("within", area)) == ["area", "point"]
    assert ids(Shape("contains", point)) == ["area", "point"]
    assert ids(Shape("disjoint", area)) == ["line"]
    assert ids(Shape("equals", line)) == ["line"]
    moved = PatchEntity(
        tenant, "point", 2, {"location": placed(tenant, "x", line).attributes["location"]}
    )
    store.commit(Batch(entities=[moved]))
    assert ids(Shape("equals", line)) == ["line", "point"]


def test_relationships_are_followed(store: Store, tenant: str) -> None:
    to = '{"type":"Relationship","object":%s}'
    store.commit(
        Batch(
            entities=[
                pump(tenant, "urn:a", attributes={"partOf": (to % '"urn:x"').encode()}),
                pump(tenant, "urn:b", attributes={"partOf": (to % '["urn:x","urn:y"]').encode()}),
                pump(tenant, "urn:c", attributes={"partOf": json_property('"urn:x"')}),
            ]
        )
    )
    query = Query(tenant, where=Related("partOf", ("urn:x",)))
    assert [entity.id for entity in store.entities(query)] == ["urn:a", "urn:b"]
    assert store.count(Query(tenant, where=Related("partOf", ("urn:y", "urn:z")))) == 1
