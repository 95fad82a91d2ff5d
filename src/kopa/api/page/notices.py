"""Notices to residents: planned works, and alerts, which take a second person.

An alert is a message of the Common Alerting Protocol too, where the city has a name to send it
under: its area is who is cut off, a newer one updates it, and its end takes two people as well.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.api.announce import Announcer, Told
from kopa.api.answer import get, patch, post
from kopa.api.hub import Hub
from kopa.api.page.decisions import Step, of_another
from kopa.api.problem import problem
from kopa.api.records import Led, Records, Taken, new_id
from kopa.api.watch import Watch
from kopa.errors import RangeError, UsageError
from kopa.model.window import DAY
from kopa.store import Store

WAYS = {
    "draft": ("published", "withdrawn"),
    "published": ("withdrawn", "ending", "replaced"),
    "ending": ("published", "withdrawn"),
    "replaced": (),
    "withdrawn": ("draft",),
}
TEXT, TITLE = 2000, 120
"""Characters."""
HOLDS = ("published", "ending")
"""States in which residents see a notice."""
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
    updates
        The alert that this one replaces; empty for none.
    draft
        The message that waits to be sent (CAP 1.2); empty for none.
    messages
        Those that were sent, in order.
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
    updates: str = ""
    draft: str = ""
    messages: tuple[str, ...] = ()

    @property
    def told(self) -> Told:
        """What it tells, and whom."""
        return Told(self.title, self.text, self.changes, self.services, self.begins, self.ends)


class NewNotice(msgspec.Struct, forbid_unknown_fields=True):
    """A notice to write."""

    kind: Literal["works", "alert"]
    title: dict[str, str]
    text: dict[str, str]
    begins: float = msgspec.field(name="from")
    ends: float = msgspec.field(name="to")
    services: list[str] = []
    changes: list[str] = []
    updates: str = ""


class Proposal(msgspec.Struct, forbid_unknown_fields=True):
    """Words that are asked for: of a finding, or of changes."""

    begins: float = msgspec.field(name="from")
    ends: float = msgspec.field(name="to")
    finding: str = ""
    changes: list[str] = []


def notices_of(store: Store, hub: Hub, **more: Any) -> Records[Notice]:
    """The notices of a city."""
    return Records(store, hub, "notice", Notice, WAYS, **more)


class Desk:
    """Writes notices, and leads them.

    Parameters
    ----------
    notices
        The notices of the city.
    announcer
        Makes messages of them.
    """

    def __init__(self, notices: Records[Notice], announcer: Announcer) -> None:
        self._notices, self._announcer = notices, announcer

    def write(self, wish: NewNotice, by: str) -> Notice:
        """Keep a new notice, as a draft.

        Raises
        ------
        RangeError
            If nobody could read it, or it never holds, or whom it concerns is unknown.
        """
        now = self._notices.now
        _check(wish, now)
        self._before(wish.updates)
        paper = Notice(
            id=new_id(),
            state="draft",
            author=by,
            at=now,
            steps=(Taken("draft", by, now),),
            kind=wish.kind,
            title=wish.title,
            text=wish.text,
            services=tuple(wish.services),
            changes=tuple(wish.changes),
            begins=wish.begins,
            ends=wish.ends,
            updates=wish.updates,
        )
        return self._notices.add(msgspec.structs.replace(paper, **self._drafted(paper)))

    def lead(self, old: Notice, step: Step, by: str) -> Notice | None:
        """Lead a notice to another state.

        Raises
        ------
        ForbiddenError
            If it takes a second person.
        UsageError
            If it cannot go there.
        """
        more: dict[str, Any] = {}
        if step.state == "replaced":
            raise UsageError("an alert is replaced by publishing one that updates it")
        if step.state == "ending" and old.kind == "works":
            raise UsageError("works are withdrawn at once")
        if old.kind == "alert":
            more = self._alert(old, step.state, by)
        elif step.state == "draft":
            more = self._drafted(old)
        led = self._notices.lead(old.id, step.state, by, step.note, **more)
        if led is not None and step.state == "published" and led.updates and old.state == "draft":
            self._notices.lead(led.updates, "replaced", by, f"by {led.id}")
        return led

    def _alert(self, old: Notice, state: str, by: str) -> dict[str, Any]:
        """What changes with a step of an alert."""
        if (old.state, state) == ("draft", "published"):
            of_another(old, by)
            if old.ends <= self._notices.now:
                raise UsageError("the alert is over already: write it anew")
            self._before(old.updates)
            return self._sent(old)
        if (old.state, state) == ("published", "withdrawn"):
            raise UsageError("the end of an alert takes two people: lead it to 'ending' first")
        if (old.state, state) == ("published", "ending"):
            last = old.messages[-1:] if self._announcer.sends else ()
            return {"draft": self._announcer.ended(last[0]) if last else ""}
        if (old.state, state) == ("ending", "withdrawn"):
            of_another(msgspec.structs.replace(old, author=old.steps[-1].by), by)
            return self._sent(old)
        if (old.state, state) == ("ending", "published"):
            return {"draft": ""}
        return self._drafted(old) if state == "draft" else {"draft": ""}

    def _sent(self, old: Notice) -> dict[str, Any]:
        if not old.draft:
            return {}
        return {"draft": "", "messages": (*old.messages, self._announcer.sent(old.draft))}

    def _drafted(self, paper: Notice) -> dict[str, Any]:
        """Whom a notice concerns, and the message that tells them."""
        more: dict[str, Any] = {}
        sends = paper.kind == "alert" and self._announcer.sends
        if not paper.changes and not sends:
            return more
        told = paper.told
        found = self._announcer.concerned(told)
        if paper.changes:
            area = tuple(dict.fromkeys(asset for cut in found.cuts for asset in cut.assets))
            services = paper.services or tuple(found.people())
            more = {"area": area, "people": found.most_people(), "services": services}
        if sends:
            before = self._before(paper.updates)
            message = before.messages[-1] if before is not None and before.messages else ""
            more["draft"] = self._announcer.draft(told, found, message)
        return more

    def _before(self, id: str) -> Notice | None:
        """The alert that another one is to replace."""
        if not id:
            return None
        found = self._notices.one(id)
        if found is None or found.kind != "alert" or found.state != "published":
            raise RangeError(f"there is no published alert '{id[:100]}' to update")
        return found


def routes(notices: Records[Notice], watch: Watch, announcer: Announcer) -> list[Route]:
    """Writing notices, and publishing them."""
    desk = Desk(notices, announcer)

    def every(request: Request, body: None) -> Any:
        return {"notices": [_short(notice) for notice in notices.all()]}

    def add(request: Request, wish: NewNotice) -> Any:
        return _short(desk.write(wish, request.state.caller.id))

    def propose(request: Request, wish: Proposal) -> Any:
        changes = wish.changes or _changes_of(watch, wish.finding)
        told = Told({}, {}, changes, (), wish.begins, wish.ends)
        if not changes or not wish.begins < wish.ends:
            raise RangeError("say what happened, and from when to when")
        found = announcer.concerned(told)
        people, services = found.most_people(), list(found.people())
        words = announcer.proposed(told, found)
        return {**words, "changes": list(changes), "services": services, "people": people}

    def lead(request: Request, step: Step) -> Any:
        id = request.path_params["id"]
        found = notices.one(id)
        if found is None:
            return problem(404, f"there is no notice '{id[:100]}'")
        led = desk.lead(found, step, request.state.caller.id)
        return None if led is None else _short(led)

    return [
        get("/page/notices", every),
        post("/page/notices", add, NewNotice, 201),
        post("/page/notices/proposal", propose, Proposal),
        patch("/page/notices/{id}", lead, Step),
    ]


def _changes_of(watch: Watch, finding: str) -> list[str]:
    """What a finding says that happened: the city stands so."""
    kept, answer = watch.findings().get(finding), watch.latest
    if kept is None or answer is None:
        raise RangeError(f"there is no finding '{finding[:100]}'")
    changes = [str(change) for change in answer.changes if change.full in kept.members]
    if not changes:
        raise RangeError("the finding does not say what happened: say it with changes")
    return changes


def _short(notice: Notice) -> dict[str, Any]:
    """A notice with numbers of places and messages instead of all of them."""
    told: dict[str, Any] = msgspec.to_builtins(notice)
    del told["draft"]
    return {**told, "area": len(notice.area), "messages": len(notice.messages)}


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
    if set(wish.title) != set(wish.text):
        raise RangeError("each language has a title and a text")
    if wish.updates and wish.kind != "alert":
        raise RangeError("only an alert updates another")
