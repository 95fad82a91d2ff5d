"""BattLeDIM's economic score of what was told, against what was true.

What is taken from the published rules and the scoring code that goes with them:

- what is told is judged in the order of time, each by its pipe and time alone;
- it is right if a leak runs at that time whose pipe is within 300 m along pipes, from middle to
  middle (`places.pipe_distances`); of several such leaks the nearest not yet found counts;
- it then saves the water that the leak still loses until the end of the data or its repair, at
  0.80 €/m³, less the crew's search: 500 € times distance over 300 m;
- it is worth nothing if all such leaks were found before, and costs 500 € if there is none.

What is told after the last reading, when the last look ends, counts as told at that reading.

The perfect score has every leak told at its first step with its own pipe. Where the code leaves
the choice to chance (several leaks equally near), the first in the file counts.

References
----------
Vrachimis et al. (2022), Battle of the Leakage Detection and Isolation Methods, J. Water Resour.
Plann. Manage. 148(12), 04022068, and the organisers' scoring code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kopa.model import FloatArray

WATER_EUR_M3 = 0.80
CREW_EUR = 500.0
RADIUS_M = 300.0


@dataclass(frozen=True)
class TrueLeaks:
    """Leaks as they were.

    Parameters
    ----------
    times
        Beginning of each step, shape (step,).
    pipes
        The leaking pipe of each column.
    flow
        m³/h, shape (step, leak).
    """

    times: Sequence[datetime]
    pipes: Sequence[str]
    flow: FloatArray


@dataclass(frozen=True)
class Claim:
    """A leak that was told: pipe and time."""

    pipe: str
    at: datetime


@dataclass(frozen=True)
class Judged:
    """What a claim was worth.

    Parameters
    ----------
    claim
        The claim.
    pipe
        Pipe of the leak that it found; empty for none.
    distance
        Between the two, m; NaN for none.
    score
        €.
    verdict
        ``found``, ``repeated`` or ``false``.
    """

    claim: Claim
    pipe: str
    distance: float
    score: float
    verdict: str


@dataclass(frozen=True)
class Score:
    """The score of all claims.

    Parameters
    ----------
    judged
        Every claim, in the order of time.
    total, perfect
        €.
    missed
        Pipes of leaks that nobody told.
    """

    judged: tuple[Judged, ...]
    total: float
    perfect: float
    missed: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of the perfect score; NaN without leaks."""
        return self.total / self.perfect if self.perfect > 0 else float("nan")

    @property
    def false(self) -> int:
        """Number of false claims."""
        return sum(row.verdict == "false" for row in self.judged)


def score(
    truth: TrueLeaks, claims: Sequence[Claim], pipes: Sequence[str], distance: FloatArray
) -> Score:
    """Judge claims.

    Parameters
    ----------
    truth
        What was.
    claims
        What was told.
    pipes, distance
        Ids of pipes and the distances between them, m, shape (pipe, pipe).
    """
    row = {name: k for k, name in enumerate(pipes)}
    times = np.array(truth.times, dtype="datetime64[s]")
    hours = np.diff(times).astype(float).mean() / 3600 if len(times) > 1 else 1.0
    running = [np.flatnonzero(truth.flow[:, k] > 0) for k in range(len(truth.pipes))]
    found: set[int] = set()
    judged = []
    for claim in sorted(claims, key=lambda one: one.at):
        step = min(int(np.searchsorted(times, np.datetime64(claim.at, "s"))), len(times) - 1)
        near = []
        for k, pipe in enumerate(truth.pipes):
            far = float(distance[row[claim.pipe], row[pipe]])
            runs = len(running[k]) > 0 and running[k][0] <= step <= running[k][-1]
            if runs and far <= RADIUS_M:
                near.append((far, k))
        fresh = [one for one in near if one[1] not in found]
        if fresh:
            far, k = min(fresh)
            found.add(k)
            saved = float(truth.flow[step:, k].sum()) * hours * WATER_EUR_M3
            worth = saved - far / RADIUS_M * CREW_EUR
            judged.append(Judged(claim, truth.pipes[k], far, worth, "found"))
        elif near:
            judged.append(Judged(claim, "", float("nan"), 0.0, "repeated"))
        else:
            judged.append(Judged(claim, "", float("nan"), -CREW_EUR, "false"))
    perfect = float(truth.flow.sum()) * hours * WATER_EUR_M3
    missed = tuple(pipe for k, pipe in enumerate(truth.pipes) if k not in found)
    return Score(tuple(judged), sum(one.score for one in judged), perfect, missed)
