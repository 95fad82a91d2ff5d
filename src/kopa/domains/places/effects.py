"""Lost service in terms of people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .network import Places

INTERRUPTED = 0.5
"""A customer who gets less than this share of a service is interrupted (IEEE 1366 knows only
on and off)."""


def accounts(
    places: Places,
    window: Window,
    shares: Mapping[str, FloatArray],
    present: FloatArray,
    events: Mapping[str, IntArray],
) -> tuple[Account, ...]:
    """Person-hours, customer-minutes, interruptions and critical-site hours, by service.

    Parameters
    ----------
    places, window
        The places and the run's window.
    shares
        Share of each service that a place gets behind its own store, shape (step, place).
    present
        Share of each step in which a place's people are there, shape (step, place).
    events
        Event behind a place's loss, -1 for none, by service, shape (place,).
    """
    return tuple(
        account
        for service, share in shares.items()
        for account in _of_service(places, window, service, share, present, events[service])
    )


def _of_service(
    places: Places,
    window: Window,
    service: str,
    share: FloatArray,
    present: FloatArray,
    events: IntArray,
) -> list[Account]:
    lost = (1 - share) * present
    starts, ends = spans(lost > 0, window.starts, window.step)
    hours = lost.sum(axis=0) * window.hours_per_step
    out = share < INTERRUPTED
    minutes = out.sum(axis=0) * window.step / 60 * places.customers
    begins = out & ~np.vstack([np.zeros((1, out.shape[1]), dtype=bool), out[:-1]])

    def account(quantity: str, unit: str, values: FloatArray, how: str, group: str = "") -> Account:
        return Account(
            "people",
            quantity,
            unit,
            values,
            how,
            service=service,
            group=group,
            starts=starts,
            ends=ends,
            events=events,
            own=quantity == "person_hours" and not group,
        )

    person = "people there × share of the service that is missing × hours"
    found = [
        account("person_hours", "person·h", hours * places.people, person),
        account(
            "customer_minutes",
            "customer·min",
            minutes,
            f"customers × minutes with less than {INTERRUPTED:.0%} of the service (IEEE 1366)",
        ),
        account(
            "customer_interruptions",
            "customers",
            begins.sum(axis=0) * places.customers,
            "customers × number of interruptions (IEEE 1366)",
        ),
        account(
            "critical_site_hours",
            "site·h",
            hours * places.critical,
            "hours of critical sites × share of the service that is missing",
        ),
    ]
    found += [
        account("person_hours", "person·h", hours * people, person, group)
        for group, people in sorted(places.groups.items())
    ]
    return found
