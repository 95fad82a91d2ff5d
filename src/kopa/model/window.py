"""A stretch of time, cut into equal steps."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

import numpy as np

from kopa.errors import RangeError, UsageError
from kopa.model.arrays import FloatArray

DAY = 86_400
_CLOCK = re.compile(r"^(\d{1,3}):([0-5]\d)$")


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a run covers.

    Times are whole seconds since midnight of the first day, in the city's own time zone.

    Parameters
    ----------
    start
        First second, >= 0.
    step
        Length of a step, s, > 0.
    steps
        Number of steps, > 0.
    date
        The first day, where the day of the week matters (opening hours).

    Raises
    ------
    RangeError
        If a part is outside its range.
    """

    start: int = 0
    step: int = 3600
    steps: int = 24
    date: datetime.date | None = None

    def __post_init__(self) -> None:
        if self.start < 0 or self.step <= 0 or self.steps <= 0:
            raise RangeError(
                f"a window needs start >= 0, step > 0 and steps > 0, "
                f"not {self.start}, {self.step}, {self.steps}"
            )

    @property
    def end(self) -> int:
        """First second after the window."""
        return self.start + self.step * self.steps

    @property
    def hours_per_step(self) -> float:
        """Length of a step, h."""
        return self.step / 3600

    @property
    def starts(self) -> FloatArray:
        """First second of each step, shape (step,)."""
        return self.start + self.step * np.arange(self.steps, dtype=np.float64)

    def cover(self, start: int | None, end: int | None) -> FloatArray:
        """Share of each step that lies in ``[start, end)``; None is open, shape (step,)."""
        first = self.starts
        low = first if start is None else np.maximum(first, start)
        high = first + self.step if end is None else np.minimum(first + self.step, end)
        return np.clip((high - low) / self.step, 0.0, 1.0)

    def clock(self, step: int) -> str:
        """Time at which a step begins, as ``HH:MM``; hours go on past 24."""
        return clock(self.start + step * self.step)


def clock(seconds: int) -> str:
    """Seconds since midnight as ``HH:MM``; hours go on past 24."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def seconds(text: str) -> int:
    """``HH:MM`` since midnight of the first day, in seconds; hours may pass 24.

    Raises
    ------
    UsageError
        If the text is no such time.
    """
    match = _CLOCK.match(text.strip())
    if match is None:
        raise UsageError(f"'{text}' is no time: write HH:MM, such as 08:30 or 26:00")
    return int(match[1]) * 3600 + int(match[2]) * 60


_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*(s|min|h|)$")


def window_of(at: str = "00:00", hours: float = 24.0, step: str = "1h") -> Window:
    """A window from what people write.

    Parameters
    ----------
    at
        Its beginning: ``HH:MM``, or ``YYYY-MM-DDTHH:MM`` where the day matters.
    hours
        Its length, h; 0 is a snapshot of one step. Rounded up to whole steps.
    step
        Length of a step: ``15min``, ``1h``, ``900s``; a bare number is seconds.

    Raises
    ------
    UsageError
        If a part cannot be read.
    """
    length = duration(step)
    if not 0 <= hours <= 24 * 366:
        raise UsageError(f"{hours:g} hours cannot be covered: write 0 to {24 * 366}")
    day, _, time = at.rpartition("T")
    try:
        date = datetime.date.fromisoformat(day) if day else None
    except ValueError:
        raise UsageError(f"'{day}' is no date: write YYYY-MM-DDTHH:MM") from None
    steps = max(1, -(-round(hours * 3600) // length))
    return Window(seconds(time), length, steps, date)


def duration(text: str) -> int:
    """``15min``, ``1h`` or ``900s`` in seconds; a bare number is seconds.

    Raises
    ------
    UsageError
        If the text is no such length, or less than a second.
    """
    match = _DURATION.match(text.strip())
    length = float(match[1]) * {"s": 1, "": 1, "min": 60, "h": 3600}[match[2]] if match else 0
    if length < 1:
        raise UsageError(f"'{text}' is no step: write 15min, 1h or 900s")
    return round(length)
