"""A process that writes bursts until it is killed: ``burst.py FOLDER FIRST``.

Prints the number of every batch once it is acknowledged. Three threads write, one compacts.
"""

from __future__ import annotations

import sys
import threading
from itertools import count
from pathlib import Path

from kopa.store import (
    AuditEntry,
    Batch,
    Key,
    Observation,
    Observations,
    PatchEntity,
    PutEntity,
    Send,
    open_store,
)
from kopa.store.errors import BusyError
from kopa.store.times import DAY, SECOND

ROWS = 20
FIRST = 20_000 * DAY


def batch(number: int) -> Batch:
    """Batch `number`: one row in each of its series, over three days."""
    at = FIRST + number % 3 * DAY + number * SECOND // 100
    rows = [Observation(Key(f"urn:{n}", "level"), at, float(number)) for n in range(ROWS)]
    return Batch(
        observations=[Observations.of("t", rows)],
        entities=[PatchEntity("t", "urn:counter", number, {f"n{number}": b'{"value":1}'})],
        audit=[AuditEntry("t", number, "burst", "writes", str(number))],
        outbox=[Send("t", "s", str(number).encode(), 0)],
    )


def main() -> None:
    """Write until killed."""
    store = open_store(Path(sys.argv[1]))
    numbers = count(int(sys.argv[2]))
    lock = threading.Lock()
    if store.entity("t", "urn:counter") is None:
        store.commit(Batch(entities=[PutEntity("t", "urn:counter", ("Counter",), {}, 0)]))

    def write() -> None:
        while True:
            with lock:
                number = next(numbers)
            try:
                store.submit(batch(number)).result()
            except BusyError:
                continue
            with lock:
                print(number, flush=True)

    for _ in range(3):
        threading.Thread(target=write, daemon=True).start()
    while True:
        store.compact(FIRST + 2 * DAY)


if __name__ == "__main__":
    main()
