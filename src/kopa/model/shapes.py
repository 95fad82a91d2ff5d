"""How the assets of a domain are drawn: points and lines, as ragged arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.model.arrays import BoolArray, FloatArray, IntArray
from kopa.model.assets import Assets


@dataclass(frozen=True)
class Shapes:
    """Points and lines on the ground, each of one asset.

    Parameters
    ----------
    rows
        Asset of each shape; an asset of several parts has several shapes, shape (shape,).
    first
        Shape i is drawn through points ``first[i]`` to ``first[i + 1] - 1``: one point is a
        point, more are a line, shape (shape + 1,).
    x, y
        The points in the city's CRS, one shape after the other, shape (point,).
    weight
        How much passes there beside others of the kind, 0 to 1: a main is drawn before, and
        wider than, the pipe of a yard; 1 where nobody says, shape (shape,).
    """

    rows: IntArray
    first: IntArray
    x: FloatArray
    y: FloatArray
    weight: FloatArray = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        if len(self.weight) == 0:
            object.__setattr__(self, "weight", np.ones(len(self.rows)))
        if len(self.first) != len(self.rows) + 1 or len(self.weight) != len(self.rows):
            raise ValueError("first and weight do not fit the rows")
        if len(self.x) != len(self.y) or int(self.first[-1]) != len(self.x):
            raise ValueError("the shapes have another number of points than x and y")
        if len(self.rows) and int(np.diff(self.first).min()) < 1:
            raise ValueError("a shape has no point")

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def many(self) -> IntArray:
        """Number of points of each, shape (shape,)."""
        return np.diff(self.first)

    def chosen(self, which: BoolArray | IntArray) -> Shapes:
        """Some of the shapes, in the order that is given."""
        at = np.flatnonzero(which) if which.dtype == bool else which
        many = self.many[at]
        first = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
        point = np.arange(first[-1]) - np.repeat(first[:-1] - self.first[at], many)
        return Shapes(self.rows[at], first, self.x[point], self.y[point], self.weight[at])

    def placed(self) -> Shapes:
        """Those whose points all have a place: what is not known is not drawn."""
        lost = ~(np.isfinite(self.x) & np.isfinite(self.y))
        if not lost.any():
            return self
        return self.chosen(np.add.reduceat(lost, self.first[:-1]) == 0)


def points_of(assets: Assets, rows: IntArray | None = None) -> Shapes:
    """Assets as points; those without a place are left out.

    Parameters
    ----------
    assets
        The assets.
    rows
        Which of them; None for all.
    """
    rows = np.arange(len(assets), dtype=np.int64) if rows is None else rows
    rows = rows[np.isfinite(assets.x[rows]) & np.isfinite(assets.y[rows])]
    first = np.arange(len(rows) + 1, dtype=np.int64)
    return Shapes(rows, first, assets.x[rows], assets.y[rows])


def joined(parts: Sequence[Shapes]) -> Shapes:
    """Several as one, in their order."""
    begin = np.cumsum([0, *(len(part.x) for part in parts)])
    first = [part.first[:-1] + start for part, start in zip(parts, begin, strict=False)]
    return Shapes(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([*first, begin[-1:]]).astype(np.int64),
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def between(rows: IntArray, xy: FloatArray) -> Shapes:
    """Straight lines from one end to the other.

    Parameters
    ----------
    rows
        Asset of each, shape (line,).
    xy
        x and y of both ends, shape (line, 2 ends, 2).
    """
    first = 2 * np.arange(len(rows) + 1, dtype=np.int64)
    return Shapes(rows, first, xy[:, :, 0].ravel(), xy[:, :, 1].ravel())


def scaled(values: FloatArray) -> FloatArray:
    """Values from the least to the greatest of them, as 0 to 1; 1 where all are the same."""
    good = values[np.isfinite(values)]
    if not len(good) or good.max() <= good.min():
        return np.ones(len(values))
    share = (values - good.min()) / (good.max() - good.min())
    return np.where(np.isfinite(share), share, 0.0)
