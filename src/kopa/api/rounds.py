"""Something that is done again and again beside the server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Rounds:
    """Does a job again and again in a thread of its own, as long as it is entered.

    Parameters
    ----------
    name
        Of the thread.
    job
        What is done; it tells its own errors.
    every_s
        Seconds from the end of one round to the next.
    """

    def __init__(self, name: str, job: Callable[[], None], every_s: float) -> None:
        self._job, self._every_s = job, every_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.is_set():
            self._job()
            self._done.wait(self._every_s)
