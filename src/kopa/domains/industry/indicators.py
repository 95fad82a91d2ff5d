"""Energy performance indicators and the energy baseline of a plant.

References
----------
ISO 50001:2018, 6.4 and 6.5: indicators (EnPI) and baseline (EnB).
ISO 50006:2023, 7: ratios, and statistical models, with normalisation to like conditions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from kopa.errors import Finding
from kopa.model import BoolArray

from .regression import Fit
from .sufficiency import Periods
from .usage import Usage, day_of


@dataclass(frozen=True)
class Ratio:
    """Energy over production: the indicator that is easy to read, and easy to misread.

    Parameters
    ----------
    driver
        What is produced.
    baseline, reporting
        kWh a unit in each period; NaN where nothing was produced.
    """

    driver: str
    baseline: float
    reporting: float

    @property
    def improvement(self) -> float:
        """Share of the baseline's value that is saved."""
        return 1 - self.reporting / self.baseline


@dataclass(frozen=True)
class Month:
    """A calendar month, or a bill.

    Parameters
    ----------
    start
        Its first day.
    baseline
        True within the baseline.
    days
        Known days.
    expected, measured
        By the baseline's model and by the meter, kWh.
    production
        Of each driver.
    """

    start: date
    baseline: bool
    days: float
    expected: float
    measured: float
    production: tuple[float, ...]

    @property
    def indicator(self) -> float:
        """Measured over expected; NaN where nothing is expected."""
        return self.measured / self.expected if self.expected > 0 else math.nan


def ratios(usage: Usage, periods: Periods) -> list[Ratio]:
    """The ratio of each driver in both periods.

    Parameters
    ----------
    usage, periods
        The data and the two periods.
    """

    def of(place: int, rows: BoolArray) -> float:
        made = float(usage.production[rows & usage.known, place].sum())
        return float(usage.energy[rows & usage.known].sum()) / made if made > 0 else math.nan

    return [
        Ratio(name, of(place, periods.before), of(place, periods.after))
        for place, name in enumerate(usage.drivers)
    ]


def months(usage: Usage, fit: Fit, periods: Periods) -> list[Month]:
    """The indicator by month; by bill where the meter has bills.

    Parameters
    ----------
    usage
        The data.
    fit
        The baseline's model.
    periods
        The two periods.
    """
    expected = fit.predict(usage)
    found = []
    for is_baseline, rows in ((True, periods.before), (False, periods.after)):
        known = np.flatnonzero(rows & usage.known)
        keys = [day_of(usage.first[row]) for row in known]
        if usage.daily:
            keys = [key.replace(day=1) for key in keys]
        for start in sorted(set(keys)):
            mine = known[[key == start for key in keys]]
            found.append(
                Month(
                    start,
                    is_baseline,
                    float(usage.days[mine].sum()),
                    float(expected[mine].sum()),
                    float(usage.energy[mine].sum()),
                    tuple(usage.production[mine].sum(axis=0).tolist()),
                )
            )
    return found


def misleading(found: list[Ratio], improvement: float, half: float) -> list[Finding]:
    """Ratios that say otherwise than the model.

    Energy that is used with and without production makes a ratio fall when more is produced.

    Parameters
    ----------
    found
        The ratios.
    improvement, half
        Share saved by the model, and half of its interval.
    """
    findings = []
    for one in found:
        if math.isfinite(one.improvement) and abs(one.improvement - improvement) > half:
            what = (
                f"kWh a unit of {one.driver} is {one.improvement:+.1%} better, by the model the "
                f"plant is {improvement:+.1%} ± {half:.1%} better."
            )
            do = "Energy that does not follow production moves the ratio: use the model's value."
            findings.append(Finding("industry.ratio-misleads", what, do, "warning"))
    return findings
