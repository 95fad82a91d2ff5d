"""Queries as SQL, for every dialect that has the logical tables.

The tables: ``entity`` (key, tenant, id, …), ``entity_type`` (tenant, type, id, entity),
``entity_scope`` (tenant, scope, entity), ``attribute`` (entity, name, dataset, tenant, document,
relationship, number, text, instant) and ``item``, which has the same values for attributes with
several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from kopa.errors import RangeError
from kopa.store.contract import Method
from kopa.store.observations import check_texts
from kopa.store.query import (
    And,
    AttributePath,
    Between,
    Compare,
    Condition,
    Exists,
    InScope,
    Instant,
    Matches,
    Near,
    Not,
    OfType,
    Or,
    Place,
    Query,
    Related,
    Scalar,
)

DEEPEST = 50
"""Conditions may be nested so deep."""
HALF_EARTH_M = 20_100_000.0
"""Nothing is farther, m."""
FUNCTIONS: dict[Method, str] = {
    "totalCount": "count(*)",
    "distinctCount": "count(DISTINCT value) + count(DISTINCT text)",
    "sum": "sum(value)",
    "avg": "avg(value)",
    "min": "min(value)",
    "max": "max(value)",
    "stddev": "stddev_pop(value)",
    "sumsq": "sum(value * value)",
}
"""The methods of an aggregate over the columns `value` (a number) and `text`."""
_FIRST_RADIUS_M = 250.0
_GROWTH = 3.0


class Parameters:
    """Values that a statement takes, numbered as they are bound."""

    def __init__(self, sign: str) -> None:
        self.values: list[object] = []
        self._sign = sign

    def bind(self, value: object) -> str:
        """The placeholder of a value."""
        self.values.append(value)
        return f"{self._sign}{len(self.values)}"


class Dialect(Protocol):
    """What the dialects of SQL write differently. Texts given are SQL; `bind` takes values."""

    sign: str

    def one_of(self, column: str, values: Sequence[str], bind: Parameters) -> str:
        """The column is one of the values."""

    def matches(self, column: str, pattern: str) -> str:
        """The column matches a regular expression."""

    def member(self, document: str, members: Sequence[str], bind: Parameters) -> str:
        """The member of a JSON text, for the three below."""

    def has(self, member: str) -> str:
        """The member is there."""

    def typed(self, member: str, kind: type) -> tuple[str, str]:
        """Condition that the member is a float, str, bool or Instant, and its value then."""

    def truth(self, value: bool, bind: Parameters) -> str:
        """A bool to compare a typed member with."""

    def at(self, place: Place, bind: Parameters) -> str:
        """Condition on the geometry ``g`` of the entity."""


COLUMN: dict[type, str] = {float: "number", str: "text", Instant: "instant"}


def kind_of(value: Scalar) -> type:
    """Float, str, bool or Instant."""
    if isinstance(value, bool):
        return bool
    return float if isinstance(value, int | float) else type(value)


class Selection:
    """SQL of one query.

    Parameters
    ----------
    dialect
        Whose SQL.
    query
        The query.
    correlated
        True where few entities come into question before the conditions: each is looked up then,
        and else the conditions are.
    """

    def __init__(self, dialect: Dialect, query: Query, correlated: bool) -> None:
        self.dialect = dialect
        self.query = query
        self.bind = Parameters(dialect.sign)
        self._tenant = "(SELECT key FROM tenant WHERE name = " + self.bind.bind(query.tenant) + ")"
        self._correlated = correlated

    def where(self) -> str:
        """All that an entity ``e`` must fulfil, but its place."""
        query = self.query
        parts = [f"e.tenant = {self._tenant}"]
        if query.ids:
            parts.append(self.dialect.one_of("e.id", query.ids, self.bind))
        if query.types:
            one = self.dialect.one_of("t.type", query.types, self.bind)
            parts.append(self._entities("entity_type", one))
        if query.id_pattern:
            parts.append(self.dialect.matches("e.id", self.bind.bind(query.id_pattern)))
        if query.attributes:
            one = self.dialect.one_of("t.name", query.attributes, self.bind)
            parts.append(self._entities("attribute", one))
        if query.where is not None:
            parts.append(self._condition(query.where, 0))
        return " AND ".join(parts)

    def _entities(self, table: str, condition: str) -> str:
        if self._correlated:
            return f"EXISTS (SELECT 1 FROM {table} t WHERE t.entity = e.key AND {condition})"
        inner = f"SELECT t.entity FROM {table} t WHERE t.tenant = {self._tenant} AND {condition}"
        return f"e.key IN ({inner})"

    def _condition(self, condition: Condition, depth: int) -> str:
        if depth > DEEPEST:
            raise RangeError(f"the conditions are nested deeper than {DEEPEST}")
        match condition:
            case And(parts) | Or(parts):
                word = " AND " if isinstance(condition, And) else " OR "
                inner = [self._condition(part, depth + 1) for part in parts]
                empty = "(1 = 1)" if isinstance(condition, And) else "(1 = 0)"
                return f"({word.join(inner)})" if inner else empty
            case Not(part):
                return f"NOT ({self._condition(part, depth + 1)})"
            case OfType(type):
                check_texts([type])
                return self._entities("entity_type", f"t.type = {self.bind.bind(type)}")
            case InScope(pattern):
                check_texts([pattern])
                match_ = self.dialect.matches("t.scope", self.bind.bind(scope_pattern(pattern)))
                return self._entities("entity_scope", match_)
            case Related(name, objects):
                check_texts([name, *objects])
                one = self.dialect.one_of("t.text", objects, self.bind)
                return self._any(
                    f"t.name = {self.bind.bind(name)} AND t.relationship = 1 AND {one}"
                )
            case _:
                return self._valued(condition, depth)

    def _valued(self, condition: Exists | Compare | Between | Matches, depth: int) -> str:
        path = condition.path
        check_texts([path.attribute, *path.members])
        match condition:
            case Exists():
                return self._exists(path)
            case Compare(_, "!=", value):
                equal = self._condition(Compare(path, "==", value), depth + 1)
                return f"({self._exists(path)} AND NOT ({equal}))"
            case Compare(_, operator, value):
                sign = "=" if operator == "==" else operator
                return self._scalar(path, value, lambda c: f"{c} {sign} {self._bound(value)}")
            case Between(_, low, high):
                if kind_of(low) is not kind_of(high):
                    raise RangeError("both ends of a range must be of one kind")
                ends = f"{self._bound(low)} AND {self._bound(high)}"
                return self._scalar(path, low, lambda c: f"{c} BETWEEN {ends}")
            case Matches(_, pattern):
                check_texts([pattern])
                bound = self.bind.bind(pattern)
                return self._scalar(path, "", lambda c: self.dialect.matches(c, bound))

    def _exists(self, path: AttributePath) -> str:
        condition = f"t.name = {self.bind.bind(path.attribute)}"
        if path.members:
            member = self.dialect.member("t.document", path.members, self.bind)
            condition += f" AND {self.dialect.has(member)}"
        return self._entities("attribute", condition)

    def _scalar(self, path: AttributePath, value: Scalar, test: _Test) -> str:
        kind = kind_of(value)
        members = path.members
        if kind is bool and not members:
            members = ("value",)
        named = f"t.name = {self.bind.bind(path.attribute)}"
        if not members:
            return self._any(f"{named} AND {test('t.' + COLUMN[kind])}")
        member = self.dialect.member("t.document", members, self.bind)
        typed, found = self.dialect.typed(member, kind)
        # CASE: neither dialect promises to ask for the type before it takes the value
        condition = f"{named} AND CASE WHEN {typed} THEN {test(found)} ELSE 1 = 0 END"
        return self._entities("attribute", condition)

    def _any(self, condition: str) -> str:
        one = self._entities("attribute", condition)
        return f"({one} OR {self._entities('item', condition)})"

    def _bound(self, value: Scalar) -> str:
        if isinstance(value, bool):
            return self.dialect.truth(value, self.bind)
        if isinstance(value, Instant):
            return self.bind.bind(value.at)
        if isinstance(value, str):
            check_texts([value])
            return self.bind.bind(value)
        return self.bind.bind(float(value))


class _Test(Protocol):
    def __call__(self, column: str, /) -> str: ...


def scope_pattern(pattern: str) -> str:
    """Regular expression of a scope pattern with ``+`` for a level and ``#`` for all below."""
    below = pattern.endswith("/#")
    levels = (pattern[:-2] if below else pattern).split("/")
    text = "/".join("[^/]+" if level == "+" else re.escape(level) for level in levels)
    return f"^{text}(/.*)?$" if below else f"^{text}$"


def circles(near: Near) -> Iterator[Near]:
    """Wider and wider circles, up to what is asked for.

    Whoever looks for the nearest few stops at the first that holds enough: an index knows boxes,
    not neighbours.
    """
    most = min(near.most_m, HALF_EARTH_M)
    radius = max(_FIRST_RADIUS_M, near.least_m * 1.5)
    while radius < most:
        yield Near(near.x, near.y, radius, near.least_m, near.name)
        radius *= _GROWTH
    yield Near(near.x, near.y, most, near.least_m, near.name)
