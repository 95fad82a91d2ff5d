"""Distances against PostGIS 3.3 (`ST_Distance(a::geography, b::geography, false)`) and by hand."""

from __future__ import annotations

import math

import pytest
import shapely

from kopa.errors import RangeError
from kopa.store.geometry import (
    DEGREE_M,
    RADIUS_M,
    box_around,
    distance_m,
    haversine_m,
    read_geometry,
)


def test_distances_on_the_sphere_by_hand() -> None:
    assert haversine_m(0, 0, 0, 1) == pytest.approx(DEGREE_M)
    assert haversine_m(0, 60, 180, 60) == pytest.approx(60 * DEGREE_M)
    assert haversine_m(0, 90, 123, -90) == pytest.approx(math.pi * RADIUS_M)
    assert haversine_m(24, 57, 24, 57) == 0


def test_the_nearest_point_of_a_shape_counts() -> None:
    line = shapely.LineString([(24, 57), (25, 57)])
    assert distance_m(24.5, 57.01, line) == pytest.approx(0.01 * DEGREE_M, rel=1e-3)
    assert distance_m(24.5, 57.0, line.buffer(0.1)) == 0


@pytest.mark.parametrize("x", [24.1, -179.99, 179.99, 0])
@pytest.mark.parametrize("y", [56.9, 0, -89.9, 89.999])
@pytest.mark.parametrize("radius", [1, 1000, 100_000, 30_000_000])
def test_a_box_holds_its_circle(x: float, y: float, radius: float) -> None:
    west, south, east, north = box_around(x, y, radius)
    for turn in range(64):
        angle, arc = turn / 32 * math.pi, min(radius / RADIUS_M, math.pi)
        lat = math.asin(
            math.sin(math.radians(y)) * math.cos(arc)
            + math.cos(math.radians(y)) * math.sin(arc) * math.cos(angle)
        )
        lon = math.radians(x) + math.atan2(
            math.sin(angle) * math.sin(arc) * math.cos(math.radians(y)),
            math.cos(arc) - math.sin(math.radians(y)) * math.sin(lat),
        )
        degrees = (math.degrees(lon) + 180) % 360 - 180
        assert west - 1e-9 <= degrees <= east + 1e-9
        assert south - 1e-9 <= math.degrees(lat) <= north + 1e-9


@pytest.mark.parametrize(
    "content",
    [
        '{"type":"Point"}',
        '{"type":"Point","coordinates":[]}',
        '{"type":"Point","coordinates":["a","b"]}',
        '{"type":"Point","coordinates":[24,91]}',
        '{"type":"Point","coordinates":[null,1]}',
        '{"type":"Nothing","coordinates":[1,1]}',
        '{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}',
        "[]",
        "{",
    ],
)
def test_what_is_no_geometry_is_refused(content: str) -> None:
    with pytest.raises(RangeError):
        read_geometry(content)
