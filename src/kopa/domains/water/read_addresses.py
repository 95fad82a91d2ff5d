"""Addresses, and how many people live at each junction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.errors import Finding
from kopa.model import FloatArray

from .network import Network
from .read_rows import Rows


@dataclass(frozen=True)
class Address:
    """One address.

    Parameters
    ----------
    text
        What stands on the letter.
    node
        Row of the junction that supplies it.
    people
        People there; None where the file says nothing.
    """

    text: str
    node: int
    people: float | None


def read_addresses(file: Path, network: Network) -> tuple[tuple[Address, ...], tuple[Finding, ...]]:
    """Read addresses.

    A row has ``address`` (or ``name``, ``id``), perhaps ``people``, and either the junction
    (``node`` or ``junction``) or a point in the coordinates of the INP file, which belongs to the
    nearest junction.

    Parameters
    ----------
    file
        CSV or GeoJSON.
    network
        The network that supplies them.

    Returns
    -------
    tuple
        The addresses, and a warning for each that belongs to no junction.

    Raises
    ------
    InputError
        With all findings, if the file cannot be used.
    """
    rows = Rows(file, "addresses")
    junctions = network.junctions
    known = {network.node_ids[row]: int(row) for row in junctions}
    x, y = network.x[junctions], network.y[junctions]
    placed = bool(np.isfinite(x + y).any())
    found = []
    for row in rows.rows:
        node = known.get(row.first("node", "junction"), -1)
        if not row.first("node", "junction") and row.point is not None and placed:
            away = np.hypot(x - row.point[0], y - row.point[1])
            node = int(junctions[np.nanargmin(away)])
        people = rows.number(row, "people")
        if node < 0:
            what = "the address has neither a junction of the network nor a point."
            rows.note("unplaced", what, "Name its junction, or give x and y.", row.place, "warning")
            continue
        found.append(Address(row.first("address", "name", "id"), node, people))
    silent = sum(address.people is None for address in found)
    if 0 < silent < len(found):
        what = f"{silent} of {len(found)} addresses do not say how many people live there."
        rows.note("people", what, "They count as nobody: add them.", severity="warning")
    rows.check()
    return tuple(found), tuple(rows.findings)


def people_at(network: Network, addresses: Sequence[Address]) -> FloatArray | None:
    """People at each node, shape (node,); None where no address says how many live there."""
    counted = [address for address in addresses if address.people is not None]
    if not counted:
        return None
    people = np.zeros(len(network.node_ids))
    for address in counted:
        people[address.node] += address.people or 0.0
    return people
