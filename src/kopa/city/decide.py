"""Measures held against an event, each by a true what-if: what they avoid, and are worth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.city.documents import Document, total_document
from kopa.city.load import City
from kopa.city.story import factor_row
from kopa.city.whatif import WhatIf, what_if
from kopa.coupling.solver import Solver
from kopa.decide.compare import DISCOUNT, Flip, Frequency, Option, Range, Valued, compare
from kopa.domain import Change
from kopa.ledger.totals import HIGH, LOW, Key, samples
from kopa.model import FloatArray

MONEY = ("social_cost", "utility_cost")
"""Quantities that a benefit adds up: what people lose, and cash of the utility."""


@dataclass(frozen=True)
class Measure:
    """What could be done against an event.

    Parameters
    ----------
    id, name
        Its name, and what people call it.
    changes
        What is done, as text.
    events
        The event as it is with the measure; None where it stays.
    protect
        Links that go on bringing what they usually bring, ``source>target``.
    cost
        What it costs today; None where nobody said.
    """

    id: str
    name: str
    changes: tuple[str, ...] = ()
    events: tuple[str, ...] | None = None
    protect: tuple[str, ...] = ()
    cost: Range | None = None


def decide(
    city: City,
    solver: Solver,
    events: Sequence[str],
    measures: Sequence[Measure],
    often: Frequency,
    given: Sequence[Change] = (),
) -> Document:
    """What each measure avoids of an event, what it is worth, and what would flip the choice.

    Parameters
    ----------
    city, solver
        The city, and its kernel over the window.
    events
        What happens, as text.
    measures
        What could be done.
    often
        How often it happens.
    given
        Changes that hold anyway.

    Raises
    ------
    UsageError, RangeError
        If a change does not fit the city, or a link is not there.
    """
    begin = time.perf_counter()
    usual = what_if(city, solver, [city.change(text) for text in events], given=given)
    answers = [_answer(city, solver, measure, events, given) for measure in measures]
    known = [n for n, answer in enumerate(answers) if _known(usual, answer)]
    avoided = {n: _avoided(city, usual, answers[n]) for n in known}
    options = [_option(city, measures[n], avoided[n]) for n in known]
    valued, flips = compare(options, often)
    number = {measure.id: n for n, measure in enumerate(measures)}
    rows = [
        _row(city, measures[number[v.option.id]], v, avoided[number[v.option.id]]) for v in valued
    ]
    rows += [
        _unknown(measures[n], usual, answers[n]) for n in range(len(measures)) if n not in known
    ]
    used = {factor for effect in usual.effects for factor in effect.factors}
    return {
        "status": usual.status,
        "currency": city.settings.currency,
        "seconds": round(time.perf_counter() - begin, 3),
        "scenario": {
            "events": list(events),
            "times_a_year": _span(often.times_a_year),
            "years": often.years,
            "discount": DISCOUNT,
            "totals": [total_document(total) for total in usual.totals],
        },
        "options": rows,
        "flips": [_flip(flip) for flip in flips],
        "factors": [factor_row(f) for f in city.settings.factors if f.id in used],
    }


def _answer(
    city: City, solver: Solver, measure: Measure, events: Sequence[str], given: Sequence[Change]
) -> WhatIf:
    texts = [*(events if measure.events is None else measure.events), *measure.changes]
    undone = [number for text in measure.protect for number in city.links_named(text)]
    return what_if(city, solver, [city.change(text) for text in texts], undone, given)


def _known(*answers: WhatIf) -> bool:
    return all(answer.status != "unknown" for answer in answers)


def _avoided(city: City, usual: WhatIf, answer: WhatIf) -> dict[Key, tuple[float, FloatArray]]:
    """What the event does less what it does with the measure: best value and draws."""
    factors = city.settings.factors
    before, after = samples(usual.effects, factors), samples(answer.effects, factors)
    nothing = (0.0, np.zeros(1))
    found = {}
    for key in sorted({*before, *after}):
        (mid, draws), (left, rest) = before.get(key, nothing), after.get(key, nothing)
        found[key] = (mid - left, draws - rest)
    return found


def _option(city: City, measure: Measure, avoided: dict[Key, tuple[float, FloatArray]]) -> Option:
    mid, draws = 0.0, np.zeros(1)
    for (_, quantity, unit, _), (best, sample) in avoided.items():
        if quantity in MONEY and unit == city.settings.currency:
            mid, draws = mid + best, draws + sample
    return Option(measure.id, draws, mid, measure.cost)


def _row(
    city: City, measure: Measure, valued: Valued, avoided: dict[Key, tuple[float, FloatArray]]
) -> Document:
    totals = []
    people = np.zeros(3)
    for (lens, quantity, unit, service), (mid, draws) in avoided.items():
        low, high = (float(np.percentile(draws, p)) for p in (LOW, HIGH))
        span = {"low": min(low, mid), "mid": mid, "high": max(high, mid)}
        if quantity == "person_hours":
            people += list(span.values())
        totals.append(
            {"lens": lens, "quantity": quantity, "service": service, "unit": unit, **span}
        )
    low, mid, high = valued.benefit
    return {
        "id": measure.id,
        "name": measure.name,
        "status": "ok",
        "why_unknown": "",
        "avoided": totals,
        "person_hours_avoided": dict(zip(("low", "mid", "high"), people.tolist(), strict=True)),
        "benefit": {"low": low, "mid": mid, "high": high},
        "cost": None if measure.cost is None else _span(measure.cost),
        "net": None
        if valued.net is None
        else dict(zip(("low", "mid", "high"), valued.net, strict=True)),
        "chance_worth": valued.chance_worth,
        "chance_best": valued.chance_best,
        "break_even_cost": {"low": low, "mid": mid, "high": high},
        "break_even_times_a_year": valued.break_even_times,
    }


def _unknown(measure: Measure, *answers: WhatIf) -> Document:
    told = [finding.what for answer in answers for finding in answer.findings]
    blank = ("net", "chance_worth", "chance_best", "break_even_cost", "break_even_times_a_year")
    return {
        "id": measure.id,
        "name": measure.name,
        "status": "unknown",
        "why_unknown": " ".join(told[:3]) or "the model has no answer",
        "avoided": [],
        "cost": None if measure.cost is None else _span(measure.cost),
        **dict.fromkeys(("benefit", "person_hours_avoided", *blank)),
    }


def _span(found: Range | object) -> Document:
    return {name: getattr(found, name) for name in ("low", "mid", "high")}


def _flip(flip: Flip) -> Document:
    return {
        "kind": flip.kind,
        "option": flip.option,
        "other": flip.other,
        "value": flip.value,
        "now": flip.now,
    }
