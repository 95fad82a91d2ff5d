"""What is told of leaks, and when."""

from __future__ import annotations

from dataclasses import dataclass

from kopa.model import FloatArray


@dataclass(frozen=True)
class Rules:
    """When something is told.

    Parameters
    ----------
    ratio
        Twice the log-likelihood ratio from which there is a leak.
    mass
        Probability near a place, below which it is not told.
    patience
        Days that one waits to be surer.
    change
        The ratio from which a known leak has changed.
    another
        The ratio of one more leak against a known one that is moved.
    """

    ratio: float = 22.0
    mass: float = 0.65
    patience: float = 4.0
    change: float = 20.0
    another: float = 12.0


@dataclass(frozen=True)
class Report:
    """What was told at an hour.

    Parameters
    ----------
    hour
        When.
    leak
        Number of the leak.
    kind
        ``found``, ``moved`` or ``repaired``.
    column
        The candidate told.
    """

    hour: int
    leak: int
    kind: str
    column: int


@dataclass(frozen=True)
class Place:
    """Where a leak is.

    Parameters
    ----------
    weight
        Probability of each candidate; adds up to two for two leaks, shape (candidate,).
    column
        Candidate to tell: most of it is near.
    likeliest
        Likeliest candidate near that.
    mass
        Probability near it.
    """

    weight: FloatArray
    column: int
    likeliest: int
    mass: float
