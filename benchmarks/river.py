"""An overflow through a river network, against scipy's stiff solver on the same cells.

Run: ``python benchmarks/river.py [REACHES]``; prints one JSON document. The network is synthetic: a
main river with a tributary at every second reach; ten overflows last two hours each in 12 h of
quarter hours. The peer is ``solve_ivp`` (BDF, sparse Jacobian, relative tolerance 1e-4).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse import coo_matrix

from kopa.domains.environment.engine_transport import Grid, grid_of, transport
from kopa.domains.environment.network import Rivers
from kopa.domains.environment.river import hydraulics
from kopa.model import FloatArray

STEP, STEPS, TIMES = 900, 48, 5
DECAY = 1e-5


def network(reaches: int) -> Rivers:
    """Reach 2k is a spring that joins reach 2k + 1, which flows into reach 2k + 3."""
    rows = np.arange(reaches)
    downstream = np.where(rows % 2 == 0, rows + 1, rows + 2)
    downstream[downstream >= reaches] = -1
    flow = np.where(rows % 2 == 0, 0.2, 0.4 + 0.1 * rows)
    ids = tuple(f"r{row}" for row in rows)
    none = np.full(reaches, np.nan)
    return Rivers(
        ids, ids, downstream, flow, none, 4 * np.sqrt(flow), 0.5 * flow**0.3,
        np.full(reaches, 0.035), none, np.full(reaches, 1000.0), none, none, {},
        tuple(np.zeros((2, 2)) for _ in rows),
    )  # fmt: skip


def peer(grid: Grid, flow: FloatArray, load: FloatArray) -> FloatArray:
    """Mass in each cell at the end."""
    rate = flow[grid.reach] / grid.volume
    here, inner = np.arange(grid.size), grid.below >= 0
    values = np.concatenate([-(rate + DECAY), rate[inner]])
    rows = np.concatenate([here, grid.below[inner]])
    columns = np.concatenate([here, here[inner]])
    change = coo_matrix((values, (rows, columns)), shape=(grid.size, grid.size)).tocsc()
    mass = np.zeros(grid.size)
    for step in range(STEPS):
        source = np.zeros(grid.size)
        source[grid.first] = load[step]
        found = solve_ivp(
            lambda _, m, source=source: change @ m + source, (0, STEP), mass,
            method="BDF", jac=change, rtol=1e-4, atol=1e-6,
        )  # fmt: skip
        mass = found.y[:, -1]
    return np.asarray(mass)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reaches", type=int, nargs="?", default=100)
    rivers = network(parser.parse_args().reaches)
    grid = grid_of(rivers, hydraulics(rivers, rivers.flow), STEP)
    load = np.zeros((STEPS, len(rivers)))
    for number in range(10):
        load[4 * number : 4 * number + 8, number * len(rivers) // 10] = 0.05
    flow = np.broadcast_to(rivers.flow, load.shape)
    ours, theirs = [], []
    for _ in range(TIMES):
        begin = time.perf_counter()
        found = transport(grid, flow, load, np.full(len(rivers), DECAY), STEP)
        ours.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    stored = float(peer(grid, rivers.flow, load).sum())
    theirs.append(time.perf_counter() - begin)
    lost = found.released - found.left - found.decayed - found.stored
    document = {
        "reaches": len(rivers),
        "cells": grid.size,
        "kopa_s": round(statistics.median(ours), 3),
        "solve_ivp_s": round(theirs[0], 3),
        "times_faster": round(theirs[0] / statistics.median(ours), 1),
        "stored_m3": {"kopa": found.stored, "solve_ivp": stored},
        "mass_error": abs(lost) / found.released,
    }
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
