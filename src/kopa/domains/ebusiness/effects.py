"""What a run adds up to."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, Balance, spans
from kopa.model import IntArray, Window

from .network import Firms
from .work import Work


def accounts(firms: Firms, window: Window, done: Work, events: IntArray) -> tuple[Account, ...]:
    """Person-hours of work and firm-hours lost, in open hours.

    Parameters
    ----------
    firms, window
        The firms and the run's window.
    done
        What they do.
    events
        Event behind each firm's loss, -1 for none, shape (firm,).
    """
    lost = done.open * (1 - done.share)
    starts, ends = spans(lost > 1e-9, window.starts, window.step)
    hours = lost.sum(axis=0) * window.hours_per_step
    people = hours * firms.assets.people
    how = "open hours × share of the work that cannot be done"
    return (
        Account(
            "people", "work_lost", "person·h", people, f"people at work × {how}",
            service="trade", starts=starts, ends=ends, events=events, own=True,
        ),
        Account(
            "people", "firm_hours", "site·h", hours, how, service="trade",
            starts=starts, ends=ends, events=events,
        ),
    )  # fmt: skip


def balance(firms: Firms, window: Window, done: Work, booked: tuple[Account, ...]) -> Balance:
    """Person-hours of work that open firms have against those done and lost."""
    people, step = firms.assets.people, window.hours_per_step
    asked = float((done.open * people).sum()) * step
    used = float((done.open * done.share * people).sum()) * step
    lost = float(booked[0].values.sum())
    return Balance("trade", "person·h", asked, used, lost, 0.0, asked=asked)


def demand(firms: Firms, done: Work) -> np.ndarray:
    """Power that open firms ask for, kW, shape (step, firm)."""
    return np.asarray(done.open * done.working * firms.power)
