"""Reads entities: queries in SQLite's SQL, rows as entities."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

import shapely

from kopa.errors import RangeError
from kopa.store.contract import chunks
from kopa.store.documents import AuditRow, Document
from kopa.store.entities import Entity, as_entity
from kopa.store.geometry import box_around, read_geometry
from kopa.store.observations import Key
from kopa.store.query import Box, Instant, Near, Place, Query, Shape
from kopa.store.selection import HALF_EARTH_M, Parameters, Selection, circles

_COLUMNS = "e.key, e.id, e.types, e.scopes, e.created, e.modified, e.version"
_DOCUMENT = (
    "d.kind, d.id, d.content, d.modified, d.version FROM document d"
    " JOIN tenant t ON t.key = d.tenant"
)


class SqliteDialect:
    """SQLite, with the functions that `connect` adds."""

    sign = "?"

    def one_of(self, column: str, values: Sequence[str], bind: Parameters) -> str:
        """As `Dialect`."""
        if len(values) == 1:
            return f"{column} = {bind.bind(values[0])}"
        return f"{column} IN (SELECT value FROM json_each({bind.bind(json.dumps(values))}))"

    def matches(self, column: str, pattern: str) -> str:
        """As `Dialect`."""
        return f"regexp({pattern}, {column})"

    def member(self, document: str, members: Sequence[str], bind: Parameters) -> str:
        """As `Dialect`: the arguments of the JSON functions."""
        if any('"' in member or "\\" in member for member in members):
            raise RangeError('a member to ask for cannot have " or \\ in its name')
        path = "$" + "".join(f'."{member}"' for member in members)
        return f"{document}, {bind.bind(path)}"

    def has(self, member: str) -> str:
        """As `Dialect`."""
        return f"json_type({member}) IS NOT NULL"

    def typed(self, member: str, kind: type) -> tuple[str, str]:
        """As `Dialect`."""
        value = f"json_extract({member})"
        if kind is float:
            return f"json_type({member}) IN ('integer', 'real')", f"CAST({value} AS REAL)"
        if kind is bool:
            return f"json_type({member}) IN ('true', 'false')", value
        text = f"json_type({member}) = 'text'"
        if kind is Instant:
            return f"({text} AND moment({value}) IS NOT NULL)", f"moment({value})"
        return text, value

    def truth(self, value: bool, bind: Parameters) -> str:
        """As `Dialect`."""
        return bind.bind(int(value))

    def at(self, place: Place, bind: Parameters) -> str:
        """As `Dialect`, with the R-tree's row ``p`` beside ``g``."""
        named = f"g.name = {bind.bind(place.name)}"
        if isinstance(place, Box):
            box = (place.west, place.south, place.east, place.north)
            other = shapely.box(*box).wkb
            return f"{_touching(box, bind)} AND {named} AND {_relates('intersects', other, bind)}"
        if isinstance(place, Shape):
            other = read_geometry(place.geometry)
            exact = f"{named} AND {_relates(place.relation, other.wkb, bind)}"
            if place.relation == "disjoint":
                return exact
            return f"{_touching(other.bounds, bind)} AND {exact}"
        most = min(place.most_m, HALF_EARTH_M)
        distance = distance_of(place, bind)
        low, high = bind.bind(place.least_m), bind.bind(most)
        box = box_around(place.x, place.y, most)
        return f"{_touching(box, bind)} AND {named} AND {distance} BETWEEN {low} AND {high}"


def distance_of(near: Near, bind: Parameters) -> str:
    """SQL of the distance of geometry ``g``, m."""
    return f"distance({bind.bind(near.x)}, {bind.bind(near.y)}, g.x, g.y, g.shape)"


def _touching(box: tuple[float, ...], bind: Parameters) -> str:
    west, south, east, north = (bind.bind(float(side)) for side in box)
    return f"p.east >= {west} AND p.north >= {south} AND p.west <= {east} AND p.south <= {north}"


def _relates(relation: str, other: bytes, bind: Parameters) -> str:
    return f"relates({bind.bind(relation)}, {bind.bind(other)}, g.x, g.y, g.shape)"


_DIALECT = SqliteDialect()


def select(connection: sqlite3.Connection, query: Query) -> tuple[Entity, ...]:
    """Entities that a query asks for."""
    if query.nearest_first and isinstance(query.place, Near):
        rows = _nearest(connection, query, query.place)
    else:
        rows = _rows(connection, query)
    return read_entities(connection, query.tenant, rows)


def count(connection: sqlite3.Connection, query: Query) -> int:
    """How many entities a query asks for."""
    selection, source = _source(query)
    statement = f"SELECT count(DISTINCT e.key) {source}"
    return int(connection.execute(statement, selection.bind.values).fetchone()[0])


def _source(query: Query) -> tuple[Selection, str]:
    """FROM and WHERE; what names the fewest entities comes first (CROSS JOIN keeps the order)."""
    selection = Selection(_DIALECT, query, correlated=bool(query.place or query.ids))
    where = selection.where()
    if query.place is not None:
        at = _DIALECT.at(query.place, selection.bind)
        if query.ids:
            tables = (
                "entity e CROSS JOIN geometry g ON g.entity = e.key"
                " CROSS JOIN place p ON p.key = g.key"
            )
        else:
            tables = (
                "place p CROSS JOIN geometry g ON g.key = p.key"
                " CROSS JOIN entity e ON e.key = g.entity"
            )
        return selection, f"FROM {tables} WHERE {at} AND {where}"
    return selection, f"FROM entity e WHERE {where}"


def _rows(connection: sqlite3.Connection, query: Query) -> list[tuple[Any, ...]]:
    selection, source = _source(query)
    distinct = "DISTINCT" if query.place is not None else ""
    limit = selection.bind.bind(query.limit)
    offset = selection.bind.bind(query.offset)
    statement = f"SELECT {distinct} {_COLUMNS} {source} ORDER BY e.id LIMIT {limit} OFFSET {offset}"
    return connection.execute(statement, selection.bind.values).fetchall()


def _nearest(connection: sqlite3.Connection, query: Query, near: Near) -> list[tuple[Any, ...]]:
    """Widen a circle until it holds enough entities: the R-tree knows boxes, not neighbours."""
    rows: list[tuple[Any, ...]] = []
    for circle in circles(near):
        selection = Selection(_DIALECT, query, correlated=True)
        where = selection.where()
        at = _DIALECT.at(circle, selection.bind)
        distance = distance_of(near, selection.bind)
        statement = (
            f"SELECT {_COLUMNS}, min({distance}) AS m FROM place p"
            " CROSS JOIN geometry g ON g.key = p.key CROSS JOIN entity e ON e.key = g.entity"
            f" WHERE {at} AND {where} GROUP BY e.key ORDER BY m, e.id"
            f" LIMIT {selection.bind.bind(query.offset + query.limit)}"
        )
        rows = connection.execute(statement, selection.bind.values).fetchall()
        if len(rows) >= query.offset + query.limit:
            break
    return [row[:-1] for row in rows[query.offset :]]


def select_one(connection: sqlite3.Connection, tenant: str, id: str) -> Entity | None:
    """One entity."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM entity e JOIN tenant t ON t.key = e.tenant"
        " WHERE t.name = ? AND e.id = ?",
        (tenant, id),
    ).fetchone()
    return read_entities(connection, tenant, [row])[0] if row else None


def read_entities(
    connection: sqlite3.Connection, tenant: str, rows: Sequence[Sequence[Any]]
) -> tuple[Entity, ...]:
    """Entities of rows with the columns of an entity, in their order."""
    attributes: dict[object, dict[str, list[tuple[str, int, int]]]] = {row[0]: {} for row in rows}
    keys = list(attributes)
    for part in chunks(len(keys), 500):
        signs = ", ".join("?" * len(keys[part]))
        found = connection.execute(
            "SELECT entity, name, document, created, modified FROM attribute"
            f" WHERE entity IN ({signs}) ORDER BY entity, name, dataset",
            keys[part],
        )
        for key, name, document, created, modified in found:
            attributes[key].setdefault(name, []).append((document, created, modified))
    return tuple(as_entity(tenant, row[1:], attributes[row[0]]) for row in rows)


def types(connection: sqlite3.Connection, tenant: str) -> dict[str, int]:
    """Type → number of entities."""
    return dict(
        connection.execute(
            "SELECT y.type, count(*) FROM entity_type y JOIN tenant t ON t.key = y.tenant"
            " WHERE t.name = ? GROUP BY y.type ORDER BY y.type",
            (tenant,),
        )
    )


def attribute_names(connection: sqlite3.Connection, tenant: str, type: str) -> dict[str, int]:
    """Attribute → number of entities that have it."""
    typed = "AND a.entity IN (SELECT entity FROM entity_type WHERE tenant = t.key AND type = ?)"
    return dict(
        connection.execute(
            "SELECT a.name, count(DISTINCT a.entity) FROM attribute a"
            f" JOIN tenant t ON t.key = a.tenant WHERE t.name = ? {typed if type else ''}"
            " GROUP BY a.name ORDER BY a.name",
            (tenant, type) if type else (tenant,),
        )
    )


def document(connection: sqlite3.Connection, tenant: str, kind: str, id: str) -> Document | None:
    """One document."""
    row = connection.execute(
        f"SELECT {_DOCUMENT} WHERE t.name = ? AND d.kind = ? AND d.id = ?", (tenant, kind, id)
    ).fetchone()
    return Document(tenant, *row) if row else None


def documents(
    connection: sqlite3.Connection, place: tuple[str, str, str], limit: int
) -> tuple[Document, ...]:
    """Documents of a tenant and kind, those after an id."""
    rows = connection.execute(
        f"SELECT {_DOCUMENT} WHERE t.name = ? AND d.kind = ? AND d.id > ? ORDER BY d.id LIMIT ?",
        (*place, limit),
    )
    return tuple(Document(place[0], *row) for row in rows)


def audit(
    connection: sqlite3.Connection, tenant: str, after: int, limit: int
) -> tuple[AuditRow, ...]:
    """Audit rows of a tenant, those after a sequence."""
    rows = connection.execute(
        "SELECT a.sequence, a.record, a.hash FROM audit a JOIN tenant t ON t.key = a.tenant"
        " WHERE t.name = ? AND a.sequence > ? ORDER BY a.sequence LIMIT ?",
        (tenant, after, limit),
    )
    return tuple(AuditRow(*row) for row in rows)


def series(connection: sqlite3.Connection, tenant: str, entity: str) -> tuple[Key, ...]:
    """Series of an entity, or all of a tenant."""
    rows = connection.execute(
        "SELECT s.entity, s.attribute, s.dataset FROM series s JOIN tenant t ON t.key = s.tenant"
        f" WHERE t.name = ? {'AND s.entity = ?' if entity else ''}"
        " ORDER BY s.entity, s.attribute, s.dataset",
        (tenant, entity) if entity else (tenant,),
    )
    return tuple(Key(*row) for row in rows)
