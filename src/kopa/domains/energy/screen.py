"""N-1: every line and transformer out, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.bridges import Bridges
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import loading
from kopa.domains.energy.engine_pgm import Flows
from kopa.domains.energy.topology import Action, Effect, State

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
    rows = [row for row, kind in enumerate(energy.assets().kinds) if kind in kinds]
    outages = _by_graph(energy, rows)
    unsettled = [i for i, outage in enumerate(outages) if full or outage.effect == "meshed"]
    progress(len(outages) - len(unsettled))
    for start in range(0, len(unsettled), BATCH):
        part = unsettled[start : start + BATCH]
        flows = energy.power_flow.solve([_state(energy, outages[i].row) for i in part])
        for place, outage in zip(part, _by_flow(energy, outages, part, flows), strict=True):
            outages[place] = outage
        progress(len(part))
    return outages


def _state(energy: Energy, row: int) -> State:
    return energy.topology.state(Action(out=frozenset([row])))


def _by_graph(energy: Energy, rows: Sequence[int]) -> list[Outage]:
    """What the graph says of each: of all that stop one edge, by one walk of it."""
    units, topology = energy.network.units, energy.topology
    used = units.consumer & units.in_service & topology.live[units.bus]
    buses, power = units.bus[used], units.p[used].sum(axis=1)
    loads = np.bincount(buses, minlength=energy.network.buses).astype(float)
    mw = np.asarray(np.bincount(buses, power, energy.network.buses), dtype=np.float64)
    bridges = Bridges(topology)
    lost, lost_mw = bridges.behind(loads), bridges.behind(mw)

    def told(row: int) -> Outage:
        state, live = _state(energy, row), topology.live
        found = 0.0, 0.0
        if state.sources_out:
            live = topology.energised(state)
            cut = topology.live & ~live
            found = loads[cut].sum(), mw[cut].sum()
        elif state.edges and (below := bridges.below[edge := state.edges[0][0]]) >= 0:
            found = lost[edge], lost_mw[edge]
            live = live.copy()
            live[below] = False  # what lies behind it is dead too, and asked by nobody
        effect = topology.effect(state, live)
        return Outage(row, int(found[0]), float(found[1]), effect, "ok", "graph")

    return [told(row) for row in rows]


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
