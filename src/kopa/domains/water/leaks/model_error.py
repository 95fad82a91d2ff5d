"""What the model may be off, seen in its signatures: an ensemble of perturbed models.

Errors of a signature are alike at neighbouring sensors and pipes, because the same wrong pipe lies
on the way to them. Models with other roughness and demands show how.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from kopa.model import FloatArray, IntArray

from ..network import JUNCTION, PIPE, Network
from .districts import nominal_demand
from .drive import Driven
from .signature import TRIAL, Signatures, class_of
from .snapshot import Snapshots

MODELS = 12
"""Perturbed models."""

ROUGHNESS, DEMAND = 0.10, 0.20
"""What a good model's roughness of a pipe and demand of a junction are off, as a share."""

_APART = 120.0  # m between the junctions at which errors are found
_SEED = 20_180_101


def model_errors(
    driven: Driven,
    found: Signatures,
    hours: IntArray,
    progress: Callable[[float], None] = lambda done: None,
) -> FloatArray:
    """Errors of signatures as columns whose squares add up.

    Parameters
    ----------
    driven
        The driven model.
    found
        Its signatures.
    hours
        Hours whose loads count.
    progress
        Called with the number of states that are newly solved.

    Returns
    -------
    FloatArray
        At the part of the day with most demand, shape (observation, model, candidate).
    """
    network, rng = driven.network, np.random.default_rng(_SEED)
    nominal = nominal_demand(network, driven.readings)
    part = loudest(driven, hours)
    here = hours[class_of(driven.readings.hour_of_week)[hours] == part]
    load, levels = driven.demand[here].mean(axis=0), driven.levels[here].mean(axis=0)
    usual = nominal[here].mean(axis=0)
    nodes, nearest = _spread_out(network, found.pipes)
    seen = len(driven.sensors) + len(driven.open_meters)
    number = seen + len(driven.districts)
    district = np.full(len(network.node_ids), -1)
    for k, one in enumerate(driven.districts):
        district[one.nodes] = k
    answers = np.zeros((MODELS + 1, number, len(nodes)))
    with Snapshots(network, driven.shut) as snapshots:
        for model in range(MODELS + 1):
            factor = np.exp(rng.normal(0, DEMAND, len(load))) if model else np.ones(len(load))
            rough = np.exp(rng.normal(0, ROUGHNESS, len(network.link_ids)))
            snapshots.roughen(rough if model else np.ones(len(rough)))
            own, shares = load.copy(), []
            for one in driven.districts:
                shares.append(_same_total(usual * one.free, factor))
                own[one.free] += _same_total(load * one.free, factor)[one.free] - load[one.free]
            base = driven.seen(snapshots.solve(own, levels))
            spread = [
                driven.seen(snapshots.solve(own + share * (TRIAL / share.sum()), levels))
                if one.driven and share.sum() > 0
                else base
                for one, share in zip(driven.districts, shares, strict=True)
            ]
            spread.append(base)
            for column, node in enumerate(nodes.tolist()):
                lost = own.copy()
                lost[node] += TRIAL
                state = driven.seen(snapshots.solve(lost, levels))
                answers[model, :seen, column] = (state - spread[district[node]]) / TRIAL
            progress(len(nodes))
    errors = (answers[1:] - answers[0]) / np.sqrt(MODELS)
    return np.asarray(np.moveaxis(errors, 0, 1)[:, :, nearest])


def loudest(driven: Driven, hours: IntArray) -> int:
    """Part of the day with most demand."""
    parts = class_of(driven.readings.hour_of_week)[hours]
    total = driven.demand[hours].sum(axis=1)
    good = np.isfinite(total)
    sums = np.bincount(parts[good], total[good]) / np.maximum(np.bincount(parts[good]), 1)
    return int(np.argmax(sums))


def _same_total(demand: FloatArray, factor: FloatArray) -> FloatArray:
    """Demands times factors, that add up to what they did."""
    other = demand * factor
    total = float(other.sum())
    return other * (float(demand.sum()) / total) if total > 0 else demand


def _spread_out(network: Network, pipes: IntArray) -> tuple[IntArray, IntArray]:
    """Junctions `_APART` from one another, and for each pipe the nearest of them."""
    joins = network.link_types <= PIPE
    a, b = network.ends[:, joins]
    nodes = len(network.node_ids)
    graph = coo_matrix((np.maximum(network.length[joins], 1e-6), (a, b)), shape=(nodes, nodes))
    far = dijkstra(graph.tocsr(), directed=False)
    ends = network.ends[:, pipes]
    ends = np.where(network.node_types[ends[0]] == JUNCTION, ends[0], ends[1])
    chosen: list[int] = []
    left = np.full(nodes, np.inf)
    for node in np.unique(ends).tolist():
        if left[node] > _APART:
            chosen.append(node)
            left = np.minimum(left, far[node])
    return np.array(chosen), np.argmin(far[chosen][:, ends], axis=0)
