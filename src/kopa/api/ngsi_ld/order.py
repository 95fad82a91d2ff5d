"""The order of entities (``orderBy``, clause 4.23): by attributes, members and times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.names import CORE, TIMES
from kopa.api.ngsi_ld.problems import BadRequestData, TooManyResults
from kopa.api.ngsi_ld.q_eval import values_at
from kopa.api.ngsi_ld.q_parse import Path
from kopa.api.ngsi_ld.subscription import read_members

MOST = 50_000
"""More entities than these are not put into an order."""


@dataclass(frozen=True, slots=True)
class Order:
    """One key: where it is, and whether the largest comes first."""

    names: tuple[str, ...]
    descending: bool = False


def parse_order(text: str, context: Context) -> tuple[Order, ...]:
    """Parse ``name,speed.precision;desc``.

    Raises
    ------
    BadRequestData
        If it is not a valid order; the order by distance is none here.
    """
    orders = []
    for part in text.split(","):
        name, _, way = part.strip().partition(";")
        if way not in ("", "asc", "desc"):
            raise BadRequestData(f"'{way[:50]}' is not an order: use asc or desc.")
        path = [name] if ":" in name else name.split(".")
        names = read_members(path, context, "orderBy")
        names[1:] = [CORE + one if one in TIMES else one for one in names[1:]]
        orders.append(Order(tuple(names), way == "desc"))
    return tuple(orders)


def ordered(entities: Iterable[Entity], orders: tuple[Order, ...]) -> list[Entity]:
    """Entities in an order: numbers, then texts, then those without a value."""
    found = list(islice(entities, MOST + 1))
    if len(found) > MOST:
        raise TooManyResults(f"More than {MOST} entities cannot be put into an order.")
    for order in reversed(orders):
        found.sort(key=partial(_rank, order=order), reverse=order.descending)
    return found


def _rank(entity: Entity, order: Order) -> tuple[int, Any]:
    member = entity.get(order.names[0]) if len(order.names) == 1 else None
    if isinstance(member, str):
        value: Any = member
    elif isinstance(member, list) and member and isinstance(member[0], str):
        value = member[0]
    else:
        value = next(values_at(Path(order.names))(entity), None)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool | int | float):
        return (0, value) if not order.descending else (2, value)
    if isinstance(value, str):
        return (1, value)
    return (2, 0) if not order.descending else (0, 0)
