"""What is shut to work on a main, and who is without water while it is.

The valves around the main's segment are shut. Nodes in the segment get nothing: it is drained.
Nodes outside it to which no path from a source is left are stranded; others are left with tanks
only, for as long as these last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kopa.errors import UsageError
from kopa.model import BoolArray, IntArray
from kopa.model.graph import reached

from .network import JUNCTION, PIPE, TANK, Network
from .segments import WHOLE_LINK, IsolationValve, Segments


@dataclass(frozen=True)
class Isolation:
    """A segment that is shut.

    Parameters
    ----------
    pipe
        Row of the link that is worked on.
    valves
        Valves to shut.
    shut_already
        Valves around the segment whose link is shut as it is.
    links
        Rows of the links that carry nothing: those of the segment and those of its valves.
    segment
        Nodes of the segment, shape (node,).
    stranded
        Junctions outside it that no source reaches any more, shape (node,).
    tank_only
        Junctions that tanks reach, and reservoirs no more, shape (node,).
    demand_out
        Junctions with a demand that are in the segment or stranded, shape (node,).
    """

    pipe: int
    valves: tuple[IsolationValve, ...]
    shut_already: tuple[IsolationValve, ...]
    links: IntArray
    segment: BoolArray
    stranded: BoolArray
    tank_only: BoolArray
    demand_out: BoolArray


class Isolator:
    """Isolates the links of one network.

    Parameters
    ----------
    network
        The network. Where it has no isolation valves at all, everything that ends where the pipe
        does is shut: the fewest links that a crew must shut where nothing is known of valves.
    stuck
        Names of valves that cannot be shut: the segments on both of their sides are one.

    Raises
    ------
    UsageError
        If a stuck valve is not in the network.
    """

    def __init__(self, network: Network, stuck: Collection[str] = ()) -> None:
        unknown = sorted(set(stuck) - {valve.name for valve in network.isolation_valves})
        if unknown:
            raise UsageError(f"no isolation valve is called {', '.join(unknown)}")
        self.network = network
        self._stuck = frozenset(stuck)
        self._known: dict[int, Isolation] = {}

    @cached_property
    def segments(self) -> Segments:
        """The network parted at the valves that work."""
        network = self.network
        works = [valve for valve in network.isolation_valves if valve.name not in self._stuck]
        return Segments(len(network.node_ids), network.ends, works)

    def of(self, pipe: int) -> Isolation:
        """What isolating a link does.

        Parameters
        ----------
        pipe
            Row of the link.
        """
        if not self.network.isolation_valves:
            return self._at_its_ends(pipe)
        segment = int(self.segments.of_link[pipe])
        if segment not in self._known:
            nodes, links = self.segments.members(segment)
            self._known[segment] = self._shut(pipe, self.segments.around(segment), nodes, links)
        known = self._known[segment]
        return replace(known, pipe=pipe)

    def _at_its_ends(self, pipe: int) -> Isolation:
        """All links at the junctions at the pipe's ends are shut; tanks have their own valve."""
        network = self.network
        nodes = np.zeros(len(network.node_ids), dtype=bool)
        nodes[network.ends[:, pipe]] = True
        nodes &= network.node_types == JUNCTION
        links: BoolArray = np.asarray(nodes[network.ends].any(axis=0))
        links[pipe] = True
        valves = [
            IsolationValve(network.link_ids[link], link) for link in np.flatnonzero(links).tolist()
        ]
        return self._shut(pipe, valves, nodes, links)

    def _shut(
        self, pipe: int, valves: Sequence[IsolationValve], nodes: BoolArray, links: BoolArray
    ) -> Isolation:
        network = self.network
        shut = links.copy()
        shut[[valve.link for valve in valves]] = True
        usual_any, usual_reservoir = self._usual
        fed, from_reservoir = self._reached(~network.always_shut & ~shut, ~nodes)
        outside = (network.node_types == JUNCTION) & ~nodes
        stranded = outside & usual_any & ~fed
        return Isolation(
            pipe,
            tuple(valve for valve in valves if not network.always_shut[valve.link]),
            tuple(valve for valve in valves if network.always_shut[valve.link]),
            np.flatnonzero(shut),
            nodes,
            stranded,
            outside & fed & usual_reservoir & ~from_reservoir,
            (nodes | stranded) & (network.base_demand > 0),
        )

    @cached_property
    def _usual(self) -> tuple[BoolArray, BoolArray]:
        """Nodes that any source reaches, and those that one other than a tank does."""
        everywhere = np.ones(len(self.network.node_ids), dtype=bool)
        return self._reached(~self.network.always_shut, everywhere)

    def _reached(self, passing: BoolArray, within: BoolArray) -> tuple[BoolArray, BoolArray]:
        network = self.network
        a, b = network.ends[:, passing]
        sources = network.sources & within
        lasting = sources & (network.node_types != TANK)
        count, one_way = len(within), network.one_way[passing]
        return reached(count, a, b, sources, one_way), reached(count, a, b, lasting, one_way)


def pipe_row(network: Network, name: str) -> int:
    """Row of a pipe among the links.

    Raises
    ------
    UsageError
        If no pipe has this id.
    """
    row = network.link_ids.index(name) if name in network.link_ids else -1
    if row < 0 or network.link_types[row] > PIPE:
        raise UsageError(f"no pipe is called '{name}' in {network.source}")
    return row


def place_of(network: Network, valve: IsolationValve) -> dict[str, str]:
    """A valve, the link that it sits on, and the node that it sits at, by their ids."""
    node = network.node_ids[valve.node] if valve.node != WHOLE_LINK else ""
    return {"id": valve.name, "link": network.link_ids[valve.link], "node": node}
