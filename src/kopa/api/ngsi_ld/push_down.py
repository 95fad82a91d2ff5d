"""Parts of a query that the store decides: our trees → the conditions of its contract.

Each function tells whether the store decides all of it; if not, what it gives is a superset.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kopa.api.ngsi_ld.geo_query import GeoQuery
from kopa.api.ngsi_ld.q_parse import Absent, Bare, Both, Compare, Either, Exists, Query
from kopa.api.ngsi_ld.select import All, One, Selection
from kopa.store import query as store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def pushed_selection(
    selection: Selection, leaf: Callable[[str], store.Condition]
) -> store.Condition:
    """A selection of types or scopes."""
    if isinstance(selection, One):
        return leaf(selection.name)
    parts = tuple(pushed_selection(part, leaf) for part in selection.parts)
    return store.And(parts) if isinstance(selection, All) else store.Or(parts)


def pushed_q(query: Query) -> tuple[store.Condition | None, bool]:
    """A query ``q``; None if the store decides nothing of it.

    Parameters
    ----------
    query
        Its tree.

    Returns
    -------
    tuple
        The condition, and whether it is all of the query.
    """
    if isinstance(query, Both):
        done = [pushed_q(term) for term in query.terms]
        parts = tuple(condition for condition, _ in done if condition is not None)
        exact = all(whole for _, whole in done)
        return (store.And(parts) if parts else None), exact
    if isinstance(query, Either):
        done = [pushed_q(term) for term in query.terms]
        parts = tuple(condition for condition, _ in done if condition is not None)
        if len(parts) < len(done):
            return None, False
        return store.Or(parts), all(whole for _, whole in done)
    if isinstance(query, Absent):
        return None, False
    path = query.path
    name = path.names[0]
    if ":" in name and name.startswith("https://uri.etsi.org/ngsi-ld/"):
        return None, False
    if len(path.names) > 1 or path.members:
        return store.Exists(store.AttributePath(name)), False
    if isinstance(query, Exists):
        return store.Exists(store.AttributePath(name)), True
    return _compared(query, store.AttributePath(name))


def _compared(query: Compare, path: store.AttributePath) -> tuple[store.Condition | None, bool]:
    there = store.Exists(path)
    if query.op in ("~=", "!~="):
        return there, False
    if query.span:
        low, high = (_scalar(value) for value in query.values)
        if query.op == "!=" or not _same_kind(low, high):
            return there, False
        assert not isinstance(low, bool | None)
        assert not isinstance(high, bool | None)
        return store.Between(path, low, high), True
    if query.op == "!=":
        return there, False
    parts = []
    for value in query.values:
        scalar = _scalar(value)
        if scalar is None:
            return there, False
        parts.append(store.Compare(path, query.op, scalar))  # type: ignore[arg-type]  # an operator of q
        if isinstance(value, Bare) and value.full != value.text and query.op == "==":
            parts.append(store.Compare(path, query.op, value.full))  # type: ignore[arg-type]  # an operator of q
    ordered = query.op != "==" and isinstance(query.values[0], str | Bare)
    return (parts[0] if len(parts) == 1 else store.Or(tuple(parts))), not ordered


def _scalar(value: object) -> store.Scalar | None:
    """What the store compares with; None if it does not."""
    if isinstance(value, Bare):
        return value.text
    if isinstance(value, datetime):
        return store.Instant((value - _EPOCH) // timedelta(microseconds=1))
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 2**53 else None
    return value if isinstance(value, float | str | bool) else None


def _same_kind(low: object, high: object) -> bool:
    return type(low) is type(high) and not isinstance(low, bool | None)


def pushed_place(query: GeoQuery) -> tuple[store.Place | None, bool]:
    """A geo-query: near a point is all the store's, the rest is left to us."""
    geometry = query.geometry
    if query.relation == "near":
        if geometry["type"] != "Point":
            return None, False
        x, y = geometry["coordinates"][:2]
        return store.Near(x, y, query.most_m, query.least_m, query.name), True
    if query.relation == "disjoint":
        return None, False
    west, south, east, north = query.shape.bounds
    return store.Box(west, south, east, north, query.name), False
