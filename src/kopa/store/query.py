"""Questions about entities, as data: every store answers them alike.

An `AttributePath` names an attribute, and below it a member of its JSON. Without members it is the
main value: `value`, `object`, `vocab`, `languageMap`, `valueList` or `objectList`, whichever
is there;
a list stands for its items, and an attribute with several data sets for all of them.
A condition holds if it holds for one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kopa.errors import RangeError
from kopa.store.observations import check_texts

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
LONGEST_PATTERN = 500
_REPEAT = re.compile(r"[*+]|\{\d*,?\d*\}")
Relation = Literal["intersects", "within", "contains", "disjoint", "equals", "overlaps"]


@dataclass(frozen=True, slots=True)
class AttributePath:
    """An attribute, or a member of its JSON: ``AttributePath("speed", ("precision", "value"))``."""

    attribute: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment to compare with, µs since 1970 UTC."""

    at: int


Scalar = float | str | bool | Instant


@dataclass(frozen=True, slots=True)
class Exists:
    """The attribute, or the member, is there."""

    path: AttributePath


@dataclass(frozen=True, slots=True)
class Compare:
    """A value compares so. Numbers compare with numbers, texts by code point with texts.

    ``!=`` holds where the path is there and no value of it equals. An `Instant` compares with
    texts that are an ISO 8601 date or date-time, and with typed values of them. A bool is only
    equal or not.

    Raises
    ------
    RangeError
        If the operator is none, or orders a bool.
    """

    path: AttributePath
    operator: Operator
    value: Scalar

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise RangeError(f"'{self.operator}' is no operator: use {' '.join(OPERATORS)}")
        if isinstance(self.value, bool) and self.operator not in ("==", "!="):
            raise RangeError("true and false have no order: use == or !=")


@dataclass(frozen=True, slots=True)
class Between:
    """One value lies between both, ends included; `low` and `high` are of one kind."""

    path: AttributePath
    low: float | str | Instant
    high: float | str | Instant


@dataclass(frozen=True, slots=True)
class Matches:
    """A text value matches a regular expression somewhere.

    Use what Python and PostgreSQL read alike: classes, groups, anchors, quantifiers.

    Raises
    ------
    RangeError
        If it is no regular expression.
    """

    path: AttributePath
    pattern: str

    def __post_init__(self) -> None:
        check_pattern(self.pattern)


@dataclass(frozen=True, slots=True)
class Related:
    """A relationship of this name leads to one of the objects."""

    name: str
    objects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfType:
    """The entity has this type."""

    type: str


@dataclass(frozen=True, slots=True)
class InScope:
    """A scope of the entity matches: ``/a/b`` itself, ``/a/+`` one level, ``/a/#`` all below.

    ``/a/#`` holds for ``/a`` as well.
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: Condition


Condition = Exists | Compare | Between | Matches | Related | OfType | InScope | And | Or | Not


@dataclass(frozen=True, slots=True)
class Near:
    """Not farther than `most_m` and not nearer than `least_m` from a point, on the sphere.

    Parameters
    ----------
    x, y
        Longitude and latitude, °.
    most_m, least_m
        Distances, m.
    name
        The GeoProperty meant.

    Raises
    ------
    RangeError
        If the point is not on the earth, or a distance is below zero.
    """

    x: float
    y: float
    most_m: float = float("inf")
    least_m: float = 0.0
    name: str = "location"

    def __post_init__(self) -> None:
        if not (-180 <= self.x <= 180 and -90 <= self.y <= 90):
            raise RangeError("a place needs longitude -180 to 180 and latitude -90 to 90")
        if not (self.most_m >= 0 and self.least_m >= 0):
            raise RangeError("a distance must be 0 or more metres")


@dataclass(frozen=True, slots=True)
class Box:
    """Touches a box of longitudes and latitudes, °; it does not pass the antimeridian."""

    west: float
    south: float
    east: float
    north: float
    name: str = "location"

    def __post_init__(self) -> None:
        if not (self.west <= self.east and self.south <= self.north):
            raise RangeError("a box needs west <= east and south <= north")


@dataclass(frozen=True, slots=True)
class Shape:
    """Stands in a relation to a GeoJSON geometry: the entity's place *relation* the geometry."""

    relation: Relation
    geometry: str
    name: str = "location"


Place = Near | Box | Shape


@dataclass(frozen=True, slots=True)
class Query:
    """Which entities; all parts must hold.

    Parameters
    ----------
    tenant
        Whose; an entity of another is never seen.
    ids, types
        One of these; empty for all.
    id_pattern
        Regular expression that the id matches somewhere.
    attributes
        It has one of these attributes; empty for all.
    where
        A condition.
    place
        Where it is.
    limit, offset
        How many, after how many.
    nearest_first
        With `Near`: order by distance, then id. Else the order is by id.

    Raises
    ------
    RangeError
        If a number is below zero or the pattern is no regular expression.
    """

    tenant: str
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    id_pattern: str = ""
    attributes: tuple[str, ...] = ()
    where: Condition | None = None
    place: Place | None = None
    limit: int = 1000
    offset: int = 0
    nearest_first: bool = False

    def __post_init__(self) -> None:
        if self.limit < 0 or self.offset < 0:
            raise RangeError("limit and offset must be 0 or more")
        if self.nearest_first and not isinstance(self.place, Near):
            raise RangeError("nearest first needs a point to be near to")
        check_pattern(self.id_pattern)
        check_texts([self.tenant, *self.ids, *self.types, *self.attributes])


def check_pattern(pattern: str) -> None:
    """Refuse what is no regular expression, or one that could run for ever.

    Patterns come from requests, and Python's engine goes back over every way to match. A group
    that is repeated without end must hold neither another such repeat nor alternatives.

    Raises
    ------
    RangeError
        If it is refused.
    """
    check_texts([pattern])
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise RangeError(f"'{pattern}' is no regular expression: {error}") from None
    if len(pattern) > LONGEST_PATTERN or _runs_away(pattern):
        raise RangeError(
            f"the pattern '{pattern[:80]}' could take too long: at most {LONGEST_PATTERN} "
            "characters, and no repeats or alternatives within a group that is repeated"
        )


def _runs_away(pattern: str) -> bool:
    plain = re.sub(r"\\.", "x", pattern, flags=re.DOTALL)
    plain = re.sub(r"\[\^?\]?[^\]]*\]", "x", plain)  # classes
    risky = [False]  # whether each open group holds a repeat or alternatives
    for place, sign in enumerate(plain):
        if sign == "(":
            risky.append(False)
        elif sign == ")" and len(risky) > 1:
            inner = risky.pop()
            if inner and _REPEAT.match(plain, place + 1):
                return True
            risky[-1] |= inner
        elif sign == "|" or _REPEAT.match(plain, place):
            risky[-1] = True
    return False
