from __future__ import annotations

import threading
from pathlib import Path

from kopa.store import Batch, Key, Observation, Observations, Span, open_store
from kopa.store.embedded.leases import Leases
from kopa.store.embedded.store import EmbeddedStore
from kopa.store.times import DAY, SECOND

FIRST = 20_000 * DAY
KEY = Key("urn:1", "level")


def test_a_file_goes_when_those_who_might_read_it_have_ended(tmp_path: Path) -> None:
    old, file = Leases(), tmp_path / "file"
    file.write_text("")
    before, between = old.hold(), old.hold()
    before.__enter__()
    between.__enter__()
    old.retire(file)
    after = old.hold()
    after.__enter__()
    before.__exit__(None, None, None)
    assert file.exists()
    between.__exit__(None, None, None)
    assert not file.exists()
    after.__exit__(None, None, None)
    old.retire(file)  # gone already


def test_readers_see_everything_while_days_are_compacted(tmp_path: Path) -> None:
    """Late data, compaction and reads at once: no row is ever missing or there twice."""
    written, wrong = [0], []
    with open_store(tmp_path) as store:
        stop = threading.Event()

        def compact() -> None:
            while not stop.is_set():
                store.compact(FIRST + DAY)

        def read() -> None:
            while not stop.is_set():
                least = written[0]
                points = store.points("t", [KEY], Span(FIRST, FIRST + DAY))
                total = store.aggregate("t", [KEY], Span(FIRST, FIRST + DAY), "PT0S", ["sum"])
                distinct = len(set(points.at.tolist()))
                counted = sum(total.values["sum"])
                if not least <= distinct == len(points) or counted < least:
                    wrong.append((least, distinct, len(points), counted))

        threads = [threading.Thread(target=work) for work in (compact, read, read)]
        for thread in threads:
            thread.start()
        for number in range(150):
            row = Observation(KEY, FIRST + number * SECOND, 1.0)
            store.commit(Batch([Observations.of("t", [row])]))
            written[0] = number + 1
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert len(list((tmp_path / "cold").iterdir())) == 1


def test_the_writer_waits_for_the_disk(tmp_path: Path) -> None:
    """A kill cannot show it, a loss of power would: WAL with FULL syncs every commit."""
    with EmbeddedStore(tmp_path) as store:
        asked = [
            store._writer.submit(lambda c, _, n=name: c.execute(f"PRAGMA {n}").fetchone()[0])
            for name in ("journal_mode", "synchronous")
        ]
        assert [future.result() for future in asked] == ["wal", 2]
