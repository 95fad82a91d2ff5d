"""Reads what stands at the kerb of streets from CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domain.rows import Rows
from kopa.domains.waste.rounds.kerbside import Kerbs
from kopa.errors import Finding

from .network import Network
from .read_trucks import PACKAGE

LITRES = 1000.0


def read_kerbs(path: Path, network: Network) -> tuple[Kerbs, tuple[Finding, ...]]:
    """Streets where bins stand.

    Parameters
    ----------
    path
        A CSV file.
    network
        Its streets.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "kerb", "waste")
    edge_of = {network.streets.ids[edge]: edge for edge in network.driving.edges.tolist()}
    found, edges = rows.lines(), []
    for row in found:
        edge = edge_of.get(row["street"].rpartition(":")[2], -1)
        if row["street"] and edge < 0:
            what = f"there is no street '{row['street']}' that trucks drive on."
            rows.tell("street", row["place"], what, "Write ids of streets, such as 24660412-1.")
        if edge >= 0 and edge in edges:
            what = f"the street '{row['street']}' stands above already."
            rows.tell("duplicate", row["place"], what, "Write one line a street.")
        edges.append(edge)
    if not found and not rows.findings:
        rows.tell("empty", "", "there is no street.", "Add a line for each.")
    rows.finish()

    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([row[name] for row in found], dtype=np.float64)

    kerbs = Kerbs(
        np.array(edges, dtype=np.int64),
        column("kg"),
        column("m3") * LITRES,
        column("service_s"),
        np.array([row["narrow"] for row in found], dtype=bool),
    )
    return kerbs, tuple(rows.findings)
