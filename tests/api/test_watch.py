"""The watch goes on, whatever fails; what it cannot say is unknown, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from watched_city import World

from kopa.api.watch import FORGET_S
from kopa.city.live.cycle import GONE_S
from kopa.errors import EngineError


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize("error", [EngineError("it crashed"), ValueError("nobody thought of it")])
def test_it_goes_on_when_the_engine_fails(world: World, error: Exception) -> None:
    world.watch._round()
    assert world.watch.summary()["status"] == "ok"
    world.room.error = error
    world.watch._round()
    summary = world.watch.summary()
    assert summary["status"] == "unknown"
    assert str(error) in summary["trouble"]
    world.room.error = None
    world.watch._round()
    assert world.watch.summary()["trouble"] == ""


def test_a_finding_lives_and_is_forgotten(world: World) -> None:
    world.measure(0.0)
    world.watch.look()
    assert world.states() == {"energy.out": "new"}
    world.time += 10
    world.measure(1.0)
    world.watch.look()
    assert world.states() == {"energy.out": "new"}  # it may come back at once
    world.time += GONE_S + 60
    world.measure(1.0)
    world.watch.look()
    assert world.states() == {"energy.out": "resolved"}
    world.time += FORGET_S + GONE_S
    world.measure(1.0)
    world.watch.look()
    assert world.states() == {}


def test_what_is_old_says_nothing_of_now(world: World) -> None:
    world.measure(0.0)
    world.watch.look()
    assert world.watch.summary()["changes"] == ["energy:line:0 out"]
    world.time += 2 * 3600
    world.watch.look()
    assert world.watch.summary()["changes"] == []
    assert "live.silent" in world.states()
    (row,) = world.watch.state(asset="energy:line:0")
    assert (row["quality"], row["age_s"]) == ("old", 7200)


def test_a_clock_that_goes_back_is_survived(world: World) -> None:
    world.measure(0.0)
    world.watch.look()
    world.time -= 3 * 3600
    world.watch.look()
    assert world.watch.summary()["status"] == "ok"
    assert world.watch.state()[0]["age_s"] == 0
