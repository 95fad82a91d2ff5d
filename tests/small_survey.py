"""A small city of a street grid, for tests of designs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domain.design import Spots, Survey
from kopa.geo.streets import Streets
from kopa.model import FloatArray

ROWS = 12
BLOCK_M = 110.0
X0, Y0 = 500_000.0, 6_300_000.0


def small_survey(hill_m: float = 0.0, people: float = 30.0) -> Survey:
    """12 × 12 crossings, 150 spots, one hospital and one school.

    Parameters
    ----------
    hill_m
        How much higher the north-east corner is than the south-west one, m.
    people
        Residents of each home.
    """
    streets = _streets()
    rise = (streets.x - X0 + streets.y - Y0) / (2 * (ROWS - 1) * BLOCK_M)
    return Survey(
        name="Grid",
        streets=streets,
        ground=np.round(10.0 + hill_m * rise + 2.0 * np.sin(streets.x / 300.0), 2),
        ground_source="a plane and a wave",
        mains=np.ones(streets.edges, dtype=bool),
        spots=_spots(streets, people),
        seed=1,
        osm=Path("grid.osm.pbf"),
    )


def _streets() -> Streets:
    random = np.random.default_rng(7)
    at = np.arange(ROWS * ROWS).reshape(ROWS, ROWS)
    shift = random.uniform(-15.0, 15.0, (2, ROWS * ROWS))
    x = X0 + np.tile(np.arange(ROWS), ROWS) * BLOCK_M + shift[0]
    y = Y0 + np.repeat(np.arange(ROWS), ROWS) * BLOCK_M + shift[1]
    a = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel(), [0]])
    b = np.concatenate([at[:, 1:].ravel(), at[1:].ravel(), [1]])  # the last one is parallel
    middle_x, middle_y = (x[a] + x[b]) / 2, (y[a] + y[b]) / 2 + 3.0
    middle_y[-1] += 40.0
    point_x = np.column_stack([x[a], middle_x, x[b]]).ravel()
    point_y = np.column_stack([y[a], middle_y, y[b]]).ravel()
    steps = np.hypot(np.diff(point_x), np.diff(point_y))
    length = steps[0::3] + steps[1::3]
    edges = len(a)
    true: FloatArray = np.ones(edges)
    return Streets(
        crs="EPSG:32634",
        node_osm=1000 + np.arange(ROWS * ROWS),
        lon=24.0 + (x - X0) / 60_000,
        lat=56.8 + (y - Y0) / 111_000,
        x=x,
        y=y,
        signals=np.zeros(ROWS * ROWS, dtype=bool),
        a=a,
        b=b,
        way=50_000 + np.arange(edges) // 4,
        part=1 + np.arange(edges) % 4,
        length=length,
        speed=8.0 * true,
        kind=tuple("secondary" if row % 5 == 0 else "residential" for row in range(edges)),
        name=tuple(f"Street {row // 11}" for row in range(edges)),
        forward=true > 0,
        backward=true > 0,
        walk=true > 0,
        first=3 * np.arange(edges + 1),
        point_x=point_x,
        point_y=point_y,
    )


def _spots(streets: Streets, people: float) -> Spots:
    random = np.random.default_rng(11)
    many = 150
    edge = random.integers(0, streets.edges, many)
    middle_x, middle_y = streets.middle
    nearer_a = random.random(many) < 0.5
    kinds = ["hospital", "school", *["business"] * 15]
    kinds += ["home"] * (many - len(kinds))
    residents = np.where([kind == "home" for kind in kinds], people, 20.0)
    residents[0], residents[1] = 400.0, 300.0
    x, y = middle_x[edge] + 12.0, middle_y[edge] + 12.0
    return Spots(
        ids=tuple(f"w{row}" for row in range(many)),
        kinds=tuple(kinds),
        names=tuple(kind.title() if kind != "home" else "" for kind in kinds),
        zones=tuple("Old Town" if place < X0 + 600 else "New Town" for place in x),
        opening_hours=("",) * many,
        usual_hours=("",) * many,
        x=x,
        y=y,
        people=residents,
        floor_area=np.full(many, 400.0),
        edge=edge,
        node=np.where(nearer_a, streets.a[edge], streets.b[edge]),
    )
