"""Numbers of tenants, labels, series and days, remembered once they are committed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import asyncpg

from kopa.store.observations import Key, Label


class Numbers:
    """Finds numbers of names, and gives new ones; several processes may do so at a time.

    What a transaction adds counts for that transaction, and for later ones from `kept` on.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}
        self._added: list[Hashable] = []
        self.days: set[int] = set()

    def mark(self) -> int:
        """Where the notes stand, for `undo`."""
        return len(self._added)

    def undo(self, mark: int) -> None:
        """Forget what was added after a mark: its transaction was rolled back."""
        for name in self._added[mark:]:
            self._known.pop(name, None)
        del self._added[mark:]

    def kept(self) -> None:
        """The transaction was committed."""
        self._added.clear()

    async def tenant(self, connection: asyncpg.Connection, name: str) -> int:
        """Number of a tenant."""
        (number,) = await self._numbers(connection, "tenant", ("name",), [(name,)])
        return number

    async def labels(self, connection: asyncpg.Connection, labels: Sequence[Label]) -> list[int]:
        """Numbers of labels."""
        rows = [(label.unit, label.quality, label.simulated) for label in labels]
        return await self._numbers(connection, "label", ("unit", "quality", "simulated"), rows)

    async def series(
        self, connection: asyncpg.Connection, tenant: int, keys: Sequence[Key]
    ) -> list[int]:
        """Numbers of series."""
        columns = ("tenant", "entity", "attribute", "dataset")
        rows = [(tenant, key.entity, key.attribute, key.dataset) for key in keys]
        return await self._numbers(connection, "series", columns, rows)

    async def _numbers(
        self,
        connection: asyncpg.Connection,
        table: str,
        columns: tuple[str, ...],
        rows: Sequence[tuple[Any, ...]],
    ) -> list[int]:
        unknown = sorted({row for row in rows if (table, row) not in self._known})
        if unknown:
            names = ", ".join(columns)
            kinds = {"tenant": "integer", "simulated": "boolean"}
            arrays = ", ".join(
                f"${n}::{kinds.get(column, 'text')}[]" for n, column in enumerate(columns, 1)
            )
            values = [list(column) for column in zip(*unknown, strict=True)]
            await connection.execute(  # sorted, so that two processes never wait for each other
                f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"
                " ON CONFLICT DO NOTHING",
                *values,
            )
            for key, *row in await connection.fetch(
                f"SELECT key, {names} FROM {table}"
                f" WHERE ({names}) IN (SELECT * FROM unnest({arrays}))",
                *values,
            ):
                self._known[table, tuple(row)] = key
                self._added.append((table, tuple(row)))
        return [self._known[table, row] for row in rows]
