"""How much may wait to be written, and how much is written at once."""

from __future__ import annotations

from dataclasses import dataclass

GROUP_ROWS = 50_000
"""A commit takes no more rows than this, unless one batch has more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait: batches, and rows of all of them. One batch is always taken."""

    batches: int = 1024
    rows: int = 400_000
