"""What the jobs on sites share: what is asked, on which streets, what is closed."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.read_area import read_area
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.project import Projection
from kopa.model import FloatArray, IntArray

from .ground import Closed, Ground, closures
from .load import read_city
from .network import PACKAGE, SERVICES
from .problem import KINDS, Problem, Served, served
from .read_case import Case, read_case
from .read_files import read_candidates
from .read_orlib import read_orlib

DEFAULT_TURNOUT_S = 80.0
"""Turnout of a station that is not there yet (NFPA 1710 (2020), 4.1.2.1)."""


@dataclass(frozen=True)
class Setting:
    """What is asked, read.

    Parameters
    ----------
    problem
        Without ways where there is a ground.
    ground
        The streets, or None.
    closed
        What cannot be passed, or None.
    findings
        Of the files.
    """

    problem: Problem
    ground: Ground | None
    closed: Closed | None
    findings: tuple[Finding, ...]

    def with_ways(self, closed: bool, sites: IntArray | None = None) -> Problem:
        """The problem with its ways, on free streets or on those that are left.

        Parameters
        ----------
        closed
            True for the streets that are left.
        sites
            Some of the candidates; None for all.
        """
        problem = self.problem
        if sites is not None:
            problem = replace(
                problem,
                way=problem.way[:, sites] if problem.way.size else problem.way,
                ids=tuple(problem.ids[site] for site in sites.tolist()),
                existing=problem.existing[sites],
                cost=problem.cost[sites],
                at=problem.at[sites] if len(problem.at) else problem.at,
            )
        if self.ground is None:
            return problem
        return replace(problem, way=self.ground.ways(self.closed if closed else None, sites))


def arguments_of(job: Any) -> None:
    """Add what both jobs take."""
    job.add_argument(
        "input", type=Path, metavar="INPUT", help="a case (.json, .toml), pmedN.txt or SJCn.txt of "
        "the literature, or the folder of a city",
    )  # fmt: skip
    job.add_argument("--within", type=positive, metavar="X", help="reach, in the unit of the ways")
    job.add_argument(
        "--service", choices=tuple(SERVICES), default="fire", help="of a city's stations (fire)"
    )
    job.add_argument(
        "--closed", nargs="+", default=[], metavar="STREET", help="streets that nobody can pass"
    )
    job.add_argument(
        "--flood", type=Path, metavar="F.geojson", help="where the water stands: polygons"
    )
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def read_setting(arguments: argparse.Namespace, candidates: Path | None = None) -> Setting:
    """Read what is asked.

    Parameters
    ----------
    arguments
        With what `arguments_of` added.
    candidates
        Where sites could be in a city; None for its cells.

    Raises
    ------
    InputError
        With all findings.
    UsageError
        If words do not go together.
    """
    file = arguments.input
    findings: tuple[Finding, ...] = ()
    if file.is_dir():
        case, findings = _city(file, arguments.service, candidates)
    elif file.suffix.lower() == ".txt":
        case = _published(file, arguments)
    else:
        case = read_case(file)
    problem, ground = case.problem, case.ground
    if arguments.within is not None:
        problem = replace(problem, within=arguments.within)
    if (arguments.closed or arguments.flood) and ground is None:
        raise UsageError("--closed and --flood need streets: a city, or a case that names them")
    closed = None
    if ground is not None:
        if lost := ground.outside():
            raise InputError([_outside(file, *one) for one in lost])
        crs = Projection(ground.driving.streets.crs)
        area = read_area(arguments.flood, crs, PACKAGE) if arguments.flood else None
        closed = closures(ground.driving, arguments.closed, area)
    return Setting(problem, ground, closed, tuple(findings))


def _outside(file: Path, name: str, row: int, far: float) -> Finding:
    what = f"{name} {row + 1} lies {far / 1000:.1f} km from the nearest street."
    do = "Check its coordinates, longitude first, or take a larger map."
    return Finding("safety.outside", what, do, file=str(file), place=name)


def _published(file: Path, arguments: argparse.Namespace) -> Case:
    found = read_orlib(file)
    many = len(found.weight)
    none = np.zeros(many, dtype=bool)
    ids = tuple(str(number) for number in range(1, many + 1))
    kind = getattr(arguments, "problem", None) or KINDS[1]
    free = np.full(many, np.nan)
    return Case(Problem(kind, found.way, found.weight, ids, none, free, "", found.sites))


def _city(folder: Path, service: str, file: Path | None) -> tuple[Case, tuple[Finding, ...]]:
    """A city's stations of a service, where others could be, and its cells."""
    network, findings = read_city(folder)
    rows = network.services.get(service, np.empty(0, dtype=np.int64))
    stations, cells = network.stations, network.cells
    here = np.column_stack([stations.x, stations.y])[rows]
    homes = np.column_stack([cells.x, cells.y])
    projection = Projection(network.streets.crs)
    if file is None:
        ids, there = tuple(f"cell/{one}" for one in cells.ids), homes
        cost = np.full(len(ids), np.nan)
    else:
        ids, there, cost, told = read_candidates(file, projection)
        findings = (*findings, *told)
    names = (*(stations.ids[row] for row in rows.tolist()), *ids)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        what = f"the id '{twice[0]}' stands twice among stations and candidates."
        raise InputError([Finding("safety.duplicate", what, "Give one another.", file=str(file))])
    xy = np.concatenate([here, there])
    turnout = np.full(len(xy), DEFAULT_TURNOUT_S)
    turnout[: len(rows)] = stations.turnout[rows]
    problem = Problem(
        "cover",
        np.empty((0, 0)),
        cells.people,
        names,
        np.arange(len(xy)) < len(rows),
        np.concatenate([np.full(len(rows), np.nan), cost]),
        "s",
        len(rows),
        network.target,
        at=np.column_stack(projection.degrees(*xy.T)),
    )
    return Case(problem, Ground(network.driving, xy, homes, turnout)), findings


def told(problem: Problem, now: Served) -> dict[str, Any]:
    """What some sites do, as a document has it."""
    total = float(problem.weight.sum())
    return {
        "sites": len(now.sites),
        "demand": now.covered,
        "share": now.covered / total if total > 0 else np.nan,
        "unreached": now.unreached,
        "mean": now.mean,
        "most": now.most,
    }


def today(problem: Problem) -> Served:
    """What the sites of today do."""
    return served(problem, np.flatnonzero(problem.existing))


def site_rows(problem: Problem, now: Served) -> list[dict[str, Any]]:
    """Sites as a document has them."""
    at = problem.at if len(problem.at) else np.full((len(problem.ids), 2), np.nan)
    return [
        {
            "id": problem.ids[site],
            "existing": bool(problem.existing[site]),
            "demand": float(many),
            "cost_eur": problem.cost[site],
            "x": at[site, 0],
            "y": at[site, 1],
        }
        for site, many in zip(now.sites.tolist(), now.weight, strict=True)
    ]


def said(name: str, row: dict[str, Any], unit: str) -> tuple[str, ...]:
    """A row of the table of what sites do."""
    number = console.number
    share = "" if np.isnan(row["share"]) else f"{100 * row['share']:.1f} %"
    cells = (str(row["sites"]), share, number(row["unreached"]))
    return (name, *cells, *(f"{number(row[key])} {unit}" for key in ("mean", "most")))


HEADS = ("", "sites", "covered", "without a way", "mean", "longest")


def write_map(file: Path, features: list[dict[str, Any]]) -> None:
    """Write GeoJSON in longitude and latitude.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    text = json.dumps(
        console.plain({"type": "FeatureCollection", "features": features}), ensure_ascii=False
    )
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None


def point(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    """A feature of a map in degrees."""
    place = {"type": "Point", "coordinates": [round(float(lon), 6), round(float(lat), 6)]}
    return {"type": "Feature", "geometry": place, "properties": properties}


def line(points: FloatArray, properties: dict[str, Any]) -> dict[str, Any]:
    """The same of a line, shape (point, 2)."""
    place = {"type": "LineString", "coordinates": np.round(points, 6).tolist()}
    return {"type": "Feature", "geometry": place, "properties": properties}


def positive(text: str) -> float:
    """A number from 0 up, for a parser."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e12:
        raise argparse.ArgumentTypeError("must be a number from 0 up")
    return value
