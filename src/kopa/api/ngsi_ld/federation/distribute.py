"""Operations that concern context sources too: planned, asked of all at once, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from kopa.api.ngsi_ld import attrs, batch, entities
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.federation import reads, writes
from kopa.api.ngsi_ld.federation.sources import Answer, Asking, Sources
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.ngsi_ld.reply import Reply

Operation = Callable[[Broker, Call], Reply]
Planner = Callable[[Broker, Call, str, bool], writes.Plan]
_READS: tuple[Operation, ...] = (entities.retrieve, entities.find, batch.query)
_WRITES: dict[Operation, tuple[str, Planner]] = {
    entities.create: ("createEntity", writes.plan_entity),
    entities.replace: ("replaceEntity", writes.plan_entity),
    entities.merge: ("mergeEntity", writes.plan_entity),
    entities.delete: ("deleteEntity", writes.plan_entity),
    entities.purge: ("purgeEntity", writes.plan_purge),
    attrs.append: ("appendAttrs", writes.plan_entity),
    attrs.update: ("updateEntity", writes.plan_entity),
    attrs.update_part: ("updateAttrs", writes.plan_entity),
    attrs.replace: ("replaceAttrs", writes.plan_entity),
    attrs.delete: ("deleteAttrs", writes.plan_entity),
    batch.create: ("createBatch", writes.plan_batch),
    batch.upsert: ("upsertBatch", writes.plan_batch),
    batch.update: ("updateBatch", writes.plan_batch),
    batch.merge: ("mergeBatch", writes.plan_batch),
    batch.delete: ("deleteBatch", writes.plan_batch),
}


@dataclass
class Distributor:
    """Serves operations together with context sources.

    Parameters
    ----------
    broker
        The broker.
    """

    broker: Broker
    _sources: Sources | None = field(default=None)

    def concerns(self, operation: Operation, call: Call) -> bool:
        """Whether somebody else may have to do with a request."""
        return (
            bool(self.broker.registrations.of(call.tenant))
            and (operation in _READS or operation in _WRITES)
            and call.get("local") != "true"
        )

    async def answer(self, operation: Operation, call: Call) -> Reply:
        """Serve a request."""
        alias = await run_in_threadpool(lambda: self.broker.registrations.alias)
        if self._sources is None:
            self._sources = Sources(alias)
        looped = any(
            part.split()[-1:] == [alias] for part in call.headers.get("via", "").split(",")
        )
        if operation in _WRITES:
            return await self._write(self._sources, operation, call, looped)
        if looped:
            return await run_in_threadpool(operation, self.broker, call)
        return await self._read(self._sources, operation, call)

    async def close(self) -> None:
        """Close the connections to sources."""
        if self._sources is not None:
            await self._sources.close()

    async def _read(self, sources: Sources, operation: Operation, call: Call) -> Reply:
        by_body = operation is batch.query
        if operation is entities.retrieve:
            plan = await run_in_threadpool(reads.plan_one, self.broker, call)
        else:
            plan = await run_in_threadpool(reads.plan_query, self.broker, call, by_body)
        if not plan:
            return await run_in_threadpool(operation, self.broker, call)
        answers = await _ask_all(sources, plan, call)
        if operation is entities.retrieve:
            return await run_in_threadpool(reads.tell_one, sources, self.broker, call, answers)
        return await run_in_threadpool(
            reads.tell_query, sources, self.broker, call, answers, by_body
        )

    async def _write(
        self, sources: Sources, operation: Operation, call: Call, looped: bool
    ) -> Reply:
        name, planner = _WRITES[operation]
        plan = await run_in_threadpool(planner, self.broker, call, name, looped)
        if plan.alone:
            return await run_in_threadpool(operation, self.broker, call)
        answers, here = await asyncio.gather(
            _ask_all(sources, plan.askings, call), self._here(operation, plan)
        )
        return writes.outcome(call, plan, here, answers)

    async def _here(self, operation: Operation, plan: writes.Plan) -> Reply | Problem | None:
        """Our own part of a change."""
        if plan.here is None:
            return None
        try:
            return await run_in_threadpool(operation, self.broker, plan.here)
        except Problem as problem:
            return problem


async def _ask_all(sources: Sources, plan: Iterable[Asking], call: Call) -> list[Answer]:
    return await asyncio.gather(*(sources.ask(asking, call) for asking in plan))
