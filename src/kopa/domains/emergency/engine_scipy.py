"""Least-cost assignment by scipy.

References
----------
Crouse, D. (2016), On implementing 2D rectangular assignment algorithms, IEEE Transactions on
Aerospace and Electronic Systems 52.
"""

from __future__ import annotations

import numpy as np

from kopa.model import FloatArray, IntArray


def assigned(cost: FloatArray, without: FloatArray) -> IntArray:
    """The row that each column gets at least total cost, -1 for none, shape (column,).

    Parameters
    ----------
    cost
        `inf` where a row cannot have a column, shape (row, column).
    without
        What it costs that a column gets no row, shape (column,).
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = cost.shape
    whole = np.concatenate([cost, np.tile(without, (columns, 1))])
    row, column = linear_sum_assignment(whole)
    found = np.full(columns, -1, dtype=np.int64)
    found[column] = np.where(row < rows, row, -1)
    return found
