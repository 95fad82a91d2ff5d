"""Numbers with units from the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kopa.errors import UsageError
from kopa.units import to_si

_QUANTITY = re.compile(r"^(-?\d+(?:\.\d+)?(?:[eE]-?\d+)?)\s*([A-Za-z/%³²0-9]*)$")
TICKS = "▁▂▃▄▅▆▇█"


def quantity(words: Sequence[str] | str, unit: str, option: str) -> float:
    """A value in SI of what people write: ``2 kg/s``, ``500g/s`` or a bare number.

    Parameters
    ----------
    words
        What stands behind the option, as one text or several.
    unit
        Unit of a bare number, and what the value must be a unit of.
    option
        Name of the option, for the message.

    Raises
    ------
    UsageError
        If it is no such quantity.
    """
    text = words if isinstance(words, str) else " ".join(words)
    match = _QUANTITY.match(text.strip())
    if match is None:
        raise UsageError(f"{option}: '{text}' is no quantity: write it as '2 {unit}'")
    value, found = to_si(float(match[1]), match[2] or unit)
    if found != to_si(1.0, unit)[1]:
        raise UsageError(f"{option}: '{text}' is no quantity in {unit}")
    return value


def spark(values: Sequence[float], most: float) -> str:
    """A row of bars, one a value."""
    if most <= 0:
        return TICKS[0] * len(values)
    last = len(TICKS) - 1
    return "".join(TICKS[min(last, int(value / most * last + 0.5))] for value in values)
