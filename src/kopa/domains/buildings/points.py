"""Points of air handlers and rooms, what equipment has them, and the units that they come in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

PACKAGE = "kopa.domains.buildings"

Quantity = Literal["temperature", "fraction", "flag", "pressure", "airflow", "power", "irradiance"]

UNITS: Mapping[Quantity, Mapping[str, tuple[float, float]]] = {
    "temperature": {
        "°C": (1.0, 0.0),
        "C": (1.0, 0.0),
        "°F": (5 / 9, -160 / 9),
        "F": (5 / 9, -160 / 9),
        "K": (1.0, -273.15),
    },
    "fraction": {"": (1.0, 0.0), "1": (1.0, 0.0), "%": (0.01, 0.0)},
    "flag": {"": (1.0, 0.0), "1": (1.0, 0.0)},
    "pressure": {
        "Pa": (1.0, 0.0),
        "kPa": (1e3, 0.0),
        "inH2O": (249.08891, 0.0),
        "psi": (6894.757, 0.0),
    },
    "airflow": {
        "m3/s": (1.0, 0.0),
        "m3/h": (1 / 3600, 0.0),
        "L/s": (1e-3, 0.0),
        "cfm": (0.3048**3 / 60, 0.0),
    },
    "power": {"W": (1.0, 0.0), "kW": (1e3, 0.0)},
    "irradiance": {"W/m2": (1.0, 0.0)},
}
"""Factor and offset to °C, 1, Pa, m³/s, W, W/m² (NIST SP 811, appendix B; water column at 4 °C)."""

RANGES: Mapping[Quantity, tuple[float, float]] = {
    "temperature": (-60.0, 150.0),
    "fraction": (-0.1, 1.1),
    "flag": (0.0, 1.0),
    "pressure": (-1e4, 1e4),
    "airflow": (-1.0, 500.0),
    "power": (-1e9, 1e9),
    "irradiance": (-20.0, 1500.0),
}
"""A value outside is no reading."""


@dataclass(frozen=True)
class PointKind:
    """A kind of point.

    Parameters
    ----------
    name, what
        What it is.
    quantity
        One of `UNITS`.
    brick
        Classes of Brick that it answers to, best first.
    parts
        Class of a part of the unit, and class of a point of that part, which together answer to it.
    haystack
        Sets of Haystack tags that it answers to.
    without
        Tags that it must not have.
    """

    name: str
    what: str
    quantity: Quantity
    brick: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    haystack: tuple[frozenset[str], ...]
    without: frozenset[str]


@dataclass(frozen=True)
class Column:
    """Where a point's values are: a column of a CSV, with its unit and the place that says so."""

    names: tuple[str, ...]
    unit: str
    place: str = ""


@dataclass(frozen=True)
class Equipment:
    """A unit with its points.

    Parameters
    ----------
    id
        Its id.
    points
        Column of each, by kind of point.
    parameters
        What it sets otherwise than the rules.
    design_airflow
        Supply airflow at full fan speed, m³/s; None where nobody says.
    constant_airflow
        Supply airflow of a fan that has one speed, m³/s; None where nobody says.
    """

    id: str
    points: Mapping[str, Column]
    parameters: Mapping[str, float] = field(default_factory=dict)
    design_airflow: float | None = None
    constant_airflow: float | None = None


@dataclass(frozen=True)
class PointMap:
    """Which column is which point.

    Parameters
    ----------
    file
        Where it was read.
    equipment
        The units.
    time
        Column of the time; empty for the first.
    time_format
        As ``strptime`` has it; empty for ISO 8601.
    zone
        Time zone of the local clock, for times that are written with an offset; None leaves them.
    missing
        Words in cells that mean that there is no value; an empty cell always does.
    """

    file: str
    equipment: tuple[Equipment, ...]
    time: str = ""
    time_format: str = ""
    zone: ZoneInfo | None = None
    missing: frozenset[str] = frozenset()


@cache
def points() -> Mapping[str, PointKind]:
    """All kinds of point, by name."""
    text = files(PACKAGE).joinpath("points.toml").read_text(encoding="utf-8")
    return {
        name: PointKind(
            name,
            row["what"],
            row["quantity"],
            tuple(row["brick"]),
            tuple((part, point) for part, point in row.get("parts", ())),
            tuple(frozenset(tags) for tags in row["haystack"]),
            frozenset(row.get("not", ())),
        )
        for name, row in tomllib.loads(text).items()
    }
