"""An alert from what people lose: its area, severity, times and words.

The area is computed from the networks: it holds everybody who is cut off, and is not drawn by hand.
"""

from __future__ import annotations

import csv
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np

from kopa.cap.alert import Alert, Area, Info
from kopa.cap.area import outline
from kopa.domain.affected import Affected, Cut
from kopa.domain.speech import Speech, speech_of
from kopa.errors import EngineError, UsageError

PACKAGE = "kopa.alerting"
LANGUAGES = ("lv", "en", "ru")
ZONES = 4
"""So many parts of the city are named."""
MOST_WORDS = 120
"""Characters that a description of an area may have."""


@dataclass(frozen=True)
class Wish:
    """How an alert is to be drafted.

    Parameters
    ----------
    sender
        Who says it, such as ``alerts@city.lv``.
    now
        When it is written, with a time zone.
    day
        The day whose midnight the times of the losses count from.
    languages
        Of the alert.
    """

    sender: str
    now: datetime
    day: date
    languages: tuple[str, ...] = LANGUAGES


@cache
def _services() -> Mapping[str, tuple[str, str]]:
    """Category and response by service."""
    text = files(PACKAGE).joinpath("services.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["service"]: (row["category"], row["response"]) for row in rows}


@cache
def _severities() -> Sequence[tuple[float, str]]:
    text = files(PACKAGE).joinpath("severity.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return sorted((float(row["people"]), row["severity"]) for row in rows)


def draft(affected: Affected, wish: Wish) -> Alert:
    """An alert to those who are cut off, as a draft.

    Parameters
    ----------
    affected
        Who is.
    wish
        How.

    Raises
    ------
    EngineError
        If the answer cannot be trusted, nobody is cut off, or somebody has no place.
    """
    if affected.status == "unknown":
        raise EngineError(f"who is cut off is unknown: {affected.reason}")
    if not affected.cuts:
        raise EngineError("nobody is cut off: there is nothing to warn of")
    rings = outline(*points_of(affected.cuts), affected.crs)
    starts, ends = _span(affected, wish)
    services = tuple(affected.people())
    known = [_services().get(one, _services()["*"]) for one in services]
    people = affected.most_people()
    base = Info(
        language="",
        category=tuple(dict.fromkeys(category for category, _ in known)),
        event="",
        response=tuple(dict.fromkeys(response for _, response in known)),
        urgency=urgency(starts, wish.now),
        severity=[word for least, word in _severities() if people >= least][-1],
        certainty="Likely",
        effective=wish.now,
        onset=max(starts, wish.now),
        expires=max(ends, wish.now + timedelta(minutes=15)),
        sender_name=affected.city,
        parameters=tuple((f"people-{name}", f"{n:.0f}") for name, n in affected.people().items()),
    )
    infos = []
    for language in wish.languages:
        speech, where = _speech(language), _where(affected)
        said = {
            "services": ", ".join(_service(speech, one) for one in services),
            "where": where,
            "people": speech.number(people, 2),
            "start": f"{starts:%d.%m. %H:%M}",
            "end": f"{ends:%d.%m. %H:%M}",
        }
        steps = [speech.say(f"do-{one}") for one in (*base.response, "urgent")]
        head = speech.say("headline", **said)
        infos.append(
            replace(
                base,
                language=language,
                event=speech.say("event"),
                headline=head[0].upper() + head[1:],
                description=speech.say("description", **said),
                instruction=" ".join(steps),
                areas=(Area(where, rings),),
            )
        )
    return Alert(_identifier(wish), wish.sender, wish.now, "Draft", "Alert", tuple(infos))


def update(new: Alert, old: Alert) -> Alert:
    """A new draft as the next in the chain of an older message.

    Raises
    ------
    UsageError
        If the older message is not the sender's own, or is a cancellation.
    """
    _may_follow(new.sender, old)
    return replace(new, kind="Update", references=(*old.references, old.reference))


def cancel(old: Alert, wish: Wish) -> Alert:
    """The end of an alert: its services are back.

    Parameters
    ----------
    old
        The newest message of the chain.
    wish
        Who cancels, and when.

    Raises
    ------
    UsageError
        If the older message is not the sender's own, or is a cancellation.
    """
    _may_follow(wish.sender, old)
    infos = []
    for info in old.infos:
        speech = _speech(info.language)
        said = {"headline": info.headline or info.event}
        infos.append(
            replace(
                info,
                event=speech.say("event-end"),
                response=("AllClear",),
                urgency="Past",
                severity="Minor",
                certainty="Observed",
                effective=wish.now,
                onset=None,
                expires=wish.now + timedelta(hours=1),
                headline=speech.say("headline-end", **said),
                description=speech.say("description-end", **said),
                instruction=speech.say("do-AllClear"),
            )
        )
    chain = (*old.references, old.reference)
    return Alert(
        _identifier(wish), wish.sender, wish.now, "Draft", "Cancel", tuple(infos), chain
    )  # fmt: skip


def urgency(starts: datetime, now: datetime) -> str:
    """How soon people must act on what starts then."""
    return "Immediate" if starts <= now + timedelta(hours=1) else "Expected"


def points_of(cuts: Sequence[Cut]) -> tuple[np.ndarray, np.ndarray]:
    """Where people are cut off, m, each of shape (asset,)."""
    return np.concatenate([c.x for c in cuts]), np.concatenate([c.y for c in cuts])


def _may_follow(sender: str, old: Alert) -> None:
    if old.sender != sender:
        raise UsageError(f"the alert is of '{old.sender}', not of '{sender}': it is not yours")
    if old.kind == "Cancel":
        raise UsageError("the alert is a cancellation already: begin a new one")


def _identifier(wish: Wish) -> str:
    return f"kopa-{wish.now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def _speech(language: str) -> Speech:
    return speech_of(PACKAGE, language)


def _service(speech: Speech, name: str) -> str:
    known = name in _services()
    return speech.say(f"service-{name}") if known else speech.say("service-other", name=name)


def _span(affected: Affected, wish: Wish) -> tuple[datetime, datetime]:
    """From when to when anything is lost."""
    zone = ZoneInfo(affected.timezone)
    midnight = datetime.combine(wish.day, time(), zone)
    starts = min(int(cut.starts.min()) for cut in affected.cuts)
    ends = max(int(cut.ends.max()) for cut in affected.cuts)
    return midnight + timedelta(seconds=starts), midnight + timedelta(seconds=ends)


def _where(affected: Affected) -> str:
    """The parts of the city where most people are cut off, or the city."""
    count: Counter[str] = Counter()
    for cut in affected.cuts:
        for zone, people in zip(cut.zones, cut.people.tolist(), strict=True):
            if zone:
                count[zone] += people
    named = [zone for zone, _ in count.most_common(ZONES)]
    text = ", ".join(named) + (" …" if len(count) > ZONES else "") if named else ""
    whole = f"{affected.city}: {text}" if text else affected.city
    return whole if len(whole) <= MOST_WORDS else whole[: MOST_WORDS - 1] + "…"
