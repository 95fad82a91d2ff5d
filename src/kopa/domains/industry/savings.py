"""Savings of a measure by its meter: IPMVP option C, by two models that know nothing of another.

Avoided energy is what the baseline's model expects in the conditions of the reporting period, less
what the meter shows.

References
----------
EVO 10000-1:2012, International Performance Measurement and Verification Protocol: option C, and
eq. 1b (avoided energy use).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from kopa.errors import EngineError, Finding, InputError
from kopa.model import BoolArray

from .engine_opendsm import Opinion, opinion
from .read_meter import Meter
from .read_table import Columns
from .regression import Fit, fit
from .sufficiency import MOST_BEYOND, Periods, far_beyond, insufficient, poor
from .uncertainty import (
    MONTH_D,
    MOST_UNCERTAIN,
    Quality,
    prediction_uncertainty,
    quality,
    savings_uncertainty,
)
from .usage import Usage, day_of

SIXTY_EIGHT, NINETY = 0.68, 0.90
LEVELS = (SIXTY_EIGHT, NINETY)
ZERO, HALF = "interval contains zero", "uncertainty above half of the savings"
Halves = Mapping[float, float]
"""Half of an interval by confidence, kWh."""
Verdict = Literal["significant", "not-significant", "models-disagree", "unknown"]


@dataclass(frozen=True)
class Estimate:
    """Savings by one model.

    Parameters
    ----------
    model
        ``regression`` or ``opendsm-hourly``, ``opendsm-daily``, ``opendsm-billing``.
    expected, measured
        Energy of the reporting period by the baseline's model and by the meter, kWh.
    half
        Half of the interval of the savings by confidence, kWh.
    cv_rmse, bias, r_squared
        How well the model fits the baseline.
    """

    model: str
    expected: float
    measured: float
    half: Halves
    cv_rmse: float
    bias: float
    r_squared: float

    @property
    def savings(self) -> float:
        """Avoided energy, kWh."""
        return self.expected - self.measured

    @property
    def share(self) -> float:
        """Savings over what is expected; NaN where nothing is."""
        return self.savings / self.expected if self.expected else math.nan

    @property
    def against(self) -> tuple[str, ...]:
        """Rules by which the savings are not significant; none where they are.

        The interval at 90 % must not contain zero, and the uncertainty at 68 % must be no more
        than half of the savings (ASHRAE Guideline 14). The second is the stricter.
        """
        rules = []
        # an unknown uncertainty breaks both
        if not abs(self.savings) > self.half[NINETY]:
            rules.append(ZERO)
        if not self.half[SIXTY_EIGHT] <= MOST_UNCERTAIN * abs(self.savings):
            rules.append(HALF)
        return tuple(rules)


@dataclass(frozen=True)
class Report:
    """What two models say of a measure.

    Parameters
    ----------
    usage, periods
        The data and the two periods.
    fit, quality
        The regression and how well it fits.
    regression
        Savings by it; the wider of Guideline 14's interval and of its own covariance.
    guideline, covariance
        Half of the interval by each, by confidence, kWh.
    plain
        Savings by the regression without production, which is what OpenDSM can know.
    opendsm
        Savings by OpenDSM; None where it gives no answer.
    opinion
        All that OpenDSM says.
    verdict
        What can be said.
    findings
        What is wrong with data and models.
    """

    usage: Usage
    periods: Periods
    fit: Fit
    quality: Quality
    regression: Estimate
    guideline: Halves
    covariance: Halves
    plain: Estimate
    opendsm: Estimate | None
    opinion: Opinion | None
    verdict: Verdict
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Dates:
    """Where the periods begin and end.

    Parameters
    ----------
    baseline_end
        Last day of the baseline.
    baseline_days
        Its length.
    reporting_start, reporting_end
        First and last day of the reporting period; None for the day after the baseline, and for
        the last of the data.
    """

    baseline_end: date
    baseline_days: int = 365
    reporting_start: date | None = None
    reporting_end: date | None = None


def periods_of(usage: Usage, dates: Dates) -> Periods:
    """The rows of the two periods.

    Raises
    ------
    InputError
        If one of them has no row.
    """
    last = day_of(usage.first[-1] + usage.days[-1] - 1)
    before = (dates.baseline_end - timedelta(days=dates.baseline_days - 1), dates.baseline_end)
    start = dates.reporting_start or dates.baseline_end + timedelta(days=1)
    after = (start, min(dates.reporting_end or last, last))
    periods = Periods(before, after, usage.between(*before), usage.between(*after))
    wrong = []
    if start <= dates.baseline_end:
        what = f"the reporting period begins on {start}, within the baseline."
        wrong.append(Finding("industry.periods", what, "Let it begin after the measure."))
    for name, rows, span in (
        ("baseline", periods.before, before),
        ("reporting", periods.after, after),
    ):
        if not (rows & usage.known).any():
            what = f"no row of {span[0]} to {span[1]} ({name}) has energy, weather and production."
            do = f"The meter has {day_of(usage.first[0])} to {last}: check dates and files."
            wrong.append(Finding("industry.periods", what, do))
    if wrong:
        raise InputError(wrong)
    return periods


def report(meter: Meter, weather: Columns, usage: Usage, dates: Dates) -> Report:
    """Savings by both models, with what is wrong or at risk.

    Parameters
    ----------
    meter, weather
        As they are read.
    usage
        Both, and production, by rows.
    dates
        Where the periods begin and end.

    Raises
    ------
    InputError
        If a period has no row.
    EngineError
        If the regression has too few rows, or drivers that cannot be told apart.
    """
    periods = periods_of(usage, dates)
    findings = insufficient(usage, periods)
    after = periods.after & usage.known
    model, told, own, halves = by_regression(usage, periods.before & usage.known, after)
    findings += poor(model, told, periods)
    # the like of OpenDSM's model, which knows no production
    plain = own
    if usage.drivers:
        without = replace(usage, drivers=(), production=np.empty((len(usage), 0)))
        plain = by_regression(without, periods.before & usage.known, after)[2]
    other, said = None, None
    try:
        said = opinion(meter, weather, usage, (periods.before, after), LEVELS)
        other = Estimate(
            f"opendsm-{said.model}", said.expected, said.measured, said.uncertainty,
            said.cv_rmse, said.bias, said.r_squared,
        )  # fmt: skip
        findings += _of_opendsm(said)
    except EngineError as error:
        do = "The regression stands alone: nothing checks it."
        findings.append(Finding("industry.no-opinion", f"{error}.", do, "warning"))
    findings += _differences(own, plain, other)
    verdict = _verdict(own, plain, other if said and not said.disqualified else None)
    if far_beyond(usage, periods) > MOST_BEYOND:
        verdict = "unknown"
    return Report(
        usage, periods, model, told, own, *halves, plain, other, said, verdict, tuple(findings)
    )


def by_regression(
    usage: Usage, before: BoolArray, after: BoolArray
) -> tuple[Fit, Quality, Estimate, tuple[Halves, Halves]]:
    """The regression, how well it fits, its savings, and their intervals by both formulas."""
    model = fit(usage, before)
    told = quality(model)
    expected = float(model.predict(usage)[after].sum())
    months, rows = float(usage.days[after].sum()) / MONTH_D, int(after.sum())
    guideline = {
        one: savings_uncertainty(told, expected, rows, months, usage.daily, one) for one in LEVELS
    }
    covariance = {one: prediction_uncertainty(model, told, usage, after, one) for one in LEVELS}
    own = Estimate(
        "regression", expected, float(usage.energy[after].sum()),
        {one: max(guideline[one], covariance[one]) for one in LEVELS},
        told.cv_rmse, told.bias, told.r_squared,
    )  # fmt: skip
    return model, told, own, (guideline, covariance)


def _of_opendsm(said: Opinion) -> list[Finding]:
    if not said.disqualified:
        return []
    what = f"OpenDSM finds the data or its fit insufficient: {', '.join(said.disqualified)}."
    do = "Its savings are shown, but do not count for the verdict."
    return [Finding("industry.disqualified", what, do, "warning")]


def disagree(own: Estimate, other: Estimate) -> bool:
    """True if the models' savings differ by more than the wider of their intervals at 90 %."""
    return not abs(own.savings - other.savings) <= max(own.half[NINETY], other.half[NINETY])


def _differences(own: Estimate, plain: Estimate, other: Estimate | None) -> list[Finding]:
    found = []
    if own.against:
        what = f"the savings are not significant by the regression: {', '.join(own.against)}."
        do = "Do not report them as achieved; measure longer, or closer to the measure (option B)."
        found.append(Finding("industry.not-significant", what, do, "warning"))
    elif own.savings < 0:
        what = f"the plant uses {-own.savings:,.0f} kWh more than its baseline would."
        do = "Look for what else changed in the reporting period, or is missing in the model."
        found.append(Finding("industry.uses-more", what, do, "warning"))
    if other is None:
        return found
    if disagree(plain, other):
        what = (
            f"the regression finds {plain.savings:,.0f} kWh and OpenDSM {other.savings:,.0f} kWh "
            "by weather alone: they differ by more than either's interval."
        )
        do = "One of the models is wrong for this meter: look at both before reporting."
        found.append(Finding("industry.models-disagree", what, do, "warning"))
    elif disagree(own, other):
        what = (
            f"production changes the answer: {own.savings:,.0f} kWh with it, "
            f"{plain.savings:,.0f} kWh without, {other.savings:,.0f} kWh by OpenDSM, which knows "
            "none."
        )
        do = "The regression with production is the one to trust, if production drives the energy."
        found.append(Finding("industry.production-matters", what, do, "info"))
    elif bool(own.against) != bool(other.against):
        which = "OpenDSM" if own.against else "the regression"
        what = f"the savings are significant by {which} only."
        found.append(Finding("industry.models-differ", what, "Take the more careful.", "warning"))
    return found


def _verdict(own: Estimate, plain: Estimate, other: Estimate | None) -> Verdict:
    """What can be said.

    OpenDSM counts where it answers and is not disqualified: to disagree by weather alone, and, if
    production does not change the answer, for significance.
    """
    if not math.isfinite(own.half[NINETY]):
        return "unknown"
    if other is not None and disagree(plain, other):
        return "models-disagree"
    same = other is not None and not disagree(own, other)
    if own.against or (same and other is not None and other.against):
        return "not-significant"
    return "significant"
