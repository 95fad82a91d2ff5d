"""Sums that never mix units, with ranges in which a shared factor stays shared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.errors import UsageError
from kopa.ledger.account import Lens
from kopa.ledger.effects import Effects
from kopa.ledger.factors import Factor
from kopa.model import FloatArray

DRAWS = 2000
SEED = 20261122
LOW, HIGH = 5, 95  # percentiles that a total's range runs between


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one quantity.

    Parameters
    ----------
    lens, quantity, unit, service
        What is summed.
    low, mid, high
        5th percentile, sum of the best values, 95th percentile.
    """

    lens: Lens
    quantity: str
    unit: str
    service: str
    low: float
    mid: float
    high: float


Key = tuple[Lens, str, str, str]
"""Lens, quantity, unit and service: what may be added up."""


def totals(
    effects: Sequence[Effects], factors: Sequence[Factor], draws: int = DRAWS
) -> list[Total]:
    """Totals by quantity, unit and service; groups of people are left out, being counted twice.

    Parameters
    ----------
    effects
        Priced effects.
    factors
        The factors that they were priced with. Each is drawn once a draw, from a triangle
        between its low and high with its peak at mid.
    draws
        Number of draws.
    """
    found = []
    for key, (mid, sample) in samples(effects, factors, draws).items():
        low, high = (float(np.percentile(sample, p)) for p in (LOW, HIGH))
        lens, quantity, unit, service = key
        found.append(Total(lens, quantity, unit, service, low, mid, high))
    return found


def samples(
    effects: Sequence[Effects], factors: Sequence[Factor], draws: int = DRAWS
) -> dict[Key, tuple[float, FloatArray]]:
    """Sum of the best values, and the sum in each draw, shape (draw,) or (1,), by key.

    A draw is the same for whatever is summed: samples of two what-ifs can be subtracted.

    Parameters
    ----------
    effects, factors, draws
        As in `totals`.
    """
    parts: dict[Key, list[Effects]] = defaultdict(list)
    for effect in effects:
        if not effect.group:
            parts[effect.lens, effect.quantity, effect.unit, effect.service].append(effect)
    drawn = _draw(factors, draws) if any(effect.factors for effect in effects) else {}
    return {
        key: (
            float(sum(effect.mid.sum() for effect in members)),
            np.asarray(sum(_sample(effect, drawn) for effect in members)),
        )
        for key, members in sorted(parts.items())
    }


def _draw(factors: Sequence[Factor], draws: int) -> dict[str, FloatArray]:
    """Values of each factor, shape (draw,); the same for the same factors, whatever order."""
    generator = np.random.default_rng(SEED)
    return {
        factor.id: triangle(generator.random(draws), factor.low, factor.mid, factor.high)
        for factor in sorted((f for f in factors if f.known), key=lambda f: f.id)
    }


def triangle(place: FloatArray, low: float, mid: float, high: float) -> FloatArray:
    """Values of a triangular distribution between low and high with its peak at mid.

    Parameters
    ----------
    place
        Where in the distribution, uniform in [0, 1), shape (draw,).
    low, mid, high
        Its corners, rising.
    """
    if high <= low:
        return np.full(len(place), mid)
    peak = (mid - low) / (high - low)
    below = np.sqrt(place * peak)
    above = 1 - np.sqrt((1 - place) * (1 - peak))
    return np.asarray(low + np.where(place < peak, below, above) * (high - low))


def _sample(effect: Effects, drawn: dict[str, FloatArray]) -> FloatArray:
    sample = np.array([effect.base])
    for factor in effect.factors:
        sample = sample * drawn[factor]
    return sample


def total_of(found: Sequence[Total], quantity: str) -> float:
    """Sum of a quantity over its services; 0 where there is none.

    Raises
    ------
    UsageError
        If the quantity stands in more than one unit.
    """
    members = [total for total in found if total.quantity == quantity]
    if len({total.unit for total in members}) > 1:
        raise UsageError(f"{quantity} stands in several units: it has no total", "ledger.units")
    return sum(total.mid for total in members)
