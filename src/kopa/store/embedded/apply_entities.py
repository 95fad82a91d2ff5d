"""Writes entities, attribute by attribute, with what can be asked of them."""

from __future__ import annotations

import json
import sqlite3

import shapely

from kopa.store.embedded.numbers import Numbers
from kopa.store.entities import DeleteEntity, EntityWrite, PatchEntity, PutEntity
from kopa.store.expected import expect_entity
from kopa.store.geometry import read_geometry
from kopa.store.instances import Instance, instances


def apply_entity(connection: sqlite3.Connection, numbers: Numbers, write: EntityWrite) -> int:
    """Write one entity.

    Returns
    -------
    int
        Its version, 0 if it was removed.

    Raises
    ------
    ConflictError
        If it is not in the expected version.
    MissingError
        If it is not there and would have to be.
    """
    tenant = numbers.tenant(write.tenant)
    row = connection.execute(
        "SELECT key, version FROM entity WHERE tenant = ? AND id = ?", (tenant, write.id)
    ).fetchone()
    key, version = row or (0, 0)
    expect_entity(write, version)
    entity = _EntityRows(connection, tenant, key, write.id)
    if isinstance(write, DeleteEntity):
        entity.remove()
        return 0
    if isinstance(write, PutEntity):
        entity.put(write)
    else:
        entity.patch(write)
    return int(version) + 1


class _EntityRows:
    """The rows of one entity; `key` is 0 while it has none."""

    def __init__(self, connection: sqlite3.Connection, tenant: int, key: int, id: str) -> None:
        self._run = connection.execute
        self._many = connection.executemany
        self._tenant = tenant
        self._key = key
        self._id = id

    def put(self, write: PutEntity) -> None:
        types, scopes = json.dumps(write.types), json.dumps(write.scopes)
        if self._key:
            self._forget_attributes()
            self._run(
                "UPDATE entity SET types = ?, scopes = ?, modified = ?, version = version + 1"
                " WHERE key = ?",
                (types, scopes, write.at, self._key),
            )
            self._run("DELETE FROM entity_type WHERE entity = ?", (self._key,))
            self._run("DELETE FROM entity_scope WHERE entity = ?", (self._key,))
        else:
            self._key = int(
                self._run(
                    "INSERT INTO entity (tenant, id, types, scopes, created, modified, version)"
                    " VALUES (?, ?, ?, ?, ?, ?, 1)",
                    (self._tenant, self._id, types, scopes, write.at, write.at),
                ).lastrowid
                or 0
            )
        self._name_types(write.types)
        self._name_scopes(write.scopes)
        for name, content in write.attributes.items():
            self._add_attribute(name, content, write.at, write.at)

    def patch(self, write: PatchEntity) -> None:
        if write.types is not None:
            self._run("DELETE FROM entity_type WHERE entity = ?", (self._key,))
            self._name_types(write.types)
        if write.scopes is not None:
            self._run("DELETE FROM entity_scope WHERE entity = ?", (self._key,))
            self._name_scopes(write.scopes)
        self._run(
            "UPDATE entity SET types = coalesce(?, types), scopes = coalesce(?, scopes),"
            " modified = ?, version = version + 1 WHERE key = ?",
            (
                None if write.types is None else json.dumps(write.types),
                None if write.scopes is None else json.dumps(write.scopes),
                write.at,
                self._key,
            ),
        )
        for name, content in write.attributes.items():
            (created,) = self._run(
                "SELECT min(created) FROM attribute WHERE entity = ? AND name = ?",
                (self._key, name),
            ).fetchone()
            self._forget_attribute(name)
            if content is not None:
                self._add_attribute(
                    name, content, write.at if created is None else created, write.at
                )

    def remove(self) -> None:
        self._forget_attributes()
        for table in ("entity_type", "entity_scope"):
            self._run(f"DELETE FROM {table} WHERE entity = ?", (self._key,))
        self._run("DELETE FROM entity WHERE key = ?", (self._key,))

    def _name_types(self, types: tuple[str, ...]) -> None:
        rows = [(self._tenant, type, self._id, self._key) for type in dict.fromkeys(types)]
        self._many("INSERT INTO entity_type VALUES (?, ?, ?, ?)", rows)

    def _name_scopes(self, scopes: tuple[str, ...]) -> None:
        rows = [(self._tenant, scope, self._key) for scope in dict.fromkeys(scopes)]
        self._many("INSERT INTO entity_scope VALUES (?, ?, ?)", rows)

    def _forget_attributes(self) -> None:
        for table in ("attribute", "item"):
            self._run(f"DELETE FROM {table} WHERE entity = ?", (self._key,))
        inner = "SELECT key FROM geometry WHERE entity = ?"
        self._run(f"DELETE FROM place WHERE key IN ({inner})", (self._key,))
        self._run("DELETE FROM geometry WHERE entity = ?", (self._key,))

    def _forget_attribute(self, name: str) -> None:
        named = (self._key, name)
        for table in ("attribute", "item"):
            self._run(f"DELETE FROM {table} WHERE entity = ? AND name = ?", named)
        inner = "SELECT key FROM geometry WHERE entity = ? AND name = ?"
        self._run(f"DELETE FROM place WHERE key IN ({inner})", named)
        self._run("DELETE FROM geometry WHERE entity = ? AND name = ?", named)

    def _add_attribute(self, name: str, content: bytes, created: int, modified: int) -> None:
        for instance in instances(name, content):
            one = instance.values[0] if len(instance.values) == 1 else None
            scalar = (one.number, one.text, one.instant) if one else (None, None, None)
            self._run(
                "INSERT INTO attribute VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._key,
                    name,
                    instance.dataset,
                    self._tenant,
                    instance.document,
                    int(instance.relationship),
                    *scalar,
                    created,
                    modified,
                ),
            )
            if len(instance.values) > 1:
                self._add_items(name, instance)
            if instance.geometry is not None:
                self._add_place(name, read_geometry(instance.geometry))

    def _add_items(self, name: str, instance: Instance) -> None:
        head = (self._key, name, instance.dataset)
        kind = (self._tenant, int(instance.relationship))
        self._many(
            "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (*head, position, *kind, value.number, value.text, value.instant)
                for position, value in enumerate(instance.values)
            ],
        )

    def _add_place(self, name: str, shape: shapely.Geometry) -> None:
        point = isinstance(shape, shapely.Point)
        x, y, content = (shape.x, shape.y, None) if point else (None, None, shape.wkb)
        key = self._run(
            "INSERT INTO geometry (entity, name, x, y, shape) VALUES (?, ?, ?, ?, ?)",
            (self._key, name, x, y, content),
        ).lastrowid
        west, south, east, north = shape.bounds
        self._run("INSERT INTO place VALUES (?, ?, ?, ?, ?)", (key, west, east, south, north))
