"""Runs the design storm through a design with SWMM, and widens what is too narrow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.domain.rules import Rules
from kopa.domains.sewerage.engine_swmm import Statistics, simulate
from kopa.model import FloatArray, IntArray

from .profile import CATALOGUE, Profile, full_flow, lay
from .tree import Tree
from .write_inp import Plan, write_inp

MOST_ROUNDS = 8
FLOODED_M3 = 0.1
"""Less than so much at a manhole is no flood."""

_BUSY = 0.95  # of the full flow: then the sewer itself is too narrow, not the one below it


@dataclass(frozen=True)
class Proved:
    """A design and what SWMM says of it.

    Parameters
    ----------
    text
        The file.
    profile
        Its sewers and chambers.
    run
        The run of the file.
    flooded
        Water that leaves each manhole onto the street, m³, shape (manhole,).
    full
        True for sewers that run full somewhere in the storm, shape (sewer,).
    rounds
        How often SWMM ran.
    """

    text: str
    profile: Profile
    run: Statistics
    flooded: FloatArray
    full: IntArray
    rounds: int


def prove(
    rules: Rules, plan: Plan, tree: Tree, progress: Callable[[str], None] = lambda text: None
) -> Proved:
    """Widen sewers until the design storm floods no manhole.

    Sewers that carry more than their full flow become a size wider, and where a manhole is
    flooded without one, the sewer below it.

    Raises
    ------
    EngineError
        If SWMM gives up.
    """
    least = np.zeros(len(plan.edge), dtype=np.int64)
    for rounds in range(1, MOST_ROUNDS + 1):
        profile = lay(rules, plan.ground, tree, plan.heads, plan.load, least)
        text = write_inp(rules, plan, profile)
        run = simulate(text)
        flooded = _flooded(plan, run)
        wider, full = _narrow(rules, plan, profile, run, flooded)
        if rounds == MOST_ROUNDS or not flooded.any() or not len(wider):
            break
        progress(f"round {rounds}: {int((flooded > 0).sum())} manholes flooded, "
                 f"{len(wider)} sewers become wider")  # fmt: skip
        for sewer in wider:
            edge = profile.sewers[sewer].edge
            least[edge] = min(profile.sewers[sewer].size + 1, len(CATALOGUE) - 1)
    return Proved(text, profile, run, flooded, full, rounds)


def _flooded(plan: Plan, run: Statistics) -> FloatArray:
    """Flooded volume of each manhole, that behind a throttle counted with it, m³."""
    volume = dict(zip(run.nodes, run.node["volFlooded"].tolist(), strict=True))
    total = np.array(
        [volume.get(name, 0.0) + volume.get(f"D{name}", 0.0) for name in plan.manhole_ids()]
    )
    return np.where(total > FLOODED_M3, total, 0.0)


def _narrow(
    rules: Rules, plan: Plan, profile: Profile, run: Statistics, flooded: FloatArray
) -> tuple[IntArray, IntArray]:
    """Sewers that must become wider, and those that run full."""
    ids = plan.survey.streets.ids
    row = {name: at for at, name in enumerate(run.links)}
    at = np.array([row[f"C{ids[int(plan.edge[s.edge])]}"] for s in profile.sewers], dtype=np.int64)
    diameter = np.array([sewer.diameter for sewer in profile.sewers])
    length = np.maximum(plan.ground.length[[sewer.edge for sewer in profile.sewers]], 1.0)
    fall = np.array([sewer.start - sewer.end for sewer in profile.sewers])
    slope = fall / length
    capacity = np.array(
        [full_flow(rules, d, s) for d, s in zip(diameter.tolist(), slope.tolist(), strict=True)]
    )
    flow = np.abs(run.link["maxFlow"][at]) * 1e-3
    full = run.link["maxDepth"][at] >= 0.99 * diameter
    busy = full & (flow > _BUSY * capacity)
    upper = np.array([sewer.up for sewer in profile.sewers])
    wet = flooded > 0
    wider = busy | wet[upper]
    return np.flatnonzero(wider), np.flatnonzero(full)
