"""How well a model fits, and how sure savings by it are: ASHRAE Guideline 14.

References
----------
ASHRAE Guideline 14-2014, Measurement of Energy, Demand, and Water Savings, annex B: savings
fraction (eq. B-22) and its uncertainty (eq. B-28).
Reddy, Claridge (2000), Uncertainty of "measured" energy savings from statistical baseline models,
HVAC&R Research 6(1): the number n' of independent observations.
Sun, Baltazar (2013), Analysis and improvement on the estimation of building energy savings
uncertainty, ASHRAE Transactions 119: the polynomial in place of 1.26.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from kopa.model import BoolArray, FloatArray

from .regression import Fit, design
from .usage import Usage

CV_LIMITS = ((12, 0.20), (60, 0.25), (math.inf, 0.30))
"""Greatest CV(RMSE) of a baseline of whole-building energy use by months of the reporting period
(Guideline 14, whole-building prescriptive path)."""
BIAS_LIMIT = 5e-5
"""Greatest net determination bias: 0.005 % (ibid.)."""
MOST_UNCERTAIN = 0.5
"""Greatest uncertainty of savings at 68 % confidence, over the savings (ibid., compliance)."""
POLYNOMIAL = {True: (-0.00024, 0.03535, 1.00286), False: (-0.00022, 0.03306, 0.94054)}
"""Of the months of the reporting period, for days and for bills (Sun, Baltazar 2013)."""
MONTH_D = 365.25 / 12


@dataclass(frozen=True)
class Quality:
    """How well a model fits its baseline.

    Parameters
    ----------
    rows, parameters
        Rows that it was fitted to, and its parameters.
    mean
        Mean energy, kWh/d.
    rmse
        Root of squares over rows less parameters, kWh/d.
    bias
        NMBE: sum of residuals over rows less parameters, over the mean.
    r_squared
        Share of the variance that it explains; NaN where energy does not vary.
    autocorrelation
        Of residuals of rows that follow one another.
    independent
        n': rows as good as independent, no more than `rows`.
    """

    rows: int
    parameters: int
    mean: float
    rmse: float
    bias: float
    r_squared: float
    autocorrelation: float
    independent: float

    @property
    def cv_rmse(self) -> float:
        """RMSE over the mean."""
        return self.rmse / self.mean if self.mean else math.inf


def quality(fit: Fit) -> Quality:
    """Statistics of a fit.

    Parameters
    ----------
    fit
        The model.
    """
    n, w, e, y = len(fit.residuals), fit.weights, fit.residuals, fit.measured
    mean = float((w * y).sum() / w.sum())
    squares = float((w * e**2).sum())
    spread = float((w * (y - mean) ** 2).sum())
    rho = _autocorrelation(e, fit.follows)
    independent = min(float(n), n * (1 - rho) / (1 + rho))
    spare = n - fit.parameters
    bias = float((w * e).sum()) / spare / mean if mean else math.nan
    return Quality(
        n, fit.parameters, mean, math.sqrt(squares / spare), bias,
        1 - squares / spread if spread > 0 else math.nan, rho, independent,
    )  # fmt: skip


def _autocorrelation(e: FloatArray, follows: BoolArray) -> float:
    """Correlation of residuals with those of the row before."""
    later = np.flatnonzero(follows)
    if len(later) < 3:
        return 0.0
    a, b = e[later - 1], e[later]
    under = math.sqrt(float(a @ a) * float(b @ b))
    return min(max(float(a @ b) / under, -0.99), 0.99) if under > 0 else 0.0


def savings_uncertainty(
    told: Quality, expected: float, rows: int, months: float, daily: bool, confidence: float
) -> float:
    """Half of the interval of savings, kWh.

    ``t (a M² + b M + c) CV(RMSE) E/m sqrt(n/n' (1 + 2/n') m)`` with M months, m rows and the
    energy E that the model expects in the reporting period.

    Parameters
    ----------
    told
        The model's quality.
    expected
        Energy that the baseline model expects in the reporting period, kWh.
    rows, months
        Rows and months of that period.
    daily
        True where rows are days.
    confidence
        Such as 0.9.

    References
    ----------
    ASHRAE Guideline 14-2014, eq. B-28, with the polynomial of Sun and Baltazar (2013).
    """
    n, free = told.rows, told.independent
    t = float(stats.t.ppf(0.5 + confidence / 2, max(free - told.parameters, 1.0)))
    shape = float(np.polyval(POLYNOMIAL[daily], months))
    spread = math.sqrt(n / free * (1 + 2 / free) * rows)
    return t * shape * told.cv_rmse * abs(expected) / rows * spread


def prediction_uncertainty(
    fit: Fit, told: Quality, usage: Usage, rows: BoolArray, confidence: float
) -> float:
    """Half of the interval of savings by the regression's own covariance, kWh.

    It grows where the reporting period lies off the middle of the baseline, which the formula of
    Guideline 14 does not see. The variance is that of a sum of predictions, widened by n/n' for
    autocorrelation: s² n/n' (sum of squared days + x' (X'X)^-1 x), x the sum of the rows.

    Parameters
    ----------
    fit, told
        The model and its quality.
    usage, rows
        The reporting rows, shape (row,).
    confidence
        Such as 0.9.

    References
    ----------
    Kissock, Haberl, Claridge (2003), ASHRAE RP-1050, eq. 24, for a sum of predictions and for
    several terms.
    """
    days = usage.days[rows]
    x = (design(usage, fit.terms)[rows] * days[:, None]).sum(axis=0)
    mean_days = 1.0 if usage.daily else float(days.mean())
    noise = float((days * mean_days).sum())
    model = max(float(x @ fit.inverse @ x), 0.0)  # below zero is rounding
    variance = told.rmse**2 * told.rows / told.independent * (noise + model)
    t = float(stats.t.ppf(0.5 + confidence / 2, max(told.independent - told.parameters, 1.0)))
    return t * math.sqrt(variance)


def cv_limit(months: float) -> float:
    """Greatest CV(RMSE) for a reporting period of so many months."""
    return next(limit for most, limit in CV_LIMITS if round(months) < most)
