"""Notices to residents: planned works, and alerts, which take a second person."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import get, patch, post
from kopa.api.hub import Hub
from kopa.api.page.decisions import Step, of_another
from kopa.api.problem import problem
from kopa.api.records import Led, Records, Taken, new_id
from kopa.api.watch import Watch
from kopa.errors import RangeError
from kopa.model.window import DAY
from kopa.store import Store

WAYS = {
    "draft": ("published", "withdrawn"),
    "published": ("withdrawn",),
    "withdrawn": ("draft",),
}
TEXT, TITLE = 2000, 120
"""Characters."""
DAYS = 60
"""A notice is for no longer, and not further ahead."""
_LANGUAGE = re.compile(r"[a-z]{2}")


class Notice(Led, frozen=True, kw_only=True):
    """What residents are told; times in s since 1970 UTC.

    Parameters
    ----------
    kind
        ``works`` or ``alert``.
    title, text
        By language.
    services
        What is concerned.
    changes
        What is done, as text: from them come the area and the people.
    begins, ends
        When.
    area
        Assets where people lose a service.
    people
        How many.
    """

    kind: Literal["works", "alert"]
    title: dict[str, str]
    text: dict[str, str]
    services: tuple[str, ...]
    changes: tuple[str, ...]
    begins: float = msgspec.field(name="from")
    ends: float = msgspec.field(name="to")
    area: tuple[str, ...] = ()
    people: float = 0.0


class NewNotice(msgspec.Struct, forbid_unknown_fields=True):
    """A notice to write."""

    kind: Literal["works", "alert"]
    title: dict[str, str]
    text: dict[str, str]
    begins: float = msgspec.field(name="from")
    ends: float = msgspec.field(name="to")
    services: list[str] = []
    changes: list[str] = []


def notices_of(store: Store, hub: Hub, **more: Any) -> Records[Notice]:
    """The notices of a city."""
    return Records(store, hub, "notice", Notice, WAYS, **more)


def routes(notices: Records[Notice], watch: Watch) -> list[Route]:
    """Writing notices, and publishing them."""

    def every(request: Request, body: None) -> Any:
        return {"notices": [_short(notice) for notice in notices.all()]}

    def add(request: Request, wish: NewNotice) -> Any:
        now, by = notices.now, request.state.caller.id
        _check(wish, now)
        area: tuple[str, ...] = ()
        people, services = 0.0, tuple(wish.services)
        if wish.changes:
            hours = min(max(1, -(-int(wish.ends - wish.begins) // 3600)), DAY // 3600)
            told = watch.story(wish.changes, hours, live=False, at=wish.begins)
            if told["status"] == "unknown":
                raise RangeError("who is concerned is unknown: the model has no answer")
            area = tuple(told["affected"])
            people = max((one["people"] for one in told["services"]), default=0.0)
            services = services or tuple(one["service"] for one in told["services"])
        paper = Notice(
            id=new_id(),
            state="draft",
            author=by,
            at=now,
            steps=(Taken("draft", by, now),),
            kind=wish.kind,
            title=wish.title,
            text=wish.text,
            services=services,
            changes=tuple(wish.changes),
            begins=wish.begins,
            ends=wish.ends,
            area=area,
            people=people,
        )
        return _short(notices.add(paper))

    def lead(request: Request, step: Step) -> Any:
        id, by = request.path_params["id"], request.state.caller.id
        found = notices.one(id)
        if found is None:
            return problem(404, f"there is no notice '{id[:100]}'")
        if step.state == "published" and found.kind == "alert":
            of_another(found, by)
        led = notices.lead(id, step.state, by, step.note)
        return None if led is None else _short(led)

    return [
        get("/page/notices", every),
        post("/page/notices", add, NewNotice, 201),
        patch("/page/notices/{id}", lead, Step),
    ]


def _short(notice: Notice) -> dict[str, Any]:
    """A notice with the number of places instead of their names."""
    told: dict[str, Any] = msgspec.to_builtins(notice)
    return {**told, "area": len(notice.area)}


def _check(wish: NewNotice, now: float) -> None:
    """Refuse a notice that nobody could read, or that never holds."""
    if not wish.begins < wish.ends <= wish.begins + DAYS * DAY:
        raise RangeError(f"a notice ends after it begins, and within {DAYS} days")
    if wish.ends < now or wish.begins > now + DAYS * DAY:
        raise RangeError(f"a notice is for the coming {DAYS} days")
    for texts, most in ((wish.title, TITLE), (wish.text, TEXT)):
        if not texts or not all(text.strip() for text in texts.values()):
            raise RangeError("a notice has a title and a text in one language or more")
        if any(len(text) > most for text in texts.values()):
            raise RangeError(f"a title has {TITLE} characters at most, a text {TEXT}")
        if not all(_LANGUAGE.fullmatch(language) for language in texts):
            raise RangeError("texts are by language: {'lv': …, 'en': …}")
