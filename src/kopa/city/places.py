"""Where assets are on earth."""

from __future__ import annotations

import math

import numpy as np

from kopa.city.load import City
from kopa.errors import UsageError
from kopa.geo.project import Projection
from kopa.model import FloatArray

Point = tuple[float, float]
"""Longitude and latitude, °."""


class Places:
    """Longitude and latitude of the assets of a city.

    Parameters
    ----------
    city
        The city; where its CRS has no place on earth, neither has an asset.
    """

    def __init__(self, city: City) -> None:
        self._degrees: dict[str, tuple[FloatArray, FloatArray]] = {}
        self._index = {name: domain.assets().index for name, domain in city.domains.items()}
        projection = projection_of(city)
        for name, domain in city.domains.items():
            assets = domain.assets()
            if projection is not None and len(assets):
                lon, lat = projection.degrees(assets.x, assets.y)
                self._degrees[name] = np.round(lon, 7), np.round(lat, 7)

    def of(self, domain: str, row: int) -> Point | None:
        """Of one asset by its row; None where it is unknown."""
        if domain not in self._degrees:
            return None
        lon, lat = (float(values[row]) for values in self._degrees[domain])
        return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None

    def of_asset(self, full: str) -> Point | None:
        """Of one asset by its id with its domain; None where either is unknown."""
        domain, _, native = full.partition(":")
        row = self._index.get(domain, {}).get(native)
        return None if row is None else self.of(domain, row)

    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all assets; None where none has a place."""
        corners = [
            (lon[known].min(), lat[known].min(), lon[known].max(), lat[known].max())
            for lon, lat in self._degrees.values()
            for known in [np.isfinite(lon) & np.isfinite(lat)]
            if known.any()
        ]
        if not corners:
            return None
        west, south, east, north = zip(*corners, strict=True)
        return float(min(west)), float(min(south)), float(max(east)), float(max(north))


def projection_of(city: City) -> Projection | None:
    """The projection of a city's CRS; None where that has no place on earth."""
    try:
        return Projection(city.settings.crs) if city.settings.crs else None
    except UsageError:  # a local CRS
        return None
