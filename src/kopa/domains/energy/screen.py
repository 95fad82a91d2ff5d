"""N-1: every line and transformer out, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import loading
from kopa.domains.energy.engine_pgm import Flows
from kopa.domains.energy.topology import Action, Effect, State
from kopa.model import BoolArray

ELEMENTS = ("line", "trafo", "impedance", "switch", "ext_grid")
"""Kinds of element that can be screened."""

BATCH = 256
"""States in one batch: enough to keep all cores busy, few enough for progress to move."""


@dataclass(frozen=True)
class Outage:
    """What the outage of one element does.

    Parameters
    ----------
    row
        Asset of the element.
    unsupplied_loads
        Loads and motors that lose supply by it.
    lost_mw
        What they draw at 1 p.u.
    effect
        What it does to the rest of the grid.
    status
        ``ok``, or ``unknown`` where the power flow gave no answer.
    method
        ``graph`` or ``power flow``.
    min_voltage_pu, max_loading_percent
        Lowest voltage of what stays energised, and highest loading; NaN without power flow.
    """

    row: int
    unsupplied_loads: int
    lost_mw: float
    effect: Effect
    status: str
    method: str
    min_voltage_pu: float = float("nan")
    max_loading_percent: float = float("nan")


def screen(
    energy: Energy,
    kinds: Sequence[str] = ("line", "trafo"),
    full: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Outage]:
    """The outage of every element of some kinds.

    Parameters
    ----------
    energy
        The grid.
    kinds
        Kinds of element.
    full
        True for a power flow of every outage; False for those only that the graph does not
        settle.
    progress
        Called with the number of elements that are newly done.
    """
    topology = energy.topology
    rows = [row for row, kind in enumerate(energy.assets().kinds) if kind in kinds]
    states = [topology.state(Action(out=frozenset([row]))) for row in rows]
    lives = [topology.energised(state) for state in states]
    outages = [
        _by_graph(energy, row, state, live)
        for row, state, live in zip(rows, states, lives, strict=True)
    ]
    unsettled = [i for i, outage in enumerate(outages) if full or outage.effect == "meshed"]
    progress(len(outages) - len(unsettled))
    for start in range(0, len(unsettled), BATCH):
        part = unsettled[start : start + BATCH]
        flows = energy.power_flow.solve([states[i] for i in part])
        for place, outage in zip(part, _by_flow(energy, outages, part, flows), strict=True):
            outages[place] = outage
        progress(len(part))
    return outages


def _by_graph(energy: Energy, row: int, state: State, live: BoolArray) -> Outage:
    units = energy.network.units
    cut = energy.topology.live & ~live
    lost = units.consumer & units.in_service & cut[units.bus]
    return Outage(
        row=row,
        unsupplied_loads=int(lost.sum()),
        lost_mw=float(units.p[lost].sum()),
        effect=energy.topology.effect(state, live),
        status="ok",
        method="graph",
    )


def _by_flow(
    energy: Energy, outages: Sequence[Outage], part: Sequence[int], flows: Flows
) -> list[Outage]:
    """The outages again, with what their power flows say."""
    lowest = np.where(flows.volts > 0, flows.volts, np.inf).min(axis=1)
    # unrated edges have no loading, and do not hide that of others
    highest = np.where(np.isnan(full := loading(energy.network, flows)), -np.inf, full).max(
        axis=1, initial=-np.inf
    )
    found = []
    for place, good, low, high in zip(part, flows.converged, lowest, highest, strict=True):
        graph = outages[place]
        found.append(
            Outage(
                row=graph.row,
                unsupplied_loads=graph.unsupplied_loads,
                lost_mw=graph.lost_mw,
                effect=graph.effect,
                status="ok" if good else "unknown",
                method="power flow",
                min_voltage_pu=float(low) if good and np.isfinite(low) else float("nan"),
                max_loading_percent=float(high) if good and np.isfinite(high) else float("nan"),
            )
        )
    return found
