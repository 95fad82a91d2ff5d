"""Telemetry as attributes of entities: what a device says is what a client reads and hears of.

A message is acknowledged when its observations are durable. The entities follow at once, and
under load together: of what came meanwhile, the newest value of each attribute is the one that
clients see and hear of; history has them all. What a crash leaves behind is made up for at the next
start.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self

from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.broker import Broker, Change
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.history import moment_text, moment_us
from kopa.api.ngsi_ld.storage import Kept
from kopa.store import Batch, Key, Observation, Observations
from kopa.store.errors import StoreError

PAUSE_S = 0.25
"""Under load the entities follow so often."""
CHUNK = 500
"""Entities of one commit."""
KNOWN = 20_000
"""Entities that need not be read again before they are changed."""
_LOG = logging.getLogger(__name__)


class EntityWriter:
    """Writes observations durably, and has the attributes of entities follow.

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
        self._store = broker.storage.store
        self._context = broker.contexts.use(None)
        self._keys: dict[Key, Key] = {}
        self._waiting: dict[Key, Observation] = {}
        self._known: dict[str, Kept] = {}
        self._changed = threading.Condition()
        self._done = False
        self._thread = threading.Thread(target=self._run, name="kopa-live", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._done = True
            self._changed.notify()
        self._thread.join()

    def __call__(self, rows: Sequence[Observation]) -> Future[Any]:
        """Write observations; the future is done when they are durable.

        Raises
        ------
        BusyError
            If too much is waiting: nothing was taken.
        """
        named = [replace(row, key=self._key(row.key)) for row in rows]
        batch = Batch(observations=(Observations.of(self._tenant, named),))
        future = self._store.submit(batch)
        future.add_done_callback(partial(self._follow, named))
        return future

    def _key(self, key: Key) -> Key:
        """A series by the names that the entity has."""
        known = self._keys.get(key)
        if known is None:
            entity = self._ids.get(key.entity, key.entity)
            known = Key(entity, self._context.keep(key.attribute), key.dataset)
            self._keys[key] = known
        return known

    def _follow(self, rows: Sequence[Observation], done: Future[Any]) -> None:
        if done.exception() is not None:
            return
        with self._changed:
            self._wait_for(rows)
            self._changed.notify()

    def _wait_for(self, rows: Iterable[Observation]) -> None:
        for row in rows:
            there = self._waiting.get(row.key)
            if row.value is not None and (there is None or there.at <= row.at):
                self._waiting[row.key] = row

    def _run(self) -> None:
        self._catch_up()
        while True:
            with self._changed:
                while not self._waiting and not self._done:
                    self._changed.wait()
                if not self._waiting:
                    return
                taken, self._waiting = self._waiting, {}
            begin = time.monotonic()
            self._update(taken)
            spent = time.monotonic() - begin
            if not self._done:
                time.sleep(max(PAUSE_S - spent, spent))  # others want to work too

    def _catch_up(self) -> None:
        """Let entities follow what was durable before the last end, and perhaps not told."""
        try:
            keys = self._store.series(self._tenant)
            rows = self._store.last(self._tenant, keys).rows()
        except StoreError as error:
            _LOG.warning("entities may be behind their history: %s", error)
            return
        with self._changed:
            self._wait_for(row for row in rows if row.raw is None)

    def _update(self, taken: Mapping[Key, Observation]) -> None:
        if len(self._known) > KNOWN:
            self._known.clear()
        by_entity: dict[str, list[Observation]] = defaultdict(list)
        for row in taken.values():
            by_entity[row.key.entity].append(row)
        simulated = self._context.keep("simulated")
        changes: list[tuple[str, Change]] = [
            (entity, partial(_newer, rows, simulated)) for entity, rows in by_entity.items()
        ]
        for low in range(0, len(changes), CHUNK):
            part = changes[low : low + CHUNK]
            try:
                self._change(part)
            except StoreError as error:
                _LOG.warning("entities do not follow, they are tried again: %s", error)
                time.sleep(PAUSE_S)
                with self._changed:
                    newer, self._waiting = self._waiting, dict(taken)
                    self._wait_for(newer.values())
                return

    def _change(self, changes: Sequence[tuple[str, Change]]) -> None:
        """Change entities together; where a fault of ours ends that, each alone."""
        try:
            self._broker.change_all(self._tenant, changes, past=False, known=self._known)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001  it costs one entity, and is told
            if len(changes) == 1:
                _LOG.exception("%s does not follow its history", changes[0][0])
                return
            for one in changes:
                self._change([one])


def _newer(
    rows: Sequence[Observation], simulated: str, old: Entity | None, now: str
) -> Entity | None:
    """The entity with what is newer than what it has; `simulated` is the name of that mark."""
    if old is None:
        return None  # its series are kept; an entity is made by whoever knows what it is
    fragment: Entity = {}
    for row in rows:
        there = old.get(row.key.attribute)
        latest = there[0] if isinstance(there, list) and there else {}
        observed = latest.get("observedAt")
        if observed is not None:
            at = moment_us(observed)
            if at > row.at or (at == row.at and latest.get("value") == row.value):
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
