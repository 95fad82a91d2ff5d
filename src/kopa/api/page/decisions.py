"""Decisions: what was chosen, by whom, when, why; by two people where that is wanted."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.access.errors import ForbiddenError
from kopa.api.answer import get, patch, post
from kopa.api.hub import Hub
from kopa.api.problem import problem
from kopa.api.records import Led, Records, Taken, new_id
from kopa.errors import RangeError
from kopa.store import Store

WAYS = {
    "proposed": ("approved", "refused", "withdrawn"),
    "approved": ("withdrawn", "proposed"),
    "refused": ("proposed",),
    "withdrawn": ("proposed",),
}


class Decision(Led, frozen=True, kw_only=True):
    """What was decided.

    Parameters
    ----------
    title, reason
        What, and why, in words.
    scenario, options
        As they were answered when it was decided.
    chosen
        Ids of the options that were chosen.
    second
        True where another person than the author must approve it.
    """

    title: str
    reason: str
    scenario: dict[str, Any]
    options: list[dict[str, Any]]
    chosen: tuple[str, ...]
    second: bool


class NewDecision(msgspec.Struct, forbid_unknown_fields=True):
    """A decision to take."""

    title: str
    reason: str
    scenario: dict[str, Any]
    options: list[dict[str, Any]]
    chosen: list[str]
    second: bool = True


class Step(msgspec.Struct, forbid_unknown_fields=True):
    """Where a paper is led."""

    state: str
    note: str = ""


def decisions_of(store: Store, hub: Hub, **more: Any) -> Records[Decision]:
    """The decisions of a city."""
    return Records(store, hub, "decision", Decision, WAYS, **more)


def routes(decisions: Records[Decision]) -> list[Route]:
    """Taking decisions, and leading them on."""

    def every(request: Request, body: None) -> Any:
        return {"decisions": decisions.all()}

    def add(request: Request, wish: NewDecision) -> Any:
        known = {option.get("id") for option in wish.options}
        if not wish.title.strip() or not wish.reason.strip():
            raise RangeError("a decision has a title and a reason")
        if not wish.chosen or not set(wish.chosen) <= known:
            raise RangeError("what is chosen is one or more of the options")
        by, state = request.state.caller.id, "proposed" if wish.second else "approved"
        now = decisions.now
        paper = Decision(
            id=new_id(),
            state=state,
            author=by,
            at=now,
            steps=(Taken(state, by, now),),
            title=wish.title.strip(),
            reason=wish.reason.strip(),
            scenario=wish.scenario,
            options=wish.options,
            chosen=tuple(wish.chosen),
            second=wish.second,
        )
        return decisions.add(paper)

    def lead(request: Request, step: Step) -> Any:
        id, by = request.path_params["id"], request.state.caller.id
        found = decisions.one(id)
        if found is None:
            return problem(404, f"there is no decision '{id[:100]}'")
        if step.state == "approved" and found.second:
            of_another(found, by)
        return decisions.lead(id, step.state, by, step.note)

    return [
        get("/page/decisions", every),
        post("/page/decisions", add, NewDecision, 201),
        patch("/page/decisions/{id}", lead, Step),
    ]


def of_another(paper: Led, by: str) -> None:
    """Refuse what takes a second person.

    Raises
    ------
    ForbiddenError
        If the author asks.
    """
    if paper.author == by:
        raise ForbiddenError("this takes a second person: its author cannot approve it")
