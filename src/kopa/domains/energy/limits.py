"""What a grid must hold."""

from __future__ import annotations

from dataclasses import dataclass


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
