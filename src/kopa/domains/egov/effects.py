"""What a run adds up to."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, Balance, spans
from kopa.model import IntArray, Window

from .network import Offices
from .service import Service


def accounts(
    offices: Offices, window: Window, done: Service, events: IntArray
) -> tuple[Account, ...]:
    """Person-hours without the service of an office, and office-hours lost, in open hours.

    Parameters
    ----------
    offices, window
        The offices and the run's window.
    done
        What they do.
    events
        Event behind each office's loss, -1 for none, shape (office,).
    """
    lost = done.open * (1 - done.share)
    starts, ends = spans(lost > 1e-9, window.starts, window.step)
    hours = lost.sum(axis=0) * window.hours_per_step
    people = hours * offices.assets.people
    how = "open hours × share of the service that is missing"
    return (
        Account(
            "people", "person_hours", "person·h", people, f"people of an open hour × {how}",
            service="public_service", starts=starts, ends=ends, events=events, own=True,
        ),
        Account(
            "people", "office_hours", "site·h", hours, how, service="public_service",
            starts=starts, ends=ends, events=events,
        ),
    )  # fmt: skip


def balance(
    offices: Offices, window: Window, done: Service, booked: tuple[Account, ...]
) -> Balance:
    """Person-hours of service that were asked for against those given and lost."""
    people, step = offices.assets.people, window.hours_per_step
    asked = float((done.open * people).sum()) * step
    used = float((done.open * done.share * people).sum()) * step
    lost = float(booked[0].values.sum())
    return Balance("public_service", "person·h", asked, used, lost, 0.0, asked=asked)


def demand(offices: Offices, done: Service) -> np.ndarray:
    """Power that open offices ask for, kW, shape (step, office)."""
    return np.asarray(done.open * done.working * offices.power)
