"""A city: a folder of files in the field's standard formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kopa.city.domains import domain_names, domain_type
from kopa.city.extent import misplaced
from kopa.city.read_links import read_links
from kopa.city.read_sections import no_base_map
from kopa.city.read_toml import Settings, read_settings
from kopa.coupling.solver import Solver
from kopa.domain import Change, Domain, Finding, checked, parse_change
from kopa.errors import InputError, UsageError
from kopa.model import Link, Window


@dataclass(frozen=True)
class City:
    """A city in memory.

    Parameters
    ----------
    settings
        What ``city.toml`` says.
    domains
        Its domains by name.
    links
        Who supplies whom.
    findings
        What is worth knowing of its files but does not stop the work.
    """

    settings: Settings
    domains: Mapping[str, Domain]
    links: tuple[Link, ...]
    findings: tuple[Finding, ...] = ()

    def solver(self, window: Window) -> Solver:
        """The kernel over a window."""
        return Solver(self.domains, self.links, window)

    def change(self, text: str) -> Change:
        """A change from its text, checked against the city.

        Raises
        ------
        UsageError
            If it is no change, or names what is not there.
        RangeError
            If its value is missing or out of range.
        """
        change = parse_change(text)
        domain = self.domains.get(change.domain)
        if domain is None:
            names = ", ".join(self.domains)
            raise UsageError(f"'{text}': there is no domain '{change.domain}', only {names}")
        return checked(change, domain.assets(), domain.kinds())

    def called(self, full: str) -> str:
        """What people call an asset: its name where it has one, with the id that it is found by."""
        domain, _, native = full.partition(":")
        assets = self.domains[domain].assets()
        name = assets.names[assets.find(native)]
        return full if not name or name in full else f"{name} ({full})"

    def links_named(self, text: str) -> list[int]:
        """Numbers of the links between two assets, written ``energy:motor:0>water:P1``.

        Raises
        ------
        UsageError
            If there are no such assets, or no link leads from one to the other.
        """
        source, _, target = (part.strip() for part in text.partition(">"))
        names = (self._full(text, source), self._full(text, target))
        found = [n for n, k in enumerate(self.links) if (str(k.source), str(k.target)) == names]
        if not found:
            raise UsageError(f"'{text}': no link leads from {names[0]} to {names[1]}")
        return found

    def _full(self, text: str, end: str) -> str:
        domain, _, asset = end.partition(":")
        if domain not in self.domains:
            raise UsageError(f"'{text}': there is no domain '{domain}'")
        assets = self.domains[domain].assets()
        return assets.full(assets.find(asset))


def load_city(folder: Path) -> City:
    """Read a city.

    Parameters
    ----------
    folder
        The folder with ``city.toml``.

    Raises
    ------
    InputError
        With the findings of all files, if the city cannot be used.
    """
    settings = read_settings(folder, domain_names())
    domains, findings = load_domains(settings)
    # a link can only be held against domains that are there
    links, warnings = read_links(folder / "links.csv", domains)
    lost = no_base_map(folder, settings.base_map)
    return City(settings, domains, links, (*findings, *warnings, *lost))


def load_domains(settings: Settings) -> tuple[dict[str, Domain], tuple[Finding, ...]]:
    """The domains of a city, and what is worth knowing of their files.

    Raises
    ------
    InputError
        With the findings of all domains, if one cannot be used.
    """
    domains: dict[str, Domain] = {}
    findings: list[Finding] = []
    broken = False
    for name, section in settings.domains.items():
        try:
            domains[name], warnings = domain_type(name).load(section, settings.folder)
        except InputError as error:
            findings += error.findings
            broken = True
        else:
            findings += warnings
    if broken:
        raise InputError(findings)
    return domains, (*findings, *misplaced(domains))
