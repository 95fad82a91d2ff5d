"""What a change does: the accounts of a what-if less those of the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.ledger.account import Account, Lens
from kopa.model import FloatArray, IntArray

NOISE = 1e-9
"""A difference of no more than this, relative to the value, is rounding."""


@dataclass(frozen=True)
class Effects:
    """Ledger rows of one quantity in one domain, as columns.

    Parameters
    ----------
    domain
        Whose assets `rows` are.
    lens, quantity, unit, service, group, method
        As in `Account`.
    rows
        Assets, shape (row,).
    low, mid, high
        The value and its range, shape (row,).
    starts, ends
        Seconds since midnight, 0 where it belongs to no moment, shape (row,).
    events
        Number of the explaining event in the domain's result, -1 for none, shape (row,).
    factors
        Ids of the factors that the value was multiplied by.
    base
        Sum of `mid` before the factors: with it a factor can be drawn again.
    own
        True for the quantity by which the domain, on its own, ranks its assets.
    """

    domain: str
    lens: Lens
    quantity: str
    unit: str
    service: str
    group: str
    method: str
    rows: IntArray
    low: FloatArray
    mid: FloatArray
    high: FloatArray
    starts: IntArray
    ends: IntArray
    events: IntArray
    factors: tuple[str, ...] = ()
    base: float = 0.0
    own: bool = False


def difference(domain: str, accounts: Sequence[Account], usual: Sequence[Account]) -> list[Effects]:
    """Effects of one domain: what a run adds up to, less what the baseline does.

    An account that the run does not have says nothing of a difference: a domain leaves out
    what it did not compute.

    Parameters
    ----------
    domain
        Name of the domain.
    accounts, usual
        Accounts of the run and of the baseline.

    Returns
    -------
    list of Effects
        Only what differs.
    """
    before = {account.key: account for account in usual}
    return [
        effects
        for account in accounts
        if (effects := _effects(domain, account, before.get(account.key))) is not None
    ]


def _effects(domain: str, account: Account, usual: Account | None) -> Effects | None:
    base = np.zeros_like(account.values) if usual is None else usual.values
    change = account.values - base
    scale = np.maximum(np.abs(account.values), np.abs(base))
    rows = np.flatnonzero(np.abs(change) > NOISE * np.maximum(scale, 1.0))
    if not len(rows):
        return None
    none = np.zeros(len(rows), dtype=np.int64)
    value = change[rows]
    return Effects(
        domain=domain,
        lens=account.lens,
        quantity=account.quantity,
        unit=account.unit,
        service=account.service,
        group=account.group,
        method=account.method,
        rows=rows,
        low=value,
        mid=value,
        high=value,
        starts=none if account.starts is None else account.starts[rows],
        ends=none if account.ends is None else account.ends[rows],
        events=none - 1 if account.events is None else account.events[rows],
        base=float(value.sum()),
        own=account.own,
    )


def all_differences(
    accounts: Mapping[str, Sequence[Account]], usual: Mapping[str, Sequence[Account]]
) -> list[Effects]:
    """Effects of all domains, in the order of their names."""
    found: list[Effects] = []
    for domain in sorted(accounts):
        if accounts[domain] is not usual[domain]:
            found += difference(domain, accounts[domain], usual[domain])
    return found
