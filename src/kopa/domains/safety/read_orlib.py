"""Reads published siting instances: p-median of the OR-Library, and São José dos Campos.

References
----------
Beasley, J. (1990), OR-Library: distributing test problems by electronic mail, Journal of the
Operational Research Society 41(11): file ``pmed``. Lorena, L., Pereira, M. (2002), A
Lagrangean/surrogate heuristic for the maximal covering location problem, International Journal of
Industrial Engineering 9(1): instances SJC.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import InputError
from kopa.model import FloatArray

from .network import PACKAGE

MOST = 20_000
"""Nodes at most: ways between all are kept."""


class Instance(NamedTuple):
    """A published instance.

    Parameters
    ----------
    way
        Between all points, shape (point, point).
    weight
        Shape (point,).
    sites
        Sites that it asks for; 0 where it does not say.
    """

    way: FloatArray
    weight: FloatArray
    sites: int


def read_orlib(file: Path) -> Instance:
    """An instance of either format.

    Parameters
    ----------
    file
        ``pmed1.txt``: nodes, edges, p, then an edge a line; ``SJC324.txt``: a head, then x, y and
        demand a line.

    Raises
    ------
    InputError
        If it is neither.
    """
    table = Rows(file, PACKAGE, "instance", "safety")
    lines = [line.split() for line in table.text().splitlines() if line.strip()]
    head = lines[0] if lines else []
    try:
        if len(head) == 3:
            return _pmed(lines)
        if len(head) == 4 and head[2] == "p":
            return _points(lines)
        what = "its first line is neither 'nodes edges p' nor 'points 9999 p S'."
    except (ValueError, IndexError) as error:
        what = f"it is no such instance: {str(error)[:80]}."
    table.tell("instance", "line 1", what, "Take pmedN.txt of the OR-Library, or SJCn.txt.")
    raise InputError(table.findings)


def _pmed(lines: list[list[str]]) -> Instance:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import shortest_path

    nodes, edges, count = map(int, lines[0])
    if not 0 < nodes <= MOST:
        raise ValueError(f"{nodes} nodes")
    rows = np.array(lines[1 : edges + 1], dtype=np.int64)
    if rows.shape != (edges, 3) or rows[:, :2].min() < 1 or rows[:, :2].max() > nodes:
        raise ValueError("an edge is missing, or joins a node that is not there")
    if rows[:, 2].min() < 0:
        raise ValueError("a length is below 0")
    # of edges that are there twice the last counts (Beasley's note on these files)
    last = {(min(a, b), max(a, b)): cost for a, b, cost in rows.tolist()}
    ends = np.array(list(last), dtype=np.int64) - 1
    graph = csr_array((np.array(list(last.values()), float), ends.T), shape=(nodes, nodes))
    way = shortest_path(graph, method="D", directed=False)
    return Instance(np.asarray(way), np.ones(nodes), count)


def _points(lines: list[list[str]]) -> Instance:
    from scipy.spatial.distance import cdist

    many = int(lines[0][0])
    if not 0 < many <= MOST or len(lines) < many + 1:
        raise ValueError(f"{many} points are not there")
    rows = np.array([line[:3] for line in lines[1 : many + 1]], dtype=np.float64)
    if rows.shape != (many, 3) or not np.isfinite(rows).all() or rows[:, 2].min() < 0:
        raise ValueError("a point is no 'x y demand'")
    return Instance(np.asarray(cdist(rows[:, :2], rows[:, :2])), rows[:, 2], 0)
