"""Gathers what a report says: the city, a usual day, and what scenarios do to it."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from kopa.city.causes import lost_by_cause
from kopa.city.decide import Measure, decide
from kopa.city.documents import Document
from kopa.city.domains import domain_names, domain_type
from kopa.city.drawing import drawing
from kopa.city.load import City
from kopa.city.places import Places
from kopa.city.story import affected, factor_row, story
from kopa.city.whatif import WhatIf, what_if
from kopa.coupling.solution import Solution
from kopa.coupling.solver import Solver
from kopa.decide.compare import Frequency, Range
from kopa.domain import Change
from kopa.domain.page import page_of
from kopa.errors import UsageError
from kopa.ledger.totals import HIGH, LOW, samples
from kopa.model import Link, Window
from kopa.report.report import (
    LOW as WEAK,
)
from kopa.report.report import (
    MOST,
    DomainPart,
    Headline,
    KindCount,
    LinkPart,
    Report,
    Scenario,
    Sum,
)

ONCE = Frequency(Range(1.0, 1.0, 1.0), 1)
"""What a measure is worth is told for one such event: nobody says how often it happens."""
DETAIL_M = 1.5
"""What is smaller is simplified away from the ground of all maps."""
LABELS = "ABCDEFGHIJKL"
Progress = Callable[[str], None]
"""Called with the key of what is done now."""


def gather(
    city: City,
    window: Window,
    asked: Sequence[Sequence[str]],
    language: str,
    command: str = "",
    progress: Progress = lambda key: None,
) -> Report:
    """Everything that a report says.

    Parameters
    ----------
    city
        The city.
    window
        The time that it covers.
    asked
        Scenarios: changes of each, as text.
    language
        ISO 639-1 code.
    command
        The command line that makes it again.
    progress
        Called before each stage with its name.

    Raises
    ------
    UsageError, RangeError
        If a change does not fit the city, or there are more scenarios than fit.
    """
    if len(asked) > MOST:
        raise UsageError(f"a report holds {MOST} scenarios, not {len(asked)}")
    changes = [[city.change(text) for text in texts] for texts in asked]
    progress("map")
    drawn = drawing(city, DETAIL_M, buildings=bool(asked))
    progress("day")
    solver, places = city.solver(window), Places(city)
    usual = solver.baseline
    scenarios = []
    for label, texts, own in zip(LABELS, asked, changes, strict=False):
        progress("scenario")
        scenarios.append(_scenario(city, solver, places, (label, tuple(texts)), own))
    used = {row["id"]: row for one in scenarios for row in one.story["factors"]}
    unknown = _unknown(scenarios)
    rows = {factor.id: factor_row(factor) for factor in city.settings.factors}
    factors = [row for id_, row in rows.items() if not scenarios or id_ in used or id_ in unknown]
    return Report(
        city=_facts(city),
        language=language,
        made=datetime.datetime.now(datetime.UTC).date(),
        window=window,
        domains=tuple(_domain(city, name, usual) for name in city.domains),
        links=tuple(_links(city.links)),
        missing=tuple(name for name in domain_names() if name not in city.domains),
        findings=(*city.findings, *usual.findings, *(drawn.findings if drawn else ())),
        scenarios=tuple(scenarios),
        factors=tuple(factors),
        unknown_factors=tuple(row["id"] for row in factors if row["mid"] is None),
        command=command,
        examples=tuple(examples(city)),
        drawing=drawn,
    )


def _facts(city: City) -> dict[str, str | int | bool]:
    s = city.settings
    return {
        "name": s.name,
        "country": s.country,
        "population": s.population,
        "currency": s.currency,
        "synthetic": s.synthetic,
        "attribution": s.attribution,
    }


def _domain(city: City, name: str, usual: Solution) -> DomainPart:
    assets, result = city.domains[name].assets(), usual.results[name]
    count = Counter(assets.kinds)
    people: dict[str, float] = defaultdict(float)
    for kind, number in zip(assets.kinds, assets.people.tolist(), strict=True):
        people[kind] += number
    kinds = tuple(KindCount(kind, n, people[kind]) for kind, n in count.most_common())
    return DomainPart(name, kinds, result.status, result.balance)


def _links(links: Sequence[Link]) -> list[LinkPart]:
    groups: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for link in links:
        key = (link.source.domain, link.target.domain, link.source.port, link.origin)
        groups[key].append(link.confidence)
    found = [
        LinkPart(*key, len(some), min(some), float(np.mean(some)), sum(c < WEAK for c in some))
        for key, some in groups.items()
    ]
    return sorted(found, key=lambda part: (part.source, part.target, -part.count))


def _scenario(
    city: City, solver: Solver, places: Places, named: tuple[str, tuple[str, ...]],
    changes: Sequence[Change],
) -> Scenario:  # fmt: skip
    label, texts = named
    answer = what_if(city, solver, changes)
    told = story(city, answer, places)
    return Scenario(
        label, texts, told, headline(city, answer), tuple(_options(city, solver, changes, told))
    )


def headline(city: City, answer: WhatIf) -> Headline:
    """A scenario in a few numbers.

    Parameters
    ----------
    city
        The city.
    answer
        Of the what-if.
    """
    lost = affected(city, lost_by_cause(city, answer))
    people = 0.0
    for full in lost:
        domain, _, native = full.partition(":")
        assets = city.domains[domain].assets()
        people += float(assets.people[assets.index[native]])
    mids: dict[tuple[str, str], float] = defaultdict(float)
    draws: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(1))
    for (lens, quantity, unit, _), (mid, sample) in samples(
        answer.effects, city.settings.factors
    ).items():
        if lens in ("money", "environment"):
            mids[quantity, unit] += mid
            draws[quantity, unit] = draws[quantity, unit] + sample
    sums = {}
    for (quantity, unit), mid in mids.items():
        low, high = (float(np.percentile(draws[quantity, unit], p)) for p in (LOW, HIGH))
        sums[quantity] = Sum(min(low, mid), mid, max(high, mid), unit)
    return Headline(people, sum(lost.values()), sums)


def _options(
    city: City, solver: Solver, changes: Sequence[Change], told: Document
) -> list[Document]:
    """What each proposed measure avoids of one such event."""
    rows: list[Document] = told["measures"]
    if not rows or told["status"] == "unknown" or not told["totals"]:
        return []
    measures = [
        Measure(
            row["id"],
            row["kind"],
            events=None if row["events"] is None else tuple(row["events"]),
            protect=tuple(row["protect"]),
        )
        for row in rows
    ]
    found = decide(city, solver, [str(change) for change in changes], measures, ONCE)
    of = {row["id"]: row for row in rows}
    valued = []
    for option in found["options"]:
        benefit = option["benefit"]
        if benefit is not None:  # what it avoids now is not discounted
            benefit = {name: value / ONCE.annuity for name, value in benefit.items()}
        valued.append(
            {
                "id": option["id"],
                "kind": of[option["id"]]["kind"],
                "text": of[option["id"]]["text"],
                "status": option["status"],
                "person_hours_avoided": option["person_hours_avoided"],
                "money_avoided": benefit,
                "services_without_value": _unpriced(option["avoided"]),
                "cost": None,
            }
        )
    return valued


def _unpriced(avoided: Sequence[Document]) -> list[str]:
    """Services that people keep, and that no money avoided stands for.

    No factor gives them a value, or it is counted where the supply begins, not at the place.
    """
    kept = {row["service"] for row in avoided if row["quantity"] == "person_hours" and row["mid"]}
    return sorted(
        kept
        - {row["service"] for row in avoided if row["quantity"] == "social_cost" and row["mid"] > 0}
    )


def _unknown(scenarios: Sequence[Scenario]) -> set[str]:
    """Factors without a value that a scenario would have needed."""
    return {
        str(finding["values"]["factor"])
        for one in scenarios
        for finding in one.story["findings"]
        if finding["code"] == "ledger.unknown-factor"
    }


def examples(city: City, most: int = 4) -> list[str]:
    """Changes that could be asked for: an outage of something that stands for each domain.

    What is drawn above others comes first: it is nearer to people.
    """
    found = []
    pages = {name: page_of(domain_type(name).package) for name in city.domains}
    for name in sorted(pages, key=lambda name: -pages[name].order):
        domain, main = city.domains[name], pages[name].main
        assets = domain.assets()
        for kind in (kind for kind in domain.kinds() if kind.outage and not kind.units):
            fitting = set(kind.assets) & set(main) or set(kind.assets)
            row = next((n for n, of in enumerate(assets.kinds) if of in fitting), None)
            if row is not None:
                change = Change(name, assets.ids[row], kind.name, start=28_800, end=50_400)
                found.append(str(change))
                break
    return found[:most]
