"""A lower bound on what the rest of the horizon costs, from any tank levels.

Dynamic programming backwards over the lattice: a state is a cell, the pumps that run, and the
switches done so far by all pumps together. It relaxes the plan in three ways, each of which only
makes it cheaper: levels may be any in their cell, each hour anew; switches are limited in sum,
not pump by pump; and an hour costs the least that any state of its cell costs.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from kopa.model import BoolArray, FloatArray, IntArray

from .lattice import Frame, Lattice, Moves
from .plant import Plant
from .snapshots import TOLERANCE

Costs = NDArray[np.float32]


class Bound:
    """Least cost to go.

    Parameters
    ----------
    plant
        The plant.
    lattice
        Its hours on the lattice.
    """

    def __init__(self, plant: Plant, lattice: Lattice) -> None:
        self._plant, self._lattice = plant, lattice
        self._budget = 2 * plant.limits.cycles * sum(len(group.pumps) for group in plant.groups)
        self._budget = min(self._budget, plant.hours * int(plant.switches.max(initial=0)))
        self._to_go = self._backwards()

    def to_go(self, hour: int, first: int, action: int, switched: int, levels: FloatArray) -> float:
        """Least cost from the beginning of an hour on.

        Parameters
        ----------
        hour
            From 1; before the first hour there is `whole`.
        first, action
            Actions of the first hour and of the hour before.
        switched
            Switches done so far.
        levels
            Of the tanks, m.
        """
        cell = self._lattice.frame.cell(levels)
        return float(self._to_go[hour - 1][action][first, switched, cell])

    def _backwards(self) -> list[list[Costs]]:
        """Cost to go by hour (from 1) and action before, shape (first, switched, cell) each."""
        plant = self._plant
        actions, cells = len(plant.actions), int(np.prod(self._lattice.shape))
        shape = (actions, self._budget + 1, cells)
        late = self._at_the_end(shape)
        found = [late]
        for hour in range(plant.hours - 1, 0, -1):
            reached = [
                self._reached(late[b], self._lattice.moves[hour][b], plant.price[hour])
                for b in range(actions)
            ]
            late = [self._best(reached, plant.switches[a].tolist(), shape) for a in range(actions)]
            found.append(late)
        return found[::-1]

    def _best(self, reached: list[Costs], switches: list[int], shape: tuple[int, ...]) -> Costs:
        best = np.full(shape, np.inf, dtype=np.float32)
        for after, many in zip(reached, switches, strict=True):
            if many <= self._budget:
                here = best[:, : self._budget + 1 - many]
                np.minimum(here, after[:, many:], out=here)
        return best

    def _at_the_end(self, shape: tuple[int, ...]) -> list[Costs]:
        """Nothing, where the levels are back and the first hour can follow the last."""
        back = _back(self._plant, self._lattice.frame)
        found = []
        for action in range(shape[0]):
            cost = np.full(shape, np.inf, dtype=np.float32)
            for first in range(shape[0]):
                left = self._budget - int(self._plant.switches[action, first])
                if left >= 0:
                    cost[first, : left + 1, back] = 0.0
            found.append(cost)
        return found

    def _reached(self, late: Costs, moves: Moves, price: float) -> Costs:
        """Cost to go of each cell after an action, shape (first, switched, cell)."""
        shape = self._lattice.shape
        found = np.full(late.shape, np.inf, dtype=np.float32)
        windows = _Windows(late.reshape(*late.shape[:2], *shape))
        tall = _power(moves.mean_high - moves.mean_low + 1)
        wide = _power(moves.apart_high - moves.apart_low + 1)
        for size in set(zip(tall.tolist(), wide.tolist(), strict=True)):
            here = np.flatnonzero(moves.possible & (tall == size[0]) & (wide == size[1]))
            if not len(here):
                continue
            least = windows.least(*size)
            rows = (moves.mean_low[here], moves.mean_high[here] + 1 - size[0])
            columns = (moves.apart_low[here], moves.apart_high[here] + 1 - size[1])
            parts = [least[:, :, row, column] for row, column in product(rows, columns)]
            found[:, :, here] = np.minimum.reduce(parts)
        cost = (price * moves.energy).astype(np.float32)
        # float32 rounds to nearest: half a digit less, and the sum stays a lower bound
        return np.asarray((found + cost) * np.float32(1 - 2e-7), dtype=np.float32)


class _Windows:
    """Least value in every window of a size; sizes are powers of two."""

    def __init__(self, values: Costs) -> None:
        self._found = {(1, 1): values}

    def least(self, tall: int, wide: int) -> Costs:
        """Array whose element (i, j) is the least of the window that begins there."""
        key = (tall, wide)
        if key not in self._found:
            if wide > 1:
                half = self.least(tall, wide // 2)
                joined = np.minimum(half[..., : -(wide // 2)], half[..., wide // 2 :])
            else:
                half = self.least(tall // 2, wide)
                joined = np.minimum(half[:, :, : -(tall // 2)], half[:, :, tall // 2 :])
            self._found[key] = joined
        return self._found[key]


def _power(length: IntArray) -> IntArray:
    """Greatest power of two that is not above a length."""
    return np.asarray(2 ** np.floor(np.log2(np.maximum(length, 1))).astype(np.int64))


def _back(plant: Plant, frame: Frame) -> BoolArray:
    """Cells in which every tank may be as full as it was at the beginning, shape (cell,)."""
    tall, wide = len(frame.means) - 1, len(frame.aparts) - 1
    back = np.ones((tall, wide), dtype=bool)
    if plant.limits.end_level:
        for tank, start in enumerate(plant.levels):
            apart = frame.along[tank] * frame.aparts
            level = np.add.outer(frame.means[1:], np.maximum(apart[:-1], apart[1:]))
            back &= level + frame.beside[:, tank].max() >= start - TOLERANCE
    return np.asarray(back.reshape(-1))
