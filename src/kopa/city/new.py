"""Makes a whole city folder from a map."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from kopa.city.domains import domain_names
from kopa.city.linker import Linker, Proposal
from kopa.city.load import load_domains
from kopa.city.read_toml import read_settings
from kopa.city.survey import Wishes, make_survey
from kopa.city.write_links import write_links
from kopa.domain.design import Design, Designer, Progress, Survey
from kopa.errors import Finding, InputError, UsageError, stopping
from kopa.geo.read_base import widened
from kopa.geo.write_base import write_base

GROUP = "kopa.designs"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
BASE_MAP = "map/base.osm.pbf"


@dataclass(frozen=True)
class Identity:
    """What ``city.toml`` says beside its domains.

    Parameters
    ----------
    country, timezone, languages, currency
        As in ``city.toml``; an empty time zone takes that of the timetable, or UTC.
    """

    country: str = ""
    timezone: str = ""
    languages: tuple[str, ...] = ("en",)
    currency: str = "EUR"


@dataclass(frozen=True)
class Made:
    """What `new_city` made.

    Parameters
    ----------
    folder
        The city's folder.
    survey
        What the map said.
    designs
        What each design built, by domain.
    links
        Proposed links.
    findings
        What fell short, and what is worth knowing.
    seconds
        Time of each part.
    """

    folder: Path
    survey: Survey
    designs: Mapping[str, Design]
    links: Proposal
    findings: tuple[Finding, ...]
    seconds: Mapping[str, float]


@dataclass
class _Clock:
    """Times of the parts."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begin


def designers() -> tuple[Designer, ...]:
    """Installed designs in the order in which they draw: those that power others come last."""
    found = [point.load() for point in entry_points(group=GROUP)]
    return tuple(sorted(found, key=lambda designer: (designer.powers, designer.name)))


def new_city(
    wishes: Wishes,
    folder: Path,
    identity: Identity | None = None,
    progress: Callable[[str, str], None] = lambda part, text: None,
) -> Made:
    """Make a city.

    Parameters
    ----------
    wishes
        What it is made from.
    folder
        The folder to write; it must be empty or not there.
    identity
        What ``city.toml`` says beside its domains.
    progress
        Called with the part of the work and what is done in it.

    Raises
    ------
    InputError
        With all findings, if a file cannot be used or a network cannot be designed.
    UsageError
        If the folder is in use.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: name a new folder, or empty it first")
    making = folder.with_name(f".{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        made = _make(wishes, making, identity or Identity(), progress)
        if folder.exists():
            folder.rmdir()
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    moved = (replace(f, file=f.file.replace(str(making), str(folder))) for f in made.findings)
    return replace(made, folder=folder, findings=tuple(moved))


def _make(
    wishes: Wishes, folder: Path, identity: Identity, progress: Callable[[str, str], None]
) -> Made:
    """Write all files of the city, and read them once."""
    clock = _Clock()

    def told(part: str) -> Progress:
        return lambda text: progress(part, text)

    with clock.part("map"):
        survey, findings = make_survey(wishes, told("map"))
    with clock.part("base map"):
        progress("map", "base map")
        streets = survey.streets
        west, south = float(streets.lon.min()), float(streets.lat.min())
        box = (west, south, float(streets.lon.max()), float(streets.lat.max()))
        write_base(survey.osm, folder / BASE_MAP, widened(box))
    designs: dict[str, Design] = {}
    found = list(findings)
    for designer in designers():
        with clock.part(designer.name):
            design = designer.draw(survey, folder, told(designer.name))
        survey = replace(survey, sites=(*survey.sites, *design.sites))
        designs[designer.name] = design
        found += design.findings
    if stopping(found):
        raise InputError(found)
    zone = identity.timezone or _zone_of(designs)
    found += _assumed(survey, zone)
    _write_toml(folder, survey, designs, replace(identity, timezone=zone or "UTC"))
    with clock.part("links"):
        progress("links", "who supplies whom")
        domains, read = load_domains(read_settings(folder, domain_names()))
        proposal = Linker(domains, survey.streets, "synthetic").propose()
        write_links(folder / "links.csv", proposal.links)
    findings = (*found, *read, *proposal.findings)
    return Made(folder, survey, designs, proposal, findings, clock.seconds)


def _write_toml(
    folder: Path, survey: Survey, designs: Mapping[str, Design], identity: Identity
) -> None:
    """Write ``city.toml``; a domain that is not installed, or has no files, gets no table."""
    residents = survey.spots.people[survey.spots.homes].sum()
    lines = [
        "# Made by kopa new from OpenStreetMap. Streets, buildings and sites are real; networks",
        "# are synthetic until files of the city's own take their place (docs/new.md).",
        f"# Ground: {survey.ground_source}.",
        *_toml("name", survey.name),
        *_toml("country", identity.country),
        *_toml("timezone", identity.timezone),
        *_toml("crs", survey.streets.crs),
        *_toml("population", int(residents)),
        *_toml("languages", list(identity.languages)),
        *_toml("currency", identity.currency),
        *_toml("synthetic", True),
        "# No sensors yet: kopa up simulates readings. Delete this line when real ones come.",
        *_toml("simulate_every_s", 10),
        *_toml("attribution", ATTRIBUTION),
        "",
        "[ages]",
        *(line for name, share in survey.ages.items() for line in _toml(name, share)),
    ]
    for name, design in designs.items():
        if name in domain_names() and design.settings:
            lines += ["", f"[{name}]"]
            lines += [line for key, value in design.settings.items() for line in _toml(key, value)]
    lines += ["", "[map]", *_toml("base", BASE_MAP)]
    (folder / "city.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(key: str, value: Any) -> list[str]:
    """A line of TOML; an empty text gives none. JSON writes these values as TOML does."""
    if value == "":
        return []
    name = key if key.replace("_", "").isalnum() else json.dumps(key)
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}"]


def _assumed(survey: Survey, zone: str) -> list[Finding]:
    """What was not given, and is taken as it usually is."""
    found = []
    if not zone:
        what = "the time zone is not known: UTC is taken."
        found.append(Finding("new.timezone", what, "Give --timezone, such as Europe/Riga.", "info"))
    if survey.ground_source.startswith("synthetic"):
        what = f"no heights are given; the ground is {survey.ground_source}."
        found.append(Finding("new.ground", what, "Give --dem with a GeoTIFF.", "info"))
    return found


def _zone_of(designs: Mapping[str, Design]) -> str:
    """Time zone that a design found in the city's files."""
    return next((d.timezone for d in designs.values() if d.timezone), "")
