"""Height of the ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

SLOPE = 0.003
"""Fall of the ground where no heights are given, m/m: about what a sewer of DN 300 needs to keep
itself clean (DWA-A 110)."""
RELIEF = 30.0
"""The most that such ground falls in all, m: half of what one pressure zone can serve."""


EDGE_SHARE = 0.05
"""Of the points, so many may lie beyond the edge of the raster; they take the nearest height."""


def read_ground(
    file: Path, lon: FloatArray, lat: FloatArray
) -> tuple[FloatArray, tuple[Finding, ...]]:
    """Heights at points from a GeoTIFF, straight between its cells.

    Parameters
    ----------
    file
        The GeoTIFF, heights in metres in its first band, in any CRS.
    lon, lat
        The points, degrees, shape (point,).

    Returns
    -------
    tuple
        Heights, m, shape (point,), and findings that do not stop the work.

    Raises
    ------
    InputError
        If it cannot be read, or does not cover the points.
    """
    import pyproj
    import rasterio
    from scipy.ndimage import map_coordinates

    def wrong(code: str, what: str, do: str) -> InputError:
        return InputError([Finding(f"ground.{code}", what, do, file=str(file))])

    try:
        with rasterio.open(file) as raster:
            if raster.crs is None:
                raise wrong("crs", "the raster has no CRS.", "Save it as GeoTIFF with its CRS.")
            heights = raster.read(1, masked=True)
            there = pyproj.Transformer.from_crs("EPSG:4326", raster.crs.to_wkt(), always_xy=True)
            cell = ~raster.transform
            x, y = (np.asarray(part) for part in there.transform(lon, lat))
    except rasterio.errors.RasterioError as error:
        raise wrong("unreadable", f"it cannot be read: {error}.", "Give a GeoTIFF.") from None
    column = cell.a * x + cell.b * y + cell.c - 0.5  # 0 is the middle of the first cell
    row = cell.d * x + cell.e * y + cell.f - 0.5
    outside = (row < -1) | (column < -1) | (row > heights.shape[0]) | (column > heights.shape[1])
    many = f"{int(outside.sum())} of {len(outside)} street nodes"
    cover = "Give heights for the whole extract."
    if outside.mean() > EDGE_SHARE:
        raise wrong("extent", f"it does not cover {many}.", cover)
    filled = np.where(np.ma.getmaskarray(heights), np.nan, heights.astype(np.float64))
    found = np.asarray(map_coordinates(filled, [row, column], order=1, mode="nearest"))
    if np.isnan(found).any():
        raise wrong(
            "hole",
            f"it has no height at {int(np.isnan(found).sum())} street nodes.",
            "Fill the holes of the raster.",
        )
    if not outside.any():
        return found, ()
    edge = f"{many} lie beyond its edge and take the nearest height."
    return found, (Finding("ground.edge", edge, cover, "warning", str(file)),)


def sloped(y: FloatArray) -> FloatArray:
    """Heights of a plane that falls to the south, its lowest point at 0 m, shape (point,)."""
    extent = max(float(np.ptp(y)), 1.0)
    return np.asarray(min(SLOPE, RELIEF / extent) * (y - y.min()))
