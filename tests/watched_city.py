"""A watched city with a clock of its own: its engines run in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from small_city import write_city

from kopa.api.hub import Hub
from kopa.api.watch import Watch
from kopa.city.affected import affected
from kopa.city.live.present import Present
from kopa.city.load import load_city
from kopa.city.story import story
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

    def story(self, window: Any, measured: Any, texts: Sequence[str]) -> Any:
        answer = self._present.what_if(window, measured, texts)
        return story(self._present.city, answer, self._present.places)

    def affected(self, window: Any, texts: Sequence[str]) -> Any:
        return affected(self._present.city, self._present.what_if(window, {}, texts))

    def decide(self, *asked: Any) -> Any:
        return self._present.decide(*asked)


class World:
    """A watched city with a clock of its own."""

    def __init__(self, folder: Path, crs: str = "", toml: str = "") -> None:
        self.folder = write_city(folder)
        with (self.folder / "city.toml").open("a", encoding="utf-8") as file:
            file.write(toml)
        if crs:
            toml = self.folder / "city.toml"
            toml.write_text(f'crs = "{crs}"\n{toml.read_text(encoding="utf-8")}', encoding="utf-8")
        city = load_city(self.folder)
        self.store = open_store(folder / "store")
        self.time = NOON
        self.room = Room(Present(city))
        room: Any = self.room
        self.watch = Watch(city, self.store, room, Hub(), clock=lambda: self.time)

    def measure(self, value: float) -> None:
        key = Key(LINE, "in_service")
        row = Observation(key, round(self.time * 1e6), value, Label())
        self.store.commit(Batch(observations=(Observations.of("", [row]),)))

    def states(self) -> dict[str, str]:
        return {one.code: one.state for one in self.watch.findings().values()}
