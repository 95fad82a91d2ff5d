"""Reads vehicle routing problems in the VRPLIB format.

References
----------
Uchoa et al. (2017), New benchmark instances for the capacitated vehicle routing problem, European
Journal of Operational Research 257(3); for time windows, releases and reloads the sections of
github.com/PyVRP/Instances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kopa.domains.waste.file_text import FileText
from kopa.errors import Finding, InputError
from kopa.model import FloatArray, IntArray

from .problem import NEVER
from .vehicle_routing import VehicleRouting

DIMACS = 10
"""With time windows, numbers are cut to one decimal (DIMACS 2021): ten units to one."""
MOST = 20_000
"""Places of the largest problem."""
_KEYS = {
    "NAME", "COMMENT", "TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT",
    "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE", "CAPACITY", "VEHICLES", "SERVICE_TIME",
}  # fmt: skip
_COLUMNS = {
    "NODE_COORD_SECTION": 2, "DEMAND_SECTION": 1, "TIME_WINDOW_SECTION": 2,
    "RELEASE_TIME_SECTION": 1, "SERVICE_TIME_SECTION": 1, "PRIZE_SECTION": 1,
}  # fmt: skip
"""Sections with a row a place, and how many numbers follow the place."""
_LISTS = {"DEPOT_SECTION", "VEHICLES_RELOAD_DEPOT_SECTION", "EDGE_WEIGHT_SECTION"}
_WEIGHTS = {"FULL_MATRIX", "LOWER_ROW", "LOWER_DIAG_ROW", "UPPER_ROW", "UPPER_DIAG_ROW"}
Row = tuple[int, list[str]]
"""Number of a line, and its words."""


@dataclass
class _Parts:
    """Keys and sections of a file."""

    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    sections: dict[str, list[Row]] = field(default_factory=dict)


def read_vrplib(file: Path) -> tuple[VehicleRouting, tuple[Finding, ...]]:
    """Read a problem.

    Distances between points in the plane are rounded to the nearest whole number (CVRPLIB), or
    cut to one decimal where there are time windows (DIMACS).

    Parameters
    ----------
    file
        ``.vrp``.

    Returns
    -------
    tuple
        The problem, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all that is wrong with the file.
    """
    text = FileText(file, "vrplib")
    parts = _parts(text, text.lines())
    if parts.keys:
        found = _Reader(text, parts).routing()
        if found is not None and not [f for f in text.findings if f.severity == "error"]:
            return found, tuple(text.findings)
    raise InputError(text.findings)


def _parts(text: FileText, lines: Sequence[str]) -> _Parts:
    parts = _Parts()
    rows: list[Row] | None = None
    for number, line in enumerate(lines, 1):
        words = line.replace(":", " : ").split()
        if not words:
            continue
        head = words[0].upper()
        if head == "EOF":
            break
        if head.endswith("_SECTION"):
            if head in parts.sections:
                text.wrong("twice", f"there are two {head}.", "Leave one out.", number)
            elif head not in _COLUMNS and head not in _LISTS:
                what = f"Kopa does not know {head}, and would answer another question."
                text.wrong("section", what, "Leave the section out, or ask for it.", number)
            rows = parts.sections.setdefault(head, [])
        elif len(words) > 1 and words[1] == ":":
            _key(text, parts, head, (line.partition(":")[2].strip(), number))
            rows = None
        elif rows is None:
            what = f"'{line.strip()[:40]}' belongs to no section."
            text.wrong("line", what, "Is this a VRPLIB file? Write KEY : VALUE.", number)
        else:
            rows.append((number, words))
    if lines and not parts.keys:
        text.wrong("keys", "the file has no KEY : VALUE.", "Is this a VRPLIB file?")
    return parts


def _key(text: FileText, parts: _Parts, key: str, value: tuple[str, int]) -> None:
    if key not in _KEYS:
        what = f"Kopa does not know {key}, and would answer another question."
        text.wrong("key", what, "Leave the key out, or ask for it.", value[1])
    elif key in parts.keys:
        text.wrong("twice", f"there are two {key}.", "Leave one out.", value[1])
    parts.keys[key] = value


class _Reader:
    """Numbers out of the keys and sections."""

    def __init__(self, text: FileText, parts: _Parts) -> None:
        self._text, self._keys, self._sections = text, parts.keys, parts.sections
        self._many = self._whole("DIMENSION", 2)
        if self._many > MOST:
            what = f"DIMENSION {self._many} is above {MOST}: a matrix of that size fits no memory."
            text.wrong("size", what, "Split the problem.")
            self._many = -1
        self.timed = "TIME_WINDOW_SECTION" in parts.sections
        self.scale = DIMACS if self.timed else 1

    def routing(self) -> VehicleRouting | None:
        """The problem; None where its size is not known."""
        if self._many < 0:
            return None
        demand = self._column("DEMAND_SECTION", 0, 0.0)
        windows = self._rows("TIME_WINDOW_SECTION")
        distance = self._distance()
        self._depot()
        capacity, trucks = self._whole("CAPACITY", 1), self._trucks()
        self._sense(demand, windows, capacity)
        if self._text.findings:
            return None
        late = np.full(self._many, NEVER) if windows is None else self._units(windows[:, 1])
        prize = self._column("PRIZE_SECTION", 0, 0.0)
        return VehicleRouting(
            name=self._keys.get("NAME", ("", 0))[0] or self._text.file.stem,
            kind=self._keys.get("TYPE", ("", 0))[0] or "CVRP",
            distance=self._units(distance) if self.timed else np.rint(distance).astype(np.int64),
            scale=self.scale,
            demand=demand.astype(np.int64),
            service=self._units(self._service()),
            early=np.zeros_like(late) if windows is None else self._units(windows[:, 0]),
            late=late,
            release=self._units(self._column("RELEASE_TIME_SECTION", 0, 0.0)),
            prize=self._units(prize),
            required=prize == 0,
            trucks=trucks,
            capacity=capacity,
            reloads="VEHICLES_RELOAD_DEPOT_SECTION" in self._sections,
        )

    def _units(self, values: FloatArray) -> IntArray:
        """Cut to whole units."""
        return np.asarray((self.scale * values).astype(np.int64))

    def _whole(self, key: str, least: int) -> int:
        if key not in self._keys:
            self._text.wrong("missing-key", f"{key} is missing.", f"Write {key} : NUMBER.")
            return -1
        word, line = self._keys[key]
        return self._text.whole(word, key, line, least)

    def _trucks(self) -> int:
        """Number of trucks; one a place where the file does not limit them."""
        return self._whole("VEHICLES", 1) if "VEHICLES" in self._keys else self._many - 1

    def _rows(self, section: str) -> FloatArray | None:
        """Numbers of a section by place, shape (place, column); None where it is not there."""
        if section not in self._sections:
            return None
        text, columns = self._text, _COLUMNS[section]
        found = np.full((self._many, columns), np.nan)
        least = -np.inf if section == "NODE_COORD_SECTION" else 0.0
        seen: set[int] = set()
        for line, words in self._sections[section]:
            if len(words) != columns + 1:
                what = f"{section}: {len(words)} words where {columns + 1} belong."
                text.wrong("columns", what, "Write the place and its numbers.", line)
                continue
            place = text.whole(words[0], f"the place in {section}", line, 1)
            if place < 0:
                continue
            if place > self._many or place in seen:
                say = "is there twice" if place in seen else f"is above {self._many}"
                text.wrong("place", f"{section}: place {place} {say}.", "Correct it.", line)
                continue
            seen.add(place)
            for column, word in enumerate(words[1:]):
                what = f"{section} of place {place}"
                found[place - 1, column] = text.number(word, what, line, least)
        missing = [str(place) for place in range(1, self._many + 1) if place not in seen]
        if missing:
            some = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")
            text.wrong("missing-places", f"{section} has no place {some}.", "Write all places.")
        return found

    def _column(self, section: str, column: int, default: float) -> FloatArray:
        rows = self._rows(section)
        if rows is None:
            if section == "DEMAND_SECTION":
                self._text.wrong("missing-section", f"{section} is missing.", "Write it.")
            return np.full(self._many, default)
        return rows[:, column]

    def _service(self) -> FloatArray:
        """Time at each place; one for all stands in a key."""
        if "SERVICE_TIME" not in self._keys:
            return self._column("SERVICE_TIME_SECTION", 0, 0.0)
        word, line = self._keys["SERVICE_TIME"]
        service = np.full(self._many, self._text.number(word, "SERVICE_TIME", line))
        service[0] = 0.0
        return service

    def _distance(self) -> FloatArray:
        kind = self._keys.get("EDGE_WEIGHT_TYPE", ("", 0))
        if kind[0] == "EXPLICIT":
            return self._explicit()
        if kind[0] != "EUC_2D":
            what = f"EDGE_WEIGHT_TYPE is '{kind[0]}'."
            self._text.wrong("weights", what, "Kopa knows EUC_2D and EXPLICIT.", kind[1])
        points = self._rows("NODE_COORD_SECTION")
        if points is None:
            what = "NODE_COORD_SECTION is missing."
            self._text.wrong("missing-section", what, "Write it.")
            return np.zeros((self._many, self._many))
        steps = points[:, None, :] - points[None, :, :]
        return np.asarray(np.sqrt((steps**2).sum(axis=2)))

    def _explicit(self) -> FloatArray:
        """A matrix that the file writes out."""
        text, many = self._text, self._many
        layout, line = self._keys.get("EDGE_WEIGHT_FORMAT", ("", 0))
        matrix = np.zeros((many, many))
        if layout not in _WEIGHTS:
            what = f"EDGE_WEIGHT_FORMAT is '{layout}'."
            text.wrong("weights", what, f"Kopa knows {', '.join(sorted(_WEIGHTS))}.", line)
            return matrix
        rows = self._sections.get("EDGE_WEIGHT_SECTION", [])
        numbers = [text.number(word, "a weight", at) for at, words in rows for word in words]
        side = 0 if "DIAG" in layout else 1
        where = {
            "F": np.nonzero(np.ones((many, many))),
            "L": np.tril_indices(many, -side),
            "U": np.triu_indices(many, side),
        }[layout[0]]
        if len(numbers) != len(where[0]):
            what = f"EDGE_WEIGHT_SECTION has {len(numbers)} numbers where {len(where[0])} belong."
            text.wrong("weights", what, "Write all of them.")
            return matrix
        matrix[where] = numbers
        if layout[0] != "F":
            matrix = np.maximum(matrix, matrix.T)
        np.fill_diagonal(matrix, 0.0)
        return matrix

    def _depot(self) -> None:
        """The depot must be place 1, and trucks may reload there alone."""
        for section in ("DEPOT_SECTION", "VEHICLES_RELOAD_DEPOT_SECTION"):
            for line, words in self._sections.get(section, []):
                if section == "DEPOT_SECTION" and words == ["-1"]:
                    continue
                if words[-1] != "1" or len(words) > 2:
                    what = f"{section}: '{' '.join(words)}'; Kopa solves one depot, place 1."
                    self._text.wrong("depot", what, "Make place 1 the only depot.", line)

    def _sense(self, demand: FloatArray, windows: FloatArray | None, capacity: int) -> None:
        """What makes every answer wrong."""
        for place in np.flatnonzero(demand != np.rint(demand)).tolist():
            if np.isfinite(demand[place]):
                what = f"place {place + 1} asks {demand[place]:g}."
                self._text.wrong("demand", what, "Write a whole number: scale all loads.")
        if capacity >= 0:
            for place in np.flatnonzero(demand > capacity).tolist():
                what = f"place {place + 1} asks {demand[place]:g}, above CAPACITY {capacity}."
                self._text.wrong("demand", what, "No truck can serve it: split it.")
        if windows is not None:
            for place in np.flatnonzero(windows[:, 0] > windows[:, 1]).tolist():
                what = f"the window of place {place + 1} ends before it begins."
                self._text.wrong("window", what, "Write the earlier time first.")
        if demand[0] > 0:
            self._text.wrong("demand", "the depot (place 1) asks something.", "Write 0 there.")
