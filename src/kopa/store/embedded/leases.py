"""Files that are no longer needed go when nobody reads them any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Leases:
    """Remembers who began to read before a file was retired."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0
        self._held: set[int] = set()
        self._retired: list[tuple[int, Path]] = []

    @contextmanager
    def hold(self) -> Iterator[None]:
        """While this is held, no file that is there now is removed."""
        with self._lock:
            number = self._next
            self._next += 1
            self._held.add(number)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(number)
            self._sweep()

    def retire(self, file: Path) -> None:
        """Remove a file as soon as all leases of now have ended."""
        with self._lock:
            self._retired.append((self._next, file))
        self._sweep()

    def _sweep(self) -> None:
        with self._lock:
            oldest = min(self._held, default=self._next)
            gone = [file for number, file in self._retired if number <= oldest]
            self._retired = [kept for kept in self._retired if kept[0] > oldest]
        for file in gone:
            file.unlink(missing_ok=True)
