"""The area of an alert holds everybody, and is simple."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kopa.cap.area import MOST_CORNERS, MOST_POLYGONS, outline
from kopa.errors import EngineError
from kopa.geo.project import Projection

CRS = "EPSG:3059"


def drawn(x: np.ndarray, y: np.ndarray) -> list[shapely.Polygon]:
    rings = outline(x, y, CRS)
    shapes = [shapely.Polygon(ring) for ring in rings]
    lon, lat = Projection(CRS).degrees(x, y)
    assert all(len(ring) <= MOST_CORNERS and ring[0] == ring[-1] for ring in rings)
    assert all(shape.is_valid for shape in shapes)
    assert len(shapes) <= MOST_POLYGONS
    inside = np.any([shapely.contains_xy(shape, lat, lon) for shape in shapes], axis=0)
    assert inside.all()
    return shapes


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 400), spread=st.floats(0, 20_000))
def test_everybody_is_inside(seed: int, count: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    drawn(506_000 + random.normal(0, spread, count), 312_000 + random.normal(0, spread, count))


def test_two_places_far_apart_are_two_polygons_of_their_size() -> None:
    x, y = np.array([500_000.0, 505_000.0]), np.array([310_000.0, 310_000.0])
    assert len(drawn(x, y)) == 2
    far = Projection(CRS).degrees(x + 200, y)
    assert not any(shape.contains(shapely.Point(far[1][0], far[0][0])) for shape in drawn(x, y))


def test_a_ring_of_homes_has_no_hole() -> None:
    angle = np.linspace(0, 2 * np.pi, 200)
    x, y = 500_000 + 900 * np.cos(angle), 310_000 + 900 * np.sin(angle)
    assert len(drawn(np.append(x, 500_000), np.append(y, 310_000))) == 1


@pytest.mark.parametrize("x", [[], [np.nan], [500_000.0, np.inf]])
def test_without_a_place_the_area_is_unknown(x: list[float]) -> None:
    with pytest.raises(EngineError, match="unknown"):
        outline(np.array(x), np.array(x), CRS)
