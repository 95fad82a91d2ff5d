"""What is in a report: everything that its page says, as plain data."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from kopa import __version__
from kopa.city.documents import Document, balance_document, window_document
from kopa.city.drawing import Drawing
from kopa.console import finding_rows
from kopa.domain import Finding, Status
from kopa.ledger.account import Balance
from kopa.model import Window

LOW = 0.6
"""A link of less confidence than this is told among what is not known."""
MOST = 12
"""So many scenarios fit into a report."""


@dataclass(frozen=True)
class KindCount:
    """How many assets there are of a kind, and how many people are at them."""

    kind: str
    count: int
    people: float


@dataclass(frozen=True)
class DomainPart:
    """A domain in numbers.

    Parameters
    ----------
    name
        Of the domain.
    kinds
        Its assets by kind, the most first.
    status, balance
        Of a day without any change; no balance where the domain has none.
    """

    name: str
    kinds: tuple[KindCount, ...]
    status: Status
    balance: Balance | None


@dataclass(frozen=True)
class LinkPart:
    """Links of one port from one domain to another, of one origin.

    Parameters
    ----------
    source, target, port, origin
        What they have in common.
    count
        How many there are.
    least, mean
        Confidence, 0 to 1.
    weak
        So many have less confidence than `LOW`.
    """

    source: str
    target: str
    port: str
    origin: str
    count: int
    least: float
    mean: float
    weak: int


@dataclass(frozen=True)
class Sum:
    """A sum over services, with its range."""

    low: float
    mid: float
    high: float
    unit: str


@dataclass(frozen=True)
class Headline:
    """A scenario in a few numbers; None where it has no such effect.

    Parameters
    ----------
    people
        Who lose a service at any time.
    person_hours
        Without services.
    sums
        By quantity: ``social_cost``, ``utility_cost``, ``greenhouse_gas`` and others of the
        environment, summed over services, each factor drawn once.
    """

    people: float
    person_hours: float
    sums: Mapping[str, Sum]


@dataclass(frozen=True)
class Scenario:
    """One scenario and its answer.

    Parameters
    ----------
    label
        ``A``, ``B`` …
    texts
        Its changes as they were asked for.
    story
        From `kopa.city.story`.
    headline
        Its numbers.
    options
        Measures as `kopa.city.decide` values them, for one such event.
    """

    label: str
    texts: tuple[str, ...]
    story: Document
    headline: Headline
    options: tuple[Document, ...]


@dataclass(frozen=True)
class Report:
    """What a report says.

    Parameters
    ----------
    city
        Name, country, population, currency, synthetic and attribution of the city.
    language
        ISO 639-1 code.
    made
        Day on which it is made.
    window
        The time that it covers.
    domains, links
        The city in numbers.
    missing
        Domains that Kopa knows and the city has no files of.
    findings
        What is worth knowing of the city's files, and of a usual day.
    scenarios
        What was asked for.
    factors
        Every factor that is used, or, without scenarios, that would be.
    unknown_factors
        Ids of those among them that have no value.
    command
        The command line that makes it again.
    examples
        Changes that could be asked for.
    drawing
        What its maps draw; None where no asset has a place.
    """

    city: Mapping[str, str | int | bool]
    language: str
    made: datetime.date
    window: Window
    domains: tuple[DomainPart, ...]
    links: tuple[LinkPart, ...]
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]
    scenarios: tuple[Scenario, ...]
    factors: tuple[Document, ...]
    unknown_factors: tuple[str, ...]
    command: str
    examples: tuple[str, ...]
    drawing: Drawing | None = field(default=None, repr=False)

    @property
    def status(self) -> Status:
        """The worst of a usual day and of all scenarios."""
        found = {part.status for part in self.domains}
        found |= {scenario.story["status"] for scenario in self.scenarios}
        if "unknown" in found:
            return "unknown"
        return "partial" if "partial" in found else "ok"

    def document(self) -> Document:
        """The report as ``kopa report --json`` answers it."""
        return {
            "kopa": __version__,
            "status": self.status,
            "city": dict(self.city),
            "language": self.language,
            "made": self.made.isoformat(),
            "window": window_document(self.window),
            "domains": [_domain(part) for part in self.domains],
            "links": [_link(part) for part in self.links],
            "missing": list(self.missing),
            "scenarios": [_scenario(one) for one in self.scenarios],
            "factors": list(self.factors),
            "unknown_factors": list(self.unknown_factors),
            "base_map": bool(self.drawing and self.drawing.ground),
            "command": self.command,
            "findings": finding_rows(self.findings),
        }


def without_value(story: Document) -> list[str]:
    """Services that people lose in a story, and that no factor gives a value in money."""
    lost = {row["service"] for row in story["totals"] if row["quantity"] == "person_hours"}
    return sorted(lost - {row["service"] for row in story["totals"] if row["lens"] == "money"})


def _domain(part: DomainPart) -> Document:
    return {
        "domain": part.name,
        "status": part.status,
        "kinds": [{"kind": k.kind, "count": k.count, "people": k.people} for k in part.kinds],
        "balance": None if part.balance is None else balance_document(part.balance),
    }


def _link(part: LinkPart) -> Document:
    names = ("source", "target", "port", "origin", "count", "least", "mean", "weak")
    return {name: getattr(part, name) for name in names}


def _scenario(one: Scenario) -> Document:
    story = {key: value for key, value in one.story.items() if key != "affected"}
    return {
        "label": one.label,
        "changes": list(one.texts),
        "people": one.headline.people,
        "person_hours": one.headline.person_hours,
        "sums": {
            name: {"low": s.low, "mid": s.mid, "high": s.high, "unit": s.unit}
            for name, s in one.headline.sums.items()
        },
        "options": list(one.options),
        "story": story,
    }
