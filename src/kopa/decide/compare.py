"""Options valued in money over years: what each is worth, how surely, and what would flip it.

An option costs something and avoids something each time that an event happens. Both are known
in ranges; a draw is the same for all options, so that what they share cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.errors import RangeError
from kopa.ledger.totals import DRAWS, HIGH, LOW, SEED, triangle
from kopa.model import FloatArray

DISCOUNT = 0.03
"""Social discount rate a year. Source: European Commission, Better Regulation Toolbox (2023),
tool 64: 3 % in real terms."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is known from `low` to `high`, best `mid`.

    Raises
    ------
    RangeError
        If they do not rise, or are below zero.
    """

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.mid <= self.high < float("inf"):
            raise RangeError(f"a range rises from 0: not {self.low:g}, {self.mid:g}, {self.high:g}")

    def draws(self, seed: int) -> FloatArray:
        """Values from a triangle, shape (draw,)."""
        place = np.random.default_rng(seed).random(DRAWS)
        return triangle(place, self.low, self.mid, self.high)


@dataclass(frozen=True)
class Frequency:
    """How often an event happens, and over how many years that counts.

    Raises
    ------
    RangeError
        If the years are outside 1 to 100.
    """

    times_a_year: Range
    years: int

    def __post_init__(self) -> None:
        if not 1 <= self.years <= 100:
            raise RangeError(f"years lie between 1 and 100, not {self.years}")

    @property
    def annuity(self) -> float:
        """What 1 a year is worth today: ``(1 - (1 + r)^-n) / r``."""
        return float((1 - (1 + DISCOUNT) ** -self.years) / DISCOUNT)


@dataclass(frozen=True)
class Option:
    """What could be done.

    Parameters
    ----------
    id
        Its name.
    avoided, mid
        Money that it avoids each time, by draw, shape (draw,) or (1,), and best value.
    cost
        What it costs today; None where nobody said.
    """

    id: str
    avoided: FloatArray
    mid: float
    cost: Range | None = None


@dataclass(frozen=True)
class Valued:
    """What an option is worth.

    Parameters
    ----------
    option
        The option.
    benefit
        Money over the years, today's value: low, mid, high (5th to 95th percentile).
    net
        Benefit less cost; None where nobody said what it costs.
    chance_worth
        Share of the draws in which it is worth its cost.
    chance_best
        Share of the draws in which it is the best of all, doing nothing among them.
    break_even_times
        How often a year the event must happen for it to be worth its cost; None where it
        avoids nothing or has no cost.
    """

    option: Option
    benefit: tuple[float, float, float]
    net: tuple[float, float, float] | None
    chance_worth: float | None
    chance_best: float | None
    break_even_times: float | None


@dataclass(frozen=True, slots=True)
class Flip:
    """What would make another option the better one.

    Parameters
    ----------
    kind
        ``cost`` of the option, or ``frequency`` of the event.
    option, other
        The choice, and what would be better; empty for doing nothing.
    value, now
        Where they change places, and what is assumed.
    """

    kind: str
    option: str
    other: str
    value: float
    now: float


def compare(options: Sequence[Option], often: Frequency) -> tuple[list[Valued], list[Flip]]:
    """Options by what they are worth, the best first; what would flip the choice.

    Parameters
    ----------
    options
        The options; ones without a cost come after the others, by what they avoid.
    often
        How often the event happens.
    """
    times = often.times_a_year.draws(SEED + 1)
    benefits = [times * option.avoided * often.annuity for option in options]
    costs = [
        None if option.cost is None else option.cost.draws(SEED + 2 + n)
        for n, option in enumerate(options)
    ]
    nets = [None if c is None else b - c for b, c in zip(benefits, costs, strict=True)]
    best = _best([net for net in nets if net is not None])
    valued: list[Valued] = []
    chances = iter(best)
    for option, benefit, net in zip(options, benefits, nets, strict=True):
        mid = often.times_a_year.mid * option.mid * often.annuity
        per_time = option.mid * often.annuity
        costed = option.cost is not None
        valued.append(
            Valued(
                option,
                _spread(benefit, mid),
                None if net is None or option.cost is None else _spread(net, mid - option.cost.mid),
                None if net is None else float((net > 0).mean()),
                next(chances) if costed else None,
                option.cost.mid / per_time if option.cost is not None and per_time > 0 else None,
            )
        )
    valued.sort(key=lambda v: (v.net is None, -(v.net or v.benefit)[1]))
    return valued, _flips(valued, often)


def _best(nets: Sequence[FloatArray]) -> list[float]:
    """Share of the draws in which each is the best, and better than nothing."""
    if not nets:
        return []
    stack = np.stack(np.broadcast_arrays(np.zeros(DRAWS), *nets))
    winner = np.argmax(stack, axis=0)
    return [float((winner == n + 1).mean()) for n in range(len(nets))]


def _spread(sample: FloatArray, mid: float) -> tuple[float, float, float]:
    low, high = np.percentile(sample, (LOW, HIGH))
    return float(min(low, mid)), mid, float(max(high, mid))


def _flips(valued: Sequence[Valued], often: Frequency) -> list[Flip]:
    """Cost and frequency at which the first option is no longer the best."""
    ranked = [
        (one.option.id, one.net[1], one.option.mid, one.option.cost.mid)
        for one in valued
        if one.net is not None and one.option.cost is not None
    ]
    found: list[Flip] = []
    if not ranked:
        return found
    (first, net, avoided, cost), now = ranked[0], often.times_a_year.mid
    for other, their_net, their_avoided, their_cost in (("", 0.0, 0.0, 0.0), *ranked[1:2]):
        dearer = cost + net - their_net
        if dearer > 0:
            found.append(Flip("cost", first, other, dearer, cost))
        more = (avoided - their_avoided) * often.annuity
        if more and (cost - their_cost) / more > 0:
            found.append(Flip("frequency", first, other, (cost - their_cost) / more, now))
    return found
