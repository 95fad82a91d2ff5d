"""Units at the borders; inside, everything is SI.

The table is small on purpose: it holds the units that files, commands and reports of cities
really use. Factors are exact by definition (BIPM, SI Brochure, 9th ed.; NIST SP 811, app. B).
"""

from __future__ import annotations

from kopa.errors import UsageError

FOOT = 0.3048
GALLON = 3.785411784e-3
PSI_METRE = 0.70325  # head of water at 4 °C under 1 psi, m: 6894.757 Pa / (999.97 * 9.80665)

_UNITS: dict[str, tuple[str, float]] = {
    "": ("", 1.0),
    "1": ("", 1.0),
    "%": ("", 0.01),
    "m": ("m", 1.0),
    "mm": ("m", 1e-3),
    "ft": ("m", FOOT),
    "psi": ("m", PSI_METRE),
    "m2": ("m2", 1.0),
    "cm2": ("m2", 1e-4),
    "mm2": ("m2", 1e-6),
    "m3": ("m3", 1.0),
    "m3/s": ("m3/s", 1.0),
    "m3/h": ("m3/s", 1 / 3600),
    "m3/d": ("m3/s", 1 / 86_400),
    "L/s": ("m3/s", 1e-3),
    "l/s": ("m3/s", 1e-3),
    "L/min": ("m3/s", 1e-3 / 60),
    "gpm": ("m3/s", GALLON / 60),
    "mm/h": ("mm/h", 1.0),
    "m/s": ("m/s", 1.0),
    "km/h": ("m/s", 1 / 3.6),
    "kg": ("kg", 1.0),
    "kg/s": ("kg/s", 1.0),
    "g/s": ("kg/s", 1e-3),
    "h": ("s", 3600.0),
    "min": ("s", 60.0),
    "W": ("W", 1.0),
    "kW": ("W", 1e3),
    "MW": ("W", 1e6),
    "kWh": ("kWh", 1.0),
    "MWh": ("kWh", 1e3),
}


def to_si(value: float, unit: str) -> tuple[float, str]:
    """A value with its unit in SI.

    Parameters
    ----------
    value
        The value.
    unit
        One of the units of the table; empty for a plain number. ``m²`` and ``m³`` may be
        written with their signs.

    Returns
    -------
    tuple
        The value and the unit in SI (energy stays in kWh, rain in mm/h).

    Raises
    ------
    UsageError
        If the unit is unknown.
    """
    plain = unit.replace("²", "2").replace("³", "3")
    known = _UNITS.get(plain)
    if known is None:
        raise UsageError(f"unknown unit '{unit}'; known are {', '.join(u for u in _UNITS if u)}")
    return value * known[1], known[0]
