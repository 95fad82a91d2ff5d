"""The store: ingest, reads, queries, cold storage, restart, each with its promise.

Run: ``python benchmarks/store.py``, two minutes on two cores; ``--postgres ADDRESS`` for the
scale-out store as well, ``--days 365`` for a whole year of 1,000 series (40 minutes). The peers
write the same rows in the same batches with plain sqlite3, as durably, in the same run:

keyed    a table of the texts and values with the key that makes it idempotent, as ours is
heap     the same columns without any key: repeats are not noticed
numbers  bare numbers (series, at, value) without any key, made ready before: the ceiling

Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kopa.store import (
    METHODS,
    Batch,
    Key,
    Label,
    Observations,
    PutEntity,
    Query,
    Span,
    Store,
    open_store,
    restore_store,
)
from kopa.store.query import Near
from kopa.store.times import DAY, HOUR, SECOND

SERIES = 1000
FIRST = 20_000 * DAY
MINUTE = 60 * SECOND
KEYS = tuple(Key(f"urn:ngsi-ld:Device:{n:05d}", "temperature") for n in range(SERIES))
LABELS = (Label("CEL", "good"),)
EVER = Span(FIRST, FIRST + 4000 * DAY)


def minute(number: int, base: np.ndarray) -> Batch:
    """One value of every series: what a city's gateway sends in a minute."""
    rng = np.random.default_rng(number)
    value = np.round(base + rng.normal(0, 0.3, SERIES), 2)
    at = np.full(SERIES, FIRST + number * MINUTE)
    return Batch([Observations("city", KEYS, np.arange(SERIES), at, value, labels=LABELS)])


def batches(count: int) -> list[Batch]:
    """Batches of 1,000 rows."""
    base = np.random.default_rng(0).normal(15, 8, SERIES)
    return [minute(number, base) for number in range(count)]


def seconds(call: Callable[[], object]) -> float:
    """Wall time of a call, s."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


TEXTS = (
    "tenant TEXT, entity TEXT, attribute TEXT, dataset TEXT, at INTEGER, value REAL, unit TEXT,"
    " quality TEXT, simulated INTEGER, raw TEXT"
)
PEERS = {
    "keyed": f"({TEXTS}, PRIMARY KEY (tenant, entity, attribute, dataset, at)) WITHOUT ROWID",
    "heap": f"({TEXTS})",
    "numbers": "(series INTEGER, at INTEGER, value REAL)",
}


def plain_sqlite(file: Path, table: str, given: list[Batch]) -> float:
    """Rows a second that plain sqlite3 writes into a table, as durably as the store."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"CREATE TABLE observation {table}")
    parts = [part for batch in given for part in batch.observations]
    rows: list[list[tuple[object, ...]]]
    if "tenant" in table:
        rows = [
            [
                ("city", r.key.entity, r.key.attribute, "", r.at, r.value, "CEL", "good", 0, None)
                for r in part.rows()
            ]
            for part in parts
        ]
    else:
        rows = [
            [*zip(p.series.tolist(), p.at.tolist(), p.value.tolist(), strict=True)] for p in parts
        ]
    signs = ", ".join("?" * len(rows[0][0]))
    begin = time.perf_counter()
    for some in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT OR REPLACE INTO observation VALUES ({signs})", some)
        connection.execute("COMMIT")
    spent = time.perf_counter() - begin
    connection.close()
    return len(rows) * SERIES / spent


def ingest(store: Store, given: list[Batch], callers: int = 1) -> float:
    """Rows a second, each batch waited for; several callers share commits."""
    parts = [given[n::callers] for n in range(callers)]

    def write(part: list[Batch]) -> None:
        for batch in part:
            store.commit(batch)

    threads = [threading.Thread(target=write, args=(part,)) for part in parts]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(given) * SERIES / (time.perf_counter() - begin)


def queryable(store: Store) -> float:
    """The longest time from handing in a batch to reading it, s."""
    worst = 0.0
    base = np.zeros(SERIES)
    for number in range(100_000, 100_020):
        batch = minute(number, base)
        begin = time.perf_counter()
        store.commit(batch)
        assert int(store.last("city", KEYS[:1]).at[0]) == FIRST + number * MINUTE
        worst = max(worst, time.perf_counter() - begin)
    return worst


def write_entities(store: Store, count: int) -> None:
    """Pumps spread over 40 km × 40 km."""
    rng = np.random.default_rng(2)
    places = np.round(
        np.column_stack([rng.uniform(23.8, 24.4, count), rng.uniform(56.8, 57.1, count)]), 6
    )
    writes = [
        PutEntity(
            "city",
            f"urn:ngsi-ld:Pump:{n:06d}",
            ("Pump",),
            {
                "location": b'{"type":"GeoProperty","value":{"type":"Point","coordinates":[%f,%f]}}'
                % (x, y),
                "flow": b'{"type":"Property","value":%d,"unitCode":"MQH"}' % (n % 97),
            },
            n,
        )
        for n, (x, y) in enumerate(places.tolist())
    ]
    for low in range(0, count, 1000):
        store.commit(Batch(entities=writes[low : low + 1000]))


def near(store: Store, rounds: int = 300) -> dict[str, float]:
    """Near queries: the nearest 20, and all within 500 m."""
    rng = np.random.default_rng(3)
    taken = {"nearest_20": [], "within_500_m": []}  # type: dict[str, list[float]]
    for x, y in zip(rng.uniform(23.8, 24.4, rounds), rng.uniform(56.8, 57.1, rounds), strict=True):
        nearest = Query("city", place=Near(float(x), float(y)), limit=20, nearest_first=True)
        within = Query("city", types=("Pump",), place=Near(float(x), float(y), 500.0))
        taken["nearest_20"].append(seconds(lambda: store.entities(nearest)))  # noqa: B023
        taken["within_500_m"].append(seconds(lambda: store.entities(within)))  # noqa: B023
    return {f"{name}_p99_ms": 1e3 * float(np.quantile(ts, 0.99)) for name, ts in taken.items()}


def reads_during_ingest(store: Store, given: list[Batch]) -> float:
    """99th percentile of reading an entity while batches come in, ms."""
    done = threading.Event()

    def write() -> None:
        for batch in given:
            store.commit(batch)
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    taken = []
    rng = np.random.default_rng(5)
    while not done.is_set():
        id = f"urn:ngsi-ld:Pump:{rng.integers(2000):06d}"
        taken.append(seconds(lambda: store.entity("city", id)))  # noqa: B023
        time.sleep(0.001)
    thread.join()
    return 1e3 * float(np.quantile(taken, 0.99))


def restart(folder: Path) -> float:
    """Seconds to open a store whose process was killed while it wrote."""
    script = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "from pathlib import Path; import store as b; s = b.open_store(Path(sys.argv[2]))\n"
        "print('go', flush=True)\n"
        "for batch in b.batches(100000): s.commit(batch)\n"
    ).replace("b.batches(100000)", "(b.minute(n, b.np.zeros(b.SERIES)) for n in range(100000))")
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(Path(__file__).parent), str(folder)],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    begin = time.perf_counter()
    with open_store(folder) as store:
        spent = time.perf_counter() - begin
        assert store.statistics().hot > 0
    return spent


def year(folder: Path, days: int) -> dict[str, object]:
    """Days of 1-minute data of 1,000 series: written, compacted, asked, backed up, restored."""
    minutes = np.arange(1440)
    rng = np.random.default_rng(7)
    base, swing = rng.normal(15, 8, SERIES), rng.uniform(1, 6, SERIES)
    begin = time.perf_counter()
    sums = np.zeros(SERIES)
    with open_store(folder / "live") as store:
        for day in range(days):
            at = FIRST + day * DAY + minutes * MINUTE
            wave = base[:, None] + swing[:, None] * np.sin(minutes / 229.2 + day)
            value = np.round(wave + rng.normal(0, 0.3, (SERIES, 1440)), 2)
            sums += value.sum(axis=1)
            for low in range(0, 1440, 24):  # a burst of 24 minutes
                part = slice(low, low + 24)
                store.submit(
                    Batch(
                        [
                            Observations(
                                "city",
                                KEYS,
                                np.repeat(np.arange(SERIES), 24),
                                np.tile(at[part], SERIES),
                                value[:, part].ravel(),
                                labels=LABELS,
                            )
                        ]
                    )
                ).result()
            store.compact(FIRST + (day + 1) * DAY)
        written = time.perf_counter() - begin
        found = _asked(store, days, sums)
        statistics = store.statistics()
        backup_s = seconds(lambda: store.backup(folder / "backup"))
        before = [store.points("city", [KEYS[n]], EVER) for n in (0, 499, 999)]
    restore_s = seconds(lambda: restore_store(folder / "backup", folder / "again"))
    with open_store(folder / "again") as store:
        after = [store.points("city", [KEYS[n]], EVER) for n in (0, 499, 999)]
        equal = all(
            (a.at == b.at).all() and (a.value == b.value).all()
            for a, b in zip(before, after, strict=True)
        )
        totals = store.aggregate("city", KEYS, Span(FIRST, FIRST + days * DAY), "PT0S", ["sum"])
        equal = equal and bool(np.allclose(totals.values["sum"], sums))
    return {
        "days": days,
        "observations": statistics.cold,
        "written_and_compacted_s": written,
        "bytes_per_observation": statistics.cold_bytes / statistics.cold,
        **found,
        "backup_s": backup_s,
        "restore_s": restore_s,
        "restored_equal": equal,
    }


def _asked(store: Store, days: int, sums: np.ndarray) -> dict[str, float]:
    week = Span(FIRST, FIRST + 7 * DAY)
    ten_thousand = min(
        seconds(lambda: store.aggregate("city", KEYS[:1], week, "PT1H", METHODS)) for _ in range(5)
    )
    hourly = min(
        seconds(lambda: store.aggregate("city", KEYS, week, "PT1H", ["avg"])) for _ in range(3)
    )
    whole = Span(FIRST, FIRST + days * DAY)
    total = store.aggregate("city", KEYS, whole, "PT0S", ["sum"]).values["sum"]
    assert np.allclose(total, sums)
    one = seconds(lambda: store.points("city", KEYS[500:501], whole))
    return {
        "aggregate_of_10080_points_ms": 1e3 * ten_thousand,
        "hourly_means_of_10_080_000_rows_s": hourly,
        "all_points_of_one_series_ms": 1e3 * one,
    }


def embedded(folder: Path, count: int, entities: int) -> dict[str, object]:
    """Figures of the embedded store."""
    given = batches(count)
    peers = {n: plain_sqlite(folder / f"{n}.sqlite", t, given) for n, t in PEERS.items()}
    told: dict[str, object] = {"plain_sqlite3_rows_s": peers}
    with open_store(folder / "store") as store:
        rate = ingest(store, given)
        told["ingest_rows_s"] = rate
        told["ratio_to_plain_sqlite3"] = {name: rate / peer for name, peer in peers.items()}
        told["queryable_after_s"] = queryable(store)
        hot = min(
            seconds(
                lambda: store.aggregate(
                    "city", KEYS[:34], Span(FIRST, FIRST + 12 * HOUR), "PT1H", METHODS
                )
            )
            for _ in range(5)
        )
        told["aggregate_of_10000_hot_points_ms"] = 1e3 * hot
        spent = seconds(lambda: write_entities(store, entities))
        told["entities_s"] = entities / spent
        told |= near(store)
        told["entity_read_during_ingest_p99_ms"] = reads_during_ingest(store, given)
    with open_store(folder / "four") as store:
        told["ingest_of_4_callers_rows_s"] = ingest(store, given, 4)
    told["restart_after_kill_s"] = restart(folder / "store")
    return told


def scale_out(address: str, count: int, entities: int) -> dict[str, object]:
    """Figures of the scale-out store, in an empty database."""
    given = batches(count)
    with open_store(address) as store:
        told: dict[str, object] = {"ingest_rows_s": ingest(store, given)}
        told["ingest_of_4_callers_rows_s"] = ingest(store, given, 4)
        told["queryable_after_s"] = queryable(store)
        write_entities(store, entities)
        told["entities"] = entities
        told |= near(store)
        told["entity_read_during_ingest_p99_ms"] = reads_during_ingest(store, given)
    return told


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=300, help="batches of 1,000 rows")
    parser.add_argument("--entities", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=8, help="days of 1-minute data, at least 7")
    parser.add_argument("--postgres", default="", help="address of an empty database with PostGIS")
    parser.add_argument("--folder", type=Path, help="where to work; else the system's place")
    args = parser.parse_args()
    told: dict[str, object] = {"cores": os.cpu_count(), "load_before": os.getloadavg()}
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        told["embedded"] = embedded(folder, args.batches, args.entities)
        told["year"] = year(folder, args.days)
    if args.postgres:
        told["postgres"] = scale_out(args.postgres, args.batches, args.entities // 10)
    told["load_after"] = os.getloadavg()
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
