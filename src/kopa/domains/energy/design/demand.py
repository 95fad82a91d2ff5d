"""Who draws how much: one customer a spot or site, at the peak hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.domain.design import Survey
from kopa.domains.energy.design.rules import RULES, peaks
from kopa.model import FloatArray, IntArray


@dataclass(frozen=True)
class Customers:
    """Who is connected.

    Parameters
    ----------
    ids
        OSM id of a spot, or id of a site with its domain.
    kw
        Share in the peak of the grid, kW, shape (customer,).
    node
        Street node, shape (customer,).
    """

    ids: tuple[str, ...]
    kw: FloatArray
    node: IntArray


def customers(survey: Survey) -> Customers:
    """Everybody who draws power, with what they add to the common peak."""
    spots = survey.spots
    of = [peaks().get(kind, peaks()["other"]) for kind in spots.kinds]
    dwellings = np.ceil(spots.people / RULES["people_per_dwelling"])
    kw = dwellings * np.array([dwelling for dwelling, _ in of])
    kw += spots.floor_area * np.array([area for _, area in of]) * RULES["coincidence"]
    some = np.flatnonzero(kw > 0)
    sites = [site for site in survey.sites if site.power_kw > 0]
    return Customers(
        ids=(*(spots.ids[row] for row in some), *(site.id for site in sites)),
        kw=np.concatenate([kw[some], [site.power_kw for site in sites]]),
        node=np.concatenate(
            [spots.node[some], np.array([site.node for site in sites], dtype=np.int64)]
        ),
    )
