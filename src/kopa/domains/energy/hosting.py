"""How much more generation or load each bus can take: its hosting capacity.

All buses are searched at once: each step of the search is one batch of power flows.

References
----------
Bollen, M., Hassan, F. (2011), Integration of Distributed Generation in the Power System, Wiley,
ch. 5 (hosting capacity).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import loading
from kopa.domains.energy.engine_pgm import Flows, PowerFlow
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.probes import reactive, with_probes
from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

MOST_MW = 1000.0
"""More than this is not looked for."""
RESOLUTION_MW = 1e-3
_FIRST_MW = 0.1
_BATCH = 512
_LOST = 10.0  # stands for a power flow without answer: far beyond every limit
_TURNS = 60
_POINTS, _ROUNDS = 33, 3  # of a share: to 1 / 32³
_SLACK = 1e-6  # p.u. and share of the rating


@dataclass(frozen=True)
class Hosting:
    """How much some buses can take.

    Parameters
    ----------
    buses
        The buses, shape (bus,).
    mw
        The most, MW; infinite where `MOST_MW` breaks no limit, shape (bus,).
    binds
        What comes to its limit there: ``voltage``, ``loading``, ``collapse`` or nothing.
    at
        Asset row of it, -1 for nothing, shape (bus,).
    """

    buses: IntArray
    mw: FloatArray
    binds: tuple[str, ...]
    at: IntArray


def hosting(
    energy: Energy,
    power_factor: float,
    generates: bool,
    limits: Limits,
    load_factor: float = 1.0,
    progress: Callable[[int], None] = lambda done: None,
) -> Hosting:
    """The most generation, or load, at each live bus alone.

    A limit that the grid breaks without it counts where it gets worse.

    Parameters
    ----------
    energy
        The grid.
    power_factor
        Of what is added; it draws reactive power.
    generates
        True for generation, False for load.
    limits
        What must hold.
    load_factor
        Of all loads and motors of the file.
    progress
        Called with the number of buses that are newly done.

    Raises
    ------
    EngineError
        If the grid without it has no power flow.
    """
    search = _Search(energy, power_factor, generates, limits, load_factor)
    buses = np.flatnonzero(energy.topology.live)
    found = []
    for begin in range(0, len(buses), _BATCH):
        found.append(search.most(buses[begin : begin + _BATCH]))
        progress(len(buses[begin : begin + _BATCH]))
    mw = np.concatenate(found) if found else np.empty(0)
    binds, at = search.binding(buses, mw)
    return Hosting(buses, mw, binds, at)


@dataclass(frozen=True)
class Together:
    """How much of a wish at many buses a grid can take at once.

    Parameters
    ----------
    share
        Of the wish at each bus: the most before the first limit breaks, 0 to 1.
    binds, at
        What comes to its limit then, as in `Hosting`; nothing where the whole wish fits.
    """

    share: float
    binds: str
    at: int


def together(
    energy: Energy,
    wanted: FloatArray,
    power_factor: float,
    generates: bool,
    limits: Limits,
    load_factor: float = 1.0,
) -> Together:
    """The share of a wish at many buses that fits at once.

    Parameters
    ----------
    energy, power_factor, generates, limits, load_factor
        As for `hosting`.
    wanted
        MW at each bus, shape (bus,).

    Raises
    ------
    EngineError
        If the grid without it has no power flow.
    """
    search = _Search(energy, power_factor, generates, limits, load_factor)
    return search.together(wanted)


class _Search:
    """A grid with a unit more at each bus."""

    def __init__(
        self, energy: Energy, power_factor: float, generates: bool, limits: Limits, factor: float
    ) -> None:
        buses = np.arange(energy.network.buses)
        probes = with_probes(energy.network, buses, reactive(power_factor), generates)
        self._network = network = probes
        self._first = len(energy.network.units.bus)
        self._engine = PowerFlow(network, energy.topology)
        self._usual = np.zeros(len(network.units.bus))
        units = energy.network.units
        self._usual[: self._first] = np.where(units.consumer, factor, 1.0)
        base = self._engine.scaled(self._usual[None, :])
        if not base.converged[0]:
            raise EngineError("the grid has no power flow as it is")
        self._low, self._high, full = limits.held(base.volts, loading(network, base))
        self._full = full / 100

    def most(self, buses: IntArray) -> FloatArray:
        """The most at each of some buses, MW.

        Each limit is taken for a straight line through the last two points; the nearest of their
        roots is the next point, half a resolution inside or outside of it once the bracket is
        open on one side only. Where that does not halve the bracket, its middle is.
        """
        n = len(buses)
        none = np.zeros(n)
        low, high = none.copy(), np.full(n, np.inf)
        before, last = none.copy(), np.full(n, _FIRST_MW)
        old = np.repeat(self._each(self._engine.scaled(self._usual[None, :])), n, axis=0)
        found = np.full(n, np.inf)
        todo = np.arange(n)
        for turn in range(_TURNS):
            new = self._each(self._flows(last[todo], buses[todo]))
            good = new.max(axis=1) <= 0
            low[todo[good]] = last[todo[good]]
            high[todo[~good]] = last[todo[~good]]
            shut = high[todo] - low[todo] <= RESOLUTION_MW
            free = low[todo] >= MOST_MW
            found[todo[shut]] = low[todo[shut]]
            keep = ~(shut | free)
            root = _nearest_root(before[todo], last[todo], old, new)[keep]
            todo, old = todo[keep], new[keep]
            if not len(todo):
                return found
            before[todo] = last[todo]
            last[todo] = _next(low[todo], high[todo], root, bisect=turn % 3 == 2)
        raise EngineError("the search for the hosting capacity does not end")

    def together(self, wanted: FloatArray) -> Together:
        """How much of a wish fits at once."""
        low, high = 0.0, 1.0
        for _ in range(_ROUNDS):
            shares = np.linspace(low, high, _POINTS)
            each = self._each(self._all(shares, wanted))
            broken = each.max(axis=1) > 0
            if not broken.any():
                return Together(1.0, "", -1)
            first = int(broken.argmax())
            low, high = float(shares[max(first - 1, 0)]), float(shares[first])
        binds, at = self._limit(int(each[first].argmax()), bool(each[first].max() < _LOST / 2))
        return Together(low, binds, at)

    def _all(self, shares: FloatArray, wanted: FloatArray) -> Flows:
        factors = np.repeat(self._usual[None, :], len(shares), axis=0)
        factors[:, self._first :] = shares[:, None] * wanted
        return self._engine.scaled(factors)

    def _limit(self, limit: int, solved: bool) -> tuple[str, int]:
        """Word and asset of a limit."""
        edge = limit - 2 * self._network.buses
        if not solved:
            return "collapse", -1
        if edge >= 0:
            return "loading", int(self._network.edges.rows[edge])
        return "voltage", limit % self._network.buses

    def _flows(self, mw: FloatArray, buses: IntArray) -> Flows:
        factors = np.repeat(self._usual[None, :], len(buses), axis=0)
        factors[np.arange(len(buses)), self._first + buses] = mw
        return self._engine.scaled(factors)

    def _loading(self, flows: Flows) -> FloatArray:
        return np.nan_to_num(loading(self._network, flows), nan=0.0) / 100

    def _each(self, flows: Flows) -> FloatArray:
        """How far each limit is broken, below zero where it holds, p.u. or share.

        Low, then high voltage of buses, then edges, shape (state, limit).
        """
        live = flows.volts > 0
        parts = [
            np.where(live, self._low - flows.volts, -1.0),
            np.where(live, flows.volts - self._high, -1.0),
            self._loading(flows) - self._full,
        ]
        found = np.concatenate(parts, axis=1) - _SLACK
        found[~flows.converged] = _LOST
        return found

    def binding(self, buses: IntArray, mw: FloatArray) -> tuple[tuple[str, ...], IntArray]:
        """What comes to its limit at the most, and where."""
        words, at = [""] * len(buses), np.full(len(buses), -1)
        limited = np.flatnonzero(np.isfinite(mw))
        for begin in range(0, len(limited), _BATCH):
            rows = limited[begin : begin + _BATCH]
            flows = self._flows(mw[rows] + 2 * RESOLUTION_MW, buses[rows])
            worst = self._each(flows).argmax(axis=1)
            for row, limit, good in zip(rows, worst, flows.converged, strict=True):
                words[row], at[row] = self._limit(int(limit), bool(good))
        return tuple(words), at


def _nearest_root(
    before: FloatArray, last: FloatArray, old: FloatArray, new: FloatArray
) -> FloatArray:
    """Where the first limit comes to zero by a straight line, infinite for none, shape (bus,)."""
    slope = (new - old) / np.where(last == before, 1.0, last - before)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.where(slope > 0, last[:, None] - new / slope, np.inf)
    return np.asarray(root.min(axis=1))


def _next(low: FloatArray, high: FloatArray, root: FloatArray, bisect: bool) -> FloatArray:
    """The next point to try, inside what is open."""
    half = RESOLUTION_MW / 2
    # inside first, then outside: two points shut the bracket around a root that is right
    point = np.where(root - low > RESOLUTION_MW, root - half, root + half)
    open_ = np.isinf(high)
    middle = np.where(open_, np.maximum(4 * low, 4 * _FIRST_MW), (low + high) / 2)
    wrong = ~((point > low) & (point < high))
    return np.minimum(np.where(wrong | (bisect & ~open_), middle, point), MOST_MW)
