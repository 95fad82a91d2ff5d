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
    parts: dict[tuple[Lens, str, str, str], list[Effects]] = defaultdict(list)
    for effect in effects:
        if not effect.group:
            parts[effect.lens, effect.quantity, effect.unit, effect.service].append(effect)
    drawn = _draw(factors, draws) if any(effect.factors for effect in effects) else {}
    found = []
    for (lens, quantity, unit, service), members in sorted(parts.items()):
        mid = float(sum(effect.mid.sum() for effect in members))
        sample = sum(_sample(effect, drawn) for effect in members)
        low, high = (float(np.percentile(sample, p)) for p in (LOW, HIGH))
        found.append(Total(lens, quantity, unit, service, low, mid, high))
    return found


def _draw(factors: Sequence[Factor], draws: int) -> dict[str, FloatArray]:
    """Values of each factor, shape (draw,); the same for the same factors, whatever order."""
    generator = np.random.default_rng(SEED)
    drawn = {}
    for factor in sorted((f for f in factors if f.known), key=lambda f: f.id):
        place = generator.random(draws)
        if factor.high > factor.low:
            peak = (factor.mid - factor.low) / (factor.high - factor.low)
            below = np.sqrt(place * peak)
            above = 1 - np.sqrt((1 - place) * (1 - peak))
            share = np.where(place < peak, below, above)
            drawn[factor.id] = factor.low + share * (factor.high - factor.low)
        else:
            drawn[factor.id] = np.full(draws, factor.mid)
    return drawn


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
