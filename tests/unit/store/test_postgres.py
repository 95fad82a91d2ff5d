"""Several processes on one PostgreSQL, and a server that dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import asyncpg
import pytest
from contract.store_servers import Postgres, free_port, postgres_programs

from kopa.errors import KopaError
from kopa.store import (
    AuditEntry,
    Batch,
    Key,
    Observation,
    Observations,
    PatchEntity,
    PutEntity,
    Send,
    Span,
    Store,
    open_store,
)
from kopa.store.errors import StoreError, UnreachableError
from kopa.store.times import DAY, SECOND

FIRST = 20_000 * DAY
KEY = Key("urn:1", "level")
EVER = Span(FIRST - DAY, FIRST + 99 * DAY)

pytestmark = pytest.mark.skipif(
    postgres_programs() is None, reason="PostgreSQL with PostGIS is not installed"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.close()


def batch(tenant: str, number: int) -> Batch:
    row = Observation(KEY, FIRST + number % 5 * DAY + number * SECOND, float(number))
    return Batch(
        [Observations.of(tenant, [row])],
        [PatchEntity(tenant, "urn:counter", number, {f"n{number}": b'{"value":1}'})],
        (),
        [AuditEntry(tenant, number, "a", "writes", str(number))],
        [Send(tenant, "s", str(number).encode(), 0)],
    )


def counter(store: Store, tenant: str) -> None:
    store.commit(Batch(entities=[PutEntity(tenant, "urn:counter", ("Counter",), {}, 0)]))


def test_writers_of_several_processes_share_one_chain(server: Postgres) -> None:
    """Stores stand for processes: they share nothing but the server."""
    stores = [open_store(server.address) for _ in range(3)]
    counter(stores[0], "many")

    def write(store: Store, numbers: range) -> None:
        for number in numbers:
            store.commit(batch("many", number))

    parts = [
        threading.Thread(target=write, args=(store, range(n, 120, 3)))
        for n, store in enumerate(stores)
    ]
    for part in parts:
        part.start()
    claimed: list[bytes] = []

    def claim(store: Store) -> None:
        while any(part.is_alive() for part in parts):
            claimed.extend(item.content for item in store.claim(1, 1 << 40, 7))

    claimers = [threading.Thread(target=claim, args=(store,)) for store in stores]
    for thread in claimers:
        thread.start()
    for thread in claimers:
        thread.join()
    claimed += [item.content for item in stores[1].claim(1, 1 << 40, 1000)]
    verdict = stores[0].verify()
    assert (verdict.rows, verdict.broken) == (120, 0)
    assert sorted(map(int, claimed)) == list(range(120))  # each was given out once
    entity = stores[1].entity("many", "urn:counter")
    assert entity is not None
    assert entity.version == 121
    assert len(entity.attributes) == 120
    assert len(stores[2].points("many", [KEY], EVER)) == 120
    for store in stores:
        store.close()


def test_what_was_acknowledged_survives_the_server(server: Postgres) -> None:
    acknowledged: list[int] = []
    with open_store(server.address) as store:
        counter(store, "dies")
        stop = threading.Event()
        refused: list[Exception] = []

        def write() -> None:
            for number in range(100_000):
                try:
                    store.commit(batch("dies", number))
                    acknowledged.append(number)
                except KopaError as error:
                    refused.append(error)
                    if stop.is_set():
                        return
                    time.sleep(0.05)

        thread = threading.Thread(target=write)
        thread.start()
        time.sleep(1.0)
        server.kill()
        time.sleep(0.3)
        stop.set()
        thread.join()
        assert len(acknowledged) > 20
        assert any(isinstance(error, UnreachableError) for error in refused)
        server.start()
        there = {int(value) for value in store.points("dies", [KEY], EVER).value}
        assert set(acknowledged) <= there
        audited = [int(row.entry.subject) for row in store.audit("dies", limit=10**6)]
        assert sorted(audited) == sorted(there)
        assert store.verify().broken == 0
        store.commit(batch("dies", 200_000))  # it goes on


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(UnreachableError, match="cannot be reached"):
        open_store(f"postgresql://kopa@127.0.0.1:{free_port()}/postgres")


def test_the_audit_log_is_append_only(server: Postgres) -> None:
    with open_store(server.address) as store:
        store.commit(Batch(audit=[AuditEntry("t", 1, "a", "b", "c")]))

        async def change(statement: str) -> None:
            async with store._session.connection() as connection:
                await connection.execute(statement)

        for statement in ("DELETE FROM audit", "UPDATE audit SET hash = ''", "TRUNCATE audit"):
            with pytest.raises(StoreError, match="append-only") as caught:
                store._session.run(change(statement))
            assert isinstance(caught.value.__cause__, asyncpg.RaiseError)
