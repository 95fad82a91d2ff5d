"""What breaks if, and what should we do: ``/page/whatif``, ``/page/decide``."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import post
from kopa.api.now import Question, hours_of
from kopa.api.watch import Watch
from kopa.city.decide import Measure
from kopa.decide.compare import Frequency, Range
from kopa.errors import RangeError

AHEAD_S = 400 * 86_400
"""A question is about hours no further away."""
MEASURES = 40
"""So many measures are held against an event at once."""


class StoryQuestion(Question, forbid_unknown_fields=True):
    """A what-if of hours that may begin at another time than now, s since 1970 UTC."""

    at: float | None = None


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number with its range."""

    low: float
    mid: float
    high: float

    def range(self) -> Range:
        """The same, checked."""
        return Range(self.low, self.mid, self.high)


class Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure: changes that are added, or events instead, or supplies that are protected."""

    id: str
    name: str = ""
    kind: str = "change"
    changes: list[str] = []
    events: list[str] | None = None
    protect: list[str] = []
    cost: Span | None = None


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event, how often it happens, and what could be done against it."""

    events: list[str]
    measures: list[Proposed]
    times_a_year: Span
    years: int
    hours: int = 24
    live: bool = False


def routes(watch: Watch) -> list[Route]:
    """Asking the model."""

    def what_if(request: Request, asked: StoryQuestion) -> Any:
        if asked.at is not None and abs(asked.at - watch.clock()) > AHEAD_S:
            raise RangeError(f"'at' lies within {AHEAD_S // 86_400} days of now")
        return watch.story(asked.changes, hours_of(asked), asked.live, asked.at)

    def decide(request: Request, choice: Choice) -> Any:
        hours = hours_of(Question(choice.events, choice.hours))
        if not 1 <= len(choice.measures) <= MEASURES:
            raise RangeError(f"name 1 to {MEASURES} measures")
        if len({one.id for one in choice.measures}) < len(choice.measures):
            raise RangeError("each measure has an id of its own")
        measures = [
            Measure(
                one.id,
                one.name,
                tuple(one.changes),
                None if one.events is None else tuple(one.events),
                tuple(one.protect),
                None if one.cost is None else one.cost.range(),
            )
            for one in choice.measures
        ]
        often = Frequency(choice.times_a_year.range(), choice.years)
        return watch.decide(choice.events, measures, often, hours, choice.live)

    return [post("/page/whatif", what_if, StoryQuestion), post("/page/decide", decide, Choice)]
