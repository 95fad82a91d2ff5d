"""Reads instances and solutions of OPLib, and tells all that is wrong with them.

References
----------
Kobeaga, Merino, Lozano (2018), An efficient evolutionary algorithm for the orienteering problem,
Computers & Operations Research 90. Reinelt (1995), TSPLIB 95: distances, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray, IntArray

from .orienteering import Orienteering

EARTH, PI = 6378.388, 3.141592
"""TSPLIB's own, km and 1: other digits give other distances."""
MOST = 20_000
"""Places at most: the matrix of more does not fit."""


def read_oplib(file: Path) -> Orienteering:
    """Read an instance.

    Parameters
    ----------
    file
        ``.oplib``.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    findings: list[Finding] = []

    def tell(code: str, place: str, what: str, do: str) -> None:
        findings.append(Finding(f"tourism.{code}", what, do, file=str(file), place=place))

    heads, sections = _parts(file)
    kind = heads.get("EDGE_WEIGHT_TYPE", "")
    if kind not in ("EUC_2D", "CEIL_2D", "GEO"):
        what = f"EDGE_WEIGHT_TYPE is {kind!r}."
        tell("oplib-weights", "EDGE_WEIGHT_TYPE", what, "Give EUC_2D, CEIL_2D or GEO.")
    many, limit = (_whole(heads.get(name, "")) for name in ("DIMENSION", "COST_LIMIT"))
    for name, value in (("DIMENSION", many), ("COST_LIMIT", limit)):
        if value is None or value < 1:
            what = f"{name} is {heads.get(name, '')!r}."
            tell("oplib-head", name, what, "Write a whole number above 0.")
    if many is not None and many > MOST:
        tell("oplib-size", "DIMENSION", f"there are {many} places.", f"Give {MOST} at most.")
    places = _table(sections.get("NODE_COORD_SECTION", []), 3, tell)
    scores = _table(sections.get("NODE_SCORE_SECTION", []), 2, tell)
    depots = [line for _, line in sections.get("DEPOT_SECTION", []) if line != "-1"]
    if depots and depots != ["1"]:
        what = f"the tour starts at {' '.join(depots)[:40]}."
        tell("oplib-depot", "DEPOT_SECTION", what, "Number the places so that it starts at 1.")
    if not findings:
        for name, given in (("NODE_COORD_SECTION", places), ("NODE_SCORE_SECTION", scores)):
            if sorted(given) != [*range(1, (many or 0) + 1)]:
                what = f"it has {len(given)} places, or others than 1 to {many}."
                tell("oplib-places", name, what, "Write a line for each place.")
        if any(one[0] < 0 or one[0] != int(one[0]) for one in scores.values()):
            do = "Write whole numbers from 0."
            tell("oplib-score", "NODE_SCORE_SECTION", "a score is no count.", do)
    if findings or many is None or limit is None:
        raise InputError(findings)
    rows = range(1, many + 1)
    at = np.array([places[row] for row in rows])
    score = np.array([scores[row][0] for row in rows]).astype(np.int64)
    return Orienteering(heads.get("NAME", file.stem), distances(at, kind), score, limit)


def published(file: Path) -> int:
    """Score of a published solution.

    Parameters
    ----------
    file
        ``.sol``.

    Raises
    ------
    InputError
        If it has none.
    """
    score = _whole(_parts(file)[0].get("ROUTE_SCORE", ""))
    if score is None or score < 1:
        what, do = "it has no ROUTE_SCORE.", "Give a solution of OPLib."
        raise InputError([Finding("tourism.oplib-solution", what, do, file=str(file))])
    return score


def distances(at: FloatArray, kind: str) -> IntArray:
    """Distances of TSPLIB, shape (place, place).

    Parameters
    ----------
    at
        Coordinates as the file has them, shape (place, 2).
    kind
        EUC_2D, CEIL_2D or GEO.
    """
    if kind == "GEO":
        degrees = np.trunc(at)
        radians = PI * (degrees + 5 * (at - degrees) / 3) / 180
        north, east = radians.T
        first = np.cos(east[:, None] - east)
        second, third = np.cos(north[:, None] - north), np.cos(north[:, None] + north)
        cosine = 0.5 * ((1 + first) * second - (1 - first) * third)
        found = np.floor(EARTH * np.arccos(np.clip(cosine, -1, 1)) + 1)
    else:
        plain = np.hypot(at[:, None, 0] - at[:, 0], at[:, None, 1] - at[:, 1])
        found = np.ceil(plain) if kind == "CEIL_2D" else np.floor(plain + 0.5)
    np.fill_diagonal(found, 0)
    return np.asarray(found, dtype=np.int64)


Lines = list[tuple[int, str]]


def _parts(file: Path) -> tuple[dict[str, str], dict[str, Lines]]:
    """Heads, and numbered lines of each section.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        what, do = f"it cannot be read: {error.strerror}.", "Check the path."
        raise InputError([Finding("tourism.no-file", what, do, file=str(file))]) from None
    except UnicodeDecodeError as error:
        what, do = f"byte {error.start} is not UTF-8.", "Save the file as UTF-8."
        raise InputError([Finding("tourism.encoding", what, do, file=str(file))]) from None
    heads: dict[str, str] = {}
    sections: dict[str, Lines] = {}
    now: Lines | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.rstrip(" :").endswith("_SECTION"):
            now = sections.setdefault(line.rstrip(" :"), [])
        elif ":" in line:
            name, _, value = line.partition(":")
            heads[name.strip()] = value.strip()
        elif line in ("", "EOF"):
            continue
        elif now is not None:
            now.append((number, line))
    return heads, sections


def _whole(text: str) -> int | None:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _table(
    lines: Lines, cells: int, tell: Callable[[str, str, str, str], None]
) -> dict[int, list[float]]:
    """Numbers by the place's number."""
    found: dict[int, list[float]] = {}
    for number, line in lines:
        try:
            values = [float(one) for one in line.split()]
        except ValueError:
            values = []
        if len(values) == cells and all(map(math.isfinite, values)):
            found[int(values[0])] = values[1:]
        else:
            what = f"it is {line[:40]!r}."
            tell("oplib-line", f"line {number}", what, f"Write {cells} numbers.")
    return found
