"""Reads isolation valves from CSV or GeoJSON, and finds where in the network they sit."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.errors import Finding
from kopa.model import FloatArray

from .network import PIPE, Network
from .read_rows import Row, Rows
from .segments import IsolationValve

SNAP = 5.0
"""A valve given by a point sits on the nearest pipe within so many units of coordinates."""


def read_valves(
    file: Path, network: Network, snap: float = SNAP
) -> tuple[tuple[IsolationValve, ...], tuple[Finding, ...]]:
    """Read a valve layer.

    A row names a link (``link`` or ``pipe``) and the end that the valve sits at (``node`` or
    ``junction``), as WNTR's valve layer does; or it has a point (``x`` and ``y``, or a GeoJSON
    point) in the coordinates of the INP file, and the valve sits on the nearest pipe, at the end
    that is nearer along it. ``id`` or ``name`` names it, else link and node do.

    Parameters
    ----------
    file
        The file.
    network
        The network that they belong to.
    snap
        Greatest distance between a point and its pipe, in units of the coordinates.

    Returns
    -------
    tuple
        The valves, and a warning for each that could not be placed.

    Raises
    ------
    InputError
        With all findings, if the file cannot be used.
    """
    rows = Rows(file, "valves")
    places = _Places(network, snap)
    valves: dict[str, IsolationValve] = {}
    for row in rows.rows:
        found = places.of(row)
        if isinstance(found, str):
            do = "Name a link and one of its ends, or correct the point."
            rows.note("unplaced", found, do, row.place, "warning")
            continue
        link, node = found
        at = f"{network.link_ids[link]}/{network.node_ids[node]}"
        name = row.first("id", "name", "valve") or at
        if name in valves:
            what = f"the valve '{name}' is there twice."
            rows.note("twice", what, "Give each valve an id of its own.", row.place)
        valves[name] = IsolationValve(name, link, node)
    if rows.rows and not valves:
        rows.note("none", "none of its valves could be placed.", "Check that it fits the network.")
    rows.check()
    return tuple(valves.values()), tuple(rows.findings)


class _Places:
    def __init__(self, network: Network, snap: float) -> None:
        self._network, self._snap = network, snap
        self._links = {name: row for row, name in enumerate(network.link_ids)}
        self._nodes = {name: row for row, name in enumerate(network.node_ids)}
        self._drawn = _Drawn(network)

    def of(self, row: Row) -> tuple[int, int] | str:
        """Link and end of a valve, or why it has none."""
        link, node = row.first("link", "pipe"), row.first("node", "junction")
        if not link:
            if row.point is None:
                return "the valve has neither a link nor a point."
            return self._nearest(row.point)
        if link not in self._links:
            return f"no link is called '{link}'."
        ends = self._network.ends[:, self._links[link]].tolist()
        if not node and row.point is not None:
            return self._links[link], ends[self._drawn.end(self._links[link], row.point)]
        if node not in self._nodes:
            return f"no node is called '{node}'."
        if self._nodes[node] not in ends:
            return f"the link '{link}' does not end at '{node}'."
        return self._links[link], self._nodes[node]

    def _nearest(self, point: tuple[float, float]) -> tuple[int, int] | str:
        link, distance = self._drawn.nearest(point)
        if link < 0:
            return "the network has no coordinates for its point."
        if not distance <= self._snap:
            name = self._network.link_ids[link]
            return f"the nearest pipe, '{name}', is {distance:.3g} away, over {self._snap:g}."
        return link, int(self._network.ends[self._drawn.end(link, point), link])


class _Drawn:
    """The pipes as they are drawn, piece by piece."""

    def __init__(self, network: Network) -> None:
        x, y = network.drawn
        pieces = np.arange(len(x) - 1)
        link = np.searchsorted(network.first, pieces, side="right") - 1
        inside = pieces + 1 < network.first[link + 1]
        known = np.isfinite(x[:-1] + x[1:] + y[:-1] + y[1:])
        keep = pieces[inside & known & (network.link_types[link] <= PIPE)]
        self.link = link[keep]
        self._from = np.array([x[keep], y[keep]])
        self._by = np.array([x[keep + 1], y[keep + 1]]) - self._from

    def nearest(self, point: tuple[float, float]) -> tuple[int, float]:
        """The nearest pipe, -1 for none, and how far away it is."""
        if not len(self.link):
            return -1, np.inf
        distance, _ = self._to(point)
        best = int(np.argmin(distance))
        return int(self.link[best]), float(distance[best])

    def end(self, link: int, point: tuple[float, float]) -> int:
        """0 or 1: the end of a pipe that is nearer along it."""
        rows = np.flatnonzero(self.link == link)
        if not len(rows):
            return 0
        distance, share = self._to(point)
        lengths = np.hypot(*self._by[:, rows])
        best = int(np.argmin(distance[rows]))
        along = lengths[:best].sum() + share[rows][best] * lengths[best]
        return int(along > lengths.sum() / 2)

    def _to(self, point: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
        """Distance to every piece, and where along it the nearest point is, 0 to 1."""
        away = np.array(point)[:, None] - self._from
        square = np.maximum((self._by**2).sum(axis=0), 1e-300)
        share = np.clip((away * self._by).sum(axis=0) / square, 0.0, 1.0)
        return np.hypot(*(away - share * self._by)), share
