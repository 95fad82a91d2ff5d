"""What can be done against what a what-if shows: proposals, not yet valued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kopa.city.causes import LostBy
from kopa.city.load import City
from kopa.city.whatif import WhatIf
from kopa.domain import Change
from kopa.model import Link

MOST = 6
"""So many links are proposed to be protected."""
FOLLOWED = 40
"""So many sites of a loss are followed back."""
SOONER = 0.5
"""A repair is proposed to take this share of its time."""
HOMES = ("home",)
"""Kinds of asset that nobody gives a supply of its own."""


@dataclass(frozen=True)
class Proposal:
    """A measure that could be taken.

    Parameters
    ----------
    id
        Unique among the proposals of a what-if.
    kind
        ``sooner``: the change ends earlier; ``protect``: a supply does not fail with its source.
    values
        What the words of this kind say of it.
    events
        The changes instead; None where they stay.
    protect
        Links that go on bringing what they usually bring, written ``source>target``.
    """

    id: str
    kind: str
    values: dict[str, str | float] = field(default_factory=dict)
    events: tuple[str, ...] | None = None
    protect: tuple[str, ...] = ()


def proposals(city: City, answer: WhatIf, lost: Sequence[LostBy]) -> list[Proposal]:
    """Measures against the losses of a what-if: repair sooner, or protect a supply on the way.

    Parameters
    ----------
    city
        The city.
    answer
        The what-if.
    lost
        Its losses by cause, the worst first.
    """
    return [*_sooner(city, answer), *_protected(city, answer, lost)]


def _sooner(city: City, answer: WhatIf) -> list[Proposal]:
    window, found = answer.solution.window, []
    for number, change in enumerate(answer.asked):
        start = window.start if change.start is None else change.start
        end = window.end if change.end is None else change.end
        until = start + int((end - start) * SOONER / 60) * 60
        if until <= start:
            continue
        events: list[Change] = list(answer.asked)
        events[number] = replace(change, start=start, end=until)
        found.append(
            Proposal(
                f"sooner-{number + 1}",
                "sooner",
                {"asset": city.called(change.full), "hours": round((end - until) / 3600, 1)},
                tuple(str(one) for one in events),
            )
        )
    return found


def _protected(city: City, answer: WhatIf, lost: Sequence[LostBy]) -> list[Proposal]:
    """Supplies from another domain on the way to the worst losses."""
    changed = {change.full for change in answer.solution.changes}
    chosen: dict[str, Link] = {}
    for one in lost:
        for number in _links(city, answer, one) if len(chosen) < MOST else ():
            link = city.links[number]
            assets = city.domains[link.target.domain].assets()
            kind = assets.kinds[assets.find(link.target.asset)]
            if str(link.source) not in changed and kind not in HOMES:
                chosen.setdefault(f"{link.source}>{link.target}", link)
    return [
        Proposal(
            f"protect-{n + 1}",
            "protect",
            {"asset": city.called(f"{link.target}"), "source": city.called(f"{link.source}")},
            protect=(text,),
        )
        for n, (text, link) in enumerate(list(chosen.items())[:MOST])
    ]


def _links(city: City, answer: WhatIf, one: LostBy) -> Iterator[int]:
    """Links on the way to a loss: first those into sites, that can have a supply of their own."""
    kinds = city.domains[one.domain].assets().kinds
    sites = [n for n, row in enumerate(one.rows.tolist()) if kinds[row] not in HOMES]
    for event in dict.fromkeys(one.events[[*sites[:FOLLOWED], 0]].tolist()):
        if event >= 0:
            yield from answer.explanation.links_used(one.domain, event)
