"""What one run of a domain adds up to, by asset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kopa.model import FloatArray, IntArray

Lens = Literal["people", "environment", "money"]
LENSES: tuple[Lens, ...] = ("people", "environment", "money")


@dataclass(frozen=True)
class Account:
    """One quantity of one run, with a value for every asset of the domain.

    The account of a what-if less the account of the baseline is what the change does.

    Parameters
    ----------
    lens
        ``people``, ``environment`` or ``money``.
    quantity, unit
        What is counted (``person_hours``), and in what (``person·h``).
    service
        The service that it is about (``water``); empty where it is about none.
    group
        Group of people, empty for all.
    values
        Value in the run, shape (asset,).
    starts, ends
        First second of it and first second after it, shape (asset,); both 0 where the
        value does not belong to a moment.
    events
        The run's event that explains the asset's value, -1 for none, shape (asset,).
    method
        How it is computed, in a sentence.
    own
        True for the quantity by which the domain, on its own, ranks its assets.
    """

    lens: Lens
    quantity: str
    unit: str
    values: FloatArray
    method: str
    service: str = ""
    group: str = ""
    starts: IntArray | None = None
    ends: IntArray | None = None
    events: IntArray | None = None
    own: bool = False

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes two accounts comparable."""
        return (self.lens, self.quantity, self.unit, self.service, self.group)


@dataclass(frozen=True)
class Balance:
    """What came in against what went out, over the whole run.

    Parameters
    ----------
    quantity, unit
        ``water`` in ``m3``.
    supplied
        What the sources gave.
    used
        What consumers got.
    lost
        What left the network elsewhere: leaks, line losses.
    stored
        What stores hold more at the end than at the start.
    tolerance
        Share of the throughput that may be missing.
    asked
        What consumers asked for: the throughput where next to nothing passes.
    """

    quantity: str
    unit: str
    supplied: float
    used: float
    lost: float
    stored: float
    tolerance: float = 1e-3
    asked: float = 0.0

    @property
    def residual(self) -> float:
        """What is missing, in the balance's unit."""
        return self.supplied - self.used - self.lost - self.stored

    @property
    def ok(self) -> bool:
        """True when no more than the tolerance is missing."""
        amounts = (self.supplied, self.used, self.lost, self.stored, self.asked, 1e-9)
        scale = max(abs(amount) for amount in amounts)
        return bool(abs(self.residual) <= self.tolerance * scale)


def spans(
    affected: Sequence[bool] | np.ndarray, starts: FloatArray, step: int
) -> tuple[IntArray, IntArray]:
    """First and last second of what is affected.

    Parameters
    ----------
    affected
        True where an asset is affected, shape (step, asset).
    starts
        First second of each step, shape (step,).
    step
        Length of a step, s.

    Returns
    -------
    tuple of IntArray
        First second, and first second after the last step, 0 where never; shape (asset,).
    """
    mask = np.asarray(affected, dtype=bool)
    any_ = mask.any(axis=0)
    first = np.argmax(mask, axis=0)
    last = len(mask) - 1 - np.argmax(mask[::-1], axis=0)
    begin = np.where(any_, starts[first], 0).astype(np.int64)
    end = np.where(any_, starts[last] + step, 0).astype(np.int64)
    return begin, end
