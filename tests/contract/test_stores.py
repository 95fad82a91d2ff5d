"""Both stores do what the contract says, and answer as a model in plain Python does."""

from __future__ import annotations

import asyncio
import math
import statistics
from pathlib import Path

import numpy as np
import pytest
from contract.store_model import Model
from contract.store_rows import FIRST, SPAN, TENANTS, level, observe, placed, pump
from contract.store_strategies import KEYS, OBSERVATIONS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kopa.store import (
    METHODS,
    AuditEntry,
    Batch,
    Key,
    Label,
    Observation,
    Observations,
    PutDocument,
    Query,
    Retry,
    Send,
    Sent,
    Span,
    Store,
    open_store,
    restore_store,
)
from kopa.store.errors import ConflictError, MissingError
from kopa.store.query import Near
from kopa.store.times import DAY, HOUR

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@EXAMPLES
@given(batches=st.lists(OBSERVATIONS, min_size=1, max_size=4), data=st.data())
def test_series_are_read_as_the_model_does(
    store: Store, batches: list[list[Observation]], data: st.DataObject
) -> None:
    """Late data, repeats, texts, what cannot be interpreted; compacted at any moment."""
    tenant, model = next(TENANTS), Model()
    for rows in batches:
        store.commit(Batch([Observations.of(tenant, rows)]))
        model.observe(tenant, rows)
        if data.draw(st.booleans()):
            store.compact(FIRST + data.draw(st.integers(0, 4)) * DAY)
    begin = data.draw(st.sampled_from([SPAN.begin, FIRST, FIRST + HOUR]))
    end = data.draw(st.sampled_from([SPAN.end, FIRST + DAY, FIRST + DAY + HOUR]))
    expected = [row for key in KEYS for row in model.points(tenant, key, begin, end)]
    assert store.points(tenant, KEYS, Span(begin, end)).rows() == expected
    most = data.draw(st.sampled_from([1, 2, 5]))
    for newest in (False, True):
        parts = [model.points(tenant, key, begin, end) for key in KEYS]
        ends = [row for part in parts for row in (part[-most:] if newest else part[:most])]
        assert store.points(tenant, KEYS, Span(begin, end, most, newest)).rows() == ends
    last = [row for key in KEYS if (row := model.last(tenant, key))]
    assert store.last(tenant, KEYS).rows() == last


@pytest.mark.parametrize("bucket", ["PT1H", "P1D", "PT0S", "P1M"])
@pytest.mark.parametrize("compacted", [False, True])
def test_aggregates_are_those_of_the_points(
    store: Store, tenant: str, bucket: str, compacted: bool
) -> None:
    rng = np.random.default_rng(1)
    begin, end = FIRST + HOUR // 2, FIRST + 3 * DAY
    keys = [Key("urn:a", "level"), Key("urn:b", "level"), Key("urn:never", "level")]
    at = rng.integers(FIRST, FIRST + 4 * DAY, 2000)
    numbers = np.round(rng.normal(20, 5, 2000), 1)
    rows = [
        Observation(keys[i % 2], int(t), float(v))
        for i, (t, v) in enumerate(zip(at, numbers, strict=True))
    ]
    rows += [
        Observation(keys[0], FIRST + 2 * HOUR, "off"),
        Observation(keys[0], FIRST + HOUR, None),
    ]
    observe(store, tenant, *rows)
    if compacted:
        store.compact(FIRST + 3 * DAY)
        late = [Observation(keys[1], FIRST + 5 * HOUR, 7.0), Observation(keys[0], rows[0].at, 1.0)]
        observe(store, tenant, *late)
        rows += late
    model = Model()
    model.observe(tenant, rows)
    found = store.aggregate(tenant, keys, Span(begin, end), bucket, METHODS)
    seen = 0
    for row, (series, low, high) in enumerate(
        zip(found.series, found.begin, found.end, strict=True)
    ):
        points = model.points(tenant, keys[series], int(low), int(high))
        values = [p.value for p in points if isinstance(p.value, float)]
        expected = {
            "totalCount": len(points),
            "distinctCount": len({p.value for p in points} - {None}),
            "sum": sum(values),
            "avg": statistics.fmean(values),
            "min": min(values),
            "max": max(values),
            "stddev": statistics.pstdev(values),
            "sumsq": sum(v * v for v in values),
        }
        got = {method: float(column[row]) for method, column in found.values.items()}
        assert got == pytest.approx(expected, abs=1e-6)
        seen += len(points)
    assert seen == sum(len(model.points(tenant, key, begin, end)) for key in keys)


# --- observations


def test_a_repeat_changes_nothing_and_the_later_write_wins(store: Store, tenant: str) -> None:
    observe(store, tenant, level(FIRST, 1.0), level(FIRST, 2.0))
    observe(store, tenant, level(FIRST, 2.0))
    key = [Key("urn:p1", "level")]
    assert store.points(tenant, key, SPAN).rows() == [level(FIRST, 2.0)]
    observe(store, tenant, level(FIRST - HOUR, 9.0))  # late: kept, but not the newest
    assert store.last(tenant, key).rows() == [level(FIRST, 2.0)]
    assert len(store.points(tenant, key, SPAN)) == 2


def test_labels_and_raw_are_kept(store: Store, tenant: str) -> None:
    row = Observation(Key("urn:p1", "level"), FIRST, None, Label("XX", "bad", True), "17 furlongs")
    observe(store, tenant, row)
    assert store.points(tenant, [row.key], SPAN).rows() == [row]
    assert store.last(tenant, [row.key]).rows() == [row]
    assert store.series(tenant) == (row.key,)
    assert store.series(tenant, "urn:other") == ()


def test_series_of_another_tenant_are_not_seen(store: Store, tenant: str) -> None:
    observe(store, tenant, level(FIRST, 1.0))
    other = next(TENANTS)
    key = [Key("urn:p1", "level")]
    assert not len(store.points(other, key, SPAN))
    assert not len(store.last(other, key))
    assert not len(store.aggregate(other, key, SPAN, "P1D", ["avg"]).series)
    assert store.series(other) == ()


def test_retention_forgets_whole_days(store: Store, tenant: str) -> None:
    old = -40_000 * DAY
    observe(store, tenant, level(old, 1.0), level(old + DAY, 2.0), level(old + 2 * DAY, 3.0))
    store.compact(old + DAY)
    assert store.retain(old + 2 * DAY + HOUR) == 2
    rest = store.points(tenant, [Key("urn:p1", "level")], Span(old - DAY, old + 9 * DAY))
    assert rest.rows() == [level(old + 2 * DAY, 3.0)]
    assert store.retain(old + 3 * DAY) == 1


# --- documents, outbox, audit


def test_documents_are_kept_by_kind(store: Store, tenant: str) -> None:
    put = [PutDocument(tenant, "finding", f"f{n}", b'{"n":%d}' % n, n) for n in range(5)]
    assert store.commit(Batch(documents=put)).documents == (1,) * 5
    put = [PutDocument(tenant, "finding", "f1", b'"new"', 9, expected=1)]
    assert store.commit(Batch(documents=put)).documents == (2,)
    with pytest.raises(ConflictError):
        store.commit(Batch(documents=put))
    store.commit(Batch(documents=[PutDocument(tenant, "finding", "f0", None, 9)]))
    with pytest.raises(MissingError):
        store.commit(Batch(documents=[PutDocument(tenant, "finding", "f0", None, 9)]))
    found = store.document(tenant, "finding", "f1")
    assert found is not None
    assert (found.content, found.modified, found.version) == (b'"new"', 9, 2)
    assert [d.id for d in store.documents(tenant, "finding", "f1", 2)] == ["f2", "f3"]
    assert store.documents(tenant, "scenario") == ()
    assert store.documents(next(TENANTS), "finding") == ()


def test_the_outbox_gives_out_what_is_due_until_it_is_settled(store: Store, tenant: str) -> None:
    base = 1 << 50
    sends = [Send(tenant, "sub", b"%d" % n, base - 10 + n) for n in (0, 1, 50)]
    store.commit(Batch(outbox=sends))
    first = [i for i in store.claim(base, 100) if i.tenant == tenant]
    assert [(item.content, item.attempts) for item in first] == [(b"0", 1), (b"1", 1)]
    assert [i for i in store.claim(base + 1, 100) if i.tenant == tenant] == []
    store.commit(Batch(outbox=[Sent(first[0].id), Retry(first[1].id, base + 5)]))
    again = [i for i in store.claim(base + 5, 100) if i.tenant == tenant]
    assert [(item.content, item.attempts) for item in again] == [(b"1", 2)]
    lost = [i for i in store.claim(base + 200, 100) if i.tenant == tenant]  # nobody settled it
    assert sorted((item.content, item.attempts) for item in lost) == [(b"1", 3), (b"50", 1)]
    store.commit(Batch(outbox=[Sent(item.id) for item in lost]))
    assert store.claim(1 << 60, 1) == ()


def test_the_audit_log_is_a_chain_in_the_order_of_commits(store: Store, tenant: str) -> None:
    start = store.verify().rows
    for at in (100, 50, 75):  # the clock jumps back; the chain does not mind
        entry = AuditEntry(tenant, at, "anna", "closes", "urn:p1", {"č": 'q"\n'})
        receipt = store.commit(Batch(audit=[entry, entry]))
        assert receipt.audit == (receipt.audit[0], receipt.audit[0] + 1)
    rows = store.audit(tenant)
    assert [row.entry.at for row in rows] == [100, 100, 50, 50, 75, 75]
    assert rows[0].entry == AuditEntry(tenant, 100, "anna", "closes", "urn:p1", {"č": 'q"\n'})
    assert [row.sequence for row in store.audit(tenant, rows[1].sequence, 1)] == [rows[2].sequence]
    verdict = store.verify()
    assert (verdict.rows, verdict.broken) == (start + 6, 0)
    assert verdict.head == rows[-1].hash


# --- the whole


def test_a_coroutine_can_wait(store: Store, tenant: str) -> None:
    async def write() -> int:
        futures = [store.submit(Batch(entities=[pump(tenant, f"urn:{n}")])) for n in range(20)]
        receipts = await asyncio.gather(*map(asyncio.wrap_future, futures))
        return sum(receipt.entities[0] for receipt in receipts)

    assert asyncio.run(write()) == 20
    assert store.count(Query(tenant)) == 20


def test_a_backup_is_the_store_at_its_moment(
    store: Store, tenant: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    observe(store, tenant, *(level(FIRST + n * HOUR, float(n)) for n in range(72)))
    store.compact(FIRST + 2 * DAY)
    store.commit(
        Batch(
            entities=[placed(tenant, "point", '{"type":"Point","coordinates":[24,57]}')],
            documents=[PutDocument(tenant, "user", "u", b"{}", 1)],
            audit=[AuditEntry(tenant, 1, "a", "b", "c")],
            outbox=[Send(tenant, "s", b"x", 1 << 59)],
        )
    )
    store.backup(tmp_path / "backup")
    before = store.statistics()
    points = store.points(tenant, [Key("urn:p1", "level")], SPAN).rows()
    entity = store.entity(tenant, "point")
    verdict = store.verify()
    observe(store, tenant, level(FIRST, -1.0))  # not in the backup
    address: str | Path = tmp_path / "restored"
    if "embedded" not in request.node.name:
        address = _new_database(request.getfixturevalue("server"))
    restore_store(tmp_path / "backup", address)
    with open_store(address) as restored:
        assert restored.points(tenant, [Key("urn:p1", "level")], SPAN).rows() == points
        assert restored.entity(tenant, "point") == entity
        assert restored.count(Query(tenant, place=Near(24, 57, 10))) == 1
        assert restored.verify() == verdict
        after = restored.statistics()
        for name in ("entities", "series", "documents", "outbox", "audit", "hot", "cold"):
            assert getattr(after, name) == getattr(before, name), name
        observe(restored, tenant, level(FIRST, 5.0))
        assert restored.commit(Batch(entities=[pump(tenant)])).entities == (1,)
        audited = restored.commit(Batch(audit=[AuditEntry(tenant, 1, "a", "b", "c")])).audit
        assert audited == (verdict.rows + 1,)
        assert restored.verify().broken == 0


def _new_database(address: str) -> str:
    import asyncpg

    async def create() -> None:
        connection = await asyncpg.connect(address)
        await connection.execute("CREATE DATABASE restored")
        await connection.close()

    asyncio.run(create())
    return address.rpartition("/")[0] + "/restored"


def test_statistics_count(store: Store, tenant: str) -> None:
    before = store.statistics()
    observe(store, tenant, level(FIRST, 1.0), level(FIRST + 4 * DAY, 1.0))
    store.commit(Batch(entities=[pump(tenant)]))
    after = store.statistics()
    assert (after.entities, after.series) == (before.entities + 1, before.series + 1)
    assert after.hot + after.cold == before.hot + before.cold + 2
    assert after.waiting == 0
    assert after.hot_bytes > 0
    assert math.isfinite(after.cold_bytes)
