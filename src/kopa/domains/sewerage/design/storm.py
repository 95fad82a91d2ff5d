"""The design storm: Reinhold's rain by duration and return period, as an Euler storm type II."""

from __future__ import annotations

import math

import numpy as np

from kopa.domain.rules import Rules
from kopa.model import FloatArray

BLOCK_MIN = 5
"""Length of one block of the storm, minutes."""


def intensity(rules: Rules, minutes: float) -> float:
    """Mean rain of a duration, reached once in the return period.

    Parameters
    ----------
    rules
        The rules of the design.
    minutes
        Duration, min.

    Returns
    -------
    float
        Rain, L/(s ha).

    References
    ----------
    Reinhold (1940), Regenspenden in Deutschland, Gesundheits-Ingenieur: r = r15 · 38 / (T + 9)
    · (n^(-1/4) - 0.369), with n the times a year that it is reached.
    """
    often = 1 / rules["return_period"]
    return float(rules["rain_15_1"] * 38 / (minutes + 9) * (often**-0.25 - 0.369))


def storm(rules: Rules) -> FloatArray:
    """Rain of each block of the design storm, mm/h, shape (block,).

    The greatest block stands where `storm_peak` of the storm is over; before it the next ones
    rise, and after them the rest falls (Euler type II, DWA-A 118).
    """
    blocks = round(rules["storm_minutes"] / BLOCK_MIN)
    ends = BLOCK_MIN * np.arange(1, blocks + 1)
    depth = np.array([intensity(rules, float(end)) * end for end in ends])
    falling = np.diff(depth, prepend=0.0) / BLOCK_MIN  # L/(s ha), greatest first
    before = math.ceil(rules["storm_peak"] * blocks)
    placed = np.concatenate([falling[:before][::-1], falling[before:]])
    return np.asarray(placed * 0.36)  # 1 L/(s ha) is 0.36 mm/h
