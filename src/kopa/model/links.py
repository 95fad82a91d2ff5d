"""Who supplies whom: rows that tie an out-port to an in-port."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kopa.errors import RangeError
from kopa.model.arrays import FloatArray

Rule = Literal["all", "any", "k-of-n", "sum", "curve"]
Origin = Literal["surveyed", "gis", "nearest", "synthetic"]
ORIGINS = ("surveyed", "gis", "nearest", "synthetic")
_K_OF_N = re.compile(r"^(\d+)-of-(\d+)$")


@dataclass(frozen=True)
class End:
    """One end of a link: a port at an asset of a domain."""

    domain: str
    port: str
    asset: str

    def __str__(self) -> str:
        return f"{self.domain}:{self.asset}"


@dataclass(frozen=True)
class Link:
    """A row that says: what leaves at `source` supplies what enters at `target`.

    All rows of one target are combined by their rule, which must be the same:

    ======== =============================================================================
    all      the least of the sources: each is needed
    any      the greatest of the sources: one is enough
    k-of-n   the k-th greatest of n sources, written ``2-of-3``
    sum      the sources add up; a share never passes the port's neutral value
    curve    `curve` maps the source; several rows: the least
    ======== =============================================================================

    Parameters
    ----------
    source, target
        The ends.
    rule
        One of the rules.
    k, n
        For ``k-of-n``.
    threshold
        If given, a source counts as 1 from this value on and as 0 below.
    curve
        For ``curve``: points ``((x, y), ...)``, x rising; straight between, flat outside.
    buffer_h
        The target goes on being served for this many hours of full need after the source
        is lost; it fills again one to one.
    delay_h
        The source reaches the target so many hours later.
    origin, confidence, note
        Where the row comes from, how sure it is (0 to 1), and its source in words.

    Raises
    ------
    RangeError
        If a number is outside its range.
    """

    source: End
    target: End
    rule: Rule = "all"
    k: int = 1
    n: int = 1
    threshold: float | None = None
    curve: tuple[tuple[float, float], ...] = ()
    buffer_h: float = 0.0
    delay_h: float = 0.0
    origin: Origin = "surveyed"
    confidence: float = 1.0
    note: str = ""

    def __post_init__(self) -> None:
        if not (self.buffer_h >= 0 and self.delay_h >= 0):
            raise RangeError("buffer_h and delay_h must be 0 or more hours")
        if not 0 <= self.confidence <= 1:
            raise RangeError("confidence must lie between 0 and 1")
        if self.rule == "curve" and len(self.curve) < 2:
            raise RangeError("a curve needs two points or more, written 'x:y x:y'")
        if any(b[0] <= a[0] for a, b in zip(self.curve, self.curve[1:], strict=False)):
            raise RangeError("the x values of a curve must rise")
        if self.rule == "k-of-n" and not 1 <= self.k <= self.n:
            raise RangeError("k-of-n needs 1 <= k <= n")

    def __str__(self) -> str:
        return f"{self.source} > {self.target}"


def parse_rule(text: str) -> tuple[Rule, int, int]:
    """Rule, k and n of a rule in text.

    Raises
    ------
    RangeError
        If the text is no rule.
    """
    match = _K_OF_N.match(text)
    if match:
        return "k-of-n", int(match[1]), int(match[2])
    rules: tuple[Rule, ...] = ("all", "any", "sum", "curve")
    for rule in rules:
        if text == rule:
            return rule, 1, 1
    raise RangeError(f"'{text}' is no rule: use all, any, 2-of-3 (k-of-n), sum or curve")


def parse_curve(text: str) -> tuple[tuple[float, float], ...]:
    """Points of a curve written ``x:y x:y``.

    Raises
    ------
    RangeError
        If the text is no such list.
    """
    try:
        points = tuple((float(x), float(y)) for x, y in (p.split(":") for p in text.split()))
    except ValueError:
        raise RangeError(f"'{text}' is no curve: write points as 'x:y x:y'") from None
    return points


def combine(rule: Rule, values: FloatArray, k: int = 1, cap: float | None = None) -> FloatArray:
    """Combine the sources of targets that have equally many.

    Parameters
    ----------
    rule
        The rule; ``curve`` expects values that its curve has mapped.
    values
        Source values, shape (step, target, source).
    k
        For ``k-of-n``.
    cap
        For ``sum``: what the total cannot pass, None for no cap.

    Returns
    -------
    FloatArray
        Shape (step, target).
    """
    if rule in ("all", "curve"):
        return np.asarray(values.min(axis=2))
    if rule == "any":
        return np.asarray(values.max(axis=2))
    if rule == "sum":
        total = values.sum(axis=2)
        return np.asarray(total if cap is None else np.minimum(total, cap))
    return np.asarray(np.sort(values, axis=2)[:, :, values.shape[2] - k])


def delayed(values: FloatArray, steps: float, before: float) -> FloatArray:
    """Series that arrives `steps` steps later, exact for step means; shape (step, link)."""
    whole = int(steps // 1)
    part = steps - whole
    n = len(values)
    padded = np.concatenate([np.full((whole + 1, values.shape[1]), before), values])
    return np.asarray((1 - part) * padded[1 : n + 1] + part * padded[:n])


def buffered(
    values: FloatArray, neutral: FloatArray, hours: FloatArray, step_h: float
) -> FloatArray:
    """Series behind a store that covers some hours of full need.

    The store is full at first, drains by what is missing, and while nothing is missing it
    fills by an hour's worth every hour.

    Parameters
    ----------
    values
        Series before the store, shape (step, link).
    neutral
        Value at which nothing is missing, not 0, shape (link,).
    hours
        Hours of full need that the store covers, shape (link,).
    step_h
        Length of a step, h.
    """
    level = hours.copy()
    out = np.empty_like(values)
    for step, value in enumerate(values):
        missing = np.clip(1 - value / neutral, 0, 1) * step_h
        drawn = np.minimum(missing, level)
        filled = np.where(missing == 0, np.minimum(step_h, hours - level), 0.0)
        level += filled - drawn
        out[step] = value + neutral * drawn / step_h
    return out
