"""What one well does to all points of a field: computed once, then all is linear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray

from .engine_timflow import step_response
from .network import Field


@dataclass(frozen=True)
class Response:
    """Drawdown at the points of a field by 1 m³/s from one well.

    Parameters
    ----------
    usual
        Drawdown by usual abstraction, m, shape (point,).
    lags
        After 1, 2, … steps of pumping, m per m³/s, shape (step, point, well).
    """

    usual: FloatArray
    lags: FloatArray


def response(field: Field, step: int, steps: int) -> Response:
    """The response of a field for a window.

    Parameters
    ----------
    field
        The well field.
    step, steps
        Length of a step, s, and their number.

    Raises
    ------
    EngineError
        If the engine gives none that can be trusted.
    """
    ends = step * np.arange(1, steps + 1, dtype=np.float64)
    times = np.unique(np.concatenate([ends, [field.pumping]]))
    found = step_response(field, times)
    usual = found[np.searchsorted(times, field.pumping)] @ field.wells.discharge
    return Response(usual, found[np.searchsorted(times, ends)])


def long_response(field: Field, seconds: float) -> FloatArray:
    """Drawdown after so long by 1 m³/s from one well, m per m³/s, shape (point, well)."""
    return np.asarray(step_response(field, np.array([seconds]))[0])
