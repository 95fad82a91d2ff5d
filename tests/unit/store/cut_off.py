"""A process that ends itself in the middle of a compaction: ``cut_off.py FOLDER STEP``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from kopa.store.embedded.store import EmbeddedStore
from kopa.store.times import DAY


def main() -> None:
    """Compact, and be killed after a step."""

    def at_step(step: str) -> None:
        if step == sys.argv[2]:
            os.kill(os.getpid(), signal.SIGKILL)

    store = EmbeddedStore(Path(sys.argv[1]), at_step=at_step)
    if sys.argv[2] == "writing":  # in the middle of the file
        import pyarrow.parquet

        whole = pyarrow.parquet.ParquetWriter.write_table

        def half(writer: object, *given: object) -> None:
            whole(writer, *given)
            os.kill(os.getpid(), signal.SIGKILL)

        pyarrow.parquet.ParquetWriter.write_table = half
    store.compact(30_000 * DAY)
    raise AssertionError("it should have been killed")


if __name__ == "__main__":
    main()
