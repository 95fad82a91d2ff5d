"""Travel times on streets, free or with some of them closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.errors import UsageError
from kopa.geo.areas import within
from kopa.geo.driving import Driving
from kopa.model import BoolArray, FloatArray, IntArray

from .engine_shapely import met_edges

FAR_M = 2000.0
"""What lies so far from any street is not of this city."""


@dataclass(frozen=True)
class Closed:
    """What cannot be passed.

    Parameters
    ----------
    edges
        True for closed streets, shape (edge,).
    area
        Where the water stands, or None.
    """

    edges: BoolArray
    area: Any = None


@dataclass(frozen=True)
class Ground:
    """Sites and demand on streets.

    Parameters
    ----------
    driving
        The streets.
    site_xy, demand_xy
        m in the map's CRS, shapes (site, 2) and (demand, 2).
    turnout
        Added to each way from a site, s, shape (site,).
    """

    driving: Driving
    site_xy: FloatArray
    demand_xy: FloatArray
    turnout: FloatArray

    def outside(self) -> list[tuple[str, int, float]]:
        """What lies farther than `FAR_M` from any street: sites or demand, row and m."""
        found = []
        for name, xy in (("candidates", self.site_xy), ("demand", self.demand_xy)):
            _, far = self.driving.roads.nearest(xy[:, 0], xy[:, 1])
            found += [(name, row, float(far[row])) for row in np.flatnonzero(far > FAR_M).tolist()]
        return found

    def nodes(self, xy: FloatArray) -> IntArray:
        """Nearest crossing of each point."""
        return self.driving.roads.nearest(xy[:, 0], xy[:, 1])[0]

    def ways(self, closed: Closed | None = None, sites: IntArray | None = None) -> FloatArray:
        """Seconds from each site to each demand point, `inf` for none, shape (demand, site).

        Whoever is in the water is reached by nobody, and a site in it reaches nobody.

        Parameters
        ----------
        closed
            What cannot be passed; None for free streets.
        sites
            Some of the sites; None for all.
        """
        driving = self.driving
        at = slice(None) if sites is None else sites
        speed = None
        if closed is not None:
            speed = np.where(closed.edges[driving.edges], 0.0, 1.0)
        metric = driving.router.metric(driving.seconds(speed))
        start, end = self.nodes(self.site_xy[at]), self.nodes(self.demand_xy)
        rows, back = np.unique(end, return_inverse=True)
        found = metric.matrix(start, rows).T[back] + self.turnout[at]
        if closed is not None and closed.area is not None:
            found[within(closed.area, *self.demand_xy.T)] = np.inf
            found[:, within(closed.area, *self.site_xy[at].T)] = np.inf
        return np.asarray(found)


def closures(driving: Driving, names: list[str], area: Any = None) -> Closed | None:
    """What some street names and a flood close; None for nothing.

    Parameters
    ----------
    driving
        The streets.
    names
        ``24660412-1`` or ``way/24660412``, with or without a domain before it.
    area
        Where the water stands, or None.

    Raises
    ------
    UsageError
        If there is no such street.
    """
    if not names and area is None:
        return None
    streets = driving.streets
    found = np.zeros(streets.edges, dtype=bool)
    rows = {name: row for row, name in enumerate(streets.ids)} if names else {}
    for name in names:
        plain = name.rpartition(":")[2]
        way = plain.removeprefix("way/")
        parts = np.flatnonzero(streets.way == int(way)) if way.isdecimal() else np.empty(0, int)
        if plain in rows:
            parts = np.array([rows[plain]])
        parts = parts[streets.drive[parts]]
        if not len(parts):
            raise UsageError(f"'{name}' is no street that units drive on")
        found[parts] = True
    if area is not None:
        found |= met_edges(area, streets)
    return Closed(found, area)
