"""Reads a siting case: JSON or TOML, with the points in it or in files beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import InputError
from kopa.geo.driving import Driving
from kopa.geo.project import Projection, utm
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets
from kopa.model import FloatArray

from .ground import Ground
from .network import PACKAGE
from .problem import KINDS, Kind, Problem
from .read_nodes import read_nodes

KEYS = (
    "problem", "count", "within", "budget", "unit", "matrix", "detour", "degrees", "demand",
    "candidates", "streets", "network", "nodes", "arcs", "mode",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A problem, and the streets that its ways are found on.

    Parameters
    ----------
    problem
        What is asked; with `ground` its ways are those of free streets, or not found yet.
    ground
        Streets, or None where the ways are given or straight.
    """

    problem: Problem
    ground: Ground | None = None


def read_case(file: Path) -> Case:
    """Read a case.

    Parameters
    ----------
    file
        ``.json`` or ``.toml``; its files are named from its folder.

    Raises
    ------
    InputError
        With all findings.
    """
    return _Reader(file).case()


class _Reader:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows = Rows(file, PACKAGE, "point", "safety")
        self._case = self._document()

    def _document(self) -> Mapping[str, Any]:
        if self._file.suffix.lower() != ".toml":
            found = self._rows.document()
        else:
            try:
                found = tomllib.loads(self._rows.text())
            except tomllib.TOMLDecodeError as error:
                self._wrong("", f"it is no TOML: {error}.", "Correct it.")
                raise InputError(self._rows.findings) from None
        if not isinstance(found, dict):
            self._wrong("", "it is no table.", "Write problem, count, demand, candidates.")
            raise InputError(self._rows.findings)
        for key in sorted(set(found) - set(KEYS)):
            self._wrong(key, "it is no key of a case.", f"Use: {', '.join(KEYS)}.")
        return found

    def _wrong(self, place: str, what: str, do: str) -> None:
        self._rows.tell("case", place, what, do)

    def case(self) -> Case:
        """All of it.

        Raises
        ------
        InputError
            With all findings.
        """
        kind = self._case.get("problem", "cover")
        if kind not in KINDS:
            self._wrong("problem", f"'{kind}' is no problem.", f"Write one of {', '.join(KINDS)}.")
        count = self._number("count", 1, 1e6)
        within = self._number("within", 0, 1e12)
        budget = self._number("budget", 0, 1e15)
        detour, mode = self._number("detour", 1, 10, 1.0), self._number("mode", 1, 99, 1.0)
        for key, number in (("count", count), ("mode", mode)):
            if number % 1 > 0:
                self._wrong(key, f"it is {number:g}.", "Write a whole number.")
        if not isinstance(self._case.get("degrees", False), bool):
            self._wrong("degrees", "it is neither true nor false.", "Write true or false.")
        demand, sites = (self._points(name) for name in ("demand", "candidates"))
        bare = [str(row["id"]) for row in demand if np.isnan(row["weight"])]
        if bare:
            what = f"{len(bare)} points have no 'weight', such as '{bare[0]}'."
            self._wrong("demand", what, "Give each, 0 where nobody is.")
        self._stop()
        streets = self._streets(int(mode))
        ground, way = None, np.empty((0, 0))
        if streets is None:
            way = self._matrix(demand, sites, detour)
        else:
            projection = Projection(streets.crs)
            for name, rows in (("demand", demand), ("candidates", sites)):
                self._placed(name, rows, True)
            self._stop()
            here, there = (
                np.column_stack(projection.metres(*_xy(rows).T)) for rows in (sites, demand)
            )
            ground = Ground(Driving(streets), here, there, np.zeros(len(sites)))
        self._stop()
        unit = "s" if streets is not None else str(self._case.get("unit", "m"))
        problem = Problem(
            cast("Kind", kind),
            way,
            np.array([row["weight"] for row in demand]),
            tuple(str(row["id"]) for row in sites),
            np.array([row["existing"] for row in sites], dtype=bool),
            np.array([row["cost"] for row in sites]),
            unit,
            0 if np.isnan(count) else int(count),
            within,
            np.inf if np.isnan(budget) else budget,
            _xy(sites),
        )
        return Case(problem, ground)

    def _stop(self) -> None:
        if self._rows.findings:
            raise InputError(self._rows.findings)

    def _number(self, key: str, low: float, high: float, otherwise: float = np.nan) -> float:
        given = self._case.get(key, otherwise)
        fine = isinstance(given, int | float) and not isinstance(given, bool)
        if key in self._case and not (fine and low <= given <= high):
            what = f"it is {str(given)[:40]!r}."
            self._wrong(key, what, f"Write a number from {low:g} to {high:g}.")
            return otherwise
        return float(given)

    def _points(self, key: str) -> list[dict[str, Any]]:
        """Rows of demand or candidates, from the case or from a file."""
        given = self._case.get(key)
        if isinstance(given, str):
            table = Rows(self._file.parent / given, PACKAGE, "point", "safety")
            try:
                if given.lower().endswith(".csv"):
                    found = table.lines()
                else:
                    found = table.features()
                    for row in found:
                        row["x"], row["y"] = row["point"]
                table.finish()
            except InputError as error:
                self._rows.findings += error.findings
                return []
        elif isinstance(given, list) and all(isinstance(one, dict) for one in given):
            table = Rows(self._file, PACKAGE, "point", "safety")
            found = [table.row(one, f"{key} {at}") for at, one in enumerate(given, 1)]
            self._rows.findings += table.findings
        else:
            self._wrong(key, "it is no list of points.", "Write a list, or the name of a file.")
            return []
        if not found:
            self._wrong(key, "there is no point.", "Write one at least.")
        return found

    def _placed(self, name: str, rows: list[dict[str, Any]], degrees: bool) -> None:
        """Tell points without a place, and those whose place is none."""
        points = _xy(rows)
        lost = np.flatnonzero(~np.isfinite(points).all(axis=1))
        if degrees and not len(lost):
            lost = np.flatnonzero((np.abs(points) > (180, 90)).any(axis=1))
        if len(lost):
            what = f"{len(lost)} points have no place, '{rows[lost[0]]['id']}' among them."
            self._wrong(name, what, "Give x and y" + (", degrees." if degrees else "."))

    def _streets(self, mode: int) -> Streets | None:
        case, folder = self._case, self._file.parent
        named = [key for key in ("streets", "network", "nodes", "matrix") if key in case]
        for key in ("streets", "network", "nodes", "arcs"):
            if key in case and not isinstance(case[key], str):
                self._wrong(key, "it is no name of a file.", "Write the name in quotes.")
        if len(named) > 1:
            self._wrong(" and ".join(named), "they exclude one another.", "Keep one of them.")
        if ("nodes" in case) != ("arcs" in case):
            self._wrong("arcs", "nodes and arcs belong together.", "Name both.")
        self._stop()
        if "streets" in case:
            return read_streets(folder / case["streets"])[0]
        if "network" in case:
            return read_nodes(folder / case["network"], None, mode)
        if "nodes" in case:
            return read_nodes(folder / case["nodes"], folder / case["arcs"], mode)
        return None

    def _matrix(
        self, demand: list[dict[str, Any]], sites: list[dict[str, Any]], detour: float
    ) -> FloatArray:
        """Ways as given, or straight ones times a factor, shape (demand, candidate)."""
        shape = (len(demand), len(sites))
        if "matrix" in self._case:
            try:
                # null: there is no way
                given = [[np.inf if v is None else v for v in row] for row in self._case["matrix"]]
                way = np.array(given, dtype=np.float64)
            except (TypeError, ValueError):
                way = np.empty(0)
            if way.shape != shape or not (way >= 0).all():
                what = f"it is no table of {shape[0]} rows of {shape[1]} numbers from 0 up."
                self._wrong("matrix", what, "Write a row a demand point; null for no way.")
            return way
        from scipy.spatial.distance import cdist

        degrees = bool(self._case.get("degrees", False))
        for name, rows in (("demand", demand), ("candidates", sites)):
            self._placed(name, rows, degrees)
        self._stop()
        ends = [_xy(demand), _xy(sites)]
        if degrees:
            projection = Projection(utm(*np.median(ends[0], axis=0).tolist()))
            ends = [np.column_stack(projection.metres(*one.T)) for one in ends]
        return np.asarray(cdist(*ends) * detour)


def _xy(rows: list[dict[str, Any]]) -> FloatArray:
    return np.array([(row["x"], row["y"]) for row in rows], dtype=np.float64).reshape(-1, 2)
