"""Keeps ``links.csv`` true to the files of a city: proposes, repairs, confirms, takes back."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kopa.city.domains import domain_names
from kopa.city.linker import Linker
from kopa.city.load import load_domains
from kopa.city.read_links import sound_links
from kopa.city.read_toml import Settings, read_settings
from kopa.city.write_links import write_links
from kopa.domain import Domain
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets
from kopa.model import End, Link


@dataclass(frozen=True)
class Relinked:
    """Links after a repair.

    Parameters
    ----------
    links
        All links, in the order of the file; proposed ones at the end.
    proposed
        The new ones among them.
    broken
        What was wrong with the rows that are left out.
    findings
        Doubtful ones.
    """

    links: tuple[Link, ...]
    proposed: tuple[Link, ...]
    broken: tuple[Finding, ...]
    findings: tuple[Finding, ...]


def links_file(folder: Path) -> Path:
    """The file of a city's links."""
    return folder / "links.csv"


def repaired(folder: Path) -> Relinked:
    """Links of a city whose files have changed.

    Rows that still name what is there are kept as they are. Rows that do not are left out, and
    every in-port without a link gets a proposal, if somebody can supply it.

    Raises
    ------
    InputError
        If a file of the city cannot be used.
    """
    settings = read_settings(folder, domain_names())
    domains, _ = load_domains(settings)
    file = links_file(folder)
    kept: tuple[Link, ...] = ()
    broken: tuple[Finding, ...] = ()
    if file.is_file():
        kept, broken = sound_links(file, domains)
    linked = {link.target for link in kept}
    open_ends = [end for end in _in_ends(domains) if end not in linked]
    proposal = Linker(domains, streets_of(settings)).propose(frozenset(open_ends))
    return Relinked((*kept, *proposal.links), proposal.links, broken, proposal.findings)


def streets_of(settings: Settings) -> Streets | None:
    """The street graph that a city's settings name, in its CRS; None where there is none."""
    name = settings.domains.get("transport", {}).get("streets")
    if not name or not settings.crs.upper().startswith("EPSG:"):
        return None
    try:
        return read_streets(settings.folder / name, settings.crs)[0]
    except (InputError, UsageError):  # check tells what is wrong with it
        return None


def _in_ends(domains: Mapping[str, Domain]) -> list[End]:
    return [
        End(name, port.name, domain.assets().ids[row])
        for name, domain in domains.items()
        for port in domain.ports()
        if port.direction == "in"
        for row in port.rows.tolist()
    ]


def confirmed(links: Sequence[Link], chosen: Collection[int], day: datetime.date) -> list[Link]:
    """Links of which the chosen rows are sure from now on."""
    return [
        replace(link, confidence=1.0, note=f"{link.note}; confirmed {day}".strip("; "))
        if row in chosen and link.confidence < 1
        else link
        for row, link in enumerate(links)
    ]


def save(folder: Path, links: Sequence[Link]) -> None:
    """Write the links of a city, and keep the file before it for `undo`."""
    file = links_file(folder)
    if file.is_file():
        _before(file).write_bytes(file.read_bytes())
    write_links(file, links)


def undo(folder: Path) -> None:
    """Take the file before the last `save`; doing it again takes back the undo.

    Raises
    ------
    UsageError
        If nothing was saved.
    """
    file = links_file(folder)
    before = _before(file)
    if not before.is_file():
        raise UsageError("there is nothing to undo: links.csv was not changed by kopa links")
    now = file.read_bytes()
    file.write_bytes(before.read_bytes())
    before.write_bytes(now)


def _before(file: Path) -> Path:
    return file.with_name(f"{file.name}~")
