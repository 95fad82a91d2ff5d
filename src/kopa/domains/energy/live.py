"""Measured values of a grid: how it stands now, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, switched
from kopa.domains.energy.effects import loading
from kopa.domains.energy.engine_pgm import Flows
from kopa.domains.energy.network import Network
from kopa.domains.energy.timeline import Piece, seconds_by_step
from kopa.model import BoolArray, Window

KILOWATTS, PERCENT, PER_UNIT = "KWT", "P1", "C62"
WATCHED_S = 900.0
"""Load is held against the usual only if it was watched for so long."""
USUAL = 0.05
FACTORS = (0.2, 2.0)
"""Load outside these is a meter that is wrong."""


def meters(
    network: Network,
    window: Window,
    changes: Sequence[Change],
    parts: Sequence[Piece],
    flows: Flows | None,
) -> tuple[Meter, ...]:
    """What meters show: switches, branches in service; voltage, loading, power of the sources.

    Parameters
    ----------
    network, window
        The grid, and the time.
    changes, parts
        What is done, and the pieces of the run.
    flows
        The power flow of each piece, None where there is no answer: then nothing is said of what
        takes one.
    """
    weight = seconds_by_step(window, parts) / window.step
    positions = [_positions(network, [changes[i] for i in piece.active]) for piece in parts]
    closed = np.array([switches for switches, _ in positions], dtype=np.float64)
    alive = np.array([edges for _, edges in positions], dtype=np.float64)
    found = [
        Meter("closed", "", network.switches.rows, weight @ closed, flag=True),
        Meter("in_service", "", network.edges.rows, weight @ alive, flag=True),
    ]
    if flows is not None:
        rated = np.flatnonzero(np.isfinite(network.edges.rated_ka).all(axis=1))
        full = loading(network, flows)[:, rated]
        rows = network.edges.rows[rated]
        buses = np.arange(network.buses, dtype=np.int64)
        power = weight @ flows.source_mw * 1e3
        found += [
            Meter("voltage", PER_UNIT, buses, weight @ flows.volts),
            Meter("loading", PERCENT, rows, weight @ full),
            Meter("power", KILOWATTS, network.sources.rows, power, taken=True),
        ]
    return tuple(found)


def _positions(network: Network, changes: Sequence[Change]) -> tuple[BoolArray, BoolArray]:
    """Switches that are closed, and edges in service, while changes hold."""
    closed, alive = network.switches.closed.copy(), network.edges.in_service.copy()
    rows: dict[str, list[int]] = {"closed": [], "opened": [], "out": [], "factor": []}
    for change in changes:
        rows[change.kind].append(network.assets.index[change.asset])
    closed |= np.isin(network.switches.rows, rows["closed"])
    closed &= ~np.isin(network.switches.rows, rows["opened"] + rows["out"])
    alive &= ~np.isin(network.edges.rows, rows["out"])
    return closed, alive


def state(network: Network, now: LiveState) -> list[Change]:
    """Switches that are open, branches that are out, and the load.

    Parameters
    ----------
    network
        The grid.
    now
        What was measured.
    """
    ids = network.assets.ids
    found = switched(now, "closed", "opened", ids, "energy")
    out = switched(now, "in_service", "out", ids, "energy")
    kinds = network.assets.kinds
    found += [c for c in out if kinds[network.assets.index[c.asset]] in ("line", "trafo")]
    factor = load_factor(network, now)
    if factor is not None and FACTORS[0] <= factor <= FACTORS[1] and abs(factor - 1) > USUAL:
        found.append(Change("energy", "network", "factor", round(factor / USUAL) * USUAL))
    return found


def load_factor(network: Network, now: LiveState) -> float | None:
    """Power of the sources in the last hour against the usual, None if not all are measured."""
    power, usual = now.readings.get("power"), now.usual.get("power")
    sources = network.sources.rows[network.sources.in_service]
    if power is None or usual is None or power.span_s < WATCHED_S or not len(sources):
        return None
    if not np.isin(sources, power.rows).all():
        return None
    mine = np.isin(power.rows, sources)
    expected = float(np.nansum(usual.at(sources)))
    return float(power.mean[mine].sum()) / expected if expected > 0 else None


def watch(now: LiveState) -> list[Finding]:
    """Switches that are open, and branches that are out, against their usual state."""
    words = {
        "opened": ("is open, though it usually is closed", "See who opened it, or what tripped it"),
        "out": ("is out, though it usually is in service", "See what tripped it"),
    }
    return [
        Finding(
            f"energy.{change.kind}",
            f"{change.full} {words[change.kind][0]}.",
            f"{words[change.kind][1]}.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
        if change.kind in words
    ]
