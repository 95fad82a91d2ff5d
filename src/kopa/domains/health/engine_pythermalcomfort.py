"""The Universal Thermal Climate Index, by pythermalcomfort.

References
----------
Bröde et al. (2012), Deriving the operational procedure for the Universal Thermal Climate Index
(UTCI), International Journal of Biometeorology 56: polynomial, and the ranges it was fitted for.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray

RANGES = {
    "temperature_c": (-50.0, 50.0),
    "radiant_c": (-30.0, 70.0),
    "wind_m_s": (0.5, 17.0),
    "humidity_percent": (0.0, 100.0),
}
"""In which the polynomial holds; radiant is the mean radiant temperature less that of the air."""
VAPOUR = "the vapour pressure is above 5 kPa"


@dataclass(frozen=True)
class Felt:
    """What the weather feels like.

    Parameters
    ----------
    utci
        °C, NaN where unknown, shape (step,).
    reasons
        Why it is unknown, empty where it is not.
    """

    utci: FloatArray
    reasons: tuple[str, ...]


def felt(air: FloatArray, radiant: FloatArray, wind: FloatArray, humidity: FloatArray) -> Felt:
    """UTCI, unknown beyond the ranges that it holds for.

    Parameters
    ----------
    air, radiant
        Temperature, and mean radiant temperature, °C, NaN where missing, shape (step,).
    wind
        10 m above the ground, m/s, shape (step,).
    humidity
        Relative, %, shape (step,).
    """
    from pythermalcomfort.models import utci

    given = dict(zip(RANGES, (air, radiant - air, wind, humidity), strict=True))
    reasons = [""] * len(air)
    for name, values in given.items():
        low, high = RANGES[name]
        what = "radiant less air temperature" if name == "radiant_c" else name
        for row in np.flatnonzero(~((values >= low) & (values <= high))).tolist():
            known = np.isfinite(values[row])
            new = f"{what} is not from {low:g} to {high:g}" if known else f"{what} is missing"
            reasons[row] = reasons[row] or new
    found = np.full(len(air), np.nan)
    good = np.array([not one for one in reasons], dtype=bool)
    if good.any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of what it makes unknown: told as a reason
            answer = utci(
                tdb=air[good], tr=radiant[good], v=wind[good], rh=humidity[good],
                limit_inputs=True, round_output=False,
            )  # fmt: skip
        found[good] = np.asarray(answer.utci, dtype=np.float64)
    for row in np.flatnonzero(good & np.isnan(found)).tolist():
        reasons[row] = VAPOUR
    return Felt(found, tuple(reasons))
