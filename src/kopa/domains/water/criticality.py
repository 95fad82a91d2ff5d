"""Which links matter most when they are out for a day, and which of them a snapshot misses.

A steady solution at the hour of the break takes tanks for sources that never end. The run of the
whole window empties them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kopa.model import FloatArray, Window

from .network import Network
from .screen import SNAPSHOT, Case, Pool, Screening, screen

HARM = 1e-3
"""A link matters where it leaves this share of the demand unserved: solutions are no finer."""


@dataclass(frozen=True)
class Criticality:
    """What every shut link does over a window, beside what a snapshot at its beginning says.

    Parameters
    ----------
    window, snapshot
        N-1 of the same links.
    """

    window: Screening
    snapshot: Screening

    def by_snapshot(self, row: int) -> float:
        """What the snapshot, held for the whole window, says to be unserved, m³."""
        return (1.0 - self.snapshot.share(self.snapshot.cases[row])) * self.window.wanted

    def is_missed(self, row: int) -> bool | None:
        """True if the window shows harm and the snapshot none; None where one is unknown."""
        cases = self.window.cases[row], self.snapshot.cases[row]
        if any(case.status == "unknown" for case in cases):
            return None
        now, later = _harms(self.snapshot, cases[1]), _harms(self.window, cases[0])
        return later and not now


def criticality(
    network: Network,
    window: Window,
    links: Sequence[int],
    pool: Pool,
    people: FloatArray | None = None,
) -> Criticality:
    """Shut each link for a window, and for a moment.

    Parameters
    ----------
    network, window, links, pool, people
        As for `screen`; links are shut from the window's beginning on.

    Raises
    ------
    EngineError
        If a baseline has no answer.
    """
    moment = Window(window.start, SNAPSHOT, 1)
    return Criticality(
        screen(network, window, links, pool, people), screen(network, moment, links, pool)
    )


def ranking(found: Screening) -> list[int]:
    """Rows of the known cases, the worst first: by person-hours if they are known, then by m³."""
    known = [row for row, case in enumerate(found.cases) if case.status == "ok"]
    return sorted(known, key=lambda row: _worst_first(found.cases[row]))


def _worst_first(case: Case) -> tuple[float, float]:
    return (0.0 if math.isnan(case.person_hours) else -case.person_hours, -case.unserved)


def _harms(found: Screening, case: Case) -> bool:
    return case.unserved - found.unserved > HARM * found.wanted
