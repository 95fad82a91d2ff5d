"""Whether the domains of a city lie in one place: else a file is in another CRS."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kopa.domain import Domain
from kopa.errors import Finding
from kopa.model import FloatArray


def misplaced(domains: Mapping[str, Domain]) -> list[Finding]:
    """A finding for every domain whose extent touches that of no other."""
    boxes = {name: box for name, domain in domains.items() if (box := _box(domain)) is not None}
    findings: list[Finding] = []
    for name, (low, high) in boxes.items():
        others = [box for other, box in boxes.items() if other != name]
        if others and not any((low <= b).all() and (a <= high).all() for a, b in others):
            where = f"x {low[0]:.0f} to {high[0]:.0f}, y {low[1]:.0f} to {high[1]:.0f}"
            findings.append(
                Finding(
                    "city.extent",
                    f"{name} lies at {where}: apart from all other domains.",
                    "Its file is probably in another CRS: convert it to the city's.",
                    "warning",
                    place=f"[{name}]",
                )
            )
    return findings


def _box(domain: Domain) -> tuple[FloatArray, FloatArray] | None:
    """Lower left and upper right corner of a domain's assets; None where none has a place."""
    assets = domain.assets()
    points = np.column_stack([assets.x, assets.y])
    points = points[np.isfinite(points).all(axis=1)]
    return (points.min(axis=0), points.max(axis=0)) if len(points) else None
