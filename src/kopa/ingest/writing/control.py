"""Writes values to devices: only what a rule allows, whose dry run was seen, and who may.

The order is such that no end of the process, and no loss of a connection, leaves a value that
nobody takes back: that a value stands is kept, with its return, before it is sent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from kopa.access.errors import ForbiddenError
from kopa.access.roles import Caller, Wish
from kopa.errors import EngineError, RangeError, UsageError
from kopa.ingest.sources.read_writable import CONTROL
from kopa.ingest.sources.source import Reading, RefusedError, Source, Writer
from kopa.ingest.sources.writable import same
from kopa.ingest.writing.book import Book, Plan, Standing, new_id
from kopa.ingest.writing.point import Point, Points, connected, no_connection, words_of

PLAN_S = 600
"""A plan can be applied for so long: then the city is another."""
READ_BACKS_S = (0.0, 0.2, 0.5, 1.0)
"""Pauses before each reading back: a device takes a value in its next cycle."""
STANDS_S = 1.0
"""A value that was read back must still be there so much later: a program may write over it."""
SENDING_S = 10
"""What does not end within the time-outs of its device and so much returns by itself."""
_ANSWERS = 3 + len(READ_BACKS_S)
"""Questions and answers of a write, and one to spare."""

Clock = Callable[[], int]


def now_us() -> int:
    """Time, µs since 1970 UTC."""
    return time.time_ns() // 1000


def lease_us(source: Source) -> int:
    """The longest that sending and reading back may take, µs."""
    return round((_ANSWERS * source.timeout_s + SENDING_S) * 1e6)


@dataclass(frozen=True)
class Outcome:
    """What became of a write.

    Parameters
    ----------
    state
        ``held``: it was read back. ``refused``: the device took nothing. ``unconfirmed``: it is
        not as it was written, or nobody knows; it returns at once.
    standing
        What was written.
    said
        The value that was read back; None where there is none.
    problem
        Why it is not held.
    """

    state: str
    standing: Standing
    said: float | None = None
    problem: str = ""


class Control:
    """Plans and applies writes.

    Parameters
    ----------
    book
        Where they are kept.
    points
        What can be written; nothing else is.
    clock
        Time, µs since 1970 UTC.
    """

    def __init__(self, book: Book, points: Points, clock: Clock = now_us) -> None:
        self._book, self._points, self._clock = book, points, clock

    async def plan(self, caller: Caller, asset: str, attribute: str, value: float) -> Plan:
        """A dry run: all but the sending, and what would be done.

        Parameters
        ----------
        caller
            Who asks.
        asset, attribute
            What would be written.
        value
            The value, in the unit that is kept.

        Raises
        ------
        UsageError
            If nothing says that it may be written.
        ForbiddenError
            If the caller may not.
        RangeError
            If the rule, or the device's type, does not allow the value.
        EngineError
            If the device does not answer, or would not take it.
        """
        point = self._allowed(caller, asset, attribute)
        standing = self._standing(point)
        async with connected(point.source, point.rule.path) as writer:
            before = await _ready(writer, point, value, standing is not None)
        now = self._clock()
        rule = point.rule
        plan = Plan(
            id=new_id(), device=point.source.device, path=rule.path, asset=asset,
            attribute=attribute, unit=point.signal.unit, value=value, before=before,
            returns_to=rule.returns_to, returns_after_s=rule.returns_after_s, by=caller.id,
            at=now, until=now + PLAN_S * 1_000_000, rule=rule,
            standing=standing[1] if standing else 0,
        )  # fmt: skip
        detail = {"plan": plan.id, "value": value, "before": before}
        self._book.commit(
            self._book.put_plan(plan, plan.id, now),
            *self._book.old_plans(now),
            self._book.entry(now, caller.id, "write.planned", f"{asset} {attribute}", detail),
        )
        return plan

    async def apply(self, caller: Caller, id: str) -> Outcome:
        """Do what a plan says, once.

        Parameters
        ----------
        caller
            Who made the plan.
        id
            Of the plan.

        Raises
        ------
        UsageError
            If there is no such plan, or it no longer holds: nothing was written.
        ForbiddenError, RangeError, EngineError
            As `plan`: nothing was written.
        """
        plan, version = self._planned(caller, id)
        point = self._allowed(caller, plan.asset, plan.attribute)
        if point.rule != plan.rule or point.source.device != plan.device:
            raise UsageError("its rule has changed since the dry run: plan it again")
        before = self._standing(point)
        async with connected(point.source, plan.path) as writer:
            value = await _ready(writer, point, plan.value, before is not None)
            if not same(value, plan.before):
                what = f"it was {plan.before:g} in the dry run and is {value:g} now"
                raise UsageError(f"{what}: plan it again")
            standing, number = self._begin(plan, version, point)
            state, said, problem = await _written(writer, point, plan.value)
        return self._end(Outcome(state, standing, said, problem), number, before, point)

    def return_now(self, caller: Caller, asset: str, attribute: str) -> None:
        """Let a value return before its time.

        Raises
        ------
        UsageError
            If none stands.
        ForbiddenError
            If the caller may not.
        """
        point = self._allowed(caller, asset, attribute)
        found = self._book.standing(point.source.device, point.rule.path)
        if found is None:
            raise UsageError(f"no written value of {asset} {attribute} stands")
        if found[0].state == "begun":
            raise UsageError(f"{asset} {attribute} is being written: it returns if that fails")
        self._book.hurry(*found, f"asked for by {caller.id}", self._clock(), caller.id)

    def _allowed(self, caller: Caller, asset: str, attribute: str) -> Point:
        """The point, if it is one and the caller may write it; who may not is audited."""
        point = self._points.get((asset, attribute))
        if point is None:
            raise UsageError(
                f"{asset} {attribute} is not written: nothing says so in sources.toml "
                "([[source.write]])"
            )
        wish = Wish(CONTROL, self._book.tenant, asset.partition(":")[0])
        role = point.rule.role
        if not any(grant.role == role and grant.allows(wish) for grant in caller.grants):
            name, detail = f"{asset} {attribute}", {"needs": role}
            now = self._clock()
            self._book.commit(self._book.entry(now, caller.id, "write.forbidden", name, detail))
            raise ForbiddenError(f"you may not write {name}: it needs the role {role}")
        return point

    def _standing(self, point: Point) -> tuple[Standing, int] | None:
        """The value whose place another may take; none while it is on its way, there or back."""
        found = self._book.standing(point.source.device, point.rule.path)
        if found and found[0].state != "held":
            way = "being written" if found[0].state == "begun" else "returning"
            raise UsageError(f"{found[0].name} is {way}: write when it has returned")
        return found

    def _planned(self, caller: Caller, id: str) -> tuple[Plan, int]:
        found = self._book.plan(id)
        if found is None:
            raise UsageError(f"there is no plan '{id}': a dry run comes first, and is used once")
        if found[0].by != caller.id:
            raise ForbiddenError("the dry run is somebody else's: make your own")
        if found[0].until < self._clock():
            raise UsageError(f"the plan '{id}' is too old: plan it again")
        return found

    def _begin(self, plan: Plan, version: int, point: Point) -> tuple[Standing, int]:
        """Keep that a value may stand from now on, with its return; the plan is used up."""
        now = self._clock()
        standing = Standing(
            device=plan.device, path=plan.path, asset=plan.asset, attribute=plan.attribute,
            unit=plan.unit, value=plan.value, before=plan.before, returns_to=plan.returns_to,
            wire=point.wire(plan.returns_to), priority=plan.rule.priority, by=plan.by,
            plan=plan.id, at=now, due=now + lease_us(point.source),
        )  # fmt: skip
        detail = {
            "plan": plan.id, "value": plan.value, "before": plan.before,
            "returns_to": plan.returns_to, "returns_after_s": plan.returns_after_s,
            "device": plan.device, "path": plan.path,
        }  # fmt: skip
        versions = self._book.commit(
            self._book.put_plan(None, plan.id, now, version),
            self._book.put(standing, now, plan.standing),
            self._book.entry(now, plan.by, "write.begun", standing.name, detail),
        )
        return standing, versions[1]

    def _end(
        self, outcome: Outcome, version: int, before: tuple[Standing, int] | None, point: Point
    ) -> Outcome:
        """Keep what became of it; what is not confirmed returns at once."""
        now, begun = self._clock(), outcome.standing
        gone = False
        if outcome.state == "held":
            after = point.rule.returns_after_s * 1_000_000
            kept = _with(begun, state="held", due=begun.at + after)
        elif outcome.state == "refused":
            kept, gone = (begun, True) if before is None else (before[0], False)
        else:
            kept = _with(begun, state="returning", due=now, problem=outcome.problem)
        detail: dict[str, object] = {"plan": begun.plan}
        if outcome.said is not None:
            detail["read_back"] = outcome.said
        if outcome.problem:
            detail["problem"] = outcome.problem
        self._book.commit(
            self._book.put(kept, now, version, gone),
            self._book.entry(now, begun.by, f"write.{outcome.state}", begun.name, detail),
        )
        return Outcome(outcome.state, kept, outcome.said, outcome.problem)


async def _ready(writer: Writer, point: Point, value: float, ours: bool) -> float:
    """The present value, after all that can be known before a write was held against its rule."""
    rule, source = point.rule, point.source
    try:
        async with asyncio.timeout(source.timeout_s):
            reading = await _present(writer, rule.path)
            before = _trusted(reading, point)
            point.check(value, before)
            if rule.returns_to is None and not ours:
                _, taken = await writer.held(rule.path, None, rule.priority)
                _free(taken)
            await writer.prepare(rule.path, point.wire(rule.returns_to), rule.priority, True)
            await writer.prepare(rule.path, point.wire(value), rule.priority)
    except RangeError:
        raise
    except Exception as error:  # noqa: BLE001  whatever a device or a library does
        raise no_connection(error, point) from None
    return before


async def _written(writer: Writer, point: Point, value: float) -> tuple[str, float | None, str]:
    """Send a value and read it back: state, what was read, and why it is not held."""
    rule, source = point.rule, point.source
    wire = point.wire(value)
    try:
        async with asyncio.timeout(source.timeout_s):
            send = await writer.prepare(rule.path, wire, rule.priority)
            await send()
    except RefusedError as error:
        return "refused", None, str(error)
    except Exception as error:  # noqa: BLE001
        return "unconfirmed", None, f"it may have been written: {words_of(error, source)}"
    reading, problem = await settled(writer, source, (rule.path, rule.priority), wire, False)
    said = None if reading is None else point.kept(reading.value)
    return "unconfirmed" if problem else "held", said, problem


async def settled(
    writer: Writer, source: Source, place: tuple[str, int], wire: float | None, returning: bool
) -> tuple[Reading | None, str]:
    """Read a value back until the device has it and keeps it.

    Parameters
    ----------
    writer
        The connection.
    source
        Its device.
    place
        Path and priority.
    wire
        What was written, as the device has it; None is a release.
    returning
        As `Writer.held` has it.

    Returns
    -------
    tuple
        What was read last, and why it is not what was written; empty if it is.
    """
    path, priority = place
    reading: Reading | None = None
    problem = ""
    try:
        for pause_s in READ_BACKS_S:
            await asyncio.sleep(pause_s)
            async with asyncio.timeout(source.timeout_s):
                reading, problem = await writer.held(path, wire, priority, returning)
            if not problem:
                break
        else:
            return reading, f"it was sent, and read back {problem}"
        await asyncio.sleep(STANDS_S)
        async with asyncio.timeout(source.timeout_s):
            reading, problem = await writer.held(path, wire, priority, returning)
    except Exception as error:  # noqa: BLE001
        return None, f"it was sent, and cannot be read back: {words_of(error, source)}"
    return reading, f"it was taken, and written over: {problem}" if problem else ""


def _free(taken: str) -> None:
    """Refuse a place of the priority array that is taken: our release would end it."""
    if taken:
        raise RefusedError(f"{taken}: somebody else commands there", "write")


async def _present(writer: Writer, path: str) -> Reading:
    async for reading in writer.read():
        if reading.path == path:
            return reading
    raise EngineError("it says nothing of it", "write")


def _trusted(reading: Reading, point: Point) -> float:
    """The present value as it is kept.

    Raises
    ------
    RefusedError
        If it is none, or the device doubts it: then nobody knows what a write would change.
    """
    kept = point.kept(reading.value)
    if reading.quality != "good" or kept is None:
        what = reading.problem or f"its value is '{reading.value}', which is no number"
        raise RefusedError(f"its present value cannot be trusted: {what}", "write")
    return kept


def _with(standing: Standing, **changes: object) -> Standing:
    return msgspec.structs.replace(standing, **changes)
