"""Observations as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from kopa.api.assets import STATIC
from kopa.api.export.write import Part
from kopa.api.ids import domain_of
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.history import instance_of
from kopa.api.ngsi_ld.names import VALUE_MEMBER
from kopa.errors import RangeError
from kopa.store import Key, Observation, Query, Span, Store
from kopa.store.parquet import ColumnType
from kopa.store.query import AttributePath, Compare
from kopa.store.through import read_through
from kopa.store.times import parse_moment

COLUMNS: dict[str, ColumnType] = {
    "observed_at": "moment",
    "entity": "text",
    "attribute": "text",
    "dataset": "text",
    "value": "number",
    "text": "text",
    "unit": "text",
    "quality": "text",
    "simulated": "truth",
}
"""A value stands in `value` if it is a number, and else in `text`."""
PART = 20_000
"""Rows that are in memory at once."""


@dataclass(frozen=True)
class Wanted:
    """Which observations.

    Parameters
    ----------
    tenant
        Whose.
    entity
        Of this entity, or asset (``water:T1``); empty for all.
    attribute
        Of this attribute; empty for all.
    domain
        Of assets of this domain; empty for all.
    begin, end
        ISO 8601 times; empty for all.
    """

    tenant: str = ""
    entity: str = ""
    attribute: str = ""
    domain: str = ""
    begin: str = ""
    end: str = ""

    def span(self) -> Span:
        """The times asked for.

        Raises
        ------
        RangeError
            If one is no time.
        """
        span = Span()
        if self.begin:
            span = replace(span, begin=_moment("from", self.begin))
        if self.end:
            span = replace(span, end=_moment("to", self.end))
        return span


def _moment(name: str, text: str) -> int:
    at = parse_moment(text)
    if at is None:
        raise RangeError(f"'{name}' is '{text[:40]}': write 2026-11-22 or 2026-11-22T10:00:00Z")
    return at


def series(store: Store, wanted: Wanted, context: Context) -> list[Key]:
    """The series that are wanted; not what the city's files say, unless it is named."""
    entity = wanted.entity
    if entity and not entity.startswith("urn:"):
        named = Compare(AttributePath("asset"), "==", entity)
        found = store.entities(Query(wanted.tenant, where=named, limit=1))
        entity = found[0].id if found else entity
    kept = context.keep(wanted.attribute) if wanted.attribute else ""
    return [
        key
        for key in store.series(wanted.tenant, entity)
        if (key.attribute == kept if kept else key.attribute not in STATIC)
        and wanted.domain in ("", domain_of(key.entity))
    ]


def parts(
    store: Store,
    wanted: Wanted,
    context: Context,
    told: Callable[[int], None] = lambda rows: None,
) -> Iterator[Part]:
    """The rows, some at a time.

    Parameters
    ----------
    store
        The store.
    wanted
        Which observations.
    context
        Shows names of attributes.
    told
        Called with the number of rows that are newly done.
    """
    waiting: list[list[Any]] = []
    span = wanted.span()
    pieces = chain.from_iterable(
        read_through(store, wanted.tenant, key, span, size=PART // 4)
        for key in series(store, wanted, context)
    )
    for row in (row for piece in pieces for row in piece.rows()):
        made = _cells(row, context)
        if made is not None:
            waiting.append(made)
        if len(waiting) == PART:
            yield _turned(waiting)
            told(PART)
            waiting = []
    if waiting:
        yield _turned(waiting)
        told(len(waiting))


def _cells(row: Observation, context: Context) -> list[Any] | None:
    """Cells of a row; None where it is none: a deletion, or what nobody observed."""
    instance = instance_of(row)
    if instance is None or "deletedAt" in instance or "observedAt" not in instance:
        return None
    value = instance.get(VALUE_MEMBER[instance["type"]])
    number = None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        number = float(value)
    text = None
    if number is None:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    unread = row.value is None and row.raw is not None and text == row.raw
    return [
        row.at,
        row.key.entity,
        context.show(row.key.attribute),
        row.key.dataset or None,
        number,
        text,
        row.label.unit or instance.get("unitCode"),
        "not interpreted" if unread else row.label.quality or None,
        row.label.simulated or context.keep("simulated") in instance,
    ]


def _turned(rows: Sequence[Sequence[Any]]) -> Part:
    return list(zip(*rows, strict=True))
