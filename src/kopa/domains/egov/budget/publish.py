"""What may be published of an election: projects and counts, never a ballot."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .election import Election

BANDS = ((0, 17), (18, 29), (30, 44), (45, 59), (60, 74), (75, 150))
"""Ages of voters in counts, years."""
LEAST = 10
"""Fewer voters of an age band and sex are not told: they might be known."""


def voters_by(election: Election, least: int = LEAST) -> list[dict[str, Any]]:
    """Ballots by age band and sex; None for counts that are hidden.

    Cells below the limit are hidden, and then the smallest others until those hidden are two at
    least and together no fewer than the limit: none follows from the total of all ballots.

    Parameters
    ----------
    election
        Whose ballots.
    least
        The smallest count that is told, voters, >= 1.
    """
    pairs = zip(election.ages, election.sexes, strict=True)
    counts = Counter((_band(age), sex.strip().upper()[:1]) for age, sex in pairs)
    if set(counts) <= {("", "")}:
        return []
    ordered = sorted(counts, key=lambda one: (counts[one], one))
    hidden = {one for one in ordered if counts[one] < least}
    for one in ordered:
        if not hidden or (len(hidden) > 1 and sum(counts[it] for it in hidden) >= least):
            break
        hidden.add(one)
    return [
        {"age": band, "sex": sex, "voters": None if (band, sex) in hidden else counts[band, sex]}
        for band, sex in sorted(counts)
    ]


def _band(age: str) -> str:
    try:
        years = float(age.partition("-")[0])
    except ValueError:
        return ""
    return next((f"{low}-{high}" for low, high in BANDS if low <= years < high + 1), "")


def write_projects(path: Path, election: Election, winners: Sequence[int]) -> None:
    """Write one line a project, as CSV: no ballot and no voter.

    Parameters
    ----------
    path
        The file.
    election
        The election.
    winners
        Rows of what is built.
    """
    won = set(winners)
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("project_id", "name", "cost", "votes", "score", "selected"))
        for row, name in enumerate(election.ids):
            cost = f"{election.money(election.costs[row]):.6f}".rstrip("0").rstrip(".")
            score = f"{float(election.scores[row]):.6f}".rstrip("0").rstrip(".")
            text = (_plain(name), _plain(election.names[row]))
            rows.writerow((*text, cost, election.votes[row], score, int(row in won)))


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t") else text
