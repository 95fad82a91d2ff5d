"""Measured values of sewers: how they stand now, and what is wrong or at risk.

What wells and pumps usually do is told without the engine: pumps that dry weather reaches run, and
wells stand between the depths that start and stop their pumps, or where its curve has the flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter
from kopa.model import FloatArray, IntArray, Window
from kopa.model.window import clock

from .hydraulics import Outcome
from .network import PUMP, STORAGE, WEIR, Network

METRES = "MTR"
HOUR_S, HOURS = 3600, 24
STEADY_S = 300.0
"""A pump that should run and stands still for less is starting."""
RESTS_S = 6 * 3600.0
"""A pump that starts and stops may rest so long where nobody measures its well."""
AHEAD_S = 6 * 3600
"""A well is told that fills within this time."""
SURE = 3.0
"""A level rises if it does by so many standard errors."""
ABOVE = 0.05
"""A well is high if it stands above a dry day's by this share of what it holds."""
SPILLS_L_S = 1.0
"""An overflow that brings less is no news."""


@dataclass(frozen=True)
class Wells:
    """What wells and pumps do on a dry day.

    Parameters
    ----------
    nodes
        Rows of the storages.
    level
        Usual depth of each hour, m, shape (24, storage).
    top
        Greatest depth of the day, m, shape (storage,).
    crest
        Depth at which it overflows or stands to the ground, m, shape (storage,).
    running
        1 where a pump has flow in an hour, shape (24, pump).
    rests
        True for pumps that start and stop by depth or rules, shape (pump,).
    """

    nodes: IntArray
    level: FloatArray
    top: FloatArray
    crest: FloatArray
    running: FloatArray
    rests: FloatArray


def usual_wells(network: Network, day: datetime) -> Wells:
    """Wells and pumps on a dry day.

    Parameters
    ----------
    network
        The network.
    day
        Its midnight.
    """
    nodes = np.flatnonzero(network.node_types == STORAGE)
    column = {int(node): at for at, node in enumerate(nodes)}
    hours = [network.passing(network.dry_flow(day.date(), hour)) for hour in range(HOURS)]
    flow = np.array(hours)[:, network.pumps]
    level, top = np.zeros((HOURS, len(nodes))), np.zeros(len(nodes))
    ruled = {word.upper() for row in network.inp.rows("CONTROL") for word in row.words}
    rows = {row.words[0].upper(): row.words for row in network.inp.rows("PUMP")}
    rests = np.zeros(len(network.pumps))
    for pump, link in enumerate(network.pumps.tolist()):
        name = network.link_ids[link].upper()
        start, stop = _switching(rows[name], network.units.length)
        rests[pump] = start > 0 or name in ruled
        well = column.get(int(network.ends[0, link]))
        if well is None:
            continue
        by_hour = _standing(network, rows[name], flow[:, pump])
        if start > 0:
            by_hour = np.where(flow[:, pump] > 0, (start + stop) / 2, 0.0)
        level[:, well] = np.maximum(level[:, well], by_hour)
        top[well] = max(top[well], start, by_hour.max(initial=0.0))
    crest = crests(network, nodes)
    # a link that dry weather reaches is no overflow
    crest = np.where(crest > top, crest, network.depth[nodes])
    return Wells(nodes, level, top, crest, (flow > 0).astype(np.float64), rests)


def _switching(words: tuple[str, ...], metre: float) -> tuple[float, float]:
    """Depths that start and stop a pump, m; 0 for none."""
    found = [float(word) * metre for word in words[5:7]]
    return (found[0], found[1]) if len(found) == 2 else (0.0, 0.0)


def _standing(network: Network, words: tuple[str, ...], flow: FloatArray) -> FloatArray:
    """Depth at which a pump that runs by its well's depth has a flow, m; 0 for other pumps."""
    rows = [row.words for row in network.inp.rows("CURVE")
            if row.words[0].upper() == words[3].upper()]  # fmt: skip
    if not rows or len(rows[0]) < 2 or rows[0][1].upper() not in ("PUMP2", "PUMP4"):
        return np.zeros_like(flow)
    values = [float(word) for at, row in enumerate(rows) for word in row[1 + (at == 0) :]]
    depth, rate = np.array(values[::2]), np.array(values[1::2])
    most = int(np.argmax(rate)) + 1
    stands = np.interp(flow / network.units.flow, rate[:most], depth[:most])
    return np.asarray(stands * network.units.length)


def crests(network: Network, nodes: IntArray) -> FloatArray:
    """Depth at which nodes overflow by a link above the usual way, or stand to the ground, m.

    Parameters
    ----------
    network
        The network.
    nodes
        Their rows.
    """
    crest = network.depth.copy()
    for link, node in enumerate(network.ends[0].tolist()):
        aside = link != network.way[node] and network.link_types[link] != PUMP
        if (aside or network.link_types[link] == WEIR) and network.offset[link] > 0:
            crest[node] = min(crest[node], network.offset[link])
    return np.asarray(crest[nodes])


def meters(network: Network, window: Window, wells: Wells, outcome: Outcome) -> tuple[Meter, ...]:
    """What meters show: levels of wells, and pumps that run.

    Parameters
    ----------
    network, window
        The network, and the time.
    wells
        A dry day.
    outcome
        What is different from it.
    """
    if outcome.failure:
        return ()
    hour = (window.starts.astype(np.int64) // HOUR_S) % HOURS
    level = np.maximum(wells.level[hour] + outcome.raised[:, wells.nodes], 0.0)
    running = np.clip(wells.running[hour] + outcome.turned, 0.0, 1.0)
    rows = len(network.node_ids) + network.pumps
    return (
        Meter("level", METRES, wells.nodes, level),
        Meter("running", "", rows, running, flag=True),
    )


def state(network: Network, wells: Wells, now: LiveState) -> list[Change]:
    """Pumps that stand still though dry weather reaches them.

    One that starts and stops stands still though its well is above what starts it; where nobody
    measures the well, for too long.

    Parameters
    ----------
    network
        The network.
    wells
        A dry day.
    now
        What was measured.
    """
    found = now.readings.get("running")
    if found is None:
        return []
    pump_of = {network.link_row(int(link)): at for at, link in enumerate(network.pumps)}
    high = _high(wells, now)
    off = []
    for at in np.flatnonzero(found.values < 0.5).tolist():
        row = int(found.rows[at])
        pump = pump_of.get(row)
        if pump is None or not wells.running[:, pump].any():
            continue
        well = int(network.ends[0, network.pumps[pump]])
        least = STEADY_S if not wells.rests[pump] or high.get(well, False) else RESTS_S
        if high.get(well) is False and wells.rests[pump]:
            continue
        if found.steady_s[at] >= least:
            off.append(Change("sewerage", network.assets.ids[row], "off"))
    return off


def _high(wells: Wells, now: LiveState) -> dict[int, bool]:
    """For each well that is measured, whether it stands above its dry day."""
    levels = now.readings.get("level")
    if levels is None:
        return {}
    column = {int(node): at for at, node in enumerate(wells.nodes)}
    return {
        row: bool(value > wells.top[well] + ABOVE * min(wells.crest[well], 10.0))
        for row, value in zip(levels.rows.tolist(), levels.values.tolist(), strict=True)
        if (well := column.get(row)) is not None
    }


def watch(network: Network, wells: Wells, now: LiveState) -> list[Finding]:
    """Pumps that stand still, wells that fill, overflows that spill.

    Parameters
    ----------
    network
        The network.
    wells
        A dry day.
    now
        What was measured.
    """
    found = [
        _finding("off", change.full, f"{change.full} does not run, though water comes to it.",
                 "See why it stopped.")
        for change in now.changes
        if change.kind == "off"
    ]  # fmt: skip
    return found + _filling(network, wells, now) + _spilling(network, now)


def _filling(network: Network, wells: Wells, now: LiveState) -> list[Finding]:
    """Wells above what they reach on a dry day that rise to their crest, or stand above it."""
    levels = now.readings.get("level")
    if levels is None:
        return []
    column = {int(node): at for at, node in enumerate(wells.nodes)}
    high = _high(wells, now)
    found = []
    for at, row in enumerate(levels.rows.tolist()):
        if not high.get(row, False) or not np.isfinite(wells.crest[column[row]]):
            continue
        well = column[row]
        level, crest = float(levels.values[at]), float(wells.crest[well])
        rise = float(levels.rise[at])
        rises = rise > SURE * float(levels.error[at]) and levels.span_s > 0
        left = max(crest - level, 0.0) * levels.span_s / rise if rises and rise > 0 else np.inf
        if level < crest and left > AHEAD_S:
            continue
        asset = network.assets.full(row)
        more = f"{level - wells.top[well]:.1f}"
        if level >= crest:
            what = f"{asset} stands {more} m above its dry day, and is full."
            found.append(_finding("full", asset, what, "Start its pump, or call a tanker.",
                                  more=more))  # fmt: skip
            continue
        when = clock(now.window.start + round(left))
        what = f"{asset} stands {more} m above its dry day, and is full at {when} if it goes on."
        found.append(_finding("fills", asset, what, "See whether its pump runs, and what is "
                              "blocked below it.", more=more, time=when))  # fmt: skip
    return found


def _spilling(network: Network, now: LiveState) -> list[Finding]:
    """Overflows that bring water."""
    flow = now.readings.get("overflow")
    if flow is None:
        return []
    places = set(network.overflows.tolist())
    found = []
    for row, value in zip(flow.rows.tolist(), flow.values.tolist(), strict=True):
        if row in places and value > SPILLS_L_S:
            asset = network.assets.full(row)
            what = f"{asset} overflows into water: {value:.0f} L/s."
            do = "See what is blocked or stands still above it; warn bathers below."
            found.append(_finding("overflows", asset, what, do, flow=f"{value:.0f}"))
    return found


def _finding(code: str, asset: str, what: str, do: str, **values: str) -> Finding:
    return Finding(f"sewerage.{code}", what, do, "warning", asset=asset,
                   values={"asset": asset, **values})  # fmt: skip
