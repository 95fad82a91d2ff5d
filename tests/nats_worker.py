"""A Kopa that takes a stream into a store, as a process that a test can kill."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from kopa.ingest.convert import Converter
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.jetstream import Puller, Stream
from kopa.ingest.sink import Sink, into
from kopa.store import Key, Observation, open_store

LEVEL = Key("water:T1", "level")
TENANT = "riga"


def main(nats: str, data: str, slow_s: float) -> None:
    """Take a stream until the process is ended; every write takes at least `slow_s`."""
    from kopa.ingest import jetstream

    jetstream.ACK_S = 1.0
    with open_store(data) as store:
        write = into(store, TENANT)

        def slow(rows: Sequence[Observation]) -> Future[Any]:
            time.sleep(slow_s)
            return write(rows)

        sink = Sink(Converter(Devices((Signal("t1", "level", LEVEL),), {})), slow)

        async def run() -> None:
            puller = Puller(Stream(nats), sink)
            await puller.start()
            print("ready", flush=True)
            await asyncio.sleep(3600)

        asyncio.run(run())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
