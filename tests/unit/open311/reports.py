"""Requests of residents, by hand and at random."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from kopa.open311.model import Fault, ServiceRequest
from kopa.open311.services import services

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KNOWN = services()
DEGREE_M = 111_195.08
"""Of latitude, m, on the sphere that is measured on."""


def request(id: str, code: str = "water.none", **more: Any) -> ServiceRequest:
    """A request in the middle of Riga at noon; `north` m and `hours` move it."""
    north, hours = more.pop("north", 0.0), more.pop("hours", 0.0)
    when = NOON + timedelta(hours=hours)
    status = more.pop("status", "open")
    return ServiceRequest(id, status, code, when, 56.95 + north / DEGREE_M, 24.1, **more)


def fault(id: str, service: str = "water", **more: Any) -> Fault:
    """A fault there, from noon on; `north` m moves it."""
    north, hours = more.pop("north", 0.0), more.pop("hours", 0.0)
    start = NOON + timedelta(hours=hours)
    return Fault(id, service, (56.95 + north / DEGREE_M,), (24.1,), start, **more)


def crowd(many: int, seed: int) -> list[ServiceRequest]:
    """Requests over 10 km by 10 km and three days, some of them closed."""
    dice = random.Random(seed)
    return [
        ServiceRequest(
            str(number), "open" if dice.random() < 0.8 else "closed", dice.choice([*KNOWN]),
            NOON + timedelta(hours=72 * dice.random()), 56.9 + 0.1 * dice.random(),
            24.0 + 0.16 * dice.random(),
        )
        for number in range(many)
    ]  # fmt: skip


def troubles(many: int, places: int, seed: int) -> list[Fault]:
    """Faults that each affect some places within about a kilometre."""
    dice = random.Random(seed)
    words = sorted({one for kind in KNOWN.values() for one in kind.explained_by})
    found = []
    for number in range(many):
        lat, lon = 56.9 + 0.1 * dice.random(), 24.0 + 0.16 * dice.random()
        start = NOON + timedelta(hours=60 * dice.random())
        found.append(
            Fault(
                f"f{number}", dice.choice(words),
                tuple(lat + dice.gauss(0, 0.004) for _ in range(places)),
                tuple(lon + dice.gauss(0, 0.008) for _ in range(places)), start,
                start + timedelta(hours=8),
            )
        )  # fmt: skip
    return found
