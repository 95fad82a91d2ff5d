"""Requests between partners and public bodies, from first contact to contract: a log that grows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kopa.chained import append, read_chain
from kopa.errors import UsageError
from kopa.redact import redacted

STATES = ("contact", "meeting", "offer", "tender", "contract", "done", "declined")
ENDS = ("done", "declined")
"""Nothing follows these."""


@dataclass(frozen=True)
class Step:
    """A line of the log.

    Parameters
    ----------
    at
        When, with a time zone.
    request, state
        Which, and to what it came.
    partner, need
        Who, and for what; ids.
    by
        Who wrote it: a role or an account, not a name.
    text
        Redacted.
    before
        Hash of the line before.
    """

    at: datetime
    request: str
    state: str
    partner: str
    need: str
    by: str
    text: str
    before: str

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return json.dumps({**self.__dict__, "at": self.at.isoformat()}, ensure_ascii=False)


def read_requests(path: Path) -> tuple[Step, ...]:
    """All steps of a log, the chain checked.

    Raises
    ------
    InputError
        With every line that is none, and the first that breaks the chain.
    """
    return read_chain(path, "ebusiness.requests", _step)


def _step(row: Any) -> Step:
    at = datetime.fromisoformat(row["at"])
    if at.tzinfo is None:
        raise ValueError("its time has no time zone")
    if row["state"] not in STATES:
        raise ValueError(f"'{row['state']}' is no state")
    names = ("request", "state", "partner", "need", "by", "text", "before")
    return Step(at, *(str(row[name]) for name in names))


def add(path: Path, step: Step) -> Step:
    """Append a step.

    Parameters
    ----------
    path
        The log; it is made where there is none.
    step
        Its text is redacted and its `before` is set here; partner and need may be left out
        where the request has them already.

    Raises
    ------
    InputError
        If the log was changed.
    UsageError
        If the request is over, begins without a contact, goes back, or time runs backwards.
    """
    return append(path, read_requests, lambda known, before: _following(step, known, before))


def _following(step: Step, known: tuple[Step, ...], before: str) -> Step:
    """A step as it follows those before."""
    if known and step.at < known[-1].at:
        raise UsageError(f"the log has a step of {known[-1].at.isoformat()}: this one is older")
    last = standing(known).get(step.request)
    if last is None:
        if step.state != "contact" or not step.partner:
            raise UsageError("a request begins with the state 'contact' and its partner")
    elif last.state in ENDS:
        raise UsageError(f"'{step.request}' is {last.state}: begin a new request")
    elif STATES.index(step.state) < STATES.index(last.state):
        raise UsageError(f"'{step.request}' is at {last.state} already")
    elif step.partner not in ("", last.partner):
        raise UsageError(f"'{step.request}' is with {last.partner}")
    partner = step.partner or (last.partner if last else "")
    need = step.need or (last.need if last else "")
    text = redacted(step.text)
    return Step(step.at, step.request, step.state, partner, need, step.by, text, before)


def standing(steps: tuple[Step, ...]) -> dict[str, Step]:
    """The last step of each request, in order of first contact."""
    return {one.request: one for one in steps}
