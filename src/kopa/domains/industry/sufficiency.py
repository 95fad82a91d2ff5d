"""What is wrong or at risk in the data that a savings report rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from kopa.errors import Finding
from kopa.model import BoolArray, FloatArray

from .regression import Fit
from .uncertainty import BIAS_LIMIT, MONTH_D, Quality, cv_limit
from .usage import Usage, day_of

YEAR_D = 365
ENOUGH = 0.9
"""Share of the days of a period that must be known (CalTRACK 2.0, 2.2.1.2)."""
OUTSIDE = 0.02
"""More than this share of a period beyond the baseline's range is told."""
MARGIN, MOST_BEYOND = 0.1, 0.1
"""So far beyond the range, as a share of it, a model is not applied; if that is more than this
share of the rows, savings are unknown."""
LEAST_T = 2.0
"""A coefficient that is less than so many standard errors may be nothing."""


@dataclass(frozen=True)
class Periods:
    """The two periods of a savings report.

    Parameters
    ----------
    baseline, reporting
        First and last day of each.
    before, after
        Rows that lie in each, shape (row,).
    """

    baseline: tuple[date, date]
    reporting: tuple[date, date]
    before: BoolArray
    after: BoolArray

    @property
    def months(self) -> float:
        """Length of the reporting period."""
        return ((self.reporting[1] - self.reporting[0]).days + 1) / MONTH_D


def insufficient(usage: Usage, periods: Periods) -> list[Finding]:
    """Gaps, short baselines, and weather or production that the baseline has not seen.

    Parameters
    ----------
    usage, periods
        The data and the two periods.
    """
    found = list(_length(usage, periods))
    for name, rows in (("baseline", periods.before), ("reporting", periods.after)):
        found += _gaps(usage, rows, name)
    found += _beyond(usage, periods)
    return found


def _length(usage: Usage, periods: Periods) -> Iterator[Finding]:
    rows = np.flatnonzero(periods.before)
    if not len(rows):
        return
    days = float(usage.days[periods.before].sum())
    most = 366.0 if usage.daily else 395.0
    if days < (YEAR_D - 1 if usage.daily else YEAR_D - 15):
        what = f"the baseline has {days / MONTH_D:.1f} months, from {day_of(usage.first[rows[0]])}."
        do = "Take 12: seasons that it has not seen are guessed (IPMVP, Guideline 14)."
        yield _finding("short-baseline", what, do)
    elif days > most:
        what = f"the baseline has {days / MONTH_D:.1f} months: some seasons count twice."
        yield _finding("long-baseline", what, "Take the 12 months before the measure.")
    if periods.months < 9:
        what = f"the reporting period has {periods.months:.1f} months."
        do = "Savings of a part of the year are not those of a year; report again after 12."
        yield _finding("short-reporting", what, do)


def _gaps(usage: Usage, rows: BoolArray, name: str) -> Iterator[Finding]:
    total = float(usage.days[rows].sum())
    if not total:
        return
    causes = (
        ("the meter", ~np.isfinite(usage.energy)),
        ("the weather", ~np.isfinite(usage.mean(usage.temperature))),
        ("production", ~np.isfinite(usage.production).all(axis=1)),
    )
    lost = rows & ~usage.known
    if not lost.any():
        return
    first = day_of(usage.first[np.flatnonzero(lost)[0]])
    who = [f"{words} in {int((rows & bad).sum())}" for words, bad in causes if (rows & bad).any()]
    share = float(usage.days[lost].sum()) / total
    kind = "days" if usage.daily else "bills"
    what = (
        f"{int(lost.sum())} of {int(rows.sum())} {kind} of the {name} period are unknown "
        f"({', '.join(who)}), the first on {first}: they are left out."
    )
    if share > 1 - ENOUGH:
        what += f" That is {share:.0%}; no more than {1 - ENOUGH:.0%} may be."
        yield _finding(f"gaps-{name}", what, "Find what is missing, or report less.")
    else:
        do = "Savings count for the days that are known, not for these."
        yield _finding(f"gaps-{name}", what, do, "info")


def _beyond(usage: Usage, periods: Periods) -> Iterator[Finding]:
    before, after = periods.before & usage.known, periods.after & usage.known
    for name, unit, values in _conditions(usage):
        low, high = float(values[before].min()), float(values[before].max())
        outside = (values[after] < low) | (values[after] > high)
        if outside.mean() > OUTSIDE:
            at = values[after][outside]
            far = at[np.argmax(np.maximum(low - at, at - high))]
            what = (
                f"{int(outside.sum())} of {len(outside)} rows of the reporting period have "
                f"{name} beyond the baseline's {low:.4g} to {high:.4g} {unit}, the farthest "
                f"{far:.4g}."
            )
            do = "The model is not known there: take a baseline that has seen it, or leave it out."
            yield _finding("extrapolated", what, do)
    share = far_beyond(usage, periods)
    if share > MOST_BEYOND:
        what = f"{share:.0%} of the reporting period is far beyond what the baseline has seen."
        yield _finding("unknown", what, "The savings are unknown: take another baseline.")


def _conditions(usage: Usage) -> Iterator[tuple[str, str, FloatArray]]:
    """Name, unit and values of what drives the energy, a day."""
    yield "temperature", "°C", usage.mean(usage.temperature)
    for place, name in enumerate(usage.drivers):
        yield name, "a day", usage.production[:, place] / usage.days


def far_beyond(usage: Usage, periods: Periods) -> float:
    """Share of the reporting rows in which a condition is far beyond the baseline's range.

    Guideline 14 applies a model to no more than 110 % of the greatest and no less than 90 % of
    the least value; a tenth of the range stands for that here, as zero °C is no zero.

    Parameters
    ----------
    usage, periods
        The data and the two periods.
    """
    before, after = periods.before & usage.known, periods.after & usage.known
    far = np.zeros(int(after.sum()), dtype=bool)
    for _, _, values in _conditions(usage):
        low, high = float(values[before].min()), float(values[before].max())
        more = MARGIN * (high - low)
        far |= (values[after] < low - more) | (values[after] > high + more)
    return float(far.mean())


def poor(fit: Fit, told: Quality, periods: Periods) -> list[Finding]:
    """What is wrong with the regression by the limits of Guideline 14.

    Parameters
    ----------
    fit, told
        The regression and its quality.
    periods
        The two periods.
    """
    found = []
    limit = cv_limit(periods.months)
    if told.cv_rmse > limit:
        what = f"CV(RMSE) of the regression is {told.cv_rmse:.1%}, above {limit:.0%}."
        do = "Look for what else drives the energy: production, shifts, another meter."
        found.append(_finding("cv-rmse", what, do))
    if abs(told.bias) > BIAS_LIMIT:
        what = f"NMBE of the regression is {told.bias:.3%}, beyond {BIAS_LIMIT:.3%}."
        found.append(_finding("bias", what, "Report the files: least squares has no bias."))
    for name, value, error in zip(fit.names[1:], fit.coefficients[1:], fit.errors[1:], strict=True):
        if abs(value) < LEAST_T * error:
            what = f"'{name}' explains nothing for sure: {value:.3g} ± {error:.3g} kWh a unit."
            found.append(_finding("driver", what, "Leave it out, or find a better one.", "info"))
    if math.isfinite(told.autocorrelation) and told.autocorrelation > 0.5:
        what = f"residuals follow one another (autocorrelation {told.autocorrelation:.2f})."
        do = "Something that lasts is missing in the model; the interval is wider for it."
        found.append(_finding("autocorrelated", what, do))
    return found


def _finding(code: str, what: str, do: str, severity: str = "warning") -> Finding:
    return Finding(f"industry.{code}", what, do, "info" if severity == "info" else "warning")
