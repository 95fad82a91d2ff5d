"""What can go wrong in a store, and what to do about it.

::

    StoreError                 a store could not do it; `code` is stable
    ├── BusyError              too much is waiting: try again later        (HTTP 429)
    ├── ConflictError          the entity or document is not as expected   (HTTP 409, 412)
    ├── MissingError           there is no such entity or document         (HTTP 404)
    ├── ClosedError            the store was closed
    ├── FullError              no space is left                            (HTTP 507)
    ├── ReadOnlyError          the folder cannot be written
    ├── LockedError            another process has it open
    ├── CorruptError           a file of the store is damaged
    ├── VersionError           a newer Kopa wrote it
    └── UnreachableError       the server does not answer                  (HTTP 503)

Whatever is raised: what was acknowledged before is there, and of the failed batch nothing is.
"""

from __future__ import annotations

from kopa.errors import KopaError


class StoreError(KopaError):
    """A store could not do what was asked."""

    code = "store"


class BusyError(StoreError):
    """Too much is waiting to be written."""

    code = "store-busy"


class ConflictError(StoreError):
    """An entity or document is not in the expected version."""

    code = "store-conflict"


class MissingError(StoreError):
    """There is no such entity or document."""

    code = "store-missing"


class ClosedError(StoreError):
    """The store was closed."""

    code = "store-closed"


class FullError(StoreError):
    """No space is left."""

    code = "store-full"


class ReadOnlyError(StoreError):
    """The folder or the database cannot be written."""

    code = "store-read-only"


class LockedError(StoreError):
    """Another process has the store open."""

    code = "store-locked"


class CorruptError(StoreError):
    """A file of the store is damaged."""

    code = "store-corrupt"


class VersionError(StoreError):
    """A newer Kopa wrote the store."""

    code = "store-version"


class UnreachableError(StoreError):
    """The server does not answer."""

    code = "store-unreachable"
