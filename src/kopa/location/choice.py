"""An answer to where sites should be."""

from __future__ import annotations

from dataclasses import dataclass

from kopa.model import IntArray


@dataclass(frozen=True)
class Choice:
    """Sites that are opened.

    Parameters
    ----------
    sites
        Candidates that are opened, rising, shape (site,).
    objective
        What they reach.
    bound
        No choice is better than this.
    optimal
        True where it is proven that none is better.
    """

    sites: IntArray
    objective: float
    bound: float
    optimal: bool

    @property
    def gap(self) -> float:
        """How far the best may be from this one, relative."""
        if self.optimal or self.objective == self.bound:
            return 0.0
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-12)
