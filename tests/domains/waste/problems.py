"""Small routing problems, drawn at random."""

from __future__ import annotations

import numpy as np

from kopa.domains.waste.routing.problem import NEVER
from kopa.domains.waste.routing.vehicle_routing import VehicleRouting


def random_routing(seed: int, clients: int, **changed: object) -> VehicleRouting:
    """Places in a square, without windows; some have a prize where `prizes` is given."""
    random = np.random.default_rng(seed)
    many = clients + 1
    points = random.integers(0, 100, (many, 2))
    steps = points[:, None, :] - points[None, :, :]
    distance = np.rint(np.hypot(steps[..., 0], steps[..., 1])).astype(np.int64)
    demand = random.integers(1, 10, many)
    demand[0] = 0
    zero = np.zeros(many, dtype=np.int64)
    prize = zero.copy()
    if changed.pop("prizes", False):
        some = np.arange(1, many)[::2]
        prize[some] = random.integers(5, 90, len(some))
    parts: dict[str, object] = {
        "name": f"random-{seed}",
        "kind": "CVRP",
        "distance": distance,
        "scale": 1,
        "demand": demand,
        "service": zero,
        "early": zero,
        "late": np.full(many, NEVER),
        "release": zero,
        "prize": prize,
        "required": prize == 0,
        "trucks": clients,
        "capacity": 20,
        "reloads": False,
    }
    return VehicleRouting(**{**parts, **changed})  # type: ignore[arg-type]
