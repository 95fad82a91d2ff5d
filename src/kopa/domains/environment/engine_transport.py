"""Transport, mixing and decay along a river network: the domain's own engine.

A reach is a row of mixed cells. So many cells a reach mix as much as the river does: n cells in
series spread a cloud by L²/n, advection and dispersion by 2 E L / u, hence n = u L / (2 E). Cells
pass water on downstream only, so the system is triangular; the trapezoidal rule solves it, exact
in mass.

References
----------
Levenspiel (1999), Chemical Reaction Engineering, chapters 13 and 14; Stefan & Demetracopoulos
(1981), Cells-in-series simulation of riverine transport, J. Hydraul. Div. 107(6).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix, csc_matrix, identity
from scipy.sparse.linalg import splu

from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

from .network import Rivers
from .river import Hydraulics

PARTS = 20
"""Water stays in a cell for this part of a step, or longer: finer cells than that would resolve
what the means of the steps do not hold; where mixing is weak, the result is a little more mixed."""
FINE = 2
"""Sub-steps in the time that a cell is emptied in: the error falls with their square."""
NOTHING = 1e-200
"""Less mass is none."""
MOST_STEPS = 200_000
"""More sub-steps in a run are refused."""


@dataclass(frozen=True)
class Grid:
    """Mixed cells of all reaches, upstream first.

    Parameters
    ----------
    reach
        Reach of each cell, shape (cell,).
    first, last
        First and last cell of each reach, shape (reach,).
    below
        Cell that each flows into, -1 for none, shape (cell,).
    volume
        m³, shape (cell,).
    """

    reach: IntArray
    first: IntArray
    last: IntArray
    below: IntArray
    volume: FloatArray

    @cached_property
    def size(self) -> int:
        """Number of cells."""
        return len(self.reach)

    def at(self, reach: int, along: float) -> int:
        """The cell a share of the way down a reach."""
        cells = int(self.last[reach] - self.first[reach]) + 1
        return int(self.first[reach]) + min(int(along * cells), cells - 1)


def grid_of(rivers: Rivers, state: Hydraulics, step: int) -> Grid:
    """Cells that mix as the river does.

    Parameters
    ----------
    rivers, state
        The reaches, and their depth, velocity and dispersion.
    step
        Length of the run's steps, s.
    """
    wanted = state.velocity * rivers.length / (2 * state.dispersion)
    most = rivers.length / state.velocity / (step / PARTS)
    many = np.maximum(np.rint(np.minimum(wanted, most)), 1).astype(np.int64)
    reach = np.repeat(np.arange(len(rivers), dtype=np.int64), many)
    last = np.cumsum(many) - 1
    first = last - many + 1
    below = np.arange(1, len(reach) + 1, dtype=np.int64)
    down = rivers.downstream
    below[last] = np.where(down >= 0, first[down], -1)
    volume = (rivers.width * state.depth * rivers.length / many)[reach]
    return Grid(reach, first, last, below, volume)


@dataclass(frozen=True)
class Transported:
    """Where a pollutant went, in the unit of its load times seconds.

    Parameters
    ----------
    mean, peak
        Concentration in each cell: mean and greatest of each step, shape (step, cell).
    released, left, decayed, stored
        What came in, flowed out at mouths or was drawn off, was lost, and is still there.
    """

    mean: FloatArray
    peak: FloatArray
    released: float
    left: float
    decayed: float
    stored: float


def transport(
    grid: Grid, flow: FloatArray, load: FloatArray, decay: FloatArray, step: int
) -> Transported:
    """Follow a pollutant down the rivers.

    Parameters
    ----------
    grid
        The cells.
    flow
        Water through each reach, m³/s, shape (step, reach).
    load
        What enters at the upper end of each reach, mean of the step, such as g/s, shape
        (step, reach).
    decay
        First-order loss, 1/s, shape (reach,).
    step
        Length of a step, s.

    Raises
    ------
    EngineError
        If a step would need too many sub-steps.
    """
    steps, cells = len(flow), grid.size
    mean, peak = np.zeros((steps, cells)), np.zeros((steps, cells))
    mass = np.zeros(cells)
    tally = np.zeros(3)  # released, left, decayed
    parts = _sub_steps(grid, flow, decay, step)
    if parts * steps > MOST_STEPS:
        raise EngineError(f"the rivers need {parts * steps} sub-steps: join their short reaches")
    solver = None
    began = False
    for now in range(steps):
        began = began or bool(load[now].any())
        if not began:
            continue
        if solver is None or not np.array_equal(flow[now], flow[now - 1]):
            solver = _Solver(grid, flow[now], decay, step / parts)
        source = np.zeros(cells)
        source[grid.first] = load[now]
        gone = mass.copy()
        area, top = np.zeros(cells), mass.copy()
        for _ in range(parts):
            after = solver.advance(gone, source)
            area += gone + after
            np.maximum(top, after, out=top)
            gone = after
        held = area / (2 * parts)
        tally += step * np.array([source.sum(), held @ solver.leaves, held @ solver.decay])
        mass = np.where(gone > NOTHING, gone, 0.0)  # what rounding leaves costs time for nothing
        mean[now], peak[now] = held / grid.volume, top / grid.volume
    released, left, decayed = tally.tolist()
    return Transported(mean, peak, released, left, decayed, float(mass.sum()))


def _sub_steps(grid: Grid, flow: FloatArray, decay: FloatArray, step: int) -> int:
    """So many sub-steps that no cell is emptied in one, which keeps the rule above 0."""
    rate = (flow.max(axis=0)[grid.reach] / grid.volume + decay[grid.reach]).max()
    return max(1, int(np.ceil(FINE * step * rate)))


class _Solver:
    """The trapezoidal rule for one flow."""

    def __init__(self, grid: Grid, flow: FloatArray, decay: FloatArray, step: float) -> None:
        cells, through = grid.size, flow[grid.reach]
        rate = through / grid.volume
        self.decay = decay[grid.reach]
        # a reach that carries less than flows into it passes a part on; the rest is drawn off
        into = np.zeros(cells)
        inner = grid.below >= 0
        np.add.at(into, grid.below[inner], through[inner])
        passed = np.zeros(cells)
        target = grid.below[inner]
        passed[inner] = np.minimum(1.0, through[target] / into[target])
        self.leaves = rate * (1 - passed)
        here = np.arange(cells)
        rows = np.concatenate([here, target])
        columns = np.concatenate([here, here[inner]])
        values = np.concatenate([-(rate + self.decay), (rate * passed)[inner]])
        change = coo_matrix((values, (rows, columns)), shape=(cells, cells))
        one: Any = identity(cells, format="csc")
        self._forward = csc_matrix(one + change * (step / 2)).tocsr()
        self._solve = splu(csc_matrix(one - change * (step / 2)), permc_spec="NATURAL").solve
        self._step = step

    def advance(self, mass: FloatArray, source: FloatArray) -> FloatArray:
        """Mass in each cell one sub-step later."""
        found: FloatArray = self._solve(self._forward @ mass + self._step * source)
        return found
