"""OpenDSM (formerly OpenEEmeter) as a second opinion: the only importer of ``opendsm``.

Its models know weather, season and weekday, but no production.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray

from .read_meter import Meter
from .read_table import DAY_S, HOUR_S, Columns
from .usage import Usage

Kind = Literal["hourly", "daily", "billing"]
EXPECTED = ("utc_index", "unable_to_confirm_daily_temperature_sufficiency")
"""What it remarks of days that Kopa has summed by the local clock already."""


@dataclass(frozen=True)
class Opinion:
    """What OpenDSM says of a meter.

    Parameters
    ----------
    model
        Which of its models.
    expected, measured
        Energy of the reporting period by the baseline model and by the meter, kWh.
    uncertainty
        Half of the interval of the savings by confidence, kWh; by OpenDSM's own formulas.
    cv_rmse, bias, r_squared
        How well it fits the baseline.
    disqualified, remarks
        What OpenDSM finds insufficient, and what it remarks on.
    """

    model: Kind
    expected: float
    measured: float
    uncertainty: dict[float, float]
    cv_rmse: float
    bias: float
    r_squared: float
    disqualified: tuple[str, ...]
    remarks: tuple[str, ...]


def opinion(
    meter: Meter,
    weather: Columns,
    usage: Usage,
    periods: tuple[BoolArray, BoolArray],
    confidences: Sequence[float],
) -> Opinion:
    """Savings by OpenDSM.

    Parameters
    ----------
    meter, weather
        As they are read: hours are taken from them where both have hours.
    usage
        Meter and weather by rows.
    periods
        Rows of the baseline and of the reporting period, shape (row,) each.
    confidences
        Such as 0.9.

    Raises
    ------
    EngineError
        If it gives no answer.
    """
    hourly = meter.spacing == "hourly" and weather.spacing == HOUR_S
    kind: Kind = "hourly" if hourly else "daily" if usage.daily else "billing"
    try:
        with quiet():
            from opendsm import eemeter

            frames = [frame(kind, meter, weather, usage, rows) for rows in periods]
            before, after, model = _models(eemeter, kind, *frames)
            model.fit(before, ignore_disqualification=True)
            told = model.predict(after, ignore_disqualification=True)
            return _opinion(kind, model, before, told, confidences)
    except Exception as error:  # noqa: BLE001  whatever it stumbles over, it gives no answer
        raise EngineError(f"OpenDSM: {type(error).__name__}: {str(error)[:200]}") from None


def _models(eemeter: Any, kind: Kind, before: Any, after: Any) -> tuple[Any, Any, Any]:
    # zero is no use, not a lost reading: plants stand still
    options = {"is_electricity_data": False}
    if kind == "hourly":
        return (
            eemeter.HourlyBaselineData(before, **options),
            eemeter.HourlyReportingData(after, **options),
            eemeter.HourlyModel(),
        )
    if kind == "daily":
        return (
            eemeter.DailyBaselineData(before, **options),
            eemeter.DailyReportingData(after, **options),
            eemeter.DailyModel(),
        )
    return (
        eemeter.BillingBaselineData(before, **options),
        eemeter.BillingReportingData(after, **options),
        eemeter.BillingModel(),
    )


def frame(kind: Kind, meter: Meter, weather: Columns, usage: Usage, rows: BoolArray) -> Any:
    """Observed energy and temperature, °F, of some rows, on an index that is called UTC."""
    import pandas as pd

    if kind == "hourly":
        times, observed, celsius = _hours(meter, weather, usage, rows)
    else:
        day = usage.first[0] + np.arange(len(usage.owner))
        inside = np.flatnonzero(rows[usage.owner])
        inside = np.arange(inside[0], inside[-1] + 1)
        energy = np.where(rows & usage.known, usage.energy, np.nan)
        observed = energy[usage.owner]
        if kind == "billing":  # the first day of a bill has its energy, the others have none
            begins = np.diff(usage.owner, prepend=-1) > 0
            observed = np.where(begins, observed, np.nan)
        times, observed = day[inside] * DAY_S, observed[inside]
        celsius = usage.temperature[inside]
    index = pd.to_datetime(times, unit="s", utc=True).astype("datetime64[ns, UTC]")
    return pd.DataFrame({"temperature": celsius * 9 / 5 + 32, "observed": observed}, index=index)


def _hours(
    meter: Meter, weather: Columns, usage: Usage, rows: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hours of the rows from the first to the last: time, energy, temperature."""
    day = np.floor(meter.columns.times / DAY_S).astype(np.int64) - usage.first[0]
    mine = (rows & usage.known)[day]
    here = np.flatnonzero(rows[day])
    start = meter.columns.steady[here[0]]
    hours = int((meter.columns.steady[here[-1]] - start) // HOUR_S) + 1
    place = ((meter.columns.steady - start) // HOUR_S).astype(np.int64)
    observed, celsius = np.full((2, hours), np.nan)
    use = mine & (place >= 0) & (place < hours)
    observed[place[use]] = meter.energy[use]
    shift = 0.0
    if weather.offset is not None and meter.columns.offset is not None:
        shift = meter.columns.offset - weather.offset
    at = ((weather.steady + shift - start) // HOUR_S).astype(np.int64)
    use = (at >= 0) & (at < hours)
    celsius[at[use]] = weather.values[use, 0]
    return start + HOUR_S * np.arange(hours), observed, celsius


def _opinion(
    kind: Kind, model: Any, before: Any, told: Any, confidences: Sequence[float]
) -> Opinion:
    from opendsm.common.metrics import ReportingMetrics

    if kind == "hourly":
        told = told[told["interpolated_observed"] != 1]
    told = told.dropna(subset=["observed", "predicted"])
    fitted = model.baseline_metrics

    def half(confidence: float) -> float:
        made = ReportingMetrics(
            baseline_metrics=fitted,
            reporting_df=told,
            data_frequency=kind,
            confidence_level=confidence,
        )
        value = made.total_savings_uncertainty
        return float("nan") if value is None else float(value)

    return Opinion(
        kind,
        float(told["predicted"].sum()),
        float(told["observed"].sum()),
        {one: half(one) for one in confidences},
        float(fitted.cvrmse_adj),
        float(fitted.nmbe),
        float(fitted.r_squared),
        tuple(sorted({one.qualified_name.split(".")[-1] for one in model.disqualification})),
        tuple(sorted({one.qualified_name.split(".")[-1] for one in before.warnings} - {*EXPECTED})),
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what its libraries say on the way out of Kopa's output."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
