"""Leakage of zones from what flows in at night, when people use least.

Flow at night less what people use then is leakage. By day the pressure is lower, and leakage with
it: the hour-day factor makes a day of it. What is not given is not assumed: its result is unknown.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.model import FloatArray

from .night_trend import Alarm, Step, Trend, steps_of, trend_of
from .read_flows import Series

HOUR_S = 3600


@dataclass(frozen=True)
class Zone:
    """What is known of a zone; None is unknown.

    Parameters
    ----------
    name
        Its id.
    connections, people
        Service connections, and residents.
    mains_km, service_km
        Length of mains, and of all pipes from the street's boundary to the meters, km.
    pressure_m
        Mean pressure head, m.
    exceptional_m3_h
        What large users take at night, m³/h.
    hour_day_factor
        Hours of night leakage that a day's leakage is, h/day.
    """

    name: str
    connections: float | None = None
    people: float | None = None
    mains_km: float | None = None
    service_km: float | None = None
    pressure_m: float | None = None
    exceptional_m3_h: float | None = None
    hour_day_factor: float | None = None


@dataclass(frozen=True)
class Settings:
    """How nights are read.

    Parameters
    ----------
    first, last
        The night, hours of the clock.
    per_connection, per_person
        Legitimate night use, L/(connection·h) and L/(person·h); None is not counted so.
    n1
        Exponent of leakage over pressure; None is unknown.
    latest
        So many of the last nights say how it stands.
    alarm
        What stands out.
    """

    first: int = 2
    last: int = 4
    per_connection: float | None = None
    per_person: float | None = None
    n1: float | None = None
    latest: int = 7
    alarm: Alarm = field(default_factory=Alarm)


@dataclass(frozen=True)
class NightFlow:
    """What the nights of a zone say; NaN is unknown, for the reasons in `unknown`.

    Parameters
    ----------
    zone
        Its id.
    nights, flow
        The nights, and the least hourly flow of each, m³/h, NaN where unknown, shape (night,).
    present
        Median night flow of the latest nights, m³/h.
    legitimate, leakage
        What people use at night, and what is left, m³/h.
    hour_day_factor
        h/day.
    leakage_day
        m³/day.
    unavoidable_day
        What the best kept network of its size would lose, m³/day.
    trend
        None where nights are too few.
    steps
        In the order of time.
    unknown
        Why something is not known.
    """

    zone: str
    nights: tuple[datetime.date, ...]
    flow: FloatArray
    present: float
    legitimate: float
    leakage: float
    hour_day_factor: float
    leakage_day: float
    unavoidable_day: float
    trend: Trend | None
    steps: tuple[Step, ...]
    unknown: tuple[str, ...]

    @property
    def ili(self) -> float:
        """Infrastructure leakage index: leakage over the unavoidable."""
        return self.leakage_day / self.unavoidable_day


def balance(
    series: Series, zones: Sequence[Zone], settings: Settings, pressures: Series | None = None
) -> list[NightFlow]:
    """Night-flow balance of every zone of a series.

    Parameters
    ----------
    series
        Inflow, m³/s.
    zones
        What is known of them; a zone that is not there is unknown but for its flow.
    settings
        How nights are read.
    pressures
        Pressure heads, m, by zone; None where there are none.
    """
    known = {zone.name: zone for zone in zones}
    found = []
    for column, name in enumerate(series.names):
        zone = known.get(name, Zone(name))
        nights, flow = night_flow(series.times, series.values[:, column] * HOUR_S, settings)
        head = None
        if pressures is not None and name in pressures.names:
            head = pressures.times, pressures.values[:, pressures.names.index(name)]
        found.append(_zone_balance(zone, nights, flow, settings, head))
    return found


def night_flow(
    times: np.ndarray, flow: FloatArray, settings: Settings
) -> tuple[tuple[datetime.date, ...], FloatArray]:
    """Least mean flow of an hour of the clock in each night.

    Parameters
    ----------
    times
        Moments of the readings, ``datetime64[s]``, in order, shape (reading,).
    flow
        Readings, NaN where missing, shape (reading,).
    settings
        How nights are read.

    Returns
    -------
    tuple
        The nights, and the least flow of each: NaN where an hour of the night has less than half
        of its readings.
    """
    hour = (times - times.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    step = float(np.median(np.diff(times).astype(float))) if len(times) > 1 else HOUR_S
    expected = max(1.0, HOUR_S / step)
    days = times.astype("datetime64[D]")
    nights = np.unique(days)
    least = np.full(len(nights), np.inf)
    for clock in range(settings.first, settings.last):
        at = (hour == clock) & np.isfinite(flow)
        row = np.searchsorted(nights, days[at])
        count = np.bincount(row, minlength=len(nights))
        total = np.bincount(row, flow[at], len(nights))
        enough = count >= expected / 2
        mean = np.where(enough, total / np.maximum(count, 1), np.nan)
        least = np.minimum(least, mean)  # NaN stays
    return tuple(nights.astype(object).tolist()), least


def _zone_balance(
    zone: Zone,
    nights: tuple[datetime.date, ...],
    flow: FloatArray,
    settings: Settings,
    head: tuple[np.ndarray, FloatArray] | None,
) -> NightFlow:
    unknown: list[str] = []
    latest = flow[-settings.latest :]
    latest = latest[np.isfinite(latest)]
    present = float(np.median(latest)) if len(latest) else math.nan
    if not len(latest):
        unknown.append(f"none of the last {settings.latest} nights has enough readings")
    legitimate = _legitimate(zone, settings, unknown)
    leakage = present - legitimate
    if leakage < 0:
        unknown.append("legitimate night use is more than all that flows in at night")
        leakage = math.nan
    factor = _factor(zone, settings, head, unknown)
    steps = steps_of(nights, flow, settings.alarm)
    since = steps[-1].night if steps else nights[0] if nights else None
    later = np.array([night >= since for night in nights], dtype=bool) if since else flow > np.inf
    return NightFlow(
        zone.name,
        nights,
        flow,
        present,
        legitimate,
        leakage,
        factor,
        leakage * factor,
        _unavoidable(zone, unknown),
        trend_of(nights, np.where(later, flow, np.nan)),
        steps,
        tuple(unknown),
    )


def _legitimate(zone: Zone, settings: Settings, unknown: list[str]) -> float:
    """What people use at night, m³/h.

    References
    ----------
    UKWIR (1994), Managing Leakage, Report E: night use by connection; Fantozzi and Lambert (2012),
    Residential night consumption, IWA Water Loss Conference: by person.
    """
    if settings.per_connection is None and settings.per_person is None:
        unknown.append("night use is not given, by connection or by person")
        return math.nan
    total = zone.exceptional_m3_h or 0.0
    for rate, many, what in (
        (settings.per_connection, zone.connections, "connections"),
        (settings.per_person, zone.people, "people"),
    ):
        if rate is None:
            continue
        if many is None:
            unknown.append(f"the number of {what} is not given")
            return math.nan
        total += rate * many / 1000
    return total


def _factor(
    zone: Zone,
    settings: Settings,
    head: tuple[np.ndarray, FloatArray] | None,
    unknown: list[str],
) -> float:
    if zone.hour_day_factor is not None:
        return zone.hour_day_factor
    if head is None or settings.n1 is None:
        unknown.append("the hour-day factor is not given, nor are pressures and their exponent N1")
        return math.nan
    factor = hour_day_factor(*head, settings)
    if not math.isfinite(factor):
        unknown.append("pressures do not cover every hour of the day, or are not above 0")
    return factor


def hour_day_factor(times: np.ndarray, pressure: FloatArray, settings: Settings) -> float:
    """Hours of night leakage that a day's leakage is: the sum of (P_h / P_night)^N1 over a day.

    Parameters
    ----------
    times, pressure
        Moments, and pressure heads, m, shape (reading,).
    settings
        The night, and the exponent.

    References
    ----------
    May (1994), Leakage, pressure and control, BICS conference (FAVAD); Lambert (2001), What do we
    know about pressure-leakage relationships in distribution systems?, IWA Brno: N1 0.5 to 1.5.
    """
    hour = (times - times.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    known = np.isfinite(pressure)
    count = np.bincount(hour[known], minlength=24)
    if not count.all() or settings.n1 is None:
        return math.nan
    mean = np.bincount(hour[known], pressure[known], 24) / count
    night = mean[settings.first : settings.last].mean()
    if not (mean > 0).all():
        return math.nan
    return float(((mean / night) ** settings.n1).sum())


def _unavoidable(zone: Zone, unknown: list[str]) -> float:
    """Unavoidable annual real losses by day, m³/day: (18 Lm + 0.8 Nc + 25 Lp) P litres.

    References
    ----------
    Lambert, Brown, Takizawa and Weimer (1999), A review of performance indicators for real losses
    from water supply systems, AQUA 48(6).
    """
    values = {
        "length of mains": zone.mains_km,
        "number of connections": zone.connections,
        "length of service pipes behind the street's boundary": zone.service_km,
        "mean pressure": zone.pressure_m,
    }
    missing = [name for name, value in values.items() if value is None]
    if missing:
        unknown.append(f"for the ILI not given: {', '.join(missing)}")
        return math.nan
    mains, connections, service, pressure = (value or 0.0 for value in values.values())
    litres = (18 * mains + 0.8 * connections + 25 * service) * pressure
    return litres / 1000 if litres > 0 else math.nan
