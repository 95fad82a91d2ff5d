"""Waste water and paved ground at every manhole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.domain.design import Survey
from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray

_DAY = 86_400.0
PATTERN = (
    0.40, 0.30, 0.25, 0.25, 0.30, 0.50, 1.00, 1.60, 1.70, 1.45, 1.30, 1.25,
    1.25, 1.20, 1.10, 1.05, 1.05, 1.15, 1.35, 1.50, 1.40, 1.20, 0.95, 0.65,
)  # fmt: skip
"""Waste water by hour over the mean: that of homes, later and flatter (Kopa; after DWA-A 118)."""


@dataclass(frozen=True)
class Catchment:
    """What enters each manhole.

    Parameters
    ----------
    dry
        Mean waste water, m³/s, shape (node,).
    paved
        Paved area, ha, shape (node,).
    people
        Residents, shape (node,).
    """

    dry: FloatArray
    paved: FloatArray
    people: FloatArray


def catchment(
    rules: Rules, survey: Survey, node: IntArray, edge: IntArray, at: IntArray
) -> Catchment:
    """Lump sites at the manhole in front of them, and streets at both of their ends.

    Parameters
    ----------
    rules
        The rules of the design.
    survey
        The city.
    node, edge
        Street nodes and streets that have sewers.
    at
        Manhole of each street that has one of its own at its head, -1 for none, shape (edge,):
        what stands in that street drains there.
    """
    spots, streets = survey.spots, survey.streets
    row = np.full(streets.edges, -1)
    row[edge] = at
    own = row[spots.edge]
    manhole = np.where(own >= 0, own, np.searchsorted(node, spots.node))
    many = len(node) + int((at >= 0).sum())
    litres = np.array([rules.of("use", kind) for kind in spots.kinds])
    dry = np.bincount(manhole, spots.people * litres * 1e-3 / _DAY, many)
    roof = spots.floor_area / rules["floors"] * (1 + rules["yard_share"])
    paved = np.bincount(manhole, roof, many)
    served = edge[np.isin(edge, spots.edge)]
    half = streets.length[served] * rules["road_width"] / 2
    for ends in (streets.a[served], streets.b[served]):
        own = row[served]
        to = np.where(own >= 0, own, np.searchsorted(node, ends))
        paved = paved + np.bincount(to, half, many)
    people = np.bincount(manhole, np.where(spots.homes, spots.people, 0.0), many)
    return Catchment(
        np.asarray(dry, dtype=np.float64),
        np.asarray(paved * 1e-4, dtype=np.float64),
        np.asarray(people, dtype=np.float64),
    )
