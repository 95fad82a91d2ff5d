"""Change-point degree-day regression with production drivers: our own baseline model.

Energy a day is a constant, plus a slope times the degree-days below a heating base, plus a slope
times those above a cooling base, plus a coefficient a driver. Which of these terms are there, and
at which bases, is chosen by the Bayesian information criterion.

References
----------
Kissock, Haberl, Claridge (2003), Inverse Model Toolkit (ASHRAE RP-1050): the change-point models.
OpenEEmeter (2018), CalTRACK Methods 2.0, 3.4.3.2: slopes below zero disqualify a model.
Schwarz (1978), Estimating the dimension of a model, Ann. Statist. 6(2): the criterion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray

from .usage import Usage

STEP_K = 0.5
"""Bases are tried at this distance."""
LEAST_ROWS = {True: 10, False: 3}
"""So many days, or bills, must have degree-days for a base to be one (CalTRACK 2.0,
3.2.2.2.1, for days)."""
SPARE = 3
"""A model has so many rows more than parameters."""
HEATING, COOLING, WEEKEND = "heating_degree_days", "cooling_degree_days", "weekend"


@dataclass(frozen=True)
class Terms:
    """Which terms a model has.

    Parameters
    ----------
    heating, cooling
        Base temperatures, °C; NaN where there is no such term.
    weekend
        True if weekends differ.
    """

    heating: float = math.nan
    cooling: float = math.nan
    weekend: bool = False

    @property
    def bases(self) -> int:
        """Number of base temperatures, each a parameter of its own."""
        return int(math.isfinite(self.heating)) + int(math.isfinite(self.cooling))


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Parameters
    ----------
    terms
        Its terms.
    names
        Of the coefficients.
    coefficients, errors
        kWh a day for a unit of each, and their standard errors, shape (coefficient,).
    inverse
        (X'WX)^-1, shape (coefficient, coefficient).
    residuals
        Measured less modelled of the rows that it was fitted to, kWh/d, shape (row,).
    weights
        Days of these rows, over their mean, shape (row,).
    follows
        True where a row follows the row before without a gap, shape (row,).
    measured
        kWh/d, shape (row,).
    """

    terms: Terms
    names: tuple[str, ...]
    coefficients: FloatArray
    errors: FloatArray
    inverse: FloatArray
    residuals: FloatArray
    weights: FloatArray
    follows: BoolArray
    measured: FloatArray

    @property
    def parameters(self) -> int:
        """Number of parameters, bases among them."""
        return len(self.names) + self.terms.bases

    def predict(self, usage: Usage) -> FloatArray:
        """Energy of each row by the model, kWh, NaN where unknown, shape (row,)."""
        return np.asarray(design(usage, self.terms) @ self.coefficients * usage.days)


def degree_days(usage: Usage, base: float, heating: bool) -> FloatArray:
    """Mean degree-days a day of each row, K, shape (row,)."""
    lack = base - usage.temperature if heating else usage.temperature - base
    return usage.mean(np.where(np.isnan(lack), np.nan, np.maximum(lack, 0.0)))


def design(usage: Usage, terms: Terms) -> FloatArray:
    """One row a row of `usage`, one column a coefficient: all are means a day."""
    columns = [np.ones(len(usage))]
    if math.isfinite(terms.heating):
        columns.append(degree_days(usage, terms.heating, heating=True))
    if math.isfinite(terms.cooling):
        columns.append(degree_days(usage, terms.cooling, heating=False))
    if terms.weekend:
        columns.append(usage.weekend)
    return np.column_stack([*columns, usage.production / usage.days[:, None]])


def fit(usage: Usage, rows: BoolArray) -> Fit:
    """The model that explains some rows best.

    Parameters
    ----------
    usage
        All rows.
    rows
        True for those to fit to; unknown ones are left out, shape (row,).

    Raises
    ------
    EngineError
        If there are too few rows, or drivers that cannot be told apart.
    """
    use = rows & usage.known
    if use.sum() < len(usage.drivers) + 1 + SPARE:
        raise EngineError(f"{int(use.sum())} known rows are too few for a model")
    if not (usage.energy[use] > 0).any():
        raise EngineError("the meter shows no energy in the baseline")
    best: tuple[float, Terms] | None = None
    for weekend in (False, True) if usage.daily else (False,):
        fixed = design(usage, Terms(weekend=weekend))[use]
        for terms, squares in _candidates(usage, use, fixed):
            count = fixed.shape[1] + 2 * terms.bases
            if use.sum() - count < SPARE:
                continue
            floor = 1e-12 * float((usage.energy[use] ** 2).sum()) + 1e-12
            score = int(use.sum()) * math.log(max(squares, floor)) + count * math.log(use.sum())
            if best is None or score < best[0]:
                best = (score, replace(terms, weekend=weekend))
    assert best is not None
    return _solve(usage, use, best[1])


def _candidates(usage: Usage, use: BoolArray, fixed: FloatArray) -> list[tuple[Terms, float]]:
    """The best bases of each shape with their sum of squares.

    What the fixed terms explain is taken out of energy and degree-days first (Frisch-Waugh-
    Lovell); then one slope, or two, are known in closed form for all bases together.
    """
    root = np.sqrt(usage.days[use])
    basis, _ = np.linalg.qr(fixed * root[:, None])

    def rest(columns: FloatArray) -> FloatArray:
        scaled = columns * root[:, None]
        return np.asarray(scaled - basis @ (basis.T @ scaled))

    y = rest((usage.energy / usage.days)[use][:, None])[:, 0]
    mean = usage.mean(usage.temperature)[use]
    low, high = math.floor(mean.min()), math.ceil(mean.max())
    bases = np.arange(low, high + STEP_K / 2, STEP_K)
    least = LEAST_ROWS[usage.daily]
    heat = np.column_stack([degree_days(usage, b, heating=True)[use] for b in bases])
    cool = np.column_stack([degree_days(usage, b, heating=False)[use] for b in bases])
    some_heat = (heat > 0).sum(axis=0) >= least
    some_cool = (cool > 0).sum(axis=0) >= least
    h, c = rest(heat), rest(cool)
    total, none = float(y @ y), Terms()
    found = [(none, total)]
    hh, cc, hy, cy = (h * h).sum(axis=0), (c * c).sum(axis=0), h.T @ y, c.T @ y
    tiny = 1e-9 * len(y)
    for heating, square, slope, some in ((True, hh, hy, some_heat), (False, cc, cy, some_cool)):
        good = some & (slope > 0) & (square > tiny)
        if good.any():
            gain = np.where(good, slope**2 / np.where(good, square, 1.0), 0.0)
            at = int(np.argmax(gain))
            base = float(bases[at])
            terms = Terms(heating=base) if heating else Terms(cooling=base)
            found.append((terms, total - float(gain[at])))
    hc = h.T @ c
    determinant = hh[:, None] * cc - hc**2
    good = some_heat[:, None] & some_cool & (bases[:, None] <= bases)
    good &= determinant > 1e-9 * hh[:, None] * cc + tiny
    safe = np.where(good, determinant, 1.0)
    one = (hy[:, None] * cc - cy * hc) / safe
    two = (cy * hh[:, None] - hy[:, None] * hc) / safe
    good &= (one > 0) & (two > 0)
    if good.any():
        gain = np.where(good, one * hy[:, None] + two * cy, 0.0)
        row, column = np.unravel_index(int(np.argmax(gain)), gain.shape)
        terms = Terms(float(bases[row]), float(bases[column]))
        found.append((terms, total - float(gain[row, column])))
    return found


def _solve(usage: Usage, use: BoolArray, terms: Terms) -> Fit:
    x = design(usage, terms)[use]
    y = (usage.energy / usage.days)[use]
    weights = usage.days[use] / usage.days[use].mean()
    root = np.sqrt(weights)
    scale = np.abs(x).max(axis=0)
    if not (scale > 0).all() or np.linalg.cond(x / scale) > 1e8:
        raise EngineError("production drivers are constant, or move together")
    names = ["constant"]
    names += [HEATING] * math.isfinite(terms.heating) + [COOLING] * math.isfinite(terms.cooling)
    names += [WEEKEND] * terms.weekend + list(usage.drivers)
    q, r = np.linalg.qr(x * root[:, None])
    back = np.linalg.inv(r)
    coefficients = back @ (q.T @ (y * root))
    residuals = y - x @ coefficients
    spare = len(y) - len(names) - terms.bases
    inverse = back @ back.T
    variance = float((weights * residuals**2).sum()) / spare
    ends = (usage.first + usage.days)[use]
    follows = np.append(False, usage.first[use][1:] == ends[:-1])
    return Fit(
        terms, tuple(names), coefficients, np.sqrt(variance * np.diag(inverse)), inverse,
        residuals, weights, follows, y,
    )  # fmt: skip
