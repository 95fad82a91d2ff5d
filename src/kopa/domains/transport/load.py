"""Puts the files of a city's transport together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kopa.domain.attributes import settings
from kopa.domain.section import section
from kopa.errors import Finding, InputError
from kopa.geo.read_osm import read_streets

from .network import Network, Walking, no_demand, streets_only
from .read_demand import PACKAGE, read_demand
from .read_gtfs import read_gtfs
from .timetable import no_timetable


def read_network(
    values: Mapping[str, Any], folder: Path, gate: bool = True
) -> tuple[Network, tuple[Finding, ...]]:
    """Read all files that the settings name.

    Parameters
    ----------
    values
        The settings, checked.
    folder
        The city's folder.
    gate
        Have gtfs-guru look at the timetable as well.

    Raises
    ------
    InputError
        With the findings of all files.
    """
    findings: list[Finding] = []
    broken = False
    streets, timetable, demand = None, no_timetable(), no_demand()
    try:
        streets, told = read_streets(folder / values["streets"], values["crs"] or "")
        findings += told
    except InputError as error:
        findings += error.findings
        broken = True
    if values["gtfs"]:
        try:
            timetable, told = read_gtfs(folder / values["gtfs"], gate)
            findings += told
        except InputError as error:
            findings += error.findings
            broken = True
    if values["demand"]:
        try:
            demand = read_demand(folder / values["demand"])
        except InputError as error:
            findings += error.findings
            broken = True
    if broken or streets is None:
        raise InputError(findings)
    walking = Walking(
        values["walk_between_stops_m"],
        values["walk_to_stops_m"],
        values["walk_kmh"] / 3.6,
        values["walk_detour"],
    )
    return Network(streets, timetable, demand, walking), tuple(findings)


def network_at(path: Path, gtfs: Path | None = None) -> tuple[Network, tuple[Finding, ...]]:
    """The network of a city's folder, or of an extract and a feed.

    Parameters
    ----------
    path
        A folder with ``city.toml``, or an extract.
    gtfs
        A feed, beside an extract.

    Raises
    ------
    InputError
        With the findings of all files.
    """
    if (path / "city.toml").is_file():
        return read_network(
            settings(section(path, "transport", "streets = '…'"), PACKAGE, "transport"), path
        )
    if gtfs is None:
        streets, findings = read_streets(path)
        return streets_only(streets), findings
    given = {"streets": str(path), "gtfs": str(gtfs)}
    return read_network(settings(given, PACKAGE, "transport"), Path())
