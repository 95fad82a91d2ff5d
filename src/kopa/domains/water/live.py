"""Measured values of a water network: how it stands now, and what is wrong or at risk."""

from __future__ import annotations

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, switched
from kopa.model import IntArray, Window
from kopa.model.window import clock

from .hydraulics import Hydraulics
from .network import PUMP, Network

LITRES_PER_SECOND, METRES = "G51", "MTR"
STEADY_S = 120.0
"""A pump that stands still for less is starting, or being changed over."""
WATCHED_S = 900.0
"""Inflow is held against the usual demand only if it was watched for so long."""
USUAL = 0.05
"""Demand within this share of the usual is the usual."""
SURE = 3.0
"""A demand is unusual if it is so many standard errors off."""
FACTORS = (0.5, 2.0)
"""Demand outside these is no demand: a leak, or a meter that is wrong."""
HIGH = 1.3
"""So many times the usual demand is told."""
NEARLY = 0.02
"""A tank with less than this share of its range left is empty."""


def meters(network: Network, window: Window, run: Hydraulics) -> tuple[Meter, ...]:
    """What meters show: levels of tanks, pumps that run, water out of reservoirs.

    Parameters
    ----------
    network, window, run
        A run.
    """
    pumps = len(network.node_ids) + network.pumps
    running = (run.pump_energy > 0).astype(np.float64)
    flow = run.given / window.step * 1000
    return (
        Meter("level", METRES, network.tanks, run.pressure[:, network.tanks], taken=True),
        Meter("running", "", pumps, running, flag=True),
        Meter("flow", LITRES_PER_SECOND, network.reservoirs, flow, taken=True),
    )


def state(network: Network, now: LiveState) -> list[Change]:
    """Pumps that stand still, links that are shut, levels of tanks, and the demand.

    Parameters
    ----------
    network
        The network.
    now
        What was measured.
    """
    ids = network.assets.ids
    found = switched(now, "running", "off", ids, "water", STEADY_S)
    found += [Change("water", ids[row], "closed") for row in _shut(network, now)]
    levels = now.readings.get("level")
    if levels is not None:
        column = {int(node): n for n, node in enumerate(network.tanks)}
        for row, value in zip(levels.rows.tolist(), levels.values.tolist(), strict=True):
            if row in column:
                low, high = network.tank_levels[:, column[row]].tolist()
                level = min(max(round(value, 1), low), high)
                found.append(Change("water", ids[row], "level", level, "m"))
    factor = demand_factor(network, now)
    if factor is not None and FACTORS[0] <= factor <= FACTORS[1] and factor != 1:
        # in steps, so that noise is no new state
        found.append(Change("water", "network", "factor", round(factor / USUAL) * USUAL))
    return found


def _shut(network: Network, now: LiveState) -> list[int]:
    """Asset rows of pipes and valves that are measured to be shut and usually are not."""
    valves = now.readings.get("open")
    if valves is None:
        return []
    rows = valves.rows[valves.values < 0.5].tolist()
    first = len(network.node_ids)
    links = [(row, row - first) for row in rows if first <= row < first + len(network.link_ids)]
    return [
        row
        for row, link in links
        if network.link_types[link] != PUMP and not network.always_shut[link]
    ]


def demand_factor(network: Network, now: LiveState) -> float | None:
    """Demand of the last hour, by inflow and tanks, against the usual of these hours.

    1 where it may be the usual, by the scatter of the meters. None where not all reservoirs and
    tanks are measured, or not for long enough.
    """
    inflow, levels = now.readings.get("flow"), now.readings.get("level")
    if inflow is None or inflow.span_s < WATCHED_S or not _all(network.reservoirs, inflow.rows):
        return None
    measured = np.isin(inflow.rows, network.reservoirs)
    litres, error = float(inflow.mean[measured].sum()), 0.0
    if len(network.tanks):
        if levels is None or not _all(network.tanks, levels.rows):
            return None
        column = {int(row): n for n, row in enumerate(levels.rows)}
        chosen = [column[int(tank)] for tank in network.tanks]
        area = network.tank_volume / np.diff(network.tank_levels, axis=0)[0]
        per_second = 1000 * area / levels.span_s
        litres -= float(per_second @ levels.rise[chosen])
        error = float(np.sqrt(np.square(per_second * levels.error[chosen]).sum()))
    ones = np.ones(len(network.node_ids))
    hour = now.window.start - np.linspace(0, inflow.span_s, 5)
    usual = 1000 * np.mean(
        [network.wanted(int(at) - network.start_clock, ones).sum() for at in hour]
    )
    if usual <= 0:
        return None
    factor = litres / float(usual)
    return factor if abs(factor - 1) > max(USUAL, SURE * error / float(usual)) else 1.0


def _all(wanted: IntArray, rows: IntArray) -> bool:
    return bool(len(wanted)) and bool(np.isin(wanted, rows).all())


def watch(network: Network, now: LiveState) -> list[Finding]:
    """Pumps that stand still, links that are shut, demand out of bounds, tanks that run empty.

    Parameters
    ----------
    network
        The network.
    now
        What was measured, and the forecast.
    """
    found = [_told(change) for change in now.changes if change.kind in ("off", "closed")]
    factor = demand_factor(network, now)
    if factor is not None and factor > HIGH:
        found.append(
            Finding(
                "water.inflow",
                f"{factor:.1f} times the usual water went in during the last hour.",
                "Look for a burst, or an open hydrant; check the meters of the sources.",
                "warning",
                asset="water:network",
                values={"times": round(factor, 1)},
            )
        )
    return found + _running_empty(network, now)


def _told(change: Change) -> Finding:
    if change.kind == "off":
        what, do = "does not run, though it usually does at this hour", "See why it stopped"
    else:
        what, do = "is shut, though it usually is open", "See who shut it, and until when"
    what = f"{change.full} {what}."
    values = {"asset": change.full}
    return Finding(
        f"water.{change.kind}", what, f"{do}.", "warning", asset=change.full, values=values
    )


def _running_empty(network: Network, now: LiveState) -> list[Finding]:
    """Tanks that the forecast empties though a usual day does not."""
    forecast, usual = now.expected.get("level"), now.usual.get("level")
    if forecast is None or usual is None or "level" not in now.readings:
        return []
    low, high = network.tank_levels
    least = low + NEARLY * (high - low)
    empty = (forecast.values <= least) & (usual.values > least)
    found = []
    for column in np.flatnonzero(empty.any(axis=0)).tolist():
        at = now.window.start + int(np.argmax(empty[:, column])) * now.window.step
        asset = network.assets.full(int(network.tanks[column]))
        found.append(
            Finding(
                "water.tank-empties",
                f"{asset} is empty at {clock(at)} if nothing is done.",
                "Start a pump, close what leaks, or ask people to save water.",
                "warning",
                asset=asset,
                values={"asset": asset, "time": clock(at)},
            )
        )
    return found
