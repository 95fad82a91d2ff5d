"""Indices of reliability and fairness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.ledger.effects import Effects
from kopa.model import FloatArray

WORST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Reliability:
    """Reliability of one service over a window.

    Parameters
    ----------
    service
        The service.
    saidi_min
        Customer-minutes of interruption a customer.
    saifi
        Interruptions a customer.
    worst_tenth_h
        Mean hours that the worst-off tenth of all people lose.

    References
    ----------
    IEEE 1366-2022, Guide for electric power distribution reliability indices.
    """

    service: str
    saidi_min: float
    saifi: float
    worst_tenth_h: float


def reliability(
    effects: Sequence[Effects], customers: float, people: FloatArray
) -> list[Reliability]:
    """Indices by service, of the effects.

    Parameters
    ----------
    effects
        Effects with customer-minutes, interruptions and person-hours.
    customers
        Customers in all.
    people
        People of each place, shape (place,).
    """
    services = sorted({e.service for e in effects if e.quantity == "person_hours"})
    found = []
    for service in services:
        mine = [e for e in effects if e.service == service and not e.group]

        def total(quantity: str, mine: list[Effects] = mine) -> float:
            return float(sum(e.mid.sum() for e in mine if e.quantity == quantity))

        hours = np.zeros(len(people))
        for effect in mine:
            if effect.quantity == "person_hours":
                hours[effect.rows] += effect.mid
        found.append(
            Reliability(
                service,
                total("customer_minutes") / customers if customers else float("nan"),
                total("customer_interruptions") / customers if customers else float("nan"),
                worst_off(hours, people),
            )
        )
    return found


def worst_off(person_hours: FloatArray, people: FloatArray, share: float = WORST_SHARE) -> float:
    """Mean hours lost by the share of the people who lose most, h.

    Parameters
    ----------
    person_hours
        Loss of each place, person·h, shape (place,).
    people
        People of each place, shape (place,).
    share
        Share of all people to look at.
    """
    left = share * people.sum()
    if left <= 0:
        return 0.0
    each = np.divide(person_hours, people, out=np.zeros_like(person_hours), where=people > 0)
    order = np.argsort(-each, kind="stable")
    counted = np.clip(left - (np.cumsum(people[order]) - people[order]), 0, people[order])
    return float((counted * each[order]).sum() / left)
