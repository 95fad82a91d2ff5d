"""What a run adds up to, as rows for the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Event
from kopa.domains.energy.engine_pgm import Flows
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.network import Network
from kopa.domains.energy.timeline import Piece, lost
from kopa.errors import Finding
from kopa.ledger.account import Account, Balance
from kopa.model import FloatArray, IntArray

LIMITS = Limits()
"""What is outside these is told."""


@dataclass(frozen=True)
class Solved:
    """Power flows of the pieces of a run.

    Parameters
    ----------
    flows
        One row each.
    row
        Row of `flows` for each piece, shape (piece,).
    """

    flows: Flows
    row: IntArray


def not_supplied(network: Network, parts: Sequence[Piece], first: IntArray) -> Account:
    """Energy that loads and motors do not get.

    Parameters
    ----------
    network
        The grid.
    parts
        The pieces of the window.
    first
        The event behind each asset's lost supply, -1 for none, shape (asset,).
    """
    units, size = network.units, len(network.assets)
    wanted = np.repeat(units.p.sum(axis=1)[None, :], len(parts), axis=0)
    for row, piece in enumerate(parts):
        for unit, factor in piece.state.factors:
            wanted[row, unit] *= factor
    gone = lost(network, parts) & units.consumer
    hours = _hours(parts)
    values = np.zeros(size)
    values[units.rows] = hours @ (wanted * gone) * 1e3
    starts, ends = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    affected = gone.any(axis=0)
    rows = units.rows[affected]
    # the outage's own seconds: pieces are finer than steps
    starts[rows] = np.array([piece.start for piece in parts])[gone.argmax(axis=0)[affected]]
    ends[rows] = np.array([piece.end for piece in parts])[::-1][gone[::-1].argmax(axis=0)[affected]]
    return Account(
        lens="people",
        quantity="energy_not_supplied",
        unit="kWh",
        values=values,
        method="power wanted at 1 p.u. times the hours without a way to a source",
        service="electricity",
        starts=starts,
        ends=ends,
        events=first,
        own=True,
    )


def behind(told: Sequence[Event], size: int) -> IntArray:
    """The first event of lost supply of each asset, -1 for none, shape (asset,)."""
    first = np.full(size, -1, dtype=np.int64)
    for position in reversed(range(len(told))):
        if told[position].what == "no_electricity":
            first[told[position].rows] = position
    return first


def losses(network: Network, parts: Sequence[Piece], solved: Solved) -> Account:
    """Energy lost in lines, transformers and other edges."""
    values = np.zeros(len(network.assets))
    np.add.at(values, network.edges.rows, _hours(parts) @ _at(solved, "losses_mw") * 1e3)
    return Account(
        lens="environment",
        quantity="network_losses",
        unit="kWh",
        values=values,
        method="power flow of every state of the run; absent where outages are radial and "
        "need none",
    )


def balance(parts: Sequence[Piece], solved: Solved) -> Balance:
    """What sources and generators gave, and where it went, kWh."""
    hours = _hours(parts) * 1e3
    infeed = _at(solved, "source_mw").sum(axis=1) + _at(solved, "fed_mw")
    return Balance(
        quantity="electricity",
        unit="kWh",
        supplied=float(hours @ infeed),
        used=float(hours @ _at(solved, "used_mw")),
        lost=float(hours @ _at(solved, "losses_mw").sum(axis=1)),
        stored=0.0,
    )


def _hours(parts: Sequence[Piece]) -> FloatArray:
    return np.asarray(np.array([piece.end - piece.start for piece in parts]) / 3600)


def _at(solved: Solved, name: str) -> FloatArray:
    return np.asarray(getattr(solved.flows, name)[solved.row])


def loading(network: Network, flows: Flows) -> FloatArray:
    """Loading of each edge by current, %, NaN where it is unrated, shape (state, edge)."""
    rated = network.edges.rated_ka
    return np.asarray(np.maximum(flows.begin_ka / rated[:, 0], flows.end_ka / rated[:, 1]) * 100)


def at_risk(network: Network, flows: Flows) -> list[Finding]:
    """Voltages out of range and overloads: how many, and the worst of them.

    Parameters
    ----------
    network
        The grid.
    flows
        Power flows, those that converged.
    """
    found = []
    assets, buses = network.assets, np.arange(network.buses)
    volts = np.where(flows.volts > 0, flows.volts, np.nan)[flows.converged]
    full = loading(network, flows)[flows.converged]
    cases = (
        ("under-voltage", -volts, -LIMITS.low, buses, f"buses are below {LIMITS.low:g} p.u."),
        ("over-voltage", volts, LIMITS.high, buses, f"buses are above {LIMITS.high:g} p.u."),
        (
            "overload",
            full,
            LIMITS.loading,
            network.edges.rows,
            "lines or transformers are overloaded",
        ),
    )
    for code, values, limit, rows, text in cases:
        beyond = values > limit
        count = int(beyond.any(axis=0).sum()) if len(values) else 0
        if not count:
            continue
        worst = int(np.nanargmax(np.nanmax(np.where(np.isnan(values), -np.inf, values), axis=0)))
        value = abs(float(np.nanmax(values[:, worst])))
        number = f"{value:.0f} %" if code == "overload" else f"{value:.3f} p.u."
        asset = assets.full(int(rows[worst]))
        found.append(
            Finding(
                f"energy.{code}",
                f"{count} {text}; the worst is {asset} ({number}).",
                "Check ratings and loads, or reinforce.",
                "warning",
                asset=asset,
                values={"count": count, "asset": asset, "number": number},
            )
        )
    return found
