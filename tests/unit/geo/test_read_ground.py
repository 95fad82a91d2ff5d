"""Heights of the ground from a raster."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from kopa.errors import InputError
from kopa.geo.read_ground import RELIEF, SLOPE, read_ground, sloped


def raster(file: Path, crs: str | None = "EPSG:4326", hole: bool = False) -> Path:
    """10 by 10 cells of 0.01°; heights rise by 10 m a column, the first middle at 24.005° is 0."""
    heights = np.tile(np.arange(10) * 10.0, (10, 1)).astype("float32")
    if hole:
        heights[5, 5] = -9999
    with rasterio.open(
        file, "w", driver="GTiff", height=10, width=10, count=1, dtype="float32", crs=crs,
        transform=from_origin(24.0, 57.0, 0.01, 0.01), nodata=-9999,
    ) as out:  # fmt: skip
        out.write(heights, 1)
    return file


def test_heights_lie_straight_between_cells(tmp_path: Path) -> None:
    file = raster(tmp_path / "dem.tif")
    found, findings = read_ground(file, np.array([24.005, 24.01, 24.0475]), np.full(3, 56.95))
    assert found == pytest.approx([0.0, 5.0, 42.5], abs=1e-3)
    assert not findings


def test_few_points_beyond_the_edge_are_told(tmp_path: Path) -> None:
    file = raster(tmp_path / "dem.tif")
    lon = np.concatenate([np.full(99, 24.05), [24.2]])
    found, (finding,) = read_ground(file, lon, np.full(100, 56.95))
    assert found[-1] == pytest.approx(90.0)
    assert (finding.code, finding.severity) == ("ground.edge", "warning")


@pytest.mark.parametrize(
    ("crs", "hole", "lon", "code"),
    [
        ("EPSG:4326", False, 25.0, "ground.extent"),
        ("EPSG:4326", True, 24.055, "ground.hole"),
        (None, False, 24.05, "ground.crs"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_that_does_not_serve(
    tmp_path: Path, crs: str | None, hole: bool, lon: float, code: str
) -> None:
    file = raster(tmp_path / "dem.tif", crs, hole)
    with pytest.raises(InputError) as caught:
        read_ground(file, np.array([lon]), np.array([56.945]))
    assert caught.value.findings[0].code == code


def test_no_raster_at_all(tmp_path: Path) -> None:
    file = tmp_path / "dem.tif"
    file.write_text("no tiff")
    with pytest.raises(InputError) as caught:
        read_ground(file, np.array([24.0]), np.array([56.9]))
    assert caught.value.findings[0].code == "ground.unreadable"


def test_ground_without_heights_falls_to_the_south() -> None:
    assert sloped(np.array([0.0, 1000.0])).tolist() == [0.0, 1000 * SLOPE]
    assert sloped(np.array([0.0, 100_000.0])).max() == pytest.approx(RELIEF)
