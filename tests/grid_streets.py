"""Streets in a grid, some of them one-way, made without a map."""

from __future__ import annotations

import numpy as np

from kopa.geo.project import Projection
from kopa.geo.streets import Streets

CRS = "EPSG:32633"


def grid_streets(across: int, up: int, seed: int = 1, one_way: float = 0.2) -> Streets:
    """Crossings about 100 m apart; speeds of 20 to 60 km/h, a share of one-way streets.

    Parameters
    ----------
    across, up
        Crossings from west to east, and from south to north.
    seed
        Of what is drawn.
    one_way
        Share of the streets that may be driven along alone.
    """
    random = np.random.default_rng(seed)
    nodes = across * up
    number = np.arange(nodes).reshape(up, across)
    a = np.concatenate([number[:, :-1].ravel(), number[:-1, :].ravel()])
    b = np.concatenate([number[:, 1:].ravel(), number[1:, :].ravel()])
    x = 366_000.0 + 100.0 * (np.arange(nodes) % across) + random.uniform(-20, 20, nodes)
    y = 4_690_000.0 + 100.0 * (np.arange(nodes) // across) + random.uniform(-20, 20, nodes)
    lon, lat = Projection(CRS).degrees(x, y)
    edges = len(a)
    return Streets(
        crs=CRS,
        node_osm=np.arange(1, nodes + 1),
        lon=lon,
        lat=lat,
        x=x,
        y=y,
        signals=np.zeros(nodes, dtype=bool),
        a=a,
        b=b,
        way=np.arange(1, edges + 1),
        part=np.ones(edges, dtype=np.int64),
        length=np.hypot(x[a] - x[b], y[a] - y[b]),
        speed=random.uniform(20, 60, edges) / 3.6,
        kind=("residential",) * edges,
        name=tuple(f"Street {row}" for row in range(edges)),
        forward=np.ones(edges, dtype=bool),
        backward=random.random(edges) >= one_way,
        walk=np.ones(edges, dtype=bool),
        first=2 * np.arange(edges + 1),
        point_x=np.column_stack([x[a], x[b]]).ravel(),
        point_y=np.column_stack([y[a], y[b]]).ravel(),
    )
