"""A value goes to a real device only after its dry run, within its limits, by who may."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_devices import (
    ANNA,
    ASSET,
    ATTRIBUTE,
    BEGIN,
    HOME,
    KINDS,
    SET,
    Desk,
    Rig,
    at,
    refused,
)

from kopa.access.errors import ForbiddenError
from kopa.access.roles import Caller, Grant
from kopa.errors import RangeError, UsageError
from kopa.ingest.devices import Signal
from kopa.ingest.sources.source import Source
from kopa.ingest.sources.writable import Writable
from kopa.ingest.writing.control import PLAN_S
from kopa.ingest.writing.point import Point
from kopa.store import Key, Store

each_protocol = pytest.mark.parametrize("kind", KINDS)


@each_protocol
def test_a_dry_run_writes_nothing_and_a_write_is_read_back_and_returns(
    kind: str, store: Store
) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        assert (plan.before, plan.value, plan.returns_after_s) == (BEGIN, SET, 60)
        assert (rig.wire.writes, await rig.truth.get()) == (0, 3.5)
        done = await desk.control.apply(ANNA, plan.id)
        assert (done.state, done.said, done.problem) == ("held", SET, "")
        assert await rig.truth.get() == 6.0
        desk.clock.later(59)
        await desk.look()
        assert await rig.truth.get() == 6.0
        desk.clock.later(1)
        await desk.look()
        assert await rig.truth.get() == HOME[kind]
        assert desk.book.all_standing() == []
        assert desk.told == []

    at(kind, store, act)
    assert [row.entry.action for row in store.audit("")] == [
        "write.planned", "write.begun", "write.held", "write.returned",
    ]  # fmt: skip
    rows = [row.entry for row in store.audit("")]
    assert {(row.actor, row.subject) for row in rows[:3]} == {("account:anna", "water:P1 speed")}
    assert {**rows[1].detail, "plan": ""} == {
        "plan": "", "value": "4", "before": "2.75", "returns_after_s": "60", "device": "plc",
        "returns_to": "release" if kind == "bacnet" else "2",
        "path": rows[1].detail["path"],
    }  # fmt: skip
    assert rows[2].detail["read_back"] == "4"
    assert (rows[3].actor, rows[3].detail["device_had"]) == ("kopa", "6.0")
    assert rows[3].detail["device_has"] == str(HOME[kind])
    assert not store.verify().broken


# ------------------------------------------------------------------------- who may, and what


@pytest.mark.parametrize(
    "grants",
    [
        (),
        (Grant("viewer", "*"), Grant("dispatcher", "*"), Grant("planner", "*")),
        (Grant("admin", "*"),),  # it may write what says so, and this says operator
        (Grant("operator", "other"),),
        (Grant("operator", "*", ("energy",)),),
    ],
)
def test_a_role_that_may_not(store: Store, grants: tuple[Grant, ...]) -> None:
    bob = Caller("account:bob", grants)

    async def act(rig: Rig, desk: Desk) -> None:
        with pytest.raises(ForbiddenError, match="needs the role operator"):
            await desk.control.plan(bob, ASSET, ATTRIBUTE, SET)
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        with pytest.raises(ForbiddenError, match="somebody else's"):
            await desk.control.apply(bob, plan.id)
        # whose role was taken away after the dry run may no more, either
        with pytest.raises(ForbiddenError, match="needs the role operator"):
            await desk.control.apply(Caller(ANNA.id, grants), plan.id)
        assert (rig.wire.writes, await rig.truth.get()) == (0, 3.5)
        assert desk.detail("write.forbidden") == {"needs": "operator"}

    at("modbus", store, act)


def test_a_role_of_the_rule(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await refused(desk, ForbiddenError, "needs the role admin")
        root = Caller("account:root", (Grant("admin", "*", ("water",)),))
        plan = await desk.control.plan(root, ASSET, ATTRIBUTE, SET)
        assert (await desk.control.apply(root, plan.id)).state == "held"

    at("modbus", store, act, role="admin")


@each_protocol
def test_limits_are_hard(kind: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        for value in (0.999, 6.001, -4.0, float("nan"), float("inf")):
            await refused(desk, RangeError, "outside the limits", value)
        assert (await desk.write(6.0)).state == "held"

    at(kind, store, act)


def test_one_step(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await refused(desk, RangeError, "is 2.75: one write changes it by 1 C62 at most")
        assert (await desk.write(3.75)).state == "held"

    at("modbus", store, act, step=1.0)


def test_what_nothing_says(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        for asset, name in ((ASSET, "level"), ("water:P2", ATTRIBUTE)):
            with pytest.raises(UsageError, match="is not written: nothing says so"):
                await desk.control.plan(ANNA, asset, name, SET)
        # the same signal, of a source without [[source.write]]
        bare = replace(rig, source=replace(rig.source, writable={}))
        await refused(Desk(store, bare, desk.clock), UsageError, "nothing says so")

    at("modbus", store, act)


# ------------------------------------------------------------------------- the dry run first


def test_without_a_dry_run_nothing_is_written(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        with pytest.raises(UsageError, match="a dry run comes first"):
            await desk.control.apply(ANNA, "0123456789")
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        await desk.control.apply(ANNA, plan.id)
        writes = rig.wire.writes
        with pytest.raises(UsageError, match="is used once"):
            await desk.control.apply(ANNA, plan.id)
        assert rig.wire.writes == writes == 1

    at("modbus", store, act)


def test_a_dry_run_of_another_state_does_not_count(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        await rig.truth.put(5.0)
        with pytest.raises(UsageError, match=r"it was 2\.75 in the dry run and is 3\.5 now"):
            await desk.control.apply(ANNA, plan.id)
        await rig.truth.put(3.5)
        tighter = Desk(store, rig.ruled(high=3.0), desk.clock)
        with pytest.raises(UsageError, match="its rule has changed"):
            await tighter.control.apply(ANNA, plan.id)
        desk.clock.later(PLAN_S + 1)
        with pytest.raises(UsageError, match="is too old"):
            await desk.control.apply(ANNA, plan.id)
        assert rig.wire.writes == 0
        await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        assert desk.book.plan(plan.id) is None  # old ones are swept out

    at("modbus", store, act)


def test_two_plans_at_once_are_one_write(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        plans = [await desk.control.plan(ANNA, ASSET, ATTRIBUTE, value) for value in (3.0, 4.0)]
        done = await asyncio.gather(
            *(desk.control.apply(ANNA, plan.id) for plan in plans), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in done) == ["Outcome", "UsageError"]
        assert rig.wire.writes == 1
        ((standing, _),) = desk.book.all_standing()
        assert await rig.truth.get() == (standing.value - 1) * 2

    at("modbus", store, act)


@each_protocol
def test_a_second_write_takes_the_place_of_the_first(kind: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write(4.0)
        desk.clock.later(50)
        assert (await desk.write(5.0)).state == "held"
        desk.clock.later(20)
        await desk.look()  # the first would return now
        assert await rig.truth.get() == 8.0
        desk.clock.later(40)
        await desk.look()
        assert await rig.truth.get() == HOME[kind]

    at(kind, store, act)


# -------------------------------------------------------------------------------- rules


@settings(deadline=None)
@given(
    st.floats(),
    st.floats(-1e9, 1e9),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e6),
    st.one_of(st.none(), st.floats(0.001, 1e6)),
)
def test_no_value_outside_its_rule_passes(
    value: float, now: float, low: float, width: float, step: float | None
) -> None:
    rule = Writable("p", low, low + width, 60, low, step)
    point = Point(Source("plc", "modbus", "x"), Signal("plc", "p", Key("water:T", "x")), rule)
    allowed = low <= value <= low + width and (step is None or abs(value - now) <= step * 1.000001)
    try:
        point.check(value, now)
    except RangeError:
        return
    assert allowed
