"""An alert of the Common Alerting Protocol.

References
----------
OASIS (2010), Common Alerting Protocol Version 1.2, section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

Ring = tuple[tuple[float, float], ...]
"""A closed polygon: pairs of latitude and longitude, °; the last is the first."""


@dataclass(frozen=True)
class Area:
    """Where an alert holds.

    Parameters
    ----------
    description
        In words.
    polygons
        Rings; the area is all of them together.
    circles
        Latitude and longitude, °, and radius, km.
    """

    description: str
    polygons: tuple[Ring, ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class Info:
    """What an alert says in one language.

    Parameters
    ----------
    language
        RFC 3066 code.
    category, event, response, urgency, severity, certainty
        As the protocol has them; `event` and what follows are in the language.
    effective, onset, expires
        When it holds, begins, ends; None where the alert does not say.
    sender_name, headline, description, instruction
        In the language; empty where the alert has none.
    areas
        Where.
    parameters
        Names and values beyond the protocol.
    """

    language: str
    category: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    response: tuple[str, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    areas: tuple[Area, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Alert:
    """One message.

    Parameters
    ----------
    identifier, sender
        Who says it, and its number there; neither has spaces, commas, ``<`` or ``&``.
    sent
        When, with the offset of its time zone.
    status
        ``Actual``, ``Exercise``, ``System``, ``Test`` or ``Draft``.
    kind
        ``Alert``, ``Update``, ``Cancel``, ``Ack`` or ``Error``.
    infos
        What it says, one a language.
    references
        Messages that it updates or cancels, as `reference` writes them.
    note
        For those who handle it.
    incidents
        Names of incidents.
    scope
        Who may read it.
    """

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    infos: tuple[Info, ...] = ()
    references: tuple[str, ...] = ()
    note: str = ""
    incidents: tuple[str, ...] = field(default=())
    scope: str = "Public"

    @property
    def reference(self) -> str:
        """How later messages name this one."""
        return f"{self.sender},{self.identifier},{instant(self.sent)}"


def instant(time: datetime) -> str:
    """A time as the protocol writes it: whole seconds, and never ``Z``.

    Parameters
    ----------
    time
        With the offset of its time zone.
    """
    text = time.replace(microsecond=0).isoformat()
    return text.removesuffix("+00:00") + "-00:00" if text.endswith("+00:00") else text
