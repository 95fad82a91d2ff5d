"""Waveform relaxation over the domains, incremental from a stored baseline.

Each engine runs the whole window once a sweep, on time series. Domains that supply one another
in a cycle are swept until no port moves beyond its tolerance; the others take one pass. In a
cycle, an on/off port that was found lost in a step stays lost in later sweeps, so that sweeps
end; other ports go half of the way from the third sweep on. At the cap the answer is
`unknown`, never a guess.

References
----------
Lelarasmee, Ruehli and Sangiovanni-Vincentelli (1982), The waveform relaxation method for
time-domain analysis of large scale integrated circuits, IEEE Trans. CAD 1(3).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import blake2b

import numpy as np

from kopa.coupling.order import components_in_order
from kopa.coupling.solution import Solution
from kopa.coupling.wiring import Wiring
from kopa.domain import Change, Domain, Ignores, Result
from kopa.model import FloatArray, Link, Port, PortSeries, Window

MAX_SWEEPS = 200
DAMP_FROM = 2
_MEMO = 256


class Solver:
    """Solves the coupled domains of a city over one window.

    Parameters
    ----------
    domains
        The domains by name.
    links
        Who supplies whom.
    window
        The time to cover.
    """

    def __init__(
        self, domains: Mapping[str, Domain], links: Sequence[Link], window: Window
    ) -> None:
        self.domains = domains
        self.window = window
        self.wiring = Wiring(domains, links)
        self.order = components_in_order(domains, self.wiring.feeds)
        self._memo: OrderedDict[tuple[str, tuple[Change, ...], bytes], Result] = OrderedDict()

    @cached_property
    def baseline(self) -> Solution:
        """The window with no change."""
        return self.cold(())

    @cached_property
    def ignored(self) -> dict[tuple[str, str], frozenset[int]]:
        """By domain and in-port: columns that do not matter by themselves."""
        return {
            (name, port): frozenset(np.flatnonzero(columns).tolist())
            for name, domain in self.domains.items()
            if isinstance(domain, Ignores)
            for port, columns in domain.ignores(self.window).items()
        }

    def cold(self, changes: Sequence[Change]) -> Solution:
        """Solve without a baseline: every domain runs."""
        return _Solve(self, changes, None, frozenset()).solve()

    def solve(self, changes: Sequence[Change], without: frozenset[int] = frozenset()) -> Solution:
        """Solve from the baseline: only what the changes reach runs again.

        Parameters
        ----------
        changes
            Checked changes; their order does not matter.
        without
            Numbers of links that go on bringing what they bring in the baseline: the
            counterfactual.
        """
        return _Solve(self, changes, self.baseline, without).solve()

    def forget(self) -> None:
        """Keep the baseline, but no result of an earlier what-if."""
        self._memo.clear()

    def run(self, name: str, changes: tuple[Change, ...], inputs: PortSeries) -> tuple[Result, int]:
        """Run one domain, or recall what the same run gave before; with the engine's runs."""
        digest = blake2b(digest_size=16)
        for port in sorted(inputs):
            digest.update(port.encode())
            digest.update(np.ascontiguousarray(inputs[port]).tobytes())
        key = (name, changes, digest.digest())
        if key in self._memo:
            self._memo.move_to_end(key)
            return self._memo[key], 0
        result = self.domains[name].run(self.window, changes, inputs)
        self._memo[key] = result
        if len(self._memo) > _MEMO:
            self._memo.popitem(last=False)
        return result, result.runs


class _Solve:
    """One solve."""

    def __init__(
        self,
        solver: Solver,
        changes: Sequence[Change],
        baseline: Solution | None,
        without: frozenset[int],
    ) -> None:
        self.solver, self.baseline, self.without = solver, baseline, without
        self.window, self.wiring = solver.window, solver.wiring
        # one order for all, so that the order in which changes are given changes no digit
        self.changes = tuple(sorted(changes, key=str))
        self.results: dict[str, Result] = {}
        self.inputs: dict[str, PortSeries] = {}
        self.brought: dict[str, FloatArray] = {}
        self.runs = dict.fromkeys(solver.domains, 0)
        self.outputs: dict[str, PortSeries] = {}

    def solve(self) -> Solution:
        sweeps, converged = 0, True
        for group in self.solver.order:
            cyclic = len(group) > 1 or (group[0], group[0]) in self.wiring.feeds
            if not cyclic:
                self._run(group[0], self._feed(group[0]))
                continue
            needed, settled = self._sweep(group)
            sweeps += needed
            converged &= settled
        return Solution(
            self.window,
            self.changes,
            self.results,
            self.inputs,
            self.brought,
            self.runs,
            sweeps,
            converged,
        )

    def _feed(self, name: str) -> PortSeries:
        """What arrives at a domain now."""
        inputs = self.wiring.neutral_inputs(name, self.window)
        inlet = self.wiring.inlets.get(name)
        if inlet is None:
            return inputs
        base = self.baseline
        if base is not None and all(
            self.outputs[domain] is base.results[domain].outputs for domain, *_ in inlet.sources
        ):
            self.brought[name] = base.brought[name]
            return base.inputs[name]
        values = inlet.gather(self.outputs, self.window)
        if base is not None and self.without:
            held = np.isin(inlet.links, list(self.without))
            values[:, held] = base.brought[name][:, held]
        self.brought[name] = values
        return inlet.combine(values, inputs)

    def _run(self, name: str, inputs: PortSeries) -> None:
        """Give a domain its inputs; it runs unless its baseline had the same."""
        mine = tuple(change for change in self.changes if change.domain == name)
        base = self.baseline
        self.inputs[name] = inputs
        if base is not None and not mine and _same(inputs, base.inputs[name]):
            result = base.results[name]
        else:
            result, runs = self.solver.run(name, mine, inputs)
            self.runs[name] += runs
        self.results[name] = result
        self.outputs[name] = result.outputs

    def _sweep(self, group: tuple[str, ...]) -> tuple[int, bool]:
        """Solve domains that supply one another; gives the sweeps and whether they settle."""
        for name in group:
            base = self.baseline
            self.outputs[name] = (
                base.results[name].outputs
                if base is not None
                else self.wiring.neutral_outputs(name, self.window)
            )
        used: dict[str, PortSeries] = {}
        for sweep in range(MAX_SWEEPS):
            moving = False
            for name in group:
                arriving = self._feed(name)
                ports = self.wiring.in_ports(name)
                if name in used:
                    if _settled(arriving, used[name], ports):
                        continue
                    arriving = _relaxed(arriving, used[name], ports, damp=sweep >= DAMP_FROM)
                    if _same(arriving, used[name]):
                        continue
                moving = True
                used[name] = arriving
                self._run(name, arriving)
            if not moving:
                return sweep, True
        return MAX_SWEEPS, False


def _same(inputs: PortSeries, others: PortSeries) -> bool:
    return all(
        inputs[port] is others[port] or np.array_equal(inputs[port], others[port])
        for port in inputs
    )


def _settled(arriving: PortSeries, used: PortSeries, ports: Mapping[str, Port]) -> bool:
    """True if no port moves beyond its tolerance."""
    return all(
        np.abs(series - used[name]).max(initial=0.0) <= ports[name].tolerance
        for name, series in arriving.items()
    )


def _relaxed(
    arriving: PortSeries, used: PortSeries, ports: Mapping[str, Port], damp: bool
) -> PortSeries:
    """Latch what is on or off, damp the rest."""
    relaxed: dict[str, FloatArray] = {}
    for name, series in arriving.items():
        port, before = ports[name], used[name]
        if port.flag:
            lost_before = np.abs(before - port.neutral) > np.abs(series - port.neutral)
            relaxed[name] = np.where(lost_before, before, series)
        else:
            relaxed[name] = before + 0.5 * (series - before) if damp else series
    return relaxed
