"""What may be written to a device, and how values are compared and encoded on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass

PRIORITY = 8
"""Manual operator, where a BACnet device is written (ANSI/ASHRAE 135, 19.2.2)."""
ROLE = "operator"
_CLOSE, _LEAST = 1e-6, 1e-9
"""Floats of 32 bits come back with a relative error of 6e-8."""
_NOISE = 1e-12
"""What is left of a whole number after factor and offset."""


@dataclass(frozen=True, slots=True)
class Writable:
    """What may be written to one path; a table ``[[source.write]]`` of ``sources.toml``.

    Values are those that Kopa keeps: with the factor, offset and unit of `devices.csv`.

    Parameters
    ----------
    path
        The path, as `devices.csv` has it.
    low, high
        Hard limits: nothing outside of them is ever sent.
    returns_after_s
        So long a value stands, s, > 0.
    returns_to
        What is written then; None releases it (BACnet).
    step
        One write may change the value by so much at most; None for anything within the limits.
    priority
        Place in the priority array, 1 to 16 (BACnet).
    role
        Who may write it.
    """

    path: str
    low: float
    high: float
    returns_after_s: int
    returns_to: float | None
    step: float | None = None
    priority: int = PRIORITY
    role: str = ROLE


def same(one: float, other: float) -> bool:
    """Whether two values are the same but for the rounding of their types."""
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_LEAST)


def whole(value: float) -> int:
    """A value as the whole number that it is.

    Raises
    ------
    ValueError
        If it is none.
    """
    number = round(value) if math.isfinite(value) else 0
    if not math.isclose(number, value, rel_tol=_NOISE, abs_tol=_LEAST):
        raise ValueError(f"it takes whole numbers only, and this would be {value:g} there")
    return number


def truth(value: float) -> bool:
    """A value as on or off.

    Raises
    ------
    ValueError
        If it is neither 1 nor 0.
    """
    if value not in (0, 1):
        raise ValueError(f"it is on or off: 1 or 0 there, and this would be {value:g}")
    return bool(value)


def differs(said: object, value: float) -> str:
    """Why a value that was read is not the one that was written; empty if it is."""
    if not isinstance(said, bool | int | float):
        return "it says nothing" if said is None else f"it says '{said}'"
    there = same(said, value) if isinstance(said, float) else said == round(value)
    return "" if there else f"it says {said:.9g}, not {value:.9g}"
