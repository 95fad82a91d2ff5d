"""Full, read-only, locked, damaged, too new, too busy: a clear error, and nothing lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.errors import UsageError
from kopa.store import (
    AuditEntry,
    Batch,
    Key,
    Observations,
    PutEntity,
    Query,
    Span,
    open_store,
    restore_store,
)
from kopa.store.documents import chained
from kopa.store.embedded.store import EmbeddedStore
from kopa.store.errors import (
    BusyError,
    ClosedError,
    CorruptError,
    FullError,
    LockedError,
    ReadOnlyError,
    StoreError,
    VersionError,
)
from kopa.store.limits import Limits
from kopa.store.times import DAY, SECOND

FIRST = 20_000 * DAY
KEYS = tuple(Key(f"urn:{n}", "level") for n in range(500))
EVER = Span(FIRST - DAY, FIRST + 9 * DAY)


def rows(number: int) -> Batch:
    at = np.full(500, FIRST + number * SECOND)
    value = np.random.default_rng(number).random(500)
    return Batch([Observations("t", KEYS, np.arange(500), at, value)])


def _fill(store: EmbeddedStore) -> int:
    """Write until nothing goes any more; how many batches were acknowledged."""
    for number in range(100_000):
        try:
            store.commit(rows(number))
        except FullError:
            return number
    raise AssertionError("the disk is never full")


def _goes_on(store: EmbeddedStore, acknowledged: int) -> None:
    store.commit(rows(acknowledged))
    assert len(store.points("t", KEYS, EVER)) == 500 * (acknowledged + 1)


def test_a_full_database_keeps_what_it_has_and_goes_on_later(tmp_path: Path) -> None:
    def pages(most: int) -> None:
        job = store._writer.submit(
            lambda c, _: c.execute(f"PRAGMA max_page_count = {most}").fetchone()
        )
        job.result()

    with EmbeddedStore(tmp_path / "store") as store:
        pages(600)
        acknowledged = _fill(store)
        assert acknowledged > 10
        assert len(store.points("t", KEYS, EVER)) == 500 * acknowledged
        with pytest.raises(FullError):  # several at once: each is told
            [store.submit(rows(acknowledged + n)) for n in range(3)][-1].result()
        pages(1_000_000)
        _goes_on(store, acknowledged)
    with EmbeddedStore(tmp_path / "store") as store:
        _goes_on(store, acknowledged + 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    command = [mount or "", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if not mount or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a file system can be mounted by root only")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_keeps_what_it_has_and_goes_on_later(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(6_000_000))
    with EmbeddedStore(small_disk / "store") as store:
        acknowledged = _fill(store)
        with pytest.raises(FullError):
            store.compact(FIRST + 2 * DAY)
        assert len(store.points("t", KEYS, EVER)) == 500 * acknowledged
        ballast.unlink()
        _goes_on(store, acknowledged)
        assert store.compact(FIRST + 2 * DAY).rows == 500 * (acknowledged + 1)
        assert len(store.points("t", KEYS, EVER)) == 500 * (acknowledged + 1)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with open_store(tmp_path / "store"):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        open_store(tmp_path / "file" / "store")
    _as_nobody(tmp_path / "store", tmp_path / "new")


def _as_nobody(*folders: Path) -> None:
    """Root may write everywhere, so a child that is not root tries."""
    for folder in folders:
        child = os.fork()
        if child == 0:
            told = 1
            try:
                if os.geteuid() == 0:
                    os.setgid(65534)
                    os.setuid(65534)
                else:
                    folder.parent.chmod(0o555)
                EmbeddedStore(folder)
            except ReadOnlyError:
                told = 0
            finally:
                os._exit(told)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, folder
        folder.parent.chmod(0o755)


def test_a_store_is_open_in_one_process_only(tmp_path: Path) -> None:
    with open_store(tmp_path), pytest.raises(LockedError, match=str(os.getpid())):
        open_store(tmp_path)
    open_store(tmp_path).close()


def test_a_forked_worker_does_not_keep_the_lock(tmp_path: Path) -> None:
    """`kopa.parallel` forks; its workers may outlive a store that was killed."""
    store = open_store(tmp_path)
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    store.close()
    try:
        open_store(tmp_path).close()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    (tmp_path / "kopa.sqlite").write_bytes(b"no database at all" * 1000)
    with pytest.raises(CorruptError, match="restore the newest backup"):
        open_store(tmp_path)


def test_a_damaged_or_missing_file_is_told(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.commit(rows(0))
        store.compact(FIRST + DAY)
        (file,) = (tmp_path / "cold").glob("*.parquet")
        good = file.read_bytes()
        file.write_bytes(good[: len(good) // 2])
        with pytest.raises(CorruptError, match="restore the newest backup"):
            store.points("t", KEYS, EVER)
        file.unlink()
        with pytest.raises(CorruptError):
            store.aggregate("t", KEYS[:1], EVER, "P1D", ["avg"])
        file.write_bytes(good)
        assert len(store.points("t", KEYS, EVER)) == 500


def test_a_store_of_a_newer_kopa_is_not_touched(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "kopa.sqlite") as connection:
        connection.execute("INSERT INTO migration VALUES (99, 0)")
    connection.close()
    with pytest.raises(VersionError, match="newer Kopa"):
        open_store(tmp_path)


def test_who_writes_too_much_is_told_to_wait(tmp_path: Path) -> None:
    hold, began = threading.Event(), threading.Event()

    def slow(*_: Any) -> None:
        began.set()
        hold.wait(10)

    with EmbeddedStore(tmp_path, Limits(batches=4, rows=1200)) as store:
        first = store._writer.submit(slow)
        began.wait(10)
        futures = [store.submit(rows(n)) for n in range(2)]
        with pytest.raises(BusyError, match="try again later"):
            store.submit(rows(2))
        assert store.entity("t", "urn:1") is None  # readers do not wait
        hold.set()
        for future in [first, *futures]:
            future.result()
        store.commit(rows(2))
        assert len(store.points("t", KEYS, EVER)) == 1500


def test_a_waiting_batch_can_be_cancelled(tmp_path: Path) -> None:
    hold = threading.Event()
    with EmbeddedStore(tmp_path) as store:
        store._writer.submit(lambda c, n: hold.wait(10))
        put = PutEntity("t", "urn:1", ("A",), {}, 1)
        future = store.submit(Batch(entities=[put]))
        assert future.cancel()
        hold.set()
        store.commit(Batch(entities=[PutEntity("t", "urn:2", ("A",), {}, 1)]))
        assert store.count(Query("t")) == 1


def test_a_fault_in_a_batch_does_not_end_the_writer(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        put = PutEntity("t", "urn:1", ("A",), {}, 1 << 70)  # beyond 64 bits
        futures = [store.submit(Batch(entities=[put])) for _ in range(3)]
        for future in futures:
            with pytest.raises(OverflowError):
                future.result()
        store.commit(rows(0))


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    waiting = store.submit(rows(0))
    store.close()
    store.close()
    assert waiting.result() is not None  # what was taken is written
    for ask in (lambda: store.commit(rows(1)), lambda: store.entity("t", "x")):
        with pytest.raises(ClosedError):
            ask()


def _tampered(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "kopa.sqlite")
    for trigger in ("audit_no_update", "audit_no_delete"):
        connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "broken", "reason"),
    [
        ("UPDATE audit SET record = replace(record, 'r3', 'r4') WHERE sequence = 3", 3, "hash"),
        ("UPDATE audit SET hash = substr(hash, 2) || '0' WHERE sequence = 2", 2, "hash"),
        ("DELETE FROM audit WHERE sequence = 4", 4, "missing"),
        ("DELETE FROM audit WHERE sequence = 1", 1, "missing"),
    ],
)
def test_an_audit_log_that_was_changed_shows_it(
    tmp_path: Path, statement: str, broken: int, reason: str
) -> None:
    with open_store(tmp_path) as store:
        entries = [AuditEntry("t", n, "anna", "does", f"r{n}") for n in range(1, 7)]
        store.commit(Batch(audit=entries))
    _tampered(tmp_path, statement)
    with open_store(tmp_path) as store:
        verdict = store.verify()
    assert verdict.broken == broken
    assert verdict.rows == broken - 1
    assert reason in verdict.reason


def test_a_forged_row_breaks_the_row_after_it(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.commit(Batch(audit=[AuditEntry("t", n, "anna", "does", "x") for n in range(4)]))
        first, second, *_ = store.audit("t")
        head = store.verify().head
    record = second.record.replace("anna", "otto")
    forged = chained(first.hash, record)
    _tampered(
        tmp_path, f"UPDATE audit SET record = '{record}', hash = '{forged}' WHERE sequence = 2"
    )
    with open_store(tmp_path) as store:
        assert store.verify().broken == 3
    _tampered(
        tmp_path, "DELETE FROM audit WHERE sequence > 2"
    )  # a cut tail holds, but ends elsewhere
    with open_store(tmp_path) as store:
        assert store.verify().broken == 0
        assert store.verify().head != head


def test_the_audit_log_is_append_only(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.commit(Batch(audit=[AuditEntry("t", 1, "a", "b", "c")]))
    connection = sqlite3.connect(tmp_path / "kopa.sqlite")
    for statement in ("DELETE FROM audit", "UPDATE audit SET hash = ''"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        store.commit(rows(0))
        store.compact(FIRST + DAY)
        store.backup(tmp_path / "backup")
        with pytest.raises(UsageError, match="not empty"):
            store.backup(tmp_path / "backup")
    with pytest.raises(UsageError, match="not empty"):
        restore_store(tmp_path / "backup", tmp_path / "store")
    with pytest.raises(UsageError, match="no backup"):
        restore_store(tmp_path / "store", tmp_path / "new")
    (file,) = (tmp_path / "backup" / "cold").iterdir()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(CorruptError, match="damaged"):
        restore_store(tmp_path / "backup", tmp_path / "new")
    file.unlink()
    with pytest.raises(CorruptError, match="missing"):
        restore_store(tmp_path / "backup", tmp_path / "new")
    assert not (tmp_path / "new").exists()
