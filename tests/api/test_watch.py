"""The watch goes on, whatever fails; what it cannot say is unknown, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_city import write_city

from kopa.api.hub import Hub
from kopa.api.watch import FORGET_S, Watch
from kopa.city.live.cycle import GONE_S
from kopa.city.live.present import Present
from kopa.city.load import load_city
from kopa.errors import EngineError
from kopa.store import Batch, Key, Label, Observation, Observations, open_store

NOON = 1_795_348_800.0
LINE = "urn:ngsi-ld:Line:energy:line%3A0"


class Room:
    """Engines in this process; they fail as they are told."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self.error: Exception | None = None

    def now(self, *asked: Any) -> Any:
        if self.error is not None:
            raise self.error
        return self._present.now(*asked)


class World:
    """A watched city with a clock of its own."""

    def __init__(self, folder: Path) -> None:
        city = load_city(write_city(folder))
        self.store = open_store(folder / "store")
        self.time = NOON
        self.room = Room(Present(city))
        self.watch = Watch(city, self.store, self.room, Hub(), clock=lambda: self.time)  # type: ignore[arg-type]

    def measure(self, value: float) -> None:
        key = Key(LINE, "in_service")
        row = Observation(key, round(self.time * 1e6), value, Label())
        self.store.commit(Batch(observations=(Observations.of("", [row]),)))

    def states(self) -> dict[str, str]:
        return {one.code: one.state for one in self.watch.findings().values()}


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
