"""What a run adds up to, for visitors."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .run import Visits


def accounts(window: Window, done: Visits, behind: IntArray) -> tuple[Account, ...]:
    """Visitor-hours, those lost, and water and waste of visitors.

    Parameters
    ----------
    window
        When.
    done
        What happened.
    behind
        Event behind lost visits, -1 for none, shape (sight,).
    """
    lost = sum(done.lost.values(), np.zeros(done.here.shape))
    starts, ends = spans(lost > 1e-9, window.starts, window.step)

    def account(quantity: str, values: FloatArray, how: str, own: bool = False) -> Account:
        return Account(
            "people", quantity, "person·h", values.sum(axis=0) * window.hours_per_step, how,
            service="visit", starts=starts, ends=ends, events=behind, own=own,
        )  # fmt: skip

    return (
        account("visitor_hours", done.here, "visitors who are there × hours"),
        account("visitor_hours_lost", lost, "visitors who cannot be there × hours", True),
    )
