"""What changes and lost electricity do to the network, as things that SWMM does at its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.model import FloatArray, Window

from .network import Network

ELECTRICITY_NEEDED = 0.5
"""A pump stops in a step in which less than this share of its electricity arrives."""


@dataclass(frozen=True)
class Rain:
    """Rain of a disturbance.

    Parameters
    ----------
    rate
        mm/h; None where the file's own rain is multiplied.
    factor
        What the file's own rain is multiplied by.
    """

    rate: float | None = None
    factor: float = 1.0


@dataclass(frozen=True)
class Disturbance:
    """One thing that a change, or lost electricity, does to the network.

    Parameters
    ----------
    what
        Word of the event: the change's kind, or ``no_electricity``.
    start, end
        Seconds since midnight.
    rows
        Asset rows that it happens to.
    change, pump
        Number of the change, or of the pump among the pumps, that it comes from; else -1.
    links
        Links that it works on.
    setting
        Setting that it gives to its links: 0 stops or shuts them.
    lost
        Share of the section that a conduit loses; 0 for other disturbances.
    rain
        Rain that it brings, None for none.
    """

    what: str
    start: int
    end: int
    rows: tuple[int, ...]
    change: int = -1
    pump: int = -1
    links: tuple[int, ...] = ()
    setting: float = 0.0
    lost: float = 0.0
    rain: Rain | None = None


@dataclass(frozen=True)
class Plan:
    """All disturbances of a run.

    Parameters
    ----------
    disturbances
        In the order of their causes; none lies wholly outside the window.
    """

    disturbances: tuple[Disturbance, ...] = ()

    @property
    def start(self) -> int:
        """When the first begins, s since midnight."""
        return min(d.start for d in self.disturbances)

    @property
    def end(self) -> int:
        """When the last ends, s since midnight."""
        return max(d.end for d in self.disturbances)


def plan(
    network: Network, window: Window, changes: Sequence[Change], electricity: FloatArray | None
) -> Plan:
    """The plan of a run.

    Parameters
    ----------
    network
        The network.
    window
        The run's window.
    changes
        Checked changes.
    electricity
        Share of their electricity that the pumps get, shape (step, pump); None for all of it.
    """
    found = [_disturbance(network, window, number, change) for number, change in enumerate(changes)]
    if electricity is not None:
        found += _without_electricity(network, window, electricity)
    return Plan(tuple(d for d in found if d.start < window.end and d.end > window.start))


def _disturbance(network: Network, window: Window, number: int, change: Change) -> Disturbance:
    row = network.assets.find(change.asset)
    start = window.start if change.start is None else change.start
    end = window.end if change.end is None else change.end
    if change.kind == "rain":
        value = change.value if change.value is not None else 1.0
        rain = Rain(rate=value) if change.unit == "mm/h" else Rain(factor=value)
        return Disturbance("rain", start, end, (row,), number, rain=rain)
    nodes = len(network.node_ids)
    if row < nodes:  # a node is out when all links at it are shut
        links = tuple(map(int, np.flatnonzero((network.ends == row).any(axis=0))))
        return Disturbance(change.kind, start, end, (row,), number, links=links)
    link = (row - nodes,)
    value = change.value if change.value is not None else 0.0
    if change.kind == "narrowed":
        # all of it is a blockage; SWMM takes a flow limit of 0 for none
        lost = value if value < 1 else 0.0
        return Disturbance(change.kind, start, end, (row,), number, links=link, lost=lost)
    return Disturbance(change.kind, start, end, (row,), number, links=link, setting=value)


def _without_electricity(
    network: Network, window: Window, electricity: FloatArray
) -> list[Disturbance]:
    """A disturbance for every stretch of steps in which a pump has no electricity."""
    off = electricity < ELECTRICITY_NEEDED
    found = []
    for pump in np.flatnonzero(off.any(axis=0)):
        link = int(network.pumps[pump])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], off[:, pump].astype(int), [0]])))
        for low, high in edges.reshape(-1, 2).tolist():
            found.append(
                Disturbance(
                    "no_electricity",
                    window.start + low * window.step,
                    window.start + high * window.step,
                    (network.link_row(link),),
                    pump=int(pump),
                    links=(link,),
                )
            )
    return found


def shut_nodes(network: Network, disturbance: Disturbance) -> tuple[int, ...]:
    """Nodes from which a disturbance keeps water: the upper ends of its links."""
    return tuple(sorted({int(network.ends[0, link]) for link in disturbance.links}))
