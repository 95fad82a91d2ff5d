"""Puts the files of a city's waste together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from kopa.domain.parts import Parts
from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.read_osm import read_streets

from .network import Network
from .read_containers import read_containers, read_facilities
from .read_trucks import read_events, read_rounds, read_trucks

FAR_M = 1000.0
"""What lies so far from any street is not of this city."""
Read = TypeVar("Read")


def read_network(values: Mapping[str, Any], folder: Path) -> tuple[Network, tuple[Finding, ...]]:
    """Read all files that the settings name.

    Parameters
    ----------
    values
        The settings, checked.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With the findings of all files.
    """
    parts = Parts()
    streets = parts.take(lambda: read_streets(folder / values["streets"], values["crs"] or ""))
    if streets is None:
        raise InputError(parts.findings)
    projection = Projection(streets.crs)
    file = folder / values["containers"]
    containers: Any = None
    site_ids: Any = None
    if (both := parts.take(lambda: read_containers(file, projection))) is not None:
        containers, site_ids = both
    facilities = parts.take(lambda: read_facilities(folder / values["facilities"], projection))
    trucks: Any = None
    rounds, surges = (), ()
    if facilities is not None:
        trucks = parts.take(lambda: read_trucks(folder / values["trucks"], facilities))
    if containers is not None and values["events"]:
        events = folder / values["events"]
        surges = parts.take(lambda: read_events(events, containers, site_ids))
    if containers is not None and trucks is not None and values["rounds"]:
        today = folder / values["rounds"]
        rounds = parts.take(lambda: read_rounds(today, trucks, containers))
    parts.check()
    network = Network(containers, facilities, trucks, site_ids, rounds, surges, streets)
    parts.findings += _misplaced(network, str(file), str(folder / values["facilities"]))
    return network, parts.check()


def _misplaced(network: Network, containers: str, facilities: str) -> list[Finding]:
    """What lies outside the city, and ids that two things bear."""
    found: list[Finding] = []
    for file, what in ((containers, network.containers), (facilities, network.facilities)):
        _, far = network.driving.roads.nearest(what.x, what.y)
        found += [
            Finding(
                "waste.outside",
                f"it lies {far[row] / 1000:.1f} km from the nearest street.",
                "Check its coordinates and their CRS, or take a larger map.",
                "error",
                file,
                what.ids[row],
            )
            for row in np.flatnonzero(far > FAR_M).tolist()
        ]
    twice = [name for name, count in Counter(network.assets.ids).items() if count > 1]
    found += [
        Finding(
            "waste.duplicate",
            f"two of containers, facilities and streets bear the id '{name}'.",
            "Give the container or the facility another.",
            "error",
            containers,
        )
        for name in twice
    ]
    return found
