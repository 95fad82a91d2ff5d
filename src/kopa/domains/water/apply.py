"""Puts a plan's state onto an open project, and takes it off again."""

from __future__ import annotations

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray
from kopa.model.graph import components

from .engine_epanet import LinkValue, NodeValue, Option, Project
from .forcing import Forcing
from .network import PUMP, Network
from .plan import State

_LOOSE, _FIRM = 1e-3, 1.0  # emitter coefficients of anchors, in the file's units


class Applied:
    """What is changed on a project at the moment.

    Demands of junctions that are cut off are set to zero before the solution: EPANET 2.3.5 would
    let such a pocket feed itself by demands below zero, without a warning, or not converge. One
    node of each pocket gets an emitter, through which nothing flows as nothing arrives: it holds
    the pocket's head. Without it the equations have next to no pivot there (error 110).

    Parameters
    ----------
    project
        The open project.
    network
        Its network.
    """

    def __init__(self, project: Project, network: Network) -> None:
        self._project, self._network = project, network
        self._forcing = Forcing(project, network)
        self._state = State()
        self._scale = np.ones(len(network.node_ids))
        self._emitter = network.emitter
        self._backflow = project.option(Option.EMITTER_BACKFLOW)
        self._saved: dict[int, tuple[float, float]] = {}
        self._anchors = np.empty(0, dtype=np.int64)
        self._firm = False
        self.blocked: frozenset[int] = frozenset()
        self.cut: BoolArray = np.zeros(len(network.node_ids), dtype=bool)

    @property
    def factor(self) -> FloatArray:
        """What demands are multiplied by, cut-off nodes aside, shape (node,)."""
        if self._state.factor is None:
            return np.ones(len(self._network.node_ids))
        return self._state.factor

    @property
    def leaks(self) -> bool:
        """True while a burst is open."""
        return bool(self._state.leaks)

    def put(self, state: State) -> None:
        """Make `state` hold from now on."""
        self._forcing.hold(state.closed)
        self.blocked = frozenset()
        self._set_valves(state)
        self._state = state
        self._set_demands()

    def block(self, links: frozenset[int]) -> None:
        """Hold these links closed as well, until `block` is called again."""
        if links != self.blocked:
            self.blocked = links
            self._forcing.hold(self._state.closed | links)

    def out_of_empty(self, empty: BoolArray, least: float) -> frozenset[int]:
        """Links that carry more than `least` out of empty tanks in the last solution.

        EPANET lets an empty tank give where it does not settle on a status for its links.
        """
        project, network = self._project, self._network
        found = set()
        for tank in np.flatnonzero(empty).tolist():
            if project.node_value(tank + 1, NodeValue.DEMAND) >= -least:
                continue
            for link in np.flatnonzero((network.ends == tank).any(axis=0)).tolist():
                flow = project.link_value(link + 1, LinkValue.FLOW)
                if (flow if network.ends[0, link] == tank else -flow) > least:
                    found.add(link)
        return frozenset(found)

    def cut_off(self, nodes: BoolArray) -> None:
        """Let exactly these nodes ask for nothing."""
        if not np.array_equal(nodes, self.cut):
            self.cut = nodes
            self._anchors = self._one_each(nodes)
            self._set_demands()

    def anchor(self, firm: bool) -> bool:
        """Hold the heads of pockets firmly, or loosely again; True if that is a difference.

        A loose anchor lets next to nothing in where a pocket has an outlet (a check valve), but
        where a pocket is large only a firm one keeps the equations from error 110.
        """
        if firm == self._firm:
            return False
        self._firm = firm
        if len(self._anchors):
            self._set_demands()
        return bool(len(self._anchors))

    def take_off(self) -> None:
        """Leave the project as it was."""
        self.put(State())
        self.cut_off(np.zeros_like(self.cut))

    def can_pass(self) -> BoolArray:
        """Links that the next solution may let water through, shape (link,).

        Check valves, pumps and valves that the last solution shut may open again.
        """
        network = self._network
        passing = self._project.link_values(LinkValue.STATUS) > 0
        passing |= network.may_open
        for pump in network.pumps:
            passing[pump] = self._project.link_value(int(pump) + 1, LinkValue.SETTING) > 0
        return self._without_held(passing)

    def passes(self) -> BoolArray:
        """Links that let water through in the last solution, shape (link,)."""
        return self._without_held(self._project.link_values(LinkValue.STATUS) > 0)

    def _without_held(self, passing: BoolArray) -> BoolArray:
        passing[list(self._forcing.links)] = False
        return passing

    def before_solution(self, at: int, clock: int) -> None:
        """Close what is held; `at` and `clock` are seconds of the run and of the day."""
        self._forcing.before_solution(at, clock)

    def after_solution(self) -> None:
        """Give controlled links the position that rules expect to find."""
        self._forcing.after_solution()

    def _one_each(self, cut: BoolArray) -> IntArray:
        """A node of every pocket among the nodes that are cut off."""
        if not cut.any():
            return np.empty(0, dtype=np.int64)
        a, b = self._network.ends
        within = self.passes() & cut[a] & cut[b]
        label = components(len(cut), a[within], b[within])
        return np.flatnonzero(cut & (label == np.arange(len(cut))))

    def _set_demands(self) -> None:
        network = self._network
        scale = np.where(self.cut, 0.0, self.factor)
        changed = scale[network.demand_node] != self._scale[network.demand_node]
        for row in map(int, np.flatnonzero(changed)):
            node = int(network.demand_node[row])
            first = int(np.searchsorted(network.demand_node, node))
            base = float(network.demand_base[row])
            self._project.set_base_demand(node + 1, row - first + 1, base * scale[node])
        self._scale = scale
        emitter = network.emitter.copy()
        for node, leak in self._state.leaks.items():
            emitter[node] += leak
        emitter[self.cut] = 0.0
        emitter[self._anchors] = _FIRM if self._firm else _LOOSE
        if not np.array_equal(emitter, self._emitter):
            for row in map(int, np.flatnonzero(emitter != self._emitter)):
                self._project.set_node(row + 1, NodeValue.EMITTER, float(emitter[row]))
            backflow = 0.0 if self._state.leaks else self._backflow  # none comes in by a hole
            self._project.set_option(Option.EMITTER_BACKFLOW, backflow)
        self._emitter = emitter

    def _set_valves(self, state: State) -> None:
        for link in self._saved.keys() - state.settings.keys():
            status, setting = self._saved.pop(link)
            fixed = self._network.link_types[link] > PUMP and status == 1
            what = LinkValue.STATUS if fixed else LinkValue.SETTING
            self._project.set_link(link + 1, what, status if fixed else setting)
        for link, setting in state.settings.items():
            if link not in self._saved:
                self._saved[link] = (
                    self._project.link_value(link + 1, LinkValue.STATUS),
                    self._project.link_value(link + 1, LinkValue.SETTING),
                )
            self._project.set_link(link + 1, LinkValue.SETTING, setting)
