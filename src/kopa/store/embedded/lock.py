"""Keeps a second process out of a store."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from kopa.store.errors import LockedError

_HELD: set[int] = set()


def lock(file: Path) -> int:
    """Take the lock; the system gives it back when the process ends, however it ends.

    Raises
    ------
    LockedError
        If another store, of this process or another, has it.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(handle, 32, 0).decode(errors="replace") or "unknown"
        os.close(handle)
        raise LockedError(
            f"{file.parent}: process {owner} has this store open: end it, or use its API"
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    _HELD.add(handle)
    return handle


def unlock(handle: int) -> None:
    """Give the lock back."""
    _HELD.discard(handle)
    os.close(handle)


def _leave_to_parent() -> None:
    """A forked worker shares the lock: if it outlived the store, nobody could open that again."""
    for handle in _HELD:
        os.close(handle)
    _HELD.clear()


os.register_at_fork(after_in_child=_leave_to_parent)
