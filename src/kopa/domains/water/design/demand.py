"""What every junction of a water supply design asks for."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kopa.domain.design import Spots
from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray

CLASSES = ("home", "work", "round", "losses")
"""Patterns of the day; ids of patterns in the INP file."""

_ROUND = frozenset({"hospital", "care_home", "hotel", "police", "fire_station"})
_DAY = 86_400.0


@dataclass(frozen=True)
class Demand:
    """Mean demands.

    Parameters
    ----------
    base
        Mean flow, m³/s, shape (class, junction), in the order of `CLASSES`.
    people
        Residents by junction, shape (junction,).
    """

    base: FloatArray
    people: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Mean flow of all classes, m³/s, shape (junction,)."""
        return np.asarray(self.base.sum(axis=0))


@cache
def patterns() -> Mapping[str, FloatArray]:
    """Hourly multipliers of each class, of mean 1, shape (24,)."""
    text = files(__package__).joinpath("patterns.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        hours = np.array([float(row[str(hour)]) for hour in range(24)])
        found[row["name"]] = np.round(hours / hours.mean(), 4)
    return found


def spot_demand(rules: Rules, spots: Spots) -> FloatArray:
    """Mean use of each spot: its people times the litres that one of its kind uses.

    Returns
    -------
    FloatArray
        Flow, m³/s, shape (spot,).
    """
    litres = np.array([rules.of("use", kind) for kind in spots.kinds])
    return np.asarray(spots.people * litres * 1e-3 / _DAY)


def demand(rules: Rules, spots: Spots, node: IntArray, pipe_length: FloatArray) -> Demand:
    """Lump the use of spots, and the losses of mains, at junctions.

    Parameters
    ----------
    rules
        The rules of the design.
    spots
        Homes and sites.
    node
        Junction of each spot, shape (spot,).
    pipe_length
        Half the length of all mains at each junction, m, shape (junction,).
    """
    kind = np.array([_class(kind) for kind in spots.kinds], dtype=np.int64)
    junctions = len(pipe_length)
    base = np.zeros((len(CLASSES), junctions))
    np.add.at(base, (kind, node), spot_demand(rules, spots))
    base[CLASSES.index("losses")] = rules["losses"] * pipe_length * 1e-3 / _DAY
    people = np.bincount(node, np.where(spots.homes, spots.people, 0.0), junctions)
    return Demand(base, np.asarray(people))


def day_factor(rules: Rules, people: float) -> float:
    """Use on the greatest day over the mean day."""
    served = max(people, rules["least_people"])
    return float(max(1.0, rules["day_factor"] * served ** rules["day_exponent"]))


def hour_factor(rules: Rules, people: float) -> float:
    """Use in the greatest hour of the greatest day over the mean hour."""
    served = max(people, rules["least_people"])
    return float(max(1.0, rules["hour_factor"] * served ** rules["hour_exponent"]))


def busiest_hour(base: FloatArray) -> tuple[int, float]:
    """Hour in which a usual day asks for most, and its flow over the mean of the day.

    Parameters
    ----------
    base
        Mean flow by class, m³/s, shape (class,) or (class, junction).
    """
    total = base.reshape(len(CLASSES), -1).sum(axis=1)
    day = sum(total[row] * patterns()[name] for row, name in enumerate(CLASSES))
    hours = np.asarray(day) / max(float(total.sum()), 1e-12)
    hour = int(np.argmax(hours))
    return hour, float(hours[hour])


def _class(kind: str) -> int:
    name = "home" if kind == "home" else "round" if kind in _ROUND else "work"
    return CLASSES.index(name)
