"""Who loses what by which cause: losses of people, grouped by the way that leads to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from kopa.city.load import City
from kopa.city.whatif import WhatIf
from kopa.coupling.explain import Step
from kopa.ledger.effects import Effects
from kopa.model import FloatArray, IntArray


@dataclass(frozen=True)
class LostBy:
    """A service that people lose by one cause.

    Parameters
    ----------
    domain, service
        What is lost, and whose ledger says so.
    rows
        Assets of the domain where it is lost, the worst first, shape (asset,).
    low, mid, high
        Person-hours at each, shape (asset,).
    starts, ends
        Seconds since midnight, shape (asset,).
    people
        At these assets.
    events
        Number of the event in the domain's result that explains each; -1 for none.
    steps
        The way from the change to the loss, causes first; empty where it is not known.
    """

    domain: str
    service: str
    rows: IntArray
    low: FloatArray
    mid: FloatArray
    high: FloatArray
    starts: IntArray
    ends: IntArray
    people: float
    events: IntArray
    steps: tuple[Step, ...]

    @property
    def person_hours(self) -> float:
        """Of all assets."""
        return float(self.mid.sum())


def lost_by_cause(city: City, answer: WhatIf) -> list[LostBy]:
    """Losses of people by domain, service and cause, the worst first.

    Parameters
    ----------
    city
        The city.
    answer
        Of the what-if; one that is `unknown` has no effects, and so no losses.
    """
    groups: dict[tuple[object, ...], list[tuple[Effects, int]]] = defaultdict(list)
    for effect in answer.effects:
        if effect.quantity != "person_hours" or effect.group:
            continue
        for n, event in enumerate(effect.events.tolist()):
            trunk = answer.explanation.trunk(effect.domain, event) if event >= 0 else ()
            groups[effect.domain, effect.service, trunk].append((effect, n))
    found = [_lost(city, answer, rows) for rows in groups.values()]
    return sorted(found, key=lambda lost: -lost.person_hours)


def _lost(city: City, answer: WhatIf, rows: list[tuple[Effects, int]]) -> LostBy:
    rows.sort(key=lambda row: -row[0].mid[row[1]])
    effect, worst = rows[0]
    event = int(effect.events[worst])
    places = np.array([e.rows[n] for e, n in rows])
    assets = city.domains[effect.domain].assets()
    return LostBy(
        effect.domain,
        effect.service,
        places,
        np.array([e.low[n] for e, n in rows]),
        np.array([e.mid[n] for e, n in rows]),
        np.array([e.high[n] for e, n in rows]),
        np.array([e.starts[n] for e, n in rows]),
        np.array([e.ends[n] for e, n in rows]),
        float(assets.people[places].sum()),
        np.array([e.events[n] for e, n in rows]),
        _trunk(answer, effect.domain, event),
    )


def _trunk(answer: WhatIf, domain: str, event: int) -> tuple[Step, ...]:
    """Steps that many effects share: the last with all its assets, the others where it passes."""
    if event < 0:
        return ()
    why = answer.explanation
    last = [why.whole(*node) for node in why.trunk(domain, event)[-1:]]
    return (*why.path(domain, event)[:-2], *last)
