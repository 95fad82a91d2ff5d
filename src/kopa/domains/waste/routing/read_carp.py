"""Reads capacitated arc routing problems in the format of CARPLIB (``.dat``).

References
----------
Belenguer and Benavent (2003), A cutting plane algorithm for the capacitated arc routing problem,
Computers and Operations Research 30(5): gdb, val and egl in this format.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from kopa.domains.waste.file_text import FileText
from kopa.errors import Finding, InputError

from .carp import ArcRouting
from .problem import FAR

_EDGE = re.compile(
    r"^\(\s*(\S+?)\s*,\s*(\S+?)\s*\)\s*coste\s+(\S+)(?:\s+demanda\s+(\S+))?\s*$", re.IGNORECASE
)
MOST = 20_000
"""Nodes of the largest problem."""
_NUMBERS = {"VERTICES": 2, "ARISTAS_REQ": 1, "ARISTAS_NOREQ": 0, "VEHICULOS": 1, "CAPACIDAD": 1}
"""Keys that a file must have, and their least values."""
_OTHERS = {
    "NOMBRE", "COMENTARIO", "TIPO_COSTES_ARISTAS", "COSTE_TOTAL_REQ", "DEPOSITO",
    "LISTA_ARISTAS_REQ", "LISTA_ARISTAS_NOREQ",
}  # fmt: skip
Edge = tuple[int, int, int, int]
"""Both nodes, cost and demand."""


def read_carp(file: Path) -> tuple[ArcRouting, tuple[Finding, ...]]:
    """Read a problem.

    Parameters
    ----------
    file
        ``.dat``.

    Returns
    -------
    tuple
        The problem, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all that is wrong with the file.
    """
    reader = _Reader(FileText(file, "carp"))
    found = reader.routing()
    if found is None:
        raise InputError(reader.text.findings)
    return found, ()


class _Reader:
    def __init__(self, text: FileText) -> None:
        self.text = text
        self._keys: dict[str, tuple[str, int]] = {}
        self._edges: dict[str, list[tuple[int, Edge]]] = {"REQ": [], "NOREQ": []}
        self._broken = 0
        lines = text.lines()
        self._split(lines)
        if lines and not self._keys:
            text.wrong("keys", "the file has no KEY : VALUE.", "Is this a CARPLIB file?")

    def routing(self) -> ArcRouting | None:
        """The problem; None, and findings, where there is none."""
        if not self._keys:
            return None
        numbers = {key: self._whole(key, least) for key, least in _NUMBERS.items()}
        depot = self._whole("DEPOSITO", 1)
        self._ends(numbers["VERTICES"], depot)
        for name, edges in self._edges.items():
            asked = numbers[f"ARISTAS_{name}"]
            if 0 <= asked != len(edges) and not self._broken:
                what = f"ARISTAS_{name} is {asked}, but there are {len(edges)} such edges."
                self.text.wrong("count", what, "Correct the number, or the list.")
        self._loads(numbers["CAPACIDAD"])
        if self.text.findings:
            return None
        rows = np.array([edge for part in self._edges.values() for _, edge in part])
        found = ArcRouting(
            name=self._keys.get("NOMBRE", ("", 0))[0] or self.text.file.stem,
            nodes=numbers["VERTICES"],
            a=rows[:, 0] - 1,
            b=rows[:, 1] - 1,
            cost=rows[:, 2],
            demand=rows[:, 3],
            capacity=numbers["CAPACIDAD"],
            depot=depot - 1,
            trucks=numbers["VEHICULOS"],
        )
        self._reach(found)
        return None if self.text.findings else found

    def _split(self, lines: list[str]) -> None:
        part = ""
        for number, line in enumerate(lines, 1):
            plain = line.strip()
            key = plain.partition(":")[0].strip().upper()
            if not plain:
                continue
            if plain.startswith("("):
                self._edge(part, plain, number)
            elif key in _NUMBERS or key in _OTHERS:
                if key in self._keys:
                    self.text.wrong("twice", f"there are two {key}.", "Leave one out.", number)
                self._keys[key] = (plain.partition(":")[2].strip(), number)
                part = key.removeprefix("LISTA_ARISTAS_") if key.startswith("LISTA") else ""
            else:
                what = f"Kopa does not know '{plain[:40]}'."
                self.text.wrong("line", what, "Leave the line out, or correct its key.", number)

    def _edge(self, part: str, plain: str, line: int) -> None:
        match = _EDGE.match(plain)
        if match is None or part not in self._edges or (match[4] is None) == (part == "REQ"):
            do = "Write ( a, b) coste C demanda D in LISTA_ARISTAS_REQ, without demanda in _NOREQ."
            self.text.wrong("edge", f"'{plain[:40]}' is no edge there.", do, line)
            self._broken += 1
            return
        whole = self.text.whole
        edge = (
            whole(match[1], "a node", line, 1),
            whole(match[2], "a node", line, 1),
            whole(match[3], "the cost", line),
            whole(match[4], "the demand", line, 1) if match[4] else 0,
        )
        self._edges[part].append((line, edge))

    def _whole(self, key: str, least: int) -> int:
        if key not in self._keys:
            self.text.wrong("missing-key", f"{key} is missing.", f"Write {key} : NUMBER.")
            return -1
        word, line = self._keys[key]
        return self.text.whole(word, key, line, least)

    def _ends(self, nodes: int, depot: int) -> None:
        """Nodes above the number of nodes."""
        if nodes < 0:
            return
        if nodes > MOST:
            what = f"VERTICES {nodes} is above {MOST}: a matrix of that size fits no memory."
            self.text.wrong("size", what, "Split the problem.")
        if depot > nodes:
            what = f"the depot is node {depot} of {nodes}."
            self.text.wrong("node", what, "Correct DEPOSITO, or VERTICES.")
        for line, (a, b, _, _) in (row for part in self._edges.values() for row in part):
            if max(a, b) > nodes:
                what = f"the edge ends at node {max(a, b)} of {nodes}."
                self.text.wrong("node", what, "Correct the edge, or VERTICES.", line)

    def _loads(self, capacity: int) -> None:
        for line, (_, _, _, demand) in self._edges["REQ"]:
            if 0 <= capacity < demand:
                what = f"the edge asks {demand}, above CAPACIDAD {capacity}."
                self.text.wrong("demand", what, "No truck can serve it: split it.", line)

    def _reach(self, found: ArcRouting) -> None:
        """Edges that no truck can come to."""
        way = found.ways()[found.depot]
        for (line, _), node in zip(self._edges["REQ"], found.a.tolist(), strict=False):
            if way[node] >= FAR:
                what = "no way leads from the depot to the edge."
                self.text.wrong("unreachable", what, "Add the edges between them.", line)
