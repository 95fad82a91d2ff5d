"""What a solve of the coupled domains gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kopa.domain import Change, Finding, Result, Status
from kopa.model import FloatArray, PortSeries, Window


@dataclass(frozen=True)
class Solution:
    """All domains over a window, and how they were reached.

    Parameters
    ----------
    window, changes
        What was solved.
    results
        Result by domain.
    inputs
        Series at the in-ports by domain.
    brought
        What each link brings, by domain that it feeds: shape (step, row of the inlet). With
        the events and origins of the results these are the stored causes.
    runs
        How often each domain's engine ran for this solution; 0 where an earlier result was
        used.
    sweeps
        Sweeps that the cycles needed in all.
    converged
        False where a cycle reached the cap: the answer is then `unknown`.
    """

    window: Window
    changes: tuple[Change, ...]
    results: Mapping[str, Result]
    inputs: Mapping[str, PortSeries]
    brought: Mapping[str, FloatArray]
    runs: Mapping[str, int] = field(default_factory=dict)
    sweeps: int = 0
    converged: bool = True

    @property
    def status(self) -> Status:
        """The worst status of the parts."""
        found = {result.status for result in self.results.values()}
        if not self.converged or "unknown" in found:
            return "unknown"
        return "partial" if "partial" in found else "ok"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of all domains, and of the kernel."""
        found = tuple(f for result in self.results.values() for f in result.findings)
        if self.converged:
            return found
        return (
            *found,
            Finding(
                "kernel.not-converged",
                f"the domains do not settle on one another in {self.sweeps} sweeps.",
                "Look at the links that form the cycle; a delay or a buffer may be missing.",
                "warning",
                values={"sweeps": self.sweeps},
            ),
        )
