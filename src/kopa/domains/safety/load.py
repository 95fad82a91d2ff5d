"""Puts the files of a city's safety together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from kopa.domain.attributes import settings
from kopa.domain.parts import Parts
from kopa.domain.section import section, tables
from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.read_osm import read_streets

from .ground import FAR_M
from .network import PACKAGE, Network
from .read_files import no_lights, read_cells, read_lights, read_stations


def read_city(folder: Path) -> tuple[Network, tuple[Finding, ...]]:
    """Read the safety of a city, for a job.

    Parameters
    ----------
    folder
        With ``city.toml``.

    Raises
    ------
    InputError
        With all findings.
    """
    table = section(folder, "safety", "stations = '…', cells = '…' and streets = '…'")
    return read_network(settings(table, PACKAGE, "safety"), folder)


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
    stations = parts.take(lambda: read_stations(folder / values["stations"], projection))
    cells = parts.take(lambda: read_cells(folder / values["cells"], projection))
    lights = no_lights()
    if values["lights"]:
        lights = parts.take(lambda: read_lights(folder / values["lights"], projection))
    timezone = _timezone(values["timezone"] or "", folder, parts.findings)
    parts.check()
    target = 60 * float(values["target_min"])
    below = float(values["light_below_degree"])
    network = Network(stations, lights, cells, streets, target, below, timezone)
    parts.findings += _misplaced(network, folder / values["stations"], folder / values["cells"])
    return network, parts.check()


def _timezone(given: str, folder: Path, findings: list[Finding]) -> str:
    """The domain's time zone, or the city's."""
    name = given
    if not name and (folder / "city.toml").is_file():
        name = str(tables(folder).get("timezone", ""))
    try:
        return name if not name or ZoneInfo(name) else ""
    except (ValueError, OSError):
        pass
    except KeyError:  # what zoneinfo raises for a name that it does not know
        pass
    what, do = f"'{name}' is no time zone.", "Write one of the IANA list: Europe/Riga."
    findings.append(Finding("safety.timezone", what, do, file="city.toml"))
    return ""


def _misplaced(network: Network, stations: Path, cells: Path) -> list[Finding]:
    """What lies outside the city, and ids that two things bear."""
    found: list[Finding] = []
    for file, what in ((stations, network.stations), (cells, network.cells)):
        _, far = network.driving.roads.nearest(what.x, what.y)
        found += [
            Finding(
                "safety.outside",
                f"it lies {far[row] / 1000:.1f} km from the nearest street.",
                "Check its coordinates and their CRS, or take a larger map.",
                "error",
                str(file),
                what.ids[row],
            )
            for row in np.flatnonzero(far > FAR_M).tolist()
        ]
    twice = [name for name, count in Counter(network.assets.ids).items() if count > 1]
    found += [
        Finding(
            "safety.duplicate",
            f"two of stations, lights and streets bear the id '{name}'.",
            "Give one of them another.",
            "error",
            str(stations),
        )
        for name in twice
    ]
    return found
