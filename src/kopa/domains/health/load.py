"""Puts the files of a city's health care together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.parts import Parts
from kopa.errors import Finding, InputError, stopping
from kopa.geo.project import Projection
from kopa.geo.read_osm import read_streets

from .capability import kind_of, kinds
from .network import Network
from .parts import STORED, Facilities, together
from .read_fhir import Place, read_fhir
from .read_tables import read_beds, read_residents, read_stores

FAR_M = 1000.0
"""What lies so far from any street is not of this city."""


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
    projection = Projection(streets.crs) if streets is not None else None
    places = parts.take(lambda: read_fhir(folder / values["facilities"]))
    homes = parts.take(lambda: read_residents(folder / values["residents"], projection))
    beds: Any = {}
    stores: Any = None
    if places is not None:
        ids = [place.id for place in places]
        if values["beds"]:
            beds = parts.take(lambda: read_beds(folder / values["beds"], ids))
        stores = {service: np.zeros(len(ids)) for service in STORED}
        if values["stores"]:
            stores = parts.take(lambda: read_stores(folder / values["stores"], ids))
    if stopping(parts.findings) or projection is None:
        raise InputError(parts.findings)
    facilities = facilities_of(places, beds, stores, projection)
    demand = together(homes, float(values["cell_m"]), bool(values["by_zone"]))
    network = Network(facilities, demand, streets, float(values["within_min"]) * 60)
    parts.findings += _misplaced(network, folder, values)
    return network, parts.check()


def facilities_of(
    places: tuple[Place, ...],
    beds: Mapping[tuple[str, str], tuple[float, float]],
    stores: Mapping[str, Any],
    projection: Projection,
) -> Facilities:
    """Facilities from what the files say.

    Parameters
    ----------
    places, beds, stores
        What the readers gave.
    projection
        CRS of the streets.
    """
    ids = tuple(place.id for place in places)
    able_of = [
        place.capabilities | {capability for name, capability in beds if name == place.id}
        for place in places
    ]
    have = set().union(*able_of)
    capabilities = tuple(one for one in kinds() if one in have)
    shape = (len(ids), len(capabilities))
    able = np.array([[one in some for one in capabilities] for some in able_of]).reshape(shape)
    counts = np.full((2, *shape), np.nan)
    for (name, capability), pair in beds.items():
        counts[:, ids.index(name), capabilities.index(capability)] = pair
    lon, lat = (np.array([getattr(place, axis) for place in places]) for axis in ("lon", "lat"))
    x, y = projection.metres(lon, lat)
    return Facilities(
        ids,
        tuple(place.name for place in places),
        tuple(map(kind_of, able_of)),
        x,
        y,
        capabilities,
        able,
        counts[0],
        counts[1],
        stores,
        np.array([place.closed for place in places], dtype=bool),
    )


def _misplaced(network: Network, folder: Path, values: Mapping[str, Any]) -> list[Finding]:
    """What lies outside the city, and ids that two things bear."""
    found: list[Finding] = []
    parts: tuple[tuple[str, Any, bool], ...] = (
        (values["facilities"], network.facilities, True),
        (values["residents"], network.demand, False),
    )
    for file, some, every in parts:
        _, far = network.driving.roads.nearest(some.x, some.y)
        out = np.flatnonzero(far > FAR_M)
        # a farm far from all streets is left where it is; all of them far is a wrong CRS
        for row in out.tolist() if every else out[:1].tolist():
            alone = not every and len(out) < len(some) / 2
            count = "" if every else f"{len(out)} of {len(some)} points, "
            what = f"{count}{some.ids[row]}: {far[row] / 1000:.1f} km from the nearest street."
            do = "Check coordinates and their CRS, or take a larger map."
            found.append(
                Finding(
                    "health.outside", what, do, "warning" if alone else "error",
                    str(folder / file), some.ids[row],
                )
            )  # fmt: skip
    twice = [name for name, count in Counter(network.assets.ids).items() if count > 1]
    do = "Give the facility another."
    for name in twice:
        what = f"a facility and a street bear the id '{name}'."
        file = str(folder / values["facilities"])
        found.append(Finding("health.duplicate", what, do, "error", file))
    return found
