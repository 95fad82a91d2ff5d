"""Power of a photovoltaic field from the weather, by pvlib.

References
----------
Dobos (2014), PVWatts version 5 manual, NREL/TP-6A20-62641 (module, inverter, losses); Hay and
Davies (1980) for the diffuse light on a slope; Erbs et al. (1982) where only the global irradiance
is known; Faiman (2008) for the temperature of the cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray

GAMMA = -0.0037
"""Change of power with the cells' temperature, 1/K: PVWatts' premium module is -0.0035, its
standard one -0.0047; makers of today's modules state -0.003 to -0.004."""
LOSSES_PERCENT = 14.08
"""PVWatts' sum of soiling, shading, mismatch, wiring, connections, ageing and availability."""


@dataclass(frozen=True)
class Field:
    """Modules of one slope.

    Parameters
    ----------
    latitude, longitude
        Of the field, degrees, north and east.
    kwp
        Power at standard test conditions, kW.
    tilt, azimuth
        Degrees from the horizontal, and from north by east.
    """

    latitude: float
    longitude: float
    kwp: float
    tilt: float
    azimuth: float


@dataclass(frozen=True)
class Weather:
    """Weather of each step; each of shape (step,).

    Parameters
    ----------
    times
        Middle of each step, UTC, ``datetime64``.
    ghi, dni, dhi
        Global, direct normal and diffuse irradiance, W/m²; None where only the global is known.
    air_c
        Temperature, °C.
    wind
        Speed at the modules, m/s.
    """

    times: np.ndarray
    ghi: FloatArray
    dni: FloatArray | None
    dhi: FloatArray | None
    air_c: FloatArray
    wind: FloatArray


def power(field: Field, weather: Weather) -> FloatArray:
    """Power at the inverter's output, kW, shape (step,)."""
    import pandas
    import pvlib

    times = pandas.DatetimeIndex(weather.times, tz="UTC")
    sun = pvlib.solarposition.get_solarposition(times, field.latitude, field.longitude)
    zenith = sun["apparent_zenith"].to_numpy()
    dni, dhi = weather.dni, weather.dhi
    if dni is None or dhi is None:
        split = pvlib.irradiance.erbs(weather.ghi, sun["zenith"].to_numpy(), times)
        dni, dhi = np.asarray(split["dni"]), np.asarray(split["dhi"])
    light = pvlib.irradiance.get_total_irradiance(
        field.tilt,
        field.azimuth,
        zenith,
        sun["azimuth"].to_numpy(),
        dni,
        weather.ghi,
        dhi,
        dni_extra=pvlib.irradiance.get_extra_radiation(times).to_numpy(),
        model="haydavies",
    )
    slope = np.nan_to_num(np.asarray(light["poa_global"]), nan=0.0)
    cell = pvlib.temperature.faiman(slope, weather.air_c, weather.wind)
    direct = pvlib.pvsystem.pvwatts_dc(slope, cell, field.kwp, GAMMA)
    direct = direct * (1 - LOSSES_PERCENT / 100)
    # the inverter's rating is that of the modules (DC/AC 1.0 at 96 %)
    return np.asarray(pvlib.inverter.pvwatts(direct, field.kwp / 0.96))
