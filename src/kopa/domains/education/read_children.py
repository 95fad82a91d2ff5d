"""Reads counts of children, places and births by catchment (CSV); tells all that is wrong."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding, InputError, stopping
from kopa.model import FloatArray

from .network import PACKAGE


@dataclass(frozen=True)
class Seats:
    """Places of one age group in one catchment.

    Parameters
    ----------
    catchment, group
        Whose.
    age_from, age_to
        Ages of its youngest and oldest, years.
    places, share
        Places that there are, and the share of children who want one.
    """

    catchment: str
    group: str
    age_from: float
    age_to: float
    places: float
    share: float


@dataclass(frozen=True)
class Counts:
    """Children by catchment, year and age.

    Parameters
    ----------
    catchments
        Names.
    first
        First year.
    children
        NaN where nobody counted, shape (catchment, year, age).
    births
        Children of age 0 in years after the last count, by catchment and year.
    """

    catchments: tuple[str, ...]
    first: int
    children: FloatArray
    births: dict[tuple[str, int], float]

    @property
    def last(self) -> int:
        """Last year that was counted."""
        return self.first + int(self.children.shape[1]) - 1


def read_children(
    children: Path, places: Path, births: Path | None
) -> tuple[Counts, tuple[Seats, ...], tuple[Finding, ...]]:
    """Read all of it.

    Parameters
    ----------
    children, places, births
        CSV files; births may be None.

    Raises
    ------
    InputError
        With the findings of all files.
    """
    counts = Rows(children, PACKAGE, "child", "education")
    seats = Rows(places, PACKAGE, "place", "education")
    born = Rows(births, PACKAGE, "birth", "education") if births is not None else None
    findings: list[Finding] = []
    read = []
    for rows in (counts, seats, born):
        try:
            read.append(rows.lines() if rows is not None else [])
        except InputError:
            read.append([])
    known = {row["catchment"] for row in read[0]}
    for rows, keys, lines in (
        (counts, ("catchment", "year", "age"), read[0]),
        (seats, ("catchment", "group"), read[1]),
        (born, ("catchment", "year"), read[2]),
    ):
        if rows is None:
            continue
        seen: dict[tuple[object, ...], str] = {}
        for row in lines:
            key = tuple(row[name] for name in keys)
            if key in seen:
                what = f"{', '.join(map(str, key))} stands in {seen[key]} already."
                rows.tell("duplicate", row["place"], what, "Write one line for each.")
            seen.setdefault(key, row["place"])
            for name in {"year", "age"} & {*row}:
                if np.isfinite(row[name]) and row[name] != int(row[name]):
                    what = f"{name} is {row[name]:g}."
                    rows.tell("whole", row["place"], what, "Write a whole number.")
            if rows is not counts and known and row["catchment"] not in known:
                what = f"no children are counted in {row['catchment'][:64]!r}."
                rows.tell("catchment", row["place"], what, "Write a catchment of the children.")
            if "age_from" in row and row["age_from"] > row["age_to"]:
                what = f"ages are {row['age_from']:g} to {row['age_to']:g}."
                rows.tell("ages", row["place"], what, "Write the youngest first.")
        if not lines and not rows.findings and rows is not born:
            rows.tell("empty", "", "it has no line.", "Add some.")
    years = {row["year"] for row in read[0]}
    if read[0] and not counts.findings and len(years) < 2:
        what = "children are counted in one year alone: nothing tells how cohorts change."
        counts.tell("years", "", what, "Add the count of the year before.")
    for rows in (counts, seats, born):
        if rows is not None:
            with suppress(InputError):  # its findings follow
                rows.finish()
            findings += rows.findings
    if stopping(findings):
        raise InputError(findings)
    found = _counts(read[0], {(r["catchment"], int(r["year"])): r["children"] for r in read[2]})
    missing = int(np.isnan(found.children).sum())
    if missing:
        what = f"{missing} of {found.children.size} catchments × years × ages are not counted."
        do = "Write 0 where nobody lives: what is missing is taken to be unknown."
        findings.append(Finding("education.gaps", what, do, "warning", str(children)))
    names = ("catchment", "group", "age_from", "age_to", "places", "share")
    return found, tuple(Seats(*(row[name] for name in names)) for row in read[1]), tuple(findings)


def _counts(lines: list[dict[str, object]], births: dict[tuple[str, int], float]) -> Counts:
    catchments = tuple(dict.fromkeys(str(row["catchment"]) for row in lines))
    years = np.array([row["year"] for row in lines], dtype=np.int64)
    ages = np.array([row["age"] for row in lines], dtype=np.int64)
    first = int(years.min())
    shape = (len(catchments), int(years.max()) - first + 1, int(ages.max()) + 1)
    children = np.full(shape, np.nan)
    at = {name: row for row, name in enumerate(catchments)}
    where = np.array([at[str(row["catchment"])] for row in lines], dtype=np.int64)
    children[where, years - first, ages] = [row["children"] for row in lines]
    return Counts(catchments, first, children, births)
