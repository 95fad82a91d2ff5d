"""What an hour does to the tanks, on a lattice of mean level and greatest difference.

Tanks of one network rise and fall together: their mean level, and how far they stand apart along
one direction, say nearly all. Both are cut into cells. For each hour and action the table tells
where a cell may go, and the least energy that it may cost. It is made by EPANET on a coarse grid,
and interpolated; what that leaves out is measured on states that real runs reach, and added.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from kopa.model import BoolArray, FloatArray, IntArray
from kopa.parallel import Work, map_cases

from .plant import Plant
from .snapshots import TOLERANCE, Snapshots, Step

MEANS, APARTS = 21, 13
"""Points of the coarse grid."""

CELLS = (250, 24)
"""Cells of the lattice, over the mean level and over the difference."""

SAMPLES = 3000
"""Hours that are run to measure what the lattice leaves out."""

_ROLLOUTS = 60
_SAFETY = 1.5  # on the greatest error that is measured
_LEAST = (1e-4, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3)  # margins, even where no error is seen


@dataclass(frozen=True)
class Frame:
    """How levels are told by mean and difference.

    Parameters
    ----------
    share
        Of each tank in the area of all.
    along
        Levels above the mean at a difference of 1, shape (tank,).
    beside
        What else levels differ by, one row a sample, m, shape (sample, tank).
    means, aparts
        Edges of the cells, m.
    """

    share: FloatArray
    along: FloatArray
    beside: FloatArray
    means: FloatArray
    aparts: FloatArray

    def place(self, levels: FloatArray) -> tuple[float, float]:
        """Mean level and difference."""
        mean = float(self.share @ levels)
        return mean, float(self.along @ (levels - mean))

    def cell(self, levels: FloatArray) -> int:
        """Number of the cell that levels lie in, or of the nearest."""
        mean, apart = self.place(levels)
        wide = len(self.aparts) - 1
        return _within(self.means, mean) * wide + _within(self.aparts, apart)


@dataclass(frozen=True)
class Moves:
    """Where the cells go in an hour, shape (cell,) each.

    Parameters
    ----------
    mean_low, mean_high, apart_low, apart_high
        Numbers of the first and last cell along each axis that may be reached.
    energy
        Least energy, kWh.
    possible
        False where no state of the cell holds the limits.
    """

    mean_low: IntArray
    mean_high: IntArray
    apart_low: IntArray
    apart_high: IntArray
    energy: FloatArray
    possible: BoolArray


@dataclass(frozen=True)
class Margins:
    """Greatest errors that were measured, with a reserve: all of them are allowed for.

    Parameters
    ----------
    mean, apart, energy, pressure
        Of what is interpolated: m, m, kWh, m.
    within, end
        m by which levels may seem to pass their limits within an hour, and at its end: EPANET
        ends a step early where a tank is full or empty, and there the tank may turn.
    """

    mean: float
    apart: float
    energy: float
    pressure: float
    within: float
    end: float


@dataclass(frozen=True)
class Lattice:
    """The frame, and the moves of every hour and action."""

    frame: Frame
    moves: tuple[tuple[Moves, ...], ...]
    margins: Margins

    @property
    def shape(self) -> tuple[int, int]:
        """Cells along each axis."""
        return len(self.frame.means) - 1, len(self.frame.aparts) - 1


def lattice_of(plant: Plant, progress: Callable[[int], None] = lambda done: None) -> Lattice | None:
    """Make the lattice; None where there is no tank, or one with a volume curve.

    Parameters
    ----------
    plant
        The plant.
    progress
        Called with the number of tables that are newly done, of `tables_of` in all.
    """
    if not len(plant.levels) or not plant.cylinders:
        return None
    frame, states = _explored(plant)
    cases = tables_of(plant)
    found = map_cases(Work(_Table(plant, frame), _lost), cases, progress=progress)
    if any(table is None for table in found):
        return None
    first = [plant.clock.index(kind) for kind in plant.clock]
    fine = {
        case: _Interpolated(frame, table)
        for case, table in zip(cases, found, strict=True)
        if table is not None
    }
    margins = _margins(plant, frame, fine, states)
    moves = {case: one.moves(margins) for case, one in fine.items()}
    actions = range(len(plant.actions))
    return Lattice(frame, tuple(tuple(moves[hour, a] for a in actions) for hour in first), margins)


def tables_of(plant: Plant) -> list[tuple[int, int]]:
    """Hour and action of each table: hours of the same demand share one."""
    kinds = dict.fromkeys(plant.clock)
    return [(plant.clock.index(kind), a) for kind in kinds for a in range(len(plant.actions))]


def _explored(plant: Plant) -> tuple[Frame, FloatArray]:
    """Run at random, to see how tanks differ; gives levels as well, shape (state, tank)."""
    dice = np.random.default_rng(0)
    share = plant.areas / plant.areas.sum()
    snapshots = Snapshots(plant, float((plant.high - plant.low).max()))
    low, high = float(share @ plant.low), float(share @ plant.high)
    states = []
    for _ in range(_ROLLOUTS):
        levels, action = plant.levels, 0
        for hour in range(plant.hours):
            if dice.random() < 0.5:
                action = int(dice.integers(len(plant.actions)))
            mean = float(share @ levels)
            if not low <= mean <= high:
                levels = levels + dice.uniform(low, high) - mean
            levels = snapshots.hour(hour, plant.actions[action], levels).levels
            states.append(levels)
    snapshots.close()
    visited = np.array(states)
    return _frame(share, visited - (visited @ share)[:, None], (low, high)), visited


def _frame(share: FloatArray, apart: FloatArray, ends: tuple[float, float]) -> Frame:
    """Direction along which tanks differ most, and how far they differ beside it."""
    tanks = len(share)
    _, sizes, axes = np.linalg.svd(apart, full_matrices=False)
    along = axes[0] if tanks > 1 else np.zeros(1)
    spans = []
    for size, axis in zip(sizes[1 : tanks - 1], axes[1 : tanks - 1], strict=True):
        far = apart @ axis
        if size > 1e-9:
            spans.append((far.min() * axis, 0 * axis, far.max() * axis))
    if len(spans) <= 2:  # every corner
        beside = [np.sum([np.zeros(tanks), *corner], axis=0) for corner in product(*spans)]
    else:  # too many: the middles of the sides
        beside = [np.zeros(tanks), *(end for span in spans for end in span[::2])]
    reach = apart @ along
    room = 0.05 * np.ptp(reach) + 0.02
    cells = CELLS if tanks > 1 else (CELLS[0] * 4, 1)
    means = np.linspace(*ends, cells[0] + 1)
    aparts = np.linspace(reach.min() - room, reach.max() + room, cells[1] + 1)
    return Frame(share, along, np.array(beside), means, aparts)


def _coarse(frame: Frame) -> tuple[FloatArray, FloatArray]:
    """Points of the coarse grid along each axis."""
    means = np.linspace(frame.means[0], frame.means[-1], MEANS)
    return means, np.linspace(frame.aparts[0], frame.aparts[-1], min(APARTS, len(frame.aparts)))


class _Table:
    """EPANET on the coarse grid, for one hour and action."""

    def __init__(self, plant: Plant, frame: Frame) -> None:
        self._plant, self._frame = plant, frame
        self._snapshots: Snapshots | None = None

    def __call__(self, case: tuple[int, int]) -> FloatArray | None:
        """Mean, difference, energy, pressure, room, room at the end; shape (mean, apart, …, 6)."""
        if self._snapshots is None:  # in the process that uses it
            self._snapshots = Snapshots(self._plant, _reach(self._plant, self._frame))
        frame, (hour, action) = self._frame, case
        means, aparts = _coarse(frame)
        table = np.empty((len(means), len(aparts), len(frame.beside), 6))
        for i, mean in enumerate(means):
            for j, apart in enumerate(aparts):
                for k, beside in enumerate(frame.beside):
                    levels = mean + apart * frame.along + beside
                    step = self._snapshots.hour(hour, self._plant.actions[action], levels)
                    table[i, j, k] = _told(self._plant, frame, step)
        return table


def _told(plant: Plant, frame: Frame, step: Step) -> tuple[float, ...]:
    end = float(np.minimum(step.levels - plant.low, plant.high - step.levels).min())
    # what EPANET warns of is no reason to leave a cell out: its neighbours may be sound
    return (*frame.place(step.levels), step.energy, min(step.pressure, 1e6), step.room, end)


def _reach(plant: Plant, frame: Frame) -> float:
    """How far beyond the limits the lattice, or an hour from it, may come, m."""
    far = (
        np.abs(frame.along).max(initial=0) * np.abs(frame.aparts).max() + np.abs(frame.beside).max()
    )
    return float((plant.high - plant.low).max() + far)


def _lost(case: tuple[int, int], why: str) -> None:
    return None


class _Interpolated:
    """A table between its points."""

    def __init__(self, frame: Frame, table: FloatArray) -> None:
        self._frame = frame
        axes = _coarse(frame)
        fine = np.meshgrid(frame.means, frame.aparts, indexing="ij")
        if len(axes[1]) == 1:
            axes, table = (axes[0], np.array([-1.0, 1.0])), np.repeat(table, 2, axis=1)
        corners = RegularGridInterpolator(axes, table)(np.stack(fine, axis=-1))
        around = [corners[i : i - 1 or None, j : j - 1 or None] for i in (0, 1) for j in (0, 1)]
        self.least = np.min([part.min(axis=2) for part in around], axis=0)
        self.most = np.max([part.max(axis=2) for part in around], axis=0)

    def moves(self, margins: Margins) -> Moves:
        """Where the cells go."""
        frame, wide = self._frame, len(self._frame.aparts) - 1
        mean, apart, energy, pressure, room, end = range(6)
        least, most = self.least.reshape(-1, 6), self.most.reshape(-1, 6)
        possible = (
            (most[:, pressure] + margins.pressure >= 0)
            & (most[:, room] + margins.within >= 0)
            & (most[:, end] + margins.end >= 0)
            & (most[:, mean] + margins.mean >= frame.means[0])
            & (least[:, mean] - margins.mean <= frame.means[-1])
        )
        turning = (least[:, room] < 0) & (most[:, room] + margins.within >= 0)
        possible |= turning & (most[:, end] + margins.end >= 0)
        return Moves(
            mean_low=_cells(frame.means, least[:, mean] - margins.mean),
            mean_high=_cells(frame.means, most[:, mean] + margins.mean),
            apart_low=np.where(turning, 0, _cells(frame.aparts, least[:, apart] - margins.apart)),
            apart_high=np.where(
                turning, wide - 1, _cells(frame.aparts, most[:, apart] + margins.apart)
            ),
            energy=np.maximum(least[:, energy] - margins.energy, 0.0),
            possible=possible,
        )


def _cells(edges: FloatArray, values: FloatArray) -> IntArray:
    """Cell of each value; the first or the last for what lies outside."""
    return np.clip(np.searchsorted(edges, values, "right") - 1, 0, len(edges) - 2)


def _margins(
    plant: Plant,
    frame: Frame,
    fine: Mapping[tuple[int, int], _Interpolated],
    states: FloatArray,
) -> Margins:
    """Run hours as they are, and see how far they leave what their cell says."""
    dice = np.random.default_rng(1)
    true, beyond = Snapshots(plant), Snapshots(plant, _reach(plant, frame))
    worst = np.zeros(6)
    kinds = {kind: plant.clock.index(kind) for kind in plant.clock}
    for _ in range(SAMPLES):
        hour = int(dice.integers(plant.hours))
        action = int(dice.integers(len(plant.actions)))
        levels = _inside(plant, states[dice.integers(len(states))], dice)
        if levels is None:
            continue
        step = true.hour(hour, plant.actions[action], levels)
        if not step.trusted or step.room < -TOLERANCE:
            continue
        one, cell = fine[kinds[plant.clock[hour]], action], frame.cell(levels)
        least, most = one.least.reshape(-1, 6)[cell], one.most.reshape(-1, 6)[cell]
        told = np.array(_told(plant, frame, step))
        outside = np.maximum(least - told, told - most)
        turned = beyond.hour(hour, plant.actions[action], levels)
        worst[[0, 2]] = np.maximum(worst[[0, 2]], outside[[0, 2]])
        if turned.room >= 0:
            worst[[1, 3]] = np.maximum(worst[[1, 3]], outside[[1, 3]])
        worst[4] = max(worst[4], -most[4])
        worst[5] = max(worst[5], -most[5])
    true.close()
    beyond.close()
    return Margins(*np.maximum(worst * _SAFETY, _LEAST).tolist())


def _inside(plant: Plant, levels: FloatArray, dice: np.random.Generator) -> FloatArray | None:
    """Shift levels together until all are inside; every other time to the edge, nearly."""
    low, high = (plant.low - levels).max(), (plant.high - levels).min()
    if low > high:
        return None
    if dice.random() < 0.5:
        return np.asarray(levels + dice.uniform(low, high))
    near = min(0.2, high - low) * dice.random()
    return np.asarray(levels + (low + near if dice.random() < 0.5 else high - near))


def _within(edges: FloatArray, value: float) -> int:
    return min(max(bisect_right(edges, value) - 1, 0), len(edges) - 2)
