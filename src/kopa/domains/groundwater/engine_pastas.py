"""Heads from precipitation and evaporation by pastas: the only importer of the library.

Collenteur, R.A. et al. (2019), Pastas: Open source software for the analysis of groundwater time
series, Ground Water 57, 877-885. Recharge P - f E passes a gamma response; the residuals are an
autoregressive process of order 1.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray

from .read_readings import TimeSeries


@dataclass(frozen=True)
class HeadModel:
    """A fitted model of heads.

    Parameters
    ----------
    model
        The library's model.
    explained
        Share of the variance of the heads that it explains.
    parameters
        Optimum of each, by name.
    residuals
        Measured less simulated heads, m, shape (head,).
    times
        When each head was measured, datetime64[s], shape (head,).
    """

    model: Any
    explained: float
    parameters: dict[str, float]
    residuals: FloatArray
    times: np.ndarray

    @property
    def memory_d(self) -> float:
        """Time over which a residual fades to 1/e, d."""
        return self.parameters["noise_alpha"]

    def simulated(self, precipitation: TimeSeries, evaporation: TimeSeries) -> TimeSeries:
        """Daily heads that the model gives for other weather.

        Parameters
        ----------
        precipitation, evaporation
            Daily sums, mm, without gaps.
        """
        with _quiet():
            model = self.model.copy()
            model.del_stressmodel("recharge")
            model.add_stressmodel(_recharge(precipitation, evaporation))
            found = model.simulate(
                p=self.model.parameters["optimal"].to_numpy(),
                tmin=str(precipitation.times[0]),
                tmax=str(precipitation.times[-1]),
            )
        times = found.index.to_numpy().astype("datetime64[s]")
        return TimeSeries(precipitation.file, times, found.to_numpy(dtype=np.float64))


@contextmanager
def _quiet() -> Iterator[None]:
    """No log and no warnings of the library; what it cannot do becomes an `EngineError`."""
    logging.getLogger("pastas").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (ArithmeticError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"pastas gave up: {error}") from None


def _pandas(series: TimeSeries, name: str) -> Any:
    import pandas

    return pandas.Series(
        series.values, index=pandas.DatetimeIndex(series.times.astype("datetime64[ns]")), name=name
    )


def _recharge(precipitation: TimeSeries, evaporation: TimeSeries) -> Any:
    import pastas

    return pastas.RechargeModel(
        _pandas(precipitation, "precipitation"),
        _pandas(evaporation, "evaporation"),
        rfunc=pastas.Gamma(),
        name="recharge",
    )


def fit_heads(
    heads: TimeSeries, precipitation: TimeSeries, evaporation: TimeSeries, until: str = ""
) -> HeadModel:
    """Fit heads to the weather.

    Parameters
    ----------
    heads
        Heads, m.
    precipitation, evaporation
        Daily sums, mm, without gaps.
    until
        Last day that is fitted; empty for all.

    Raises
    ------
    EngineError
        If the library gives no fit.
    """
    with _quiet():
        import pastas

        model = pastas.Model(_pandas(heads, "heads"))
        model.add_stressmodel(_recharge(precipitation, evaporation))
        model.add_noisemodel(pastas.ArNoiseModel())
        model.solve(report=False, tmax=until or None)
        optimum = model.parameters["optimal"]
        residuals = model.residuals(tmax=until or None)
        explained = float(model.stats.evp(tmax=until or None)) / 100
    if not np.isfinite(optimum.to_numpy(dtype=np.float64)).all():
        raise EngineError("pastas gave parameters that are no numbers")
    return HeadModel(
        model,
        explained,
        {str(name): float(value) for name, value in optimum.items()},
        residuals.to_numpy(dtype=np.float64),
        residuals.index.to_numpy().astype("datetime64[s]"),
    )
