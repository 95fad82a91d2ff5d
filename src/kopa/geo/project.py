"""From longitude and latitude to metres, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kopa.errors import UsageError
from kopa.model import FloatArray


@dataclass(frozen=True)
class Projection:
    """A projected coordinate reference system in metres.

    Parameters
    ----------
    crs
        Its name as PROJ knows it, such as ``EPSG:3059``.

    Raises
    ------
    UsageError
        If PROJ does not know it, or it is not projected in metres.
    """

    crs: str

    def __post_init__(self) -> None:
        import pyproj

        try:
            crs = pyproj.CRS.from_user_input(self.crs)
        except pyproj.exceptions.CRSError:
            raise UsageError(f"'{self.crs}' is no CRS: write one such as EPSG:3059") from None
        if not crs.is_projected or crs.axis_info[0].unit_conversion_factor != 1:
            raise UsageError(
                f"'{self.crs}' is not projected in metres: write one such as EPSG:3059"
            )

    @cached_property
    def _there(self) -> Any:
        import pyproj

        return pyproj.Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)

    def metres(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """East and north, m, of points in degrees."""
        x, y = self._there.transform(lon, lat)
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def degrees(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Longitude and latitude of points in metres."""
        lon, lat = self._there.transform(x, y, direction="INVERSE")
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def utm(lon: float, lat: float) -> str:
    """The UTM zone of a point, as ``EPSG:32633``."""
    zone = int((lon + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
