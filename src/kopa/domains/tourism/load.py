"""Puts the files of a city's sights together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import settings
from kopa.domain.section import section, tables
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.model import FloatArray

from .network import EVENT, PACKAGE, Network, Sights
from .read_ical import Happening, read_ical
from .read_schema_org import read_events, read_sights_jsonld
from .read_sights import read_sights

Found = tuple[Finding, ...]


def table_of(folder: Path) -> dict[str, Any]:
    """The settings of a city's tourism, checked.

    Raises
    ------
    InputError
        If there are none, or they are wrong.
    """
    return settings(section(folder, "tourism", "sights = '…'"), PACKAGE, "tourism")


def read_city(folder: Path) -> tuple[Network, Found]:
    """Read the sights of a city, for a job.

    Raises
    ------
    InputError
        With all findings.
    """
    return read_network(table_of(folder), folder)


def read_city_streets(folder: Path, crs: str) -> Streets | None:
    """Read the streets of a city; None where it names none.

    Raises
    ------
    InputError
        If they cannot be read.
    """
    from kopa.geo.read_osm import read_streets

    file = table_of(folder)["streets"]
    return read_streets(folder / file, crs)[0] if file else None


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
    findings: list[Finding] = []
    crs = values["crs"] or _city(folder, "crs")
    zone = _city(folder, "timezone") or "Europe/Riga"
    projection = None
    try:
        projection = Projection(crs) if crs else None
    except UsageError as error:
        findings.append(Finding("tourism.crs", f"{error}.", "Write EPSG:n.", file="city.toml"))
    sights: Sights | None = None
    events: list[Happening] = []
    try:
        file = folder / values["sights"]
        json_ld = file.suffix.lower() == ".jsonld"
        sights, told = (read_sights_jsonld if json_ld else read_sights)(file, projection)
        findings.extend(told)
    except InputError as error:
        findings.extend(error.findings)
    if values["events"]:
        try:
            file = folder / values["events"]
            ical = file.suffix.lower() == ".ics"
            events, told = (read_ical if ical else read_events)(file, zone)
            findings.extend(told)
        except InputError as error:
            findings.extend(error.findings)
    if any(one.severity == "error" for one in findings) or sights is None:
        raise InputError(findings)
    if events:
        sights = _joined(sights, events, projection, findings)
    network = Network(
        sights, str(values["country"] or ""), float(values["transit_share"]),
        float(values["water_l_visitor_h"]), float(values["waste_kg_visitor_h"]), crs,
    )  # fmt: skip
    return network, tuple(findings)


def _joined(
    sights: Sights,
    events: list[Happening],
    projection: Projection | None,
    findings: list[Finding],
) -> Sights:
    """Sights and events; an event without coordinates is where the sight of its place's name is."""
    named = {text: row for row, text in enumerate(sights.names) if text}
    named |= {text: row for row, text in enumerate(sights.ids)}
    x, y, taken, kept = [], [], {*sights.ids}, []
    for one in events:
        if one.id in taken:
            what, do = f"the id '{one.id}' is taken already.", "Give each event an id of its own."
            findings.append(Finding("tourism.duplicate", what, do, place=one.id))
            raise InputError(findings)
        taken.add(one.id)
        at = (np.nan, np.nan)
        if one.lonlat is not None:
            at = one.lonlat
            if projection is not None:
                east, north = projection.metres(np.array([at[0]]), np.array([at[1]]))
                at = (float(east[0]), float(north[0]))
        elif one.place in named:
            at = (float(sights.x[named[one.place]]), float(sights.y[named[one.place]]))
        else:
            what = f"nobody knows where '{one.place[:60]}' is: the event has no place on the map."
            do = "Give it coordinates, or the name of a sight."
            findings.append(Finding("tourism.nowhere", what, do, "warning", place=one.id))
        if not np.isfinite(one.visitors):
            what = "nobody knows how many come: it is left out of the load."
            do = "Give X-KOPA-VISITORS, or maximumAttendeeCapacity."
            findings.append(Finding("tourism.visitors", what, do, "warning", place=one.id))
        x.append(at[0])
        y.append(at[1])
        kept.append(one)
    many = len(kept)

    def more(values: FloatArray, fill: float) -> FloatArray:
        return np.concatenate([values, np.full(many, fill)])

    return Sights(
        ids=(*sights.ids, *(one.id for one in kept)),
        kinds=(*sights.kinds, *[EVENT] * many),
        names=(*sights.names, *(one.name for one in kept)),
        zones=(*sights.zones, *[""] * many),
        x=np.concatenate([sights.x, x]),
        y=np.concatenate([sights.y, y]),
        hours=(*sights.hours, *[""] * many),
        visitors=np.concatenate([sights.visitors, [one.visitors for one in kept]]),
        stay=np.concatenate(
            [sights.stay, [(one.end - one.start).total_seconds() / 3600 for one in kept]]
        ),
        peak=more(sights.peak, np.nan),
        capacity=more(sights.capacity, np.nan),
        prize=more(sights.prize, 1.0),
        wheelchair=(*sights.wheelchair, *[""] * many),
        electricity=more(sights.electricity, 0.0),
        water=more(sights.water, 0.0),
        spans=(*sights.spans, *((one.start, one.end) for one in kept)),
    )


def _city(folder: Path, name: str) -> str:
    """A setting of the city itself, empty for none."""
    try:
        return str(tables(folder).get(name, ""))
    except InputError:
        return ""
