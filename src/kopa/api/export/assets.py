"""Assets as a table, or as GeoJSON features."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from kopa.api.export.write import Part
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.geojson import feature
from kopa.api.ngsi_ld.represent import Form, simplified
from kopa.api.ngsi_ld.storage import Storage
from kopa.api.sensorthings.items import place_of
from kopa.store import Query
from kopa.store.parquet import ColumnType

FIXED: dict[str, ColumnType] = {
    "id": "text", "type": "text", "longitude": "number", "latitude": "number",
    "geometry": "text", "units": "text",
}  # fmt: skip
"""Columns of every table of assets; one an attribute follows. `units` is JSON by attribute."""
PART = 1_000
_LEFT_OUT = frozenset({"location"})


class AssetTable:
    """Assets of a tenant, or of one type.

    Parameters
    ----------
    storage
        The store.
    context
        Shows names.
    tenant
        Whose.
    type
        As it is kept; empty for all.
    """

    def __init__(
        self, storage: Storage, context: Context, tenant: str = "", type: str = ""
    ) -> None:
        self._storage, self._context = storage, context
        self._query = Query(tenant, types=(type,) if type else ())
        self._type = type

    def columns(self) -> dict[str, ColumnType]:
        """Names of the columns and what they hold: all assets are looked at once for that."""
        kinds: dict[str, ColumnType] = {}
        for entity in self._storage.every(self._query):
            for name, value in self._values(entity).items():
                kind = _kind(value)
                kinds[name] = kind if kinds.get(name, kind) == kind else "text"
        return {**FIXED, **{name: kinds[name] for name in sorted(kinds)}}

    def parts(
        self, columns: dict[str, ColumnType], told: Callable[[int], None] = lambda rows: None
    ) -> Iterator[Part]:
        """The rows, some at a time.

        Parameters
        ----------
        columns
            From `columns`; an attribute that came since is left out.
        told
            Called with the number of rows that are newly done.
        """
        entities = self._storage.every(self._query)
        while found := list(islice(entities, PART)):
            rows = [self._row(entity, columns) for entity in found]
            yield list(zip(*rows, strict=True))
            told(len(rows))

    def features(self, told: Callable[[int], None] = lambda rows: None) -> Iterator[bytes]:
        """A GeoJSON FeatureCollection, piece by piece."""
        form = Form(self._context, "simplified")
        entities, before = (
            self._storage.every(self._query),
            b'{"type":"FeatureCollection","features":[',
        )
        while found := list(islice(entities, PART)):
            rows = [feature(entity, form, "location") for entity in found]
            yield before + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
            before = b",\n"
            told(len(rows))
        yield (b"]}\n" if before == b",\n" else before + b"]}\n")

    def _values(self, entity: Entity) -> dict[str, Any]:
        return {
            self._shown(name): simplified(found[0], self._context)
            for name, found in attributes(entity).items()
            if name not in _LEFT_OUT
        }

    def _shown(self, name: str) -> str:
        """Column of an attribute: one that has the name of a fixed column gets a mark."""
        shown = self._context.show(name)
        return f"{shown}_" if shown in FIXED else shown

    def _row(self, entity: Entity, columns: dict[str, ColumnType]) -> list[Any]:
        place = place_of(entity)
        point = place["coordinates"] if place and place["type"] == "Point" else (None, None)
        units = {
            self._context.show(name): found[0]["unitCode"]
            for name, found in attributes(entity).items()
            if "unitCode" in found[0]
        }
        kinds = ", ".join(self._context.show(name) for name in entity["type"])
        values = self._values(entity)
        fixed = [
            entity["id"], kinds, _float(point[0]), _float(point[1]),
            json.dumps(place) if place else None, json.dumps(units) if units else None,
        ]  # fmt: skip
        named = list(columns.items())[len(FIXED) :]
        return [*fixed, *(_as(values.get(name), kind) for name, kind in named)]


def _kind(value: Any) -> ColumnType:
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, int | float) and abs(value) < 1e300 else "text"


def _as(value: Any, kind: ColumnType) -> Any:
    """A value as its column holds it; None where it is none of that kind."""
    if value is None:
        return None
    if kind == "text":
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if _kind(value) != kind:  # it was written between both looks at it
        return None
    return float(value) if kind == "number" else value


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
