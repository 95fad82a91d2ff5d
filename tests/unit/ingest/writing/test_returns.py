"""A written value returns by itself: after its time, a restart, a crash, a device that was away."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from contract.store_servers import postgres, postgres_programs
from field_devices import run
from written_devices import (
    ANNA,
    ASSET,
    ATTRIBUTE,
    HOME,
    KINDS,
    SET,
    Clock,
    Desk,
    Rig,
    at,
    rig_of,
)

from kopa.access.errors import ForbiddenError
from kopa.access.roles import Caller, Grant
from kopa.errors import KopaError, UsageError
from kopa.ingest.writing import returns
from kopa.ingest.writing.control import lease_us
from kopa.store import Store, open_store
from kopa.store.errors import UnreachableError

each_protocol = pytest.mark.parametrize("kind", KINDS)


async def has(rig: Rig, value: float) -> None:
    """Wait for the device to have a value."""
    for _ in range(500):
        if await rig.truth.get() == value:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await rig.truth.get())


@each_protocol
def test_after_a_restart(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fell due while nobody was there returns at the start."""
    monkeypatch.setattr(returns, "LOOK_S", 0.02)

    async def main() -> None:
        async with rig_of(kind) as rig:
            clock = Clock()
            with open_store(tmp_path / "data") as store:
                assert (await Desk(store, rig, clock).write()).state == "held"
            clock.later(3600)
            assert await rig.truth.get() == 6.0
            with open_store(tmp_path / "data") as store:
                desk = Desk(store, rig, clock)
                await desk.returns.start()
                await has(rig, HOME[kind])
                while desk.book.all_standing():
                    await asyncio.sleep(0.02)
                await desk.returns.stop()
                assert desk.audit[-1] == "write.returned"

    run(main())


@each_protocol
def test_a_device_that_is_away_when_it_is_due(kind: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write()
        desk.clock.later(60)
        rig.wire.cut()
        for attempt, pause_s in ((1, 1), (2, 2), (3, 4)):
            await desk.look()
            ((standing, _),) = desk.book.all_standing()
            assert (standing.attempts, standing.state) == (attempt, "returning")
            assert standing.due == desk.clock() + pause_s * 1_000_000
            tries = len(desk.told)
            await desk.look()  # not before the pause is over
            assert len(desk.told) == tries == attempt
            desk.clock.later(pause_s)
        assert {one.code for one in desk.told} == {"write.not-returned"}
        assert {one.severity for one in desk.told} == {"error"}
        assert "was set to 4 and does not return to" in desk.told[0].what
        assert desk.told[0].asset == ASSET
        rig.wire.mend()
        await desk.look()
        assert await rig.truth.get() == HOME[kind]
        assert desk.book.all_standing() == []
        # the log has the first failure and the end
        assert desk.audit[-2:] == ["write.not-returned", "write.returned"]
        assert desk.detail("write.returned")["attempts"] == "4"

    at(kind, store, act, timeout_s=0.3)


@each_protocol
@pytest.mark.parametrize("mode", ["stuck", "refuses"])
def test_a_device_that_does_not_take_it_back(kind: str, mode: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write()
        desk.clock.later(60)
        rig.truth.modes[mode] = True
        await desk.look()
        assert await rig.truth.get() == 6.0
        words = "it refuses the return: " if mode == "refuses" else "it was sent, and read back "
        assert words in desk.told[0].what
        assert "write.returned" not in desk.audit
        with pytest.raises(UsageError, match="is returning: write when it has returned"):
            await desk.write(5.0)  # which the next try would take back at once
        rig.truth.modes[mode] = False
        desk.clock.later(60)
        await desk.look()
        assert await rig.truth.get() == HOME[kind]
        assert desk.audit[-1] == "write.returned"

    at(kind, store, act)


@each_protocol
def test_a_connection_that_drops_in_the_middle_of_the_return(kind: str, store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write()
        desk.clock.later(60)
        rig.wire.cut_at_write = "after"
        await desk.look()
        await has(rig, HOME[kind])  # and nobody heard of it
        assert [one.code for one in desk.told] == ["write.not-returned"]
        rig.wire.mend()
        desk.clock.later(60)
        await desk.look()
        assert desk.audit[-1] == "write.returned"

    at(kind, store, act, timeout_s=0.6)


def test_a_process_that_ends_in_the_middle(store: Store) -> None:
    """Nobody knows whether it was written: it returns when the time of a write is over."""

    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
        rig.wire.cut_at_write = "after"
        task = asyncio.create_task(desk.control.apply(ANNA, plan.id))
        await has(rig, 6.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        rig.wire.mend()
        desk = Desk(store, rig, desk.clock)
        ((standing, _),) = desk.book.all_standing()
        assert standing.state == "begun"
        await desk.look()
        assert await rig.truth.get() == 6.0
        with pytest.raises(UsageError, match="is being written: write when it has returned"):
            await desk.write(5.0)
        with pytest.raises(UsageError, match="is being written: it returns if that fails"):
            desk.control.return_now(ANNA, ASSET, ATTRIBUTE)
        assert lease_us(rig.source) <= 60_000_000
        desk.clock.later(lease_us(rig.source) / 1e6)
        await desk.look()
        assert await rig.truth.get() == 2.0
        assert desk.audit[-2:] == ["write.begun", "write.returned"]

    at("modbus", store, act)


def test_two_kopas_on_one_store_return_it_once(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write()
        desk.clock.later(60)
        other = Desk(store, rig, desk.clock)
        await asyncio.gather(desk.look(), other.look())
        assert rig.wire.writes == 2
        assert desk.audit.count("write.returned") == 1
        assert (desk.told, other.told) == ([], [])

    at("modbus", store, act)


@pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL with PostGIS is not there")
def test_two_kopas_on_one_postgresql() -> None:
    with postgres() as address, open_store(address) as here, open_store(address) as there:

        async def act(rig: Rig, desk: Desk) -> None:
            plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)
            other = Desk(there, rig, desk.clock)
            assert (await other.control.apply(ANNA, plan.id)).state == "held"
            desk.clock.later(60)
            await asyncio.gather(desk.look(), other.look())
            assert (rig.wire.writes, await rig.truth.get()) == (2, 2.0)
            assert desk.audit == ["write.planned", "write.begun", "write.held", "write.returned"]
            assert desk.book.all_standing() == []

        at("modbus", here, act)


def test_a_device_that_sources_no_longer_name(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write()
        desk.clock.later(60)
        before = desk.book.all_standing()
        away = returns.Returns(desk.book, [], desk.told.extend, desk.clock)
        await away.look()
        assert desk.told == []  # another Kopa on this store may have it
        desk.clock.later(returns.LATE_S + 1)
        for _ in range(3):
            await away.look()
        (finding,) = desk.told
        assert "sources.toml has no device plc any more" in finding.what
        assert desk.book.all_standing() == before  # so that it does not hold up the other
        desk.clock.later(60)
        await Desk(store, rig, desk.clock).look()
        assert await rig.truth.get() == 2.0

    at("modbus", store, act)


def test_before_its_time_for_who_may(store: Store) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        with pytest.raises(UsageError, match="no written value of water:P1 speed stands"):
            desk.control.return_now(ANNA, ASSET, ATTRIBUTE)
        await desk.write()
        bob = Caller("account:bob", (Grant("viewer", "*"),))
        with pytest.raises(ForbiddenError):
            desk.control.return_now(bob, ASSET, ATTRIBUTE)
        desk.control.return_now(ANNA, ASSET, ATTRIBUTE)
        await desk.look()
        assert await rig.truth.get() == 2.0
        assert desk.audit[-2:] == ["write.return-asked", "write.returned"]

    at("modbus", store, act)


def test_a_store_that_is_away_ends_no_looking(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returns, "LOOK_S", 0.02)

    async def act(rig: Rig, desk: Desk) -> None:
        await desk.write()
        desk.clock.later(60)
        faults: list[Exception] = [UnreachableError("no store"), ValueError("a fault of ours")]
        real = desk.book.all_standing

        def standing() -> Any:
            if faults:
                raise faults.pop()
            return real()

        monkeypatch.setattr(desk.book, "all_standing", standing)
        await desk.returns.start()
        await has(rig, 2.0)
        await desk.returns.stop()
        assert {one.code for one in desk.told} == {"write.store"}

    at("modbus", store, act)


def test_a_write_whose_outcome_cannot_be_kept_returns(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(rig: Rig, desk: Desk) -> None:
        plan = await desk.control.plan(ANNA, ASSET, ATTRIBUTE, SET)

        def lost(*given: Any) -> None:
            raise UnreachableError("no store")

        monkeypatch.setattr(desk.control, "_end", lost)
        with pytest.raises(KopaError):
            await desk.control.apply(ANNA, plan.id)
        assert await rig.truth.get() == 6.0
        desk.clock.later(lease_us(rig.source) / 1e6)
        await desk.look()
        assert await rig.truth.get() == 2.0

    at("modbus", store, act)
