"""Walks between sights: on streets, with or without steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.model import FloatArray

from .load import read_city_streets
from .network import Network

FAR_M = 1000.0
"""A sight so far from every way cannot be walked to."""


def stepless(streets: Streets) -> Streets:
    """The same streets without stairs, and without paths that nobody calls a way for wheels."""
    stairs = np.array([kind == "steps" for kind in streets.kind], dtype=bool)
    return replace(streets, walk=streets.walk & ~stairs)


def ways(
    folder: Path,
    network: Network,
    start: int,
    asked: tuple[Mapping[str, Any], bool],
    findings: list[Finding],
) -> tuple[FloatArray, str]:
    """Metres on foot between the start and all sights, and how they were measured.

    Parameters
    ----------
    folder
        The city's folder.
    network
        Its sights.
    start
        Row of the sight at which the day starts; it is row 0 of the answer, sights follow.
    asked
        The settings, and whether stairs are avoided.
    findings
        Told what falls short.
    """
    from kopa.geo.on_foot import crossings, walked

    sights = network.sights
    rows = np.concatenate([[start], np.arange(len(sights))])
    x, y = sights.x, sights.y
    streets = read_city_streets(folder, network.crs) if asked[0]["streets"] else None
    if streets is None:
        if not network.crs or asked[1]:
            what = "the city has no streets." if asked[1] else "nobody knows the CRS of the sights."
            do = "Add streets = '…' to [tourism]."
            raise InputError([Finding("tourism.no-streets", what, do, file="city.toml")])
        what, do = "the city has no streets: ways are straight lines.", "Add streets = '…'."
        findings.append(Finding("tourism.straight", what, do, "warning", file="city.toml"))
        found = np.hypot(x[:, None] - x, y[:, None] - y)[np.ix_(rows, rows)]
        return np.where(np.isnan(found), np.inf, found), "straight"
    if not network.crs:
        x, y = Projection(streets.crs).metres(x, y)
    if asked[1]:
        streets = stepless(streets)
        what = "kerbs, slopes and surfaces are not looked at: only stairs are avoided."
        do = "Ask before you go."
        findings.append(Finding("tourism.accessible", what, do, "info"))
    known = np.isfinite(x)
    nodes, far = crossings(streets, np.where(known, x, 0.0), np.where(known, y, 0.0))
    found = walked(streets, nodes, nodes)
    for row in np.flatnonzero((far > FAR_M) | ~known).tolist():
        found[row], found[:, row] = np.inf, np.inf
    return found[np.ix_(rows, rows)], "streets"
