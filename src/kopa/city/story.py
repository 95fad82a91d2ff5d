"""The answer to a what-if as people read it: who loses what, when, why, and what to do."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from kopa.city.causes import LostBy, lost_by_cause
from kopa.city.documents import Document, reliability_document, total_document
from kopa.city.load import City
from kopa.city.places import Places
from kopa.city.proposals import Proposal, proposals
from kopa.city.whatif import WhatIf
from kopa.coupling.explain import Step
from kopa.domain import Change, Finding
from kopa.ledger.factors import Factor
from kopa.ledger.totals import Total
from kopa.model import FloatArray, Window

NAMED = 200
"""So many assets of a step are named."""
WHERE = 500
"""So many assets where a service is lost have their place told, the worst first."""
GROUPS = 60
"""So many causes are told, the worst first."""


def story(city: City, answer: WhatIf, places: Places) -> Document:
    """The answer to a what-if as a page or a report shows it; times in s since 1970 UTC.

    Parameters
    ----------
    city
        The city.
    answer
        The what-if.
    places
        Where its assets are.
    """
    window, begin = answer.solution.window, midnight(city, answer.solution.window)
    lost = lost_by_cause(city, answer)
    told = _Teller(city, places, begin)
    used = {factor for effect in answer.effects for factor in effect.factors}
    return {
        "status": answer.status,
        "city": city.settings.name,
        "synthetic": city.settings.synthetic,
        "window": {
            "start": begin + window.start,
            "end": begin + window.end,
            "step_s": window.step,
            "steps": window.steps,
        },
        "changes": [told.change(change, window) for change in answer.asked],
        "given": [str(change) for change in answer.baseline.changes],
        "seconds": round(answer.seconds, 4),
        "losses": [told.lost(one) for one in lost[:GROUPS]],
        "causes": len(lost),
        "services": services(city, lost, window),
        "affected": affected(city, lost),
        "totals": [total_row(total, answer) for total in answer.totals],
        "factors": [factor_row(f) for f in city.settings.factors if f.id in used],
        "reliability": [reliability_document(index) for index in answer.reliability],
        "findings": [finding_row(finding) for finding in answer.findings],
        "measures": [measure_row(one) for one in proposals(city, answer, lost)],
    }


def midnight(city: City, window: Window) -> float:
    """Seconds since 1970 UTC from which a window counts; of today where it has no date."""
    zone = ZoneInfo(city.settings.timezone)
    day = window.date or datetime.datetime.now(zone).date()
    begin = datetime.datetime.combine(day, datetime.time(), zone)
    # a window runs on real hours from its start, whatever the clocks are set to meanwhile
    first = begin + datetime.timedelta(seconds=window.start)
    return first.timestamp() - window.start


def services(city: City, lost: Sequence[LostBy], window: Window) -> list[Document]:
    """Each service that people lose, with how many are without it in each step."""
    without: dict[str, FloatArray] = defaultdict(lambda: np.zeros(window.steps))
    hours: dict[str, float] = defaultdict(float)
    for one in lost:
        people = city.domains[one.domain].assets().people[one.rows]
        first = window.starts[:, None]
        there = (one.starts < first + window.step) & (one.ends > first)
        without[one.service] += there @ people
        hours[one.service] += one.person_hours
    return [
        {
            "service": service,
            "people": round(float(without[service].max()), 1),
            "person_hours": round(hours[service], 2),
            "without": np.round(without[service], 1).tolist(),
        }
        for service in sorted(hours, key=lambda name: -hours[name])
    ]


def affected(city: City, lost: Sequence[LostBy]) -> dict[str, float]:
    """Person-hours of all services at each asset where people lose one."""
    found: dict[str, float] = defaultdict(float)
    for one in lost:
        assets = city.domains[one.domain].assets()
        for row, hours in zip(one.rows.tolist(), one.mid.tolist(), strict=True):
            found[assets.full(row)] += hours
    return {asset: round(hours, 2) for asset, hours in found.items()}


class _Teller:
    """Tells the parts of an answer that lie somewhere at some time."""

    def __init__(self, city: City, places: Places, begin: float) -> None:
        self._city, self._places, self._begin = city, places, begin

    def change(self, change: Change, window: Window) -> Document:
        start = window.start if change.start is None else change.start
        end = window.end if change.end is None else change.end
        lon, lat = self._places.of_asset(change.full) or (None, None)
        return {
            "text": str(change),
            "asset": change.full,
            "kind": change.kind,
            "value": change.value,
            "unit": change.unit,
            "from": self._begin + start,
            "to": self._begin + end,
            "lon": lon,
            "lat": lat,
        }

    def lost(self, one: LostBy) -> Document:
        assets = self._city.domains[one.domain].assets()
        rows, hours = one.rows[:WHERE].tolist(), one.mid[:WHERE].tolist()
        sums = {name: float(getattr(one, name).sum()) for name in ("low", "mid", "high")}
        return {
            "domain": one.domain,
            "service": one.service,
            "people": round(one.people, 1),
            "places": len(one.rows),
            "person_hours": sums,
            "from": self._begin + int(one.starts.min()),
            "to": self._begin + int(one.ends.max()),
            "worst": assets.full(int(one.rows[0])),
            "assets": [
                [
                    assets.full(row),
                    round(value, 2),
                    *(self._places.of(one.domain, row) or (None,) * 2),
                ]
                for row, value in zip(rows, hours, strict=True)
            ],
            "cause": [self.step(step) for step in one.steps],
        }

    def step(self, step: Step) -> Document:
        assets = self._city.domains[step.domain].assets()
        rows = [assets.index[native] for native in step.assets]
        kinds = {assets.kinds[row] for row in rows}
        named = []
        for row in rows[:NAMED]:
            lon, lat = self._places.of(step.domain, row) or (None, None)
            named.append(
                {"asset": assets.full(row), "name": assets.names[row], "lon": lon, "lat": lat}
            )
        return {
            "domain": step.domain,
            "what": step.what,
            "kind": kinds.pop() if len(kinds) == 1 else "",
            "assets": named,
            "more": len(rows) - len(named),
            "from": self._begin + step.start,
            "to": self._begin + step.end,
        }


def total_row(total: Total, answer: WhatIf) -> Document:
    """A total with its range, and the factors that made it."""
    made = [
        effect.factors
        for effect in answer.effects
        if (effect.lens, effect.quantity, effect.unit, effect.service)
        == (total.lens, total.quantity, total.unit, total.service)
    ]
    return {
        **total_document(total),
        "factors": sorted({factor for factors in made for factor in factors}),
    }


def factor_row(factor: Factor) -> Document:
    """A factor with where it comes from; None for a number that nobody knows."""
    known = factor.known
    return {
        "id": factor.id,
        "low": factor.low if known else None,
        "mid": factor.mid if known else None,
        "high": factor.high if known else None,
        "unit": f"{factor.unit}/{factor.from_unit}",
        "source": factor.source,
        "year": factor.year,
        "region": factor.region,
    }


def finding_row(finding: Finding) -> Document:
    """A finding, with what its words in other languages need."""
    return {
        "code": finding.code,
        "what": finding.what,
        "do": finding.do,
        "severity": finding.severity,
        "asset": finding.asset,
        "values": dict(finding.values),
    }


def measure_row(one: Proposal) -> Document:
    """A proposal; its cost is for people to say."""
    return {
        "id": one.id,
        "kind": one.kind,
        "text": one.values,
        "changes": [],
        "events": None if one.events is None else list(one.events),
        "protect": list(one.protect),
        "cost": None,
    }
