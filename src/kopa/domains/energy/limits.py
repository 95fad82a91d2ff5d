"""What a grid must hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray


@dataclass(frozen=True)
class Limits:
    """Voltages and loadings that are right.

    Parameters
    ----------
    low, high
        Voltage, p.u. (EN 50160: ±10 % of the nominal voltage).
    loading
        Of lines and transformers, %.
    """

    low: float = 0.9
    high: float = 1.1
    loading: float = 100.0

    def held(
        self, volts: FloatArray, loading: FloatArray, worse: float = 0.0
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What each bus and edge must hold where some limits are broken already.

        Parameters
        ----------
        volts
            Voltages that there are, p.u., 0 or less where there is none, shape (state, bus).
        loading
            Loadings that there are, %, shape (state, edge).
        worse
            Share by which what is broken already may get worse.

        Returns
        -------
        tuple
            Lowest and highest voltage, shape (bus,), and highest loading, shape (edge,).
        """
        there = volts > 0
        low = np.where(there, volts, np.inf).min(axis=0) * (1 - worse)
        high = np.where(there, volts, -np.inf).max(axis=0) * (1 + worse)
        full = np.nan_to_num(loading, nan=0.0).max(axis=0) * (1 + worse)
        return (
            np.minimum(low, self.low),
            np.maximum(high, self.high),
            np.maximum(full, self.loading),
        )
