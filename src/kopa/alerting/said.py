"""An alert in the words of a person, about an area that the networks give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kopa.alerting.draft import Wish, draft, urgency
from kopa.cap.alert import Alert, Info
from kopa.domain.affected import Affected


@dataclass(frozen=True)
class Words:
    """What a person says.

    Parameters
    ----------
    titles, texts
        By language, the same languages.
    begins, ends
        When it holds, each with a time zone.
    """

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    begins: datetime
    ends: datetime


def said(affected: Affected, wish: Wish, words: Words) -> Alert:
    """A draft in the words and for the times of a person.

    Parameters
    ----------
    affected
        Whom it concerns.
    wish
        How; the languages are those of the words.
    words
        What is said.

    Raises
    ------
    EngineError
        As `kopa.alerting.draft.draft`.
    """
    made = draft(affected, replace(wish, languages=tuple(words.titles)))
    infos = tuple(
        replace(
            info,
            headline=words.titles[info.language],
            description=words.texts[info.language],
            instruction=_instruction(info, words),
            urgency=urgency(words.begins, wish.now),
            onset=words.begins,
            expires=words.ends,
        )
        for info in made.infos
    )
    return replace(made, infos=infos)


def _instruction(info: Info, words: Words) -> str:
    """What to do, where the person's own text does not say it already."""
    return "" if info.instruction in words.texts[info.language] else info.instruction
