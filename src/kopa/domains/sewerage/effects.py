"""What a run adds up to."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .hydraulics import Outcome
from .network import Network

_ENGINE = "SWMM 5.2, against the same hours without the change"


def accounts(
    network: Network, window: Window, outcome: Outcome, floods: IntArray, overflows: IntArray
) -> tuple[Account, ...]:
    """Sewage that leaves the network where it should not, and energy of the pumps.

    Parameters
    ----------
    network, window, outcome
        The run.
    floods, overflows
        Event behind each node's flooding and overflow, -1 for none, shape (node,).
    """
    nodes, many = len(network.node_ids), len(network.assets)

    def over_assets(values: FloatArray | IntArray, blank: float = 0.0) -> FloatArray:
        full = np.full(many, blank)
        full[:nodes] = values
        return full

    def account(quantity: str, rate: FloatArray, events: IntArray, what: str, own: bool) -> Account:
        starts, ends = spans(rate > 0, window.starts, window.step)
        return Account(
            "environment",
            quantity,
            "m3",
            over_assets(np.round(rate.sum(axis=0) * window.step, 6)),
            f"{what}; {_ENGINE}",
            starts=over_assets(starts).astype(np.int64),
            ends=over_assets(ends).astype(np.int64),
            events=over_assets(events, -1).astype(np.int64),
            own=own,
        )

    street, water = street_rates(network, outcome)
    events = np.where(overflows >= 0, overflows, floods)
    energy = np.zeros(many)
    energy[nodes : nodes + len(network.link_ids)] = outcome.energy
    return (
        account("sewage_spilled", street + water, events,
                "what floods streets and what overflows into water bodies", True),
        account("sewage_on_streets", street, floods, "what comes out of manholes", False),
        account("sewage_overflow", water, overflows,
                "what overflows into water bodies, at the outfall that it reaches", False),
        Account("environment", "pump_energy", "kWh", energy,
                f"energy of the pumps, more or less than on a dry day; {_ENGINE}"),
    )  # fmt: skip


def street_rates(network: Network, outcome: Outcome) -> tuple[FloatArray, FloatArray]:
    """What floods onto streets and what overflows into water, m³/s, shape (step, node) each."""
    street = np.zeros_like(outcome.spill)
    street[:, network.inner] = outcome.spill[:, network.inner]
    water = np.zeros_like(outcome.spill)
    rows = network.overflows
    water[:, rows] = outcome.overflow[:, rows] + outcome.spill[:, rows]
    return street, water
