"""Reads what a city's own files say that indicators count: places with people, links, tables.

It knows no domain: any file of points that ``city.toml`` names and that has people counts.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kopa.domain.section import tables
from kopa.errors import Finding

HOMES = ("home", "residents", "cell")
"""Kinds of place at which people are residents."""


@dataclass(frozen=True)
class Homes:
    """Residents of one table of a city.

    Parameters
    ----------
    table
        Of ``city.toml``.
    people
        By id.
    groups
        People by group, of all of them.
    """

    table: str
    people: Mapping[str, float]
    groups: Mapping[str, float]

    @property
    def total(self) -> float:
        """All residents."""
        return sum(self.people.values())


@dataclass(frozen=True)
class CityFiles:
    """What a city's files say.

    Parameters
    ----------
    settings
        Numbers at the top of ``city.toml``.
    homes
        Residents, the table with the most of them; None where no file has any.
    links
        Rows of ``links.csv``.
    columns
        Sum of each column of numbers of a CSV file, with the file.
    findings
        What could not be read.
    """

    settings: Mapping[str, Any]
    homes: Homes | None
    links: Sequence[Mapping[str, str]]
    columns: Mapping[str, tuple[float, str]]
    findings: list[Finding] = field(default_factory=list)


def read_city(folder: Path) -> CityFiles:
    """What the files of a city say.

    Parameters
    ----------
    folder
        The city's folder.

    Raises
    ------
    InputError
        If it has no ``city.toml``.
    """
    whole = tables(folder)
    findings: list[Finding] = []
    homes: list[Homes] = []
    columns: dict[str, tuple[float, str]] = {}
    for name, table in whole.items():
        files = list(_files(folder, table))
        found = _homes(name, [one for one in files if one.suffix != ".csv"], findings)
        if found.people:
            homes.append(found)
        for file in files:
            if file.suffix == ".csv":
                columns |= {key: (one, file.name) for key, one in _sums(file, findings).items()}
    top = {key: value for key, value in whole.items() if isinstance(value, int | float | str)}
    links = _rows(folder / "links.csv", findings) if (folder / "links.csv").is_file() else []
    best = max(homes, key=lambda one: one.total, default=None)
    return CityFiles(top, best, links, columns, findings)


def _files(folder: Path, table: Any) -> Iterator[Path]:
    """Files of GeoJSON and CSV that a table names, patterns among them."""
    if not isinstance(table, dict):
        return
    for value in table.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and text.endswith((".geojson", ".csv")):
                if Path(text).is_absolute():
                    yield from (one for one in (Path(text),) if one.is_file())
                else:
                    yield from sorted(one for one in folder.glob(text) if one.is_file())


def _homes(table: str, files: Sequence[Path], findings: list[Finding]) -> Homes:
    people: dict[str, float] = {}
    groups: dict[str, float] = {}
    for file in files:
        try:
            features = json.loads(file.read_bytes().decode("utf-8-sig"))["features"]
            rows = [(one["properties"], one.get("id")) for one in features]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            _unread(file, findings)
            continue
        for row, name in rows:
            many = row.get("people") if isinstance(row, dict) else None
            if isinstance(many, bool) or not isinstance(many, int | float):
                continue
            if row.get("kind", "home") in HOMES:
                people[str(row.get("id", name))] = float(many)
                given = row.get("groups")
                for group, one in given.items() if isinstance(given, dict) else ():
                    if isinstance(one, int | float):
                        groups[group] = groups.get(group, 0.0) + float(one)
    return Homes(table, people, groups)


def _rows(file: Path, findings: list[Finding]) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(file.read_bytes().decode("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error):
        _unread(file, findings)
        return []


def _sums(file: Path, findings: list[Finding]) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in _rows(file, findings):
        for key, text in row.items():
            try:
                found[key] = found.get(key, 0.0) + float(text)
            except (TypeError, ValueError):
                continue
    return found


def _unread(file: Path, findings: list[Finding]) -> None:
    what, do = "it cannot be read; what it says is not counted.", "Check it with kopa check."
    findings.append(Finding("egov.unread", what, do, "warning", str(file)))
