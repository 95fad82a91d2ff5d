"""Devices that refuse, stick, drop out or think otherwise: no write of theirs is called done."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from written_devices import (
    ANNA,
    ASSET,
    ATTRIBUTE,
    HOME,
    KINDS,
    SET,
    Desk,
    Rig,
    at,
    opcua_thread,
    refused,
)

from kopa.errors import EngineError
from kopa.ingest.writing import control
from kopa.store import Store

each_protocol = pytest.mark.parametrize("kind", KINDS)


# ------------------------------------------------------------------ devices that will not


@each_protocol
def test_a_device_that_refuses(kind: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        rig.truth.modes["refuses"] = True
        done = await desk.control.apply(ANNA, plan.id)
        assert done.state == "refused"
        assert any(word in done.problem for word in ("exception 3", "BadTypeMismatch", "denied"))
        assert desk.book.all_standing() == []
        assert desk.audit[-1] == "write.refused"

    at(kind, store, act)


def test_a_refusal_leaves_what_stood_before(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write(4.0)
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, 5.0)
        rig.truth.modes["refuses"] = True
        assert (await desk.control.apply(ANNA, plan.id)).state == "refused"
        rig.truth.modes["refuses"] = False
        ((standing, _),) = desk.book.all_standing()
        assert (standing.value, standing.state) == (4.0, "held")
        desk.clock.later(60)
        await desk.look()
        assert await rig.truth.get() == 2.0

    at("modbus", store, act)


@each_protocol
def test_a_value_that_is_stuck_is_never_called_done(kind: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        rig.truth.modes["stuck"] = True
        done = await desk.control.apply(ANNA, plan.id)
        assert done.state == "unconfirmed"
        assert "it was sent, and read back it says" in done.problem
        assert "write.held" not in desk.audit
        rig.truth.modes["stuck"] = False
        await desk.look()  # without waiting for its time
        assert await rig.truth.get() == HOME[kind]
        assert desk.book.all_standing() == []

    at(kind, store, act)


@each_protocol
def test_a_value_that_is_written_over(
    kind: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "STANDS_S", 0.4)

    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)

        async def program() -> None:
            while await rig.truth.get() != 6.0:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # it was read back by now
            await rig.truth.put(3.5)

        done, _ = await asyncio.gather(desk.control.apply(ANNA, plan.id), program())
        assert done.state == "unconfirmed"
        assert "it was taken, and written over: " in done.problem
        if kind == "bacnet":
            assert "priority 5 commands it" in done.problem

    at(kind, store, act)


@each_protocol
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_drops_in_the_middle(kind: str, when: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        rig.wire.cut_at_write = when
        done = await desk.control.apply(ANNA, plan.id)
        assert done.state == "unconfirmed"
        assert "it may have been written: " in done.problem
        await until_async(rig, 3.5 if when == "before" else 6.0)
        assert desk.audit[-1] == "write.unconfirmed"
        ((standing, _),) = desk.book.all_standing()
        assert standing.due <= desk.clock()
        rig.wire.mend()
        await desk.look()
        assert await rig.truth.get() == HOME[kind]
        assert desk.audit[-1] == "write.returned"

    at(kind, store, act, timeout_s=0.6)


async def until_async(rig: Rig, value: float) -> None:
    """Wait for the device to have a value."""
    for _ in range(100):
        if await rig.truth.get() == value:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await rig.truth.get())


@each_protocol
def test_a_device_that_is_away(kind: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        rig.wire.cut()
        with pytest.raises(EngineError, match="nothing was written"):
            await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        rig.wire.mend()
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        rig.wire.cut()
        with pytest.raises(EngineError, match="nothing was written"):
            await desk.control.apply(ANNA, plan.id)
        assert desk.book.all_standing() == []
        rig.wire.mend()
        assert (await desk.control.apply(ANNA, plan.id)).state == "held"  # it was not used up

    at(kind, store, act, timeout_s=0.6)


# ----------------------------------------------------------------------- types of values


def test_a_node_of_another_type(store: Store) -> None:
    """The type is the server's: asyncua's own library makes each of them."""
    from asyncua import ua

    async def act(rig: Rig, desk: Desk) -> None:
        async def is_now(value: Any, kind: ua.VariantType) -> None:
            name = rig.truth.objects["node"].nodeid.Identifier
            await opcua_thread().become(rig.truth, name, value, kind)

        kinds = ua.VariantType
        for value, kind, words in (
            ("x", kinds.String, "cannot be trusted: its value is 'x'"),
            ([1.0, 2.0], kinds.Double, "cannot be trusted"),
        ):
            await is_now(value, kind)
            with pytest.raises(EngineError, match=words):
                await desk.write()
        await is_now(1, kinds.Int16)
        with pytest.raises(EngineError, match=r"whole numbers only, and this would be 4\.5"):
            await desk.write(3.25)
        assert (await desk.write(3.5)).state == "held"
        found = await opcua_thread().there(rig.truth.objects["node"].read_data_value())
        assert (found.Value.Value, found.Value.VariantType) == (5, kinds.Int16)
        desk.clock.later(60)
        await desk.look()
        await is_now(True, kinds.Boolean)
        with pytest.raises(EngineError, match="it is on or off"):
            await desk.write()
        assert rig.wire.writes == 2  # the 5 and its return

    at("opcua", store, act)


def test_a_node_that_is_only_read(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await opcua_thread().there(rig.truth.objects["node"].set_read_only())
        await refused(desk, EngineError, "does not let us write it")

    at("opcua", store, act)


@pytest.mark.parametrize("status", ["BadSensorFailure", "UncertainLastUsableValue"])
def test_a_value_that_the_device_doubts_is_not_written(store: Store, status: str) -> None:
    from asyncua import ua

    async def act(rig: Rig, desk: Desk) -> None:
        code = ua.StatusCode(getattr(ua.StatusCodes, status))
        await rig.truth.put(ua.DataValue(ua.Variant(3.5), code))
        with pytest.raises(EngineError, match=f"cannot be trusted: {status}"):
            await desk.write()
        assert rig.wire.writes == 0

    at("opcua", store, act)


# ---------------------------------------------------------------------- BACnet's priorities


def places(rig: Rig) -> list[float | None]:
    """The priority array of the output."""
    return [one.real for one in rig.truth.objects["set"].priorityArray]


def test_a_write_has_its_place_and_leaves_the_others(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        from bacpypes3.basetypes import PriorityValue

        rig.truth.objects["set"].priorityArray[13] = PriorityValue(real=3.0)
        assert (await desk.write()).state == "held"
        assert (places(rig)[9], places(rig)[13]) == (6.0, 3.0)
        desk.clock.later(60)
        await desk.look()
        assert (places(rig)[9], places(rig)[13]) == (None, 3.0)
        assert await rig.truth.get() == 3.0

    at("bacnet", store, act)


def test_a_place_that_is_taken_and_one_before_ours(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        from bacpypes3.basetypes import PriorityValue

        array = rig.truth.objects["set"].priorityArray
        array[9] = PriorityValue(real=3.5)
        await refused(desk, EngineError, "priority 10 has 3.5: somebody else commands there")
        array[9] = PriorityValue(null=())
        array[4] = PriorityValue(real=3.5)
        await refused(desk, EngineError, "priority 5 commands it, and ours is 10")

    at("bacnet", store, act)


def test_what_stands_below_another_returns_all_the_same(store: Store) -> None:
    """Else it would come back when the other lets go."""

    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write()
        await rig.truth.put(5.0)
        desk.clock.later(60)
        await desk.look()
        assert places(rig)[9] == (
            1.0 if rig.source.writable["analog-output:1"].returns_to else None
        )
        assert (await rig.truth.get(), desk.told) == (5.0, [])

    at("bacnet", store, act)
    at("bacnet", store, act, returns_to=1.5)


@pytest.mark.parametrize(
    ("path", "value", "there"),
    [("analog-value:1", 4.0, 6.0), ("binary-output:1", 1.5, 1), ("multi-state-output:1", 2.0, 2)],
)
def test_other_objects(store: Store, path: str, value: float, there: float) -> None:
    """An object without a priority array takes a value, and has no release."""
    name = {"a": "plain", "b": "valve", "m": "mode"}[path[0]]

    async def act(rig: Rig, desk: Desk) -> None:
        (rule,) = rig.source.writable.values()
        rule = replace(rule, path=path, low=1.0, returns_to=1.5 if path[0] != "b" else 1.0)
        signal = replace(rig.devices.signals[0], path=path)
        other = replace(
            rig,
            source=replace(rig.source, writable={path: rule}),
            devices=replace(rig.devices, signals=(signal,)),
        )
        desk = Desk(store, other, desk.clock)
        done = await desk.write(value)
        assert done.state == "held", done
        assert float(rig.truth.objects[name].presentValue) == there
        desk.clock.later(60)
        await desk.look()
        home = (rule.returns_to - 1) * 2
        assert float(rig.truth.objects[name].presentValue) == home
        if path[0] == "a":
            released = Desk(store, other.ruled(returns_to=None), desk.clock)
            with pytest.raises(EngineError, match="has no priority array"):
                await released.write()

    at("bacnet", store, act)
