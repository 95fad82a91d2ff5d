"""What the jobs on a meter share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kopa import __version__, console
from kopa.errors import Finding, InputError, UsageError
from kopa.model import BoolArray

from .read_meter import KWH, Meter, read_meter, read_production, read_weather
from .read_table import Columns
from .regression import Fit
from .savings import Dates
from .sufficiency import Periods
from .uncertainty import Quality, cv_limit
from .usage import Usage, day_of, usage


@dataclass(frozen=True)
class Given:
    """What the files say.

    Parameters
    ----------
    meter, weather
        As they are read.
    usage
        Both, and production, by rows.
    dates
        Where the periods begin and end.
    findings
        What does not stop the work.
    """

    meter: Meter
    weather: Columns
    usage: Usage
    dates: Dates
    findings: tuple[Finding, ...]


def given(arguments: argparse.Namespace) -> Given:
    """Read the files of a job; what is wrong in all of them is told at once.

    Raises
    ------
    InputError
        With all findings.
    UsageError
        If an option is wrong.
    """
    if arguments.unit and arguments.unit not in KWH:
        raise UsageError(f"--unit is one of {', '.join(KWH)}")
    if not 1 <= arguments.baseline_days <= 3660:
        raise UsageError("--baseline-days lies between 1 and 3660")
    wrong: list[Finding] = []

    def tried(read: Any, *words: Any) -> Any:
        try:
            return read(*words)
        except InputError as error:
            wrong.extend(error.findings)
            return None

    metered = tried(read_meter, arguments.meter, arguments.unit)
    weather = tried(read_weather, arguments.weather)
    made = tried(read_production, arguments.production) if arguments.production else None
    if wrong:
        raise InputError(wrong)
    meter, findings = metered
    dates = Dates(
        arguments.baseline_end,
        arguments.baseline_days,
        getattr(arguments, "reporting_start", None),
        arguments.reporting_end,
    )
    return Given(meter, weather, usage(meter, weather, made), dates, findings)


def head(status: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """The first members of a document."""
    return {
        "kopa": __version__,
        "status": status,
        "findings": console.finding_rows(findings),
    }


def period_rows(usage: Usage, periods: Periods) -> dict[str, Any]:
    """Both periods, as JSON."""

    def one(span: tuple[Any, Any], rows: BoolArray) -> dict[str, Any]:
        return {
            "start": span[0].isoformat(),
            "end": span[1].isoformat(),
            "days": float(usage.days[rows].sum()),
            "known_days": float(usage.days[rows & usage.known].sum()),
        }

    return {
        "baseline": one(periods.baseline, periods.before),
        "reporting": one(periods.reporting, periods.after),
    }


def model_row(fit: Fit, told: Quality, months: float) -> dict[str, Any]:
    """A regression, as JSON."""
    return {
        "heating_base_c": fit.terms.heating,
        "cooling_base_c": fit.terms.cooling,
        "coefficients": [
            {"name": name, "kwh_a_unit": float(value), "standard_error": float(error)}
            for name, value, error in zip(fit.names, fit.coefficients, fit.errors, strict=True)
        ],
        "rows": told.rows,
        "independent_rows": told.independent,
        "parameters": told.parameters,
        "autocorrelation": told.autocorrelation,
        "cv_rmse": told.cv_rmse,
        "cv_rmse_limit": cv_limit(months),
        "nmbe": told.bias,
        "r_squared": told.r_squared,
    }


def model_words(fit: Fit) -> str:
    """A regression in a line for people."""
    parts = []
    for name, value in zip(fit.names, fit.coefficients, strict=True):
        unit = {
            "constant": "kWh/d",
            "heating_degree_days": f"kWh/K·d below {fit.terms.heating:g} °C",
            "cooling_degree_days": f"kWh/K·d above {fit.terms.cooling:g} °C",
        }.get(name, f"kWh a unit of {console.escape(name)}")
        parts.append(f"{console.number(float(value))} {unit}")
    return " + ".join(parts)


def first_day(usage: Usage, row: int) -> str:
    """First day of a row, ISO 8601."""
    return day_of(usage.first[row]).isoformat()
