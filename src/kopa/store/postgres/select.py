"""Reads entities: queries in PostgreSQL's SQL, rows as entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import shapely

from kopa.store.entities import Entity, as_entity
from kopa.store.geometry import read_geometry
from kopa.store.query import Box, Instant, Near, Place, Query
from kopa.store.selection import HALF_EARTH_M, Parameters, Selection, circles

_COLUMNS = "e.key, e.id, e.types, e.scopes, e.created, e.modified, e.version"


class PostgresDialect:
    """PostgreSQL with PostGIS."""

    sign = "$"

    def one_of(self, column: str, values: Sequence[str], bind: Parameters) -> str:
        """As `Dialect`."""
        return f"{column} = ANY({bind.bind(list(values))}::text[])"

    def matches(self, column: str, pattern: str) -> str:
        """As `Dialect`."""
        return f"{column} ~ {pattern}::text"

    def member(self, document: str, members: Sequence[str], bind: Parameters) -> str:
        """As `Dialect`."""
        return f"({document}::jsonb #> {bind.bind(list(members))}::text[])"

    def has(self, member: str) -> str:
        """As `Dialect`."""
        return f"{member} IS NOT NULL"

    def typed(self, member: str, kind: type) -> tuple[str, str]:
        """As `Dialect`."""
        if kind is float:
            return f"jsonb_typeof({member}) = 'number'", f"{member}::float8"
        if kind is bool:
            return f"jsonb_typeof({member}) = 'boolean'", f"{member}::boolean"
        typed = f"jsonb_typeof({member}) = 'string'"
        text = f"({member} #>> '{{}}') COLLATE \"C\""
        if kind is Instant:
            return f"({typed} AND moment({text}) IS NOT NULL)", f"moment({text})"
        return typed, text

    def truth(self, value: bool, bind: Parameters) -> str:
        """As `Dialect`."""
        return f"{bind.bind(value)}::boolean"

    def at(self, place: Place, bind: Parameters) -> str:
        """As `Dialect`."""
        named = f"g.name = {bind.bind(place.name)}"
        if isinstance(place, Near):
            low, high = bind.bind(place.least_m), bind.bind(min(place.most_m, HALF_EARTH_M))
            point = _point(place, bind)
            within = f"ST_DWithin(g.shape::geography, {point}, {high}::float8 * 1.01 + 1, false)"
            return f"{named} AND {within} AND {distance_of(place, bind)} BETWEEN {low} AND {high}"
        if isinstance(place, Box):
            box = shapely.box(place.west, place.south, place.east, place.north)
            relation = "intersects"
        else:
            box, relation = read_geometry(place.geometry), place.relation
        other = f"ST_GeomFromWKB({bind.bind(box.wkb)}::bytea, 4326)"
        return f"{named} AND ST_{relation.capitalize()}(g.shape, {other})"


def _point(near: Near, bind: Parameters) -> str:
    x, y = bind.bind(near.x), bind.bind(near.y)
    return f"ST_SetSRID(ST_MakePoint({x}::float8, {y}::float8), 4326)::geography"


def distance_of(near: Near, bind: Parameters) -> str:
    """SQL of the distance of geometry ``g`` on the sphere, m."""
    return f"ST_Distance(g.shape::geography, {_point(near, bind)}, false)"


_DIALECT = PostgresDialect()


async def select(connection: asyncpg.Connection, query: Query) -> tuple[Entity, ...]:
    """Entities that a query asks for."""
    if query.nearest_first and isinstance(query.place, Near):
        rows = await _nearest(connection, query, query.place)
    else:
        selection, where = _source(query)
        limit = selection.bind.bind(query.limit)
        offset = selection.bind.bind(query.offset)
        statement = f"SELECT {_COLUMNS} {where} ORDER BY e.id LIMIT {limit} OFFSET {offset}"
        rows = await connection.fetch(statement, *selection.bind.values)
    return await read_entities(connection, query.tenant, rows)


async def count(connection: asyncpg.Connection, query: Query) -> int:
    """How many entities a query asks for."""
    selection, where = _source(query)
    return int(await connection.fetchval(f"SELECT count(*) {where}", *selection.bind.values))


def _source(query: Query) -> tuple[Selection, str]:
    selection = Selection(_DIALECT, query, correlated=False)
    where = f"FROM entity e WHERE {selection.where()}"
    if query.place is not None:
        at = _DIALECT.at(query.place, selection.bind)
        where += f" AND e.key IN (SELECT g.entity FROM place g WHERE {at})"
    return selection, where


async def _nearest(connection: asyncpg.Connection, query: Query, near: Near) -> list[Any]:
    rows: list[Any] = []
    for circle in circles(near):
        selection = Selection(_DIALECT, query, correlated=False)
        where = selection.where()
        at = _DIALECT.at(circle, selection.bind)
        distance = distance_of(near, selection.bind)
        statement = (
            f"SELECT {_COLUMNS} FROM place g JOIN entity e ON e.key = g.entity"
            f" WHERE {at} AND {where} GROUP BY e.key ORDER BY min({distance}), e.id"
            f" LIMIT {selection.bind.bind(query.offset + query.limit)}"
        )
        rows = await connection.fetch(statement, *selection.bind.values)
        if len(rows) >= query.offset + query.limit:
            break
    return rows[query.offset :]


async def select_one(connection: asyncpg.Connection, tenant: str, id: str) -> Entity | None:
    """One entity."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM entity e JOIN tenant t ON t.key = e.tenant"
        " WHERE t.name = $1 AND e.id = $2",
        tenant,
        id,
    )
    return (await read_entities(connection, tenant, rows))[0] if rows else None


async def read_entities(
    connection: asyncpg.Connection, tenant: str, rows: Sequence[Any]
) -> tuple[Entity, ...]:
    """Entities of rows with the columns of an entity, in their order."""
    attributes: dict[int, dict[str, list[tuple[str, int, int]]]] = {row[0]: {} for row in rows}
    found = await connection.fetch(
        "SELECT entity, name, document, created, modified FROM attribute"
        " WHERE entity = ANY($1) ORDER BY entity, name, dataset",
        list(attributes),
    )
    for key, name, document, created, modified in found:
        attributes[key].setdefault(name, []).append((document, created, modified))
    return tuple(as_entity(tenant, row[1:], attributes[row[0]]) for row in rows)
