"""Puts the files of a city's emergency service together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import settings
from kopa.domain.parts import Parts
from kopa.domain.section import section
from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.read_osm import read_streets

from .network import PACKAGE, Bases, Cells, Network, Shelters
from .read_files import no_shelters, read_bases, read_cells, read_shelters

FAR_M = 2000.0
"""What lies so far from any street is not of this city."""


def read_city(folder: Path) -> tuple[Network, tuple[Finding, ...]]:
    """Read the emergency service of a city, for a job.

    Parameters
    ----------
    folder
        With ``city.toml``.

    Raises
    ------
    InputError
        With all findings.
    """
    table = section(folder, "emergency", "bases = '…', cells = '…' and streets = '…'")
    return read_network(settings(table, PACKAGE, "emergency"), folder)


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
    bases = parts.take(lambda: read_bases(folder / values["bases"], projection))
    cells = parts.take(lambda: read_cells(folder / values["cells"], projection))
    shelters = no_shelters()
    if values["shelters"]:
        shelters = parts.take(lambda: read_shelters(folder / values["shelters"], projection))
    parts.check()
    target, walk = 60 * float(values["target_min"]), float(values["walk_m"])
    network = Network(bases, shelters, cells, streets, target, walk)
    things: list[tuple[str, Bases | Shelters | Cells]] = [
        (values["bases"], bases), (values["cells"], cells), (values["shelters"] or "", shelters),
    ]  # fmt: skip
    for name, what in things:
        if len(what):
            parts.findings += _misplaced(network, folder / name, what)
    twice = [name for name, count in Counter(network.assets.ids).items() if count > 1]
    for name in twice:
        what_ = f"two of bases, shelters and streets bear the id '{name}'."
        do, file = "Give one of them another.", str(folder / values["bases"])
        parts.findings.append(Finding("emergency.duplicate", what_, do, "error", file))
    return network, parts.check()


def _misplaced(network: Network, file: Path, what: Bases | Shelters | Cells) -> list[Finding]:
    """What lies outside the city."""
    _, far = network.driving.roads.nearest(what.x, what.y)
    return [
        Finding(
            "emergency.outside",
            f"it lies {far[row] / 1000:.1f} km from the nearest street.",
            "Check its coordinates and their CRS, or take a larger map.",
            "error",
            str(file),
            what.ids[row],
        )
        for row in np.flatnonzero(far > FAR_M).tolist()
    ]
