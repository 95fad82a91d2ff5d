"""Telemetry as attributes of entities: what a device says is what a client reads and hears of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any, Self

from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.broker import Broker, Change
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.history import moment_text, moment_us
from kopa.store import Key, Observation
from kopa.store.errors import BusyError

WAITING = 1000
"""So many messages may wait to be written."""
WORKERS = 4


class EntityWriter:
    """Writes observations to the attributes of entities, with their history.

    The newest `observedAt` of an attribute is its value; what comes late goes to its history. A
    value that could not be interpreted goes to history as it came, and is no value. Subscriptions
    hear of what changed.

    Parameters
    ----------
    broker
        Keeps entities.
    ids
        Entity of each asset, by the name that devices.csv has: ``water:T1``.
    tenant
        Whose they are.
    """

    def __init__(self, broker: Broker, ids: Mapping[str, str], tenant: str = "") -> None:
        self._broker, self._ids, self._tenant = broker, ids, tenant
        self._context = broker.contexts.use(None)
        self._simulated = self._context.keep("simulated")
        self._room = BoundedSemaphore(WAITING)
        self._workers = ThreadPoolExecutor(WORKERS, "kopa-live")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._workers.shutdown()

    def __call__(self, rows: Sequence[Observation]) -> Future[Any]:
        """Write observations; the future is done when they are durable.

        Raises
        ------
        BusyError
            If too much is waiting: nothing was taken.
        """
        if not self._room.acquire(blocking=False):
            raise BusyError("too many messages are waiting to be written")
        future = self._workers.submit(self._write, rows)
        future.add_done_callback(lambda done: self._room.release())
        return future

    def _write(self, rows: Sequence[Observation]) -> None:
        by_entity: dict[str, list[Observation]] = defaultdict(list)
        for row in rows:
            entity = self._ids.get(row.key.entity, row.key.entity)
            name = self._context.keep(row.key.attribute)
            by_entity[entity].append(replace(row, key=Key(entity, name, row.key.dataset)))
        changes: list[tuple[str, Change]] = [
            (entity, partial(_newer, tuple(found), self._simulated))
            for entity, found in by_entity.items()
        ]
        past = [row for found in by_entity.values() for row in found]
        self._broker.change_all(self._tenant, changes, past)


def _newer(
    rows: Sequence[Observation], simulated: str, old: Entity | None, now: str
) -> Entity | None:
    """The entity with what is newer than what it has; `simulated` is the name of that mark."""
    if old is None:
        return None  # its series are kept; an entity is made by whoever knows what it is
    fragment: Entity = {}
    for row in sorted(rows, key=lambda row: row.at):
        there = old.get(row.key.attribute)
        latest = there[0].get("observedAt") if isinstance(there, list) and there else None
        if row.value is None or (latest is not None and moment_us(latest) > row.at):
            continue
        instance: dict[str, Any] = {
            "type": "Property",
            "value": row.value,
            "observedAt": moment_text(row.at),
        }
        if row.label.unit:
            instance["unitCode"] = row.label.unit
        if row.label.simulated:
            instance[simulated] = [{"type": "Property", "value": True}]
        fragment[row.key.attribute] = [instance]
    return change.appended(old, fragment, now).entity if fragment else old
