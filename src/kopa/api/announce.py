"""Notices as messages of the Common Alerting Protocol: drafted, sent, ended.

The area is computed from the networks; the words are those of the notice. What is sent is signed
with the city's key, where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from kopa.alerting.draft import LANGUAGES, Wish, cancel, draft, update
from kopa.alerting.publish import signed
from kopa.alerting.said import Words, said
from kopa.api.watch import Watch
from kopa.cap.alert import Alert
from kopa.cap.check import check
from kopa.cap.engine_signxml import Signer, read_signer
from kopa.cap.read_cap import parsed, read_cap
from kopa.cap.write_cap import write_cap
from kopa.city.affected import everybody
from kopa.domain.affected import Affected
from kopa.errors import EngineError, RangeError
from kopa.model.window import DAY

HOUR = 3600


@dataclass(frozen=True)
class Told:
    """What a person tells, and whom.

    Parameters
    ----------
    titles, texts
        By language.
    changes
        What happens, as text; none where all of the city is concerned.
    services
        What fails, where no changes say it.
    begins, ends
        s since 1970 UTC.
    """

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    changes: Sequence[str]
    services: Sequence[str]
    begins: float
    ends: float


class Announcer:
    """Makes messages of a city.

    Parameters
    ----------
    watch
        Who watches the city.

    Raises
    ------
    InputError
        If the city's key cannot be used.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch, settings = watch, watch.city.settings
        self._alerting, self._zone = settings.alerting, ZoneInfo(settings.timezone)
        self._signer: Signer | None = None
        if self._alerting.key:
            files = (
                settings.folder / self._alerting.key,
                settings.folder / self._alerting.certificate,
            )
            self._signer = read_signer(*files)

    @property
    def sends(self) -> bool:
        """Whether the city sends alerts: it has a name to send them under."""
        return bool(self._alerting.sender)

    def concerned(self, told: Told) -> Affected:
        """Whom something concerns, on a usual day.

        Raises
        ------
        RangeError
            If that is unknown.
        """
        if not told.changes:
            midnight = self._midnight(told.begins).timestamp()
            times = round(told.begins - midnight), round(told.ends - midnight)
            return everybody(self._watch.city, told.services, *times)
        hours = min(max(1, -(-int(told.ends - told.begins) // HOUR)), DAY // HOUR)
        found = self._watch.affected(told.changes, hours, told.begins)
        if found.status == "unknown":
            raise RangeError("who is concerned is unknown: the model has no answer")
        return found

    def draft(self, told: Told, affected: Affected, before: str = "") -> str:
        """A draft of a message.

        Parameters
        ----------
        told
            In which words.
        affected
            From `concerned`.
        before
            The message that it replaces; empty for none.

        Raises
        ------
        RangeError
            If nobody is concerned, or somebody has no place.
        """
        times = (datetime.fromtimestamp(at, self._zone) for at in (told.begins, told.ends))
        wish = self._wish(told.begins)
        try:
            made = said(affected, wish, Words(told.titles, told.texts, *times))
        except EngineError as error:
            raise RangeError(str(error)) from None
        return self._text(update(made, read_cap(before.encode(), "the alert")) if before else made)

    def proposed(self, told: Told, affected: Affected) -> dict[str, dict[str, str]]:
        """Title and text in the city's languages, as far as Kopa knows them."""
        spoken = self._watch.city.settings.languages
        languages = tuple(one for one in spoken if one in LANGUAGES) or ("en",)
        try:
            made = draft(affected, replace(self._wish(told.begins), languages=languages))
        except EngineError as error:
            raise RangeError(str(error)) from None
        return {
            "title": {info.language: info.headline for info in made.infos},
            "text": {
                info.language: f"{info.description}\n{info.instruction}" for info in made.infos
            },
        }

    def ended(self, message: str) -> str:
        """A draft of the end of a message that was sent."""
        old = read_cap(message.encode(), "the alert")
        return self._text(cancel(old, self._wish(self._watch.clock())))

    def sent(self, draft: str) -> str:
        """A draft as the actual message, signed where the city has a key.

        Raises
        ------
        EngineError
            If it breaks a rule of the protocol: nothing that does leaves the house.
        """
        now = datetime.fromtimestamp(round(self._watch.clock()), self._zone)
        made = replace(read_cap(draft.encode(), "the draft"), status="Actual", sent=now)
        data = signed(made, self._signer) if self._signer else write_cap(made)
        wrong = check(parsed(data, "the alert"), "the alert")
        if wrong:
            raise EngineError(f"the alert breaks a rule: {wrong[0]}")
        return data.decode("utf-8")

    def _wish(self, at: float) -> Wish:
        now = datetime.fromtimestamp(round(self._watch.clock()), self._zone)
        sender = self._alerting.sender or "nobody"
        return Wish(sender, now, self._midnight(at).date())

    def _midnight(self, at: float) -> datetime:
        local = datetime.fromtimestamp(at, self._zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)

    @staticmethod
    def _text(alert: Alert) -> str:
        return write_cap(alert).decode("utf-8")
