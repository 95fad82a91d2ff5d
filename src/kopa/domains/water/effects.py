"""What a run adds up to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .causes import shares
from .hydraulics import Hydraulics
from .network import Network
from .plan import Plan

SHORT = 0.5
"""People are without water in a step in which less than this share of their demand arrives."""

_ENGINE = "EPANET 2.3, pressure-driven demand (Wagner et al. 1988)"


def unserved(run: Hydraulics) -> FloatArray:
    """Demand that is not delivered, m³, shape (node,)."""
    missing = np.maximum(run.wanted - run.delivered, 0.0)
    return np.asarray(np.round(missing.sum(axis=0), 9))


def person_hours(network: Network, run: Hydraulics, window: Window, people: FloatArray) -> float:
    """Person-hours in which people have less than `SHORT` of their water.

    Parameters
    ----------
    network, run, window
        The run.
    people
        People at each node, shape (node,).
    """
    short = shares(network, run) < SHORT
    return round(float((short @ people).sum()) * window.hours_per_step, 9)


def accounts(
    network: Network, plan: Plan, window: Window, run: Hydraulics, origins: IntArray
) -> tuple[Account, ...]:
    """Water that is not supplied, water that is lost, and energy of the pumps.

    Parameters
    ----------
    network, plan, window, run
        The run.
    origins
        Event behind each node's shortage, -1 for none, shape (node,).
    """
    assets, nodes = len(network.assets), len(network.node_ids)

    def over_assets(
        values: FloatArray | IntArray, rows: IntArray | slice, blank: float
    ) -> FloatArray:
        full = np.full(assets, blank)
        full[rows] = values
        return full

    starts, ends = spans(run.wanted - run.delivered > 1e-9, window.starts, window.step)
    here = slice(0, nodes)
    pumps = nodes + network.pumps
    return (
        Account(
            "people",
            "water_not_supplied",
            "m3",
            over_assets(unserved(run), here, 0.0),
            f"demand less what is delivered; {_ENGINE}",
            service="water",
            starts=over_assets(starts, here, 0).astype(np.int64),
            ends=over_assets(ends, here, 0).astype(np.int64),
            events=over_assets(origins, here, -1).astype(np.int64),
            own=True,
        ),
        Account(
            "environment",
            "water_lost",
            "m3",
            over_assets(np.maximum(run.leaked, 0.0), here, 0.0),
            f"flow out of bursts, emitters and leaks; {_ENGINE}",
            events=over_assets(_burst_events(network, plan), here, -1).astype(np.int64),
        ),
        Account(
            "environment",
            "pump_energy",
            "kWh",
            over_assets(run.pump_energy.sum(axis=0), pumps, 0.0),
            "energy that the pumps draw, by their curves and efficiencies in the INP file",
        ),
    )


def spills(plan: Plan, window: Window, run: Hydraulics, columns: Mapping[int, int]) -> FloatArray:
    """Water that comes out of each pipe's bursts, mean of their time, L/s, (step, pipe).

    Parameters
    ----------
    plan, window, run
        The run.
    columns
        Column of each pipe by its asset row.
    """
    flow = np.zeros((window.steps, len(columns)))
    bursts = [d for d in plan.disturbances if d.leak]
    opened = np.zeros(len(run.leaked))
    for d in bursts:
        opened[list(d.nodes)] += d.leak
    for d in bursts:
        cover = window.cover(d.start, d.end)
        nodes = list(d.nodes)
        litres = 1000 * float((run.leaked[nodes] * d.leak / opened[nodes]).sum())
        seconds = float(cover.sum()) * window.step
        if seconds > 0:
            for row in d.rows:
                flow[:, columns[row]] += cover * litres / seconds
    return flow


def burst_events(plan: Plan, columns: Mapping[int, int]) -> IntArray:
    """The event of each pipe's burst, -1 for none; events begin with the disturbances."""
    found = np.full(len(columns), -1, dtype=np.int64)
    for d in plan.disturbances:
        if d.leak:
            found[[columns[row] for row in d.rows]] = d.change
    return found


def _burst_events(network: Network, plan: Plan) -> IntArray:
    """The event of the burst that opens at a node; events begin with the disturbances."""
    found = np.full(len(network.node_ids), -1, dtype=np.int64)
    for d in plan.disturbances:
        if d.leak:
            found[list(d.nodes)] = d.change
    return found
