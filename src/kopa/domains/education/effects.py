"""What a run adds up to, for pupils and for those who stay at home with them."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .network import Network
from .run import Lessons


def accounts(
    network: Network, window: Window, done: Lessons, closed: IntArray, pupils: IntArray
) -> tuple[Account, ...]:
    """Pupil-hours lost, by age group, and hours that somebody stays at home.

    Parameters
    ----------
    network, window
        What there is, and when.
    done
        What happened.
    closed, pupils
        Events behind closures and other numbers of pupils, -1 for none, shape (school,).
    """
    lost = done.lost * done.pupils
    starts, ends = spans(lost > 0, window.starts, window.step)
    hours = lost.sum(axis=0) * window.hours_per_step
    events = np.where(closed >= 0, closed, pupils)

    def account(quantity: str, values: FloatArray, how: str, group: str = "") -> Account:
        return Account(
            "people", quantity, "person·h", hours * values, how, service="learning", group=group,
            starts=starts, ends=ends, events=events, own=quantity == "person_hours" and not group,
        )  # fmt: skip

    how = "pupils × hours of lessons or care in which their school is closed"
    groups, found = network.groups, [account("person_hours", network.pupils, how)]
    names = np.array(groups.names, dtype=object)
    for name in sorted(set(groups.names)):
        of_group = network.of_school(np.where(names == name, groups.pupils, 0.0))
        found.append(account("person_hours", of_group, how, name))
    care = f"pupils younger than {network.care_age:g} × the same hours: one adult for each child"
    found.append(account("childcare_hours", network.minded, care))
    return tuple(found)
