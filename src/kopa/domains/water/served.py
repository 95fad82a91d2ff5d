"""Shows with few and cheap solutions that a shut link leaves nobody short.

A demand-driven solution in which every junction that asks for water has the required pressure
solves the pressure-driven equations as well: the demand function is 1 there. So where it holds
at every moment, the pressure-driven run would deliver all, and what is not supplied is exactly
0. Solutions start from the flows of the case before and converge more tightly than the file
asks; so `MARGIN` is far above what the start can change, and no answer depends on the order of
the cases: what is not shown here is left to a run from the beginning.

A pocket behind a bridge gets nothing. It is shown to be the only one short in the same way, with
nothing asked for in it.
"""

from __future__ import annotations

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray, IntArray, Window

from .apply import Applied
from .clockwork import Clockwork
from .engine_epanet import KEEP_FLOWS, REINIT_FLOWS, NodeValue, Option, Project
from .hydraulics import Hydraulics
from .network import Network
from .plan import State
from .pockets import Pockets

MARGIN = 0.1
"""Pressure that must stand above the required one, m."""

_HEAD_ERROR = 1e-3  # m, across any link
_ACCURACY = 1e-2  # relative change of flow; errors of head are what decides
_UNSOLVED = {1, 2, 3}  # EPANET's warnings: above its accuracy, unstable, disconnected
_ERRORS = 100  # and above


class Served:
    """Answers which junctions are short while a link is shut, where that is easy to show.

    Parameters
    ----------
    network
        The network.
    window
        The time to cover; links are shut for all of it. One of a second is a snapshot.
    quiet
        The pressure-driven run in which nothing happens; all must be served in it.
    lived
        True for nodes that need pressure though they ask for nothing, shape (node,).
    """

    def __init__(
        self, network: Network, window: Window, quiet: Hydraulics, lived: BoolArray
    ) -> None:
        self._network = network
        self._project = _demand_driven(network)
        self._applied = Applied(self._project, network)
        self._clockwork = Clockwork(self._project, network, window)
        self._pockets = Pockets(network, ~network.always_shut)
        self._nobody: BoolArray = np.zeros(len(network.node_ids), dtype=bool)
        self._idle = ~(quiet.wanted > 0).any(axis=0) & ~lived
        self._limit = (network.service.required + MARGIN) / network.units.pressure
        self._snapshot = window.end - window.start == 1
        self._ready = False

    def close(self) -> None:
        """Free the engine."""
        self._project.close()

    def short(self, link: int) -> IntArray | None:
        """Nodes that get nothing while `link` is shut, all others getting all.

        None where this does not show it.
        """
        pocket = self._pockets.behind(link)
        if len(pocket) and not self._pockets.is_plain(pocket):
            return None
        self._ready = self._shows(link, pocket)
        return pocket if self._ready else None

    def _shows(self, link: int, pocket: IntArray) -> bool:
        """True if all but the pocket are served at every moment."""
        applied, clockwork = self._applied, self._clockwork
        cut = self._nobody.copy()
        cut[pocket] = True
        beside = self._beside(cut)
        try:
            if not (self._snapshot and self._ready) and not self._go_to_window():
                return False
            applied.put(State(frozenset((link,))))
            applied.cut_off(cut)
            if self._snapshot:
                return self._all_get(beside)
            while clockwork.runs:
                if not self._all_get(beside):
                    return False
                clockwork.advance()
        except EngineError:
            return False
        finally:
            applied.take_off()
            clockwork.end()
        return True

    def _go_to_window(self) -> bool:
        """Begin with the flows of the case before, unless it did not end well."""
        clockwork = self._clockwork
        clockwork.begin(KEEP_FLOWS if self._ready else REINIT_FLOWS)
        beside = self._beside(self._nobody)
        while not clockwork.counts:
            if not self._all_get(beside):
                return False
            clockwork.advance()
        return True

    def _beside(self, cut: BoolArray) -> FloatArray:
        """Infinite at nodes whose pressure does not matter, else 0, shape (node,)."""
        return np.where(self._idle | cut, np.inf, 0.0)

    def _all_get(self, beside: FloatArray) -> bool:
        """True if the present moment converges with enough pressure wherever it matters."""
        project, clockwork = self._project, self._clockwork
        self._applied.before_solution(clockwork.elapsed, clockwork.now)
        code = project.solve()
        if code in _UNSOLVED or code >= _ERRORS or clockwork.settle_tanks():
            return False
        pressure = project.node_values(NodeValue.PRESSURE)
        pressure += beside
        served = bool(pressure.min() >= self._limit)
        self._applied.after_solution()
        return served


def _demand_driven(network: Network) -> Project:
    """A project whose demands are met come what may, and which converges tightly."""
    project = Project(network.inp)
    project.set_pressure_driven(False, 0.0, 0.0, 0.5)
    project.set_option(Option.ACCURACY, min(_ACCURACY, network.accuracy))
    project.set_option(Option.HEAD_ERROR, _HEAD_ERROR / network.units.length)
    project.set_option(Option.UNBALANCED, 10.0)
    project.open_hydraulics()
    return project
