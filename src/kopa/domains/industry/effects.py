"""What a run adds up to."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, Lens, spans
from kopa.model import FloatArray, IntArray, Window

from .network import Sites
from .production import Production


def accounts(
    sites: Sites, window: Window, made: Production, events: IntArray
) -> tuple[Account, ...]:
    """Hours of production and of work that are lost, and their value where plants give one.

    Parameters
    ----------
    sites, window
        The plants and the run's window.
    made
        What they do.
    events
        Event behind each plant's accounts, -1 for none, shape (site,).
    """
    lost = made.missing
    starts, ends = spans(lost > 1e-9, window.starts, window.step)
    hours = lost.sum(axis=0) * window.hours_per_step

    def account(lens: Lens, quantity: str, unit: str, values: FloatArray, how: str) -> Account:
        return Account(
            lens, quantity, unit, values, how, starts=starts, ends=ends, events=events,
            own=quantity == "production_hours_lost",
        )  # fmt: skip

    how = "usual production less what is made, restarts among it"
    return (
        account("people", "production_hours_lost", "site·h", hours, f"hours × {how}"),
        account(
            "people", "work_hours_lost", "person·h", hours * sites.assets.people,
            f"people at work × hours × {how}",
        ),
        account(
            "money", "production_lost", "EUR", np.nan_to_num(hours * sites.value),
            f"value of an hour that the plant gives × hours × {how}",
        ),
    )  # fmt: skip
