"""Opens the store that an address names."""

from __future__ import annotations

from pathlib import Path

from kopa.store.contract import Store


def open_store(address: str | Path) -> Store:
    """Open a store.

    Parameters
    ----------
    address
        A folder for the embedded store, or ``postgresql://…`` for the scale-out store.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    if str(address).startswith(("postgresql://", "postgres://")):
        from kopa.store.postgres.store import PostgresStore

        return PostgresStore(str(address))
    from kopa.store.embedded.store import EmbeddedStore

    return EmbeddedStore(Path(address))


def restore_store(backup: Path, address: str | Path) -> None:
    """Make a store of a backup, where there is none yet.

    Raises
    ------
    UsageError
        If there is one already, or no backup.
    CorruptError
        If a file of the backup is not as it was written.
    """
    if str(address).startswith(("postgresql://", "postgres://")):
        from kopa.store.postgres.backup import restore as restore_postgres

        restore_postgres(backup, str(address))
        return
    from kopa.store.embedded.backup import restore

    restore(backup, Path(address))
