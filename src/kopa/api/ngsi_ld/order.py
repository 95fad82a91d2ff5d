"""The order of entities (``orderBy``, clause 4.23): by attributes, members, times, distance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from shapely.geometry.base import BaseGeometry

from kopa.api.ngsi_ld.collation import SortKey, collation_key
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.geometry import check_geometry, distance_m, shape
from kopa.api.ngsi_ld.names import CORE, TIMES
from kopa.api.ngsi_ld.problems import BadRequestData, TooManyResults
from kopa.api.ngsi_ld.q_eval import values_at
from kopa.api.ngsi_ld.q_parse import Path
from kopa.api.ngsi_ld.subscription import read_members

MOST = 50_000
"""More entities than these are not put into an order."""
WAYS = ("asc", "desc", "dist-asc", "dist-desc")
_KEY = re.compile(r"([^\[\];]+)(?:\[([^\[\];]+)\])?(?:;([\w-]+))?\Z")


@dataclass(frozen=True, slots=True)
class Order:
    """One key.

    Parameters
    ----------
    names
        Attribute and sub-attributes, as kept.
    descending
        Whether the largest comes first.
    members
        Where in the value.
    origin
        The order is by the distance to this; None: by value.
    text
        How texts are ordered.
    """

    names: tuple[str, ...]
    descending: bool = False
    members: tuple[str, ...] = ()
    origin: BaseGeometry | None = None
    text: Callable[[str], Any] = str


def read_orders(members: Mapping[str, Any], context: Context) -> tuple[Order, ...]:
    """Read an order from parameters, or from the ``ordering`` of a body (5.2.43).

    Parameters
    ----------
    members
        ``orderBy``, ``orderFrom`` (of a body: ``coordinates``), ``geometry``, ``collation``.
    context
        Meaning of the names.

    Raises
    ------
    BadRequestData
        If it is not a valid order.
    """
    by, tag = members.get("orderBy"), members.get("collation")
    texts = by.split(",") if isinstance(by, str) else by
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise BadRequestData("orderBy is a list of names.")
    if tag is not None and not isinstance(tag, str):
        raise BadRequestData("The collation is not a text.")
    key = str if tag is None else collation_key(tag)
    origin = _read_origin(members)
    return tuple(_read_order(one.strip(), context, origin, key) for one in texts)


def _read_origin(members: Mapping[str, Any]) -> BaseGeometry | None:
    coordinates = members.get("orderFrom", members.get("coordinates"))
    kind = members.get("geometry", "Point")
    if not isinstance(kind, str):
        raise BadRequestData("The geometry of an order is the name of a geometry.")
    if isinstance(members.get("orderFrom"), str):
        try:
            coordinates = msgspec.json.decode(members["orderFrom"])
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise BadRequestData("orderFrom is not JSON.") from error
    if coordinates is None:
        return None
    return shape(check_geometry({"type": kind, "coordinates": coordinates}))


def _read_order(
    text: str, context: Context, origin: BaseGeometry | None, key: type[str] | SortKey
) -> Order:
    found = _KEY.match(text)
    if found is None or (found[3] or "asc") not in WAYS:
        raise BadRequestData(f"'{text[:50]}' is not an order: a name, then ;{' or ;'.join(WAYS)}.")
    name, way = found[1], found[3] or "asc"
    if way.startswith("dist") and origin is None:
        raise BadRequestData("An order by distance needs the coordinates that it is from.")
    path = [name] if ":" in name else name.split(".")
    names = read_members(path, context, "orderBy")
    names[1:] = [CORE + one if one in TIMES else one for one in names[1:]]
    members = tuple(found[2].split(".")) if found[2] else ()
    from_here = origin if way.startswith("dist") else None
    return Order(tuple(names), way.endswith("desc"), members, from_here, key)


def ordered(entities: Iterable[Entity], orders: tuple[Order, ...]) -> list[Entity]:
    """Entities in an order: numbers, then texts, then those without a value."""
    found = list(islice(entities, MOST + 1))
    if len(found) > MOST:
        raise TooManyResults(f"More than {MOST} entities cannot be put into an order.")
    for order in reversed(orders):
        found.sort(key=partial(_rank, order=order), reverse=order.descending)
    return found


def _rank(entity: Entity, order: Order) -> tuple[int, Any]:
    value = _value(entity, order) if order.origin is None else _distance(entity, order)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool | int | float):
        return (0, value) if not order.descending else (2, value)
    if isinstance(value, str):
        return (1, order.text(value))
    return (2, 0) if not order.descending else (0, 0)


def _value(entity: Entity, order: Order) -> Any:
    member = entity.get(order.names[0]) if len(order.names) == 1 else None
    if isinstance(member, str):
        return member
    if isinstance(member, list) and member and isinstance(member[0], str):
        return member[0]
    return next(values_at(Path(order.names, order.members))(entity), None)


def _distance(entity: Entity, order: Order) -> float | None:
    """The shortest way to an instance of a GeoProperty, m."""
    assert order.origin is not None
    found = entity.get(order.names[0])
    places = [
        one["value"]
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict) and one.get("type") == "GeoProperty"
    ]
    return min((distance_m(shape(place), order.origin) for place in places), default=None)
