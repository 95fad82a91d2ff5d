"""Whenever the process is killed, what was acknowledged is there, once, and nothing is half."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from unit.store.burst import FIRST, ROWS, batch

from kopa.store import Batch, Key, Observation, Observations, Span, Store, open_store
from kopa.store.times import DAY, HOUR

BURST = Path(__file__).with_name("burst.py")
CUT_OFF = Path(__file__).with_name("cut_off.py")
KEYS = [Key(f"urn:{n}", "level") for n in range(ROWS)]
EVER = Span(FIRST - DAY, FIRST + 9 * DAY)


def _killed(folder: Path, first: int, wait_s: float) -> list[int]:
    """Numbers that a process acknowledged before it was killed."""
    process = subprocess.Popen(
        [sys.executable, str(BURST), str(folder), str(first)],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    head = process.stdout.readline()  # it writes
    time.sleep(wait_s)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    process.stdout.close()
    lines = (head + rest).decode().splitlines(keepends=True)
    return [int(line) for line in lines if line.endswith("\n")]


def _check(store: Store, acknowledged: set[int]) -> set[int]:
    """Numbers of the batches that are there; each is whole, and there once."""
    points = store.points("t", KEYS, EVER)
    rows = Counter(zip(points.at.tolist(), points.value.tolist(), strict=True))
    there = {int(value) for _, value in rows}
    assert acknowledged <= there
    for number in there:
        ((part,), *_) = [batch(number).observations]
        assert rows[int(part.at[0]), float(number)] == ROWS
    assert sum(rows.values()) == ROWS * len(there)
    verdict = store.verify()
    assert (verdict.rows, verdict.broken) == (len(there), 0)
    audited = Counter(row.entry.subject for row in store.audit("t", limit=10**9))
    assert audited == Counter(str(number) for number in there)
    entity = store.entity("t", "urn:counter")
    assert entity is not None
    assert set(entity.attributes) == {f"n{number}" for number in there}
    assert entity.version == len(there) + 1
    outbox = Counter(item.content for item in store.claim(1, 0, 10**9))
    assert outbox == Counter(str(number).encode() for number in there)
    return there


def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(tmp_path: Path) -> None:
    moments = random.Random(4)
    acknowledged: set[int] = set()
    following = 1
    for _ in range(5):
        found = _killed(tmp_path / "store", following, moments.uniform(0.02, 0.7))
        acknowledged |= set(found)
        begin = time.perf_counter()
        with open_store(tmp_path / "store") as store:
            assert time.perf_counter() - begin <= 5
            following = max(_check(store, acknowledged)) + 10
    assert len(acknowledged) > 100


@pytest.mark.parametrize("step", ["sealed", "writing", "written", "swapped", "retired"])
def test_a_compaction_that_is_cut_off_loses_and_doubles_nothing(tmp_path: Path, step: str) -> None:
    folder = tmp_path / "store"
    key = [Key("urn:a", "level"), Key("urn:b", "level")]
    rows = {
        (k, FIRST + n * HOUR): Observation(k, FIRST + n * HOUR, float(n))
        for n in range(48)
        for k in key
    }
    with open_store(folder) as store:
        store.commit(Batch([Observations.of("t", rows.values())]))
        store.compact(FIRST + DAY)
        late = [
            Observation(key[0], FIRST + HOUR, -1.0),
            Observation(key[1], FIRST + HOUR // 2, -2.0),
        ]
        store.commit(Batch([Observations.of("t", late)]))
        rows |= {(row.key, row.at): row for row in late}
    expected = sorted(rows.values(), key=lambda row: (row.key, row.at))
    done = subprocess.run(
        [sys.executable, str(CUT_OFF), str(folder), step], check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with open_store(folder) as store:
        assert store.points("t", key, EVER).rows() == expected
        later = Observation(key[0], FIRST + HOUR, -3.0)  # over a row that may be sealed
        store.commit(Batch([Observations.of("t", [later])]))
        expected = [later if (r.key, r.at) == (later.key, later.at) else r for r in expected]
        assert store.points("t", key, EVER).rows() == expected
        store.compact(FIRST + 2 * DAY)
        store.compact(FIRST + 2 * DAY)
        assert store.points("t", key, EVER).rows() == expected
        assert store.statistics().hot == 0
        assert store.statistics().cold == len(expected)
        assert len(list((folder / "cold").glob("*.parquet*"))) == 2
