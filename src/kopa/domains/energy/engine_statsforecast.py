"""Forecasts of a load from its own past, by statsforecast.

References
----------
Bandara, Hyndman, Bergmeir (2021), MSTL: a seasonal-trend decomposition algorithm for time series
with multiple seasonal patterns; Hyndman et al. (2002), exponential smoothing (ETS) for the trend.
"""

from __future__ import annotations

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray


def seasons(values: FloatArray, ahead: int, lengths: list[int]) -> FloatArray:
    """A series as its seasons and its trend go on.

    Parameters
    ----------
    values
        The past, without gaps, shape (step,).
    ahead
        Steps to come.
    lengths
        Steps of each season; the past has two of the longest.

    Raises
    ------
    EngineError
        If no model fits the series.
    """
    from statsforecast.models import MSTL, AutoETS

    model = MSTL(season_length=lengths, trend_forecaster=AutoETS(model="ZZN"))
    try:
        found: FloatArray = model.forecast(y=values, h=ahead)["mean"]
    except Exception as error:  # noqa: BLE001  # it raises whatever its numbers do
        raise EngineError(f"statsforecast: {error}") from None
    if not np.isfinite(found).all():
        raise EngineError("statsforecast gives no numbers")
    return found
