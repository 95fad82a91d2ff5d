"""Puts the files of a city's schools together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import settings
from kopa.domain.parts import Parts
from kopa.domain.section import section, tables
from kopa.errors import Finding, InputError, UsageError, stopping
from kopa.geo.project import Projection
from kopa.geo.streets import Streets

from .network import PACKAGE, Network, Schools
from .read_oneroster import Org, read_oneroster
from .read_schools import read_groups, read_schools

Found = tuple[Finding, ...]
HINT = "schools = '…' and groups = '…'"


def table_of(folder: Path) -> dict[str, Any]:
    """The settings of a city's education, checked.

    Raises
    ------
    InputError
        If there are none, or they are wrong.
    """
    return settings(section(folder, "education", HINT), PACKAGE, "education")


def read_city(folder: Path) -> tuple[Network, Found]:
    """Read the schools of a city, for a job.

    Raises
    ------
    InputError
        With all findings.
    """
    return read_network(table_of(folder), folder)


def read_city_streets(folder: Path, crs: str) -> Streets:
    """Read the streets of a city, for a job that needs ways.

    Parameters
    ----------
    folder
        With ``city.toml``.
    crs
        CRS of the schools; empty takes that of the map.

    Raises
    ------
    InputError
        If there are none, or they cannot be read.
    """
    from kopa.geo.read_osm import read_streets

    file = table_of(folder)["streets"]
    if not file:
        what, do = "it has no streets.", "Add streets = '…', the map that [transport] has."
        raise InputError([Finding("education.no-streets", what, do, file="city.toml")])
    return read_streets(folder / file, crs)[0]


def read_network(values: Mapping[str, Any], folder: Path) -> tuple[Network, Found]:
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
    crs = values["crs"] or _city_crs(folder)
    try:
        projection = Projection(crs) if crs else None
    except UsageError as error:
        parts.findings.append(
            Finding("education.crs", f"{error}.", "Write EPSG:n.", file="city.toml")
        )
        projection = None
    schools = parts.take(lambda: read_schools(folder / values["schools"], projection))
    ids = schools.ids if schools is not None else ()
    groups = parts.take(lambda: read_groups(folder / values["groups"], ids)) if ids else None
    orgs: dict[str, Org] = {}
    if values["oneroster"]:
        orgs = parts.take(lambda: read_oneroster(folder / values["oneroster"])) or {}
    if stopping(parts.findings) or schools is None or groups is None:
        raise InputError(parts.findings)
    if orgs:
        schools, told = joined(schools, orgs, str(folder / values["oneroster"]))
        parts.findings += told
    return Network(schools, groups, float(values["care_age"]), crs), parts.check()


def joined(schools: Schools, orgs: Mapping[str, Org], file: str) -> tuple[Schools, list[Finding]]:
    """Schools with the names of their organisations; one that is to be deleted takes nobody.

    Parameters
    ----------
    schools
        As GeoJSON has them.
    orgs
        As OneRoster has them, by id.
    file
        Where the organisations stand.
    """
    findings = []
    taught = {name for name, org in orgs.items() if org.kind == "school" and not org.gone}
    for name in sorted(taught - {*schools.ids}):
        what = f"the school {name} ({orgs[name].name}) has no place on the map: it is left out."
        do = "Add it to the schools, with its sourcedId as id."
        findings.append(Finding("education.nowhere", what, do, "warning", file, name))
    names = [
        orgs[one].name if one in orgs else name
        for one, name in zip(schools.ids, schools.names, strict=True)
    ]
    gone = np.array([one in orgs and orgs[one].gone for one in schools.ids], dtype=bool)
    return replace(schools, names=tuple(names), closed=schools.closed | gone), findings


def _city_crs(folder: Path) -> str:
    """CRS that the city itself names, empty for none."""
    try:
        return str(tables(folder).get("crs", ""))
    except InputError:
        return ""
