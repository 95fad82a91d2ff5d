"""What an expression says of an item; a path over a relation to several stands for each of them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import shapely

from kopa.api.sensorthings.expression import COMPARISONS, Call, Expression, Literal, Moment, Path
from kopa.errors import RangeError
from kopa.store.errors import StoreError
from kopa.store.geometry import read_geometry
from kopa.store.times import EPOCH, parse_moment

Follow = Callable[[tuple[str, ...]], Iterable[Any]]
"""The values at the end of a path."""
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "mod": math.fmod,
}
_TEXTS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "contains": (2, lambda text, part: part in text),
    "substringof": (2, lambda part, text: part in text),
    "startswith": (2, str.startswith),
    "endswith": (2, str.endswith),
    "indexof": (2, lambda text, part: float(text.find(part))),
    "concat": (2, lambda text, other: text + other),
    "length": (1, lambda text: float(len(text))),
    "tolower": (1, str.lower),
    "toupper": (1, str.upper),
    "trim": (1, str.strip),
}
_NUMBERS: Mapping[str, Callable[[float], float]] = {
    "round": lambda number: float(math.floor(number + 0.5)),
    "floor": lambda number: float(math.floor(number)),
    "ceiling": lambda number: float(math.ceil(number)),
}
_TIMES = ("year", "month", "day", "hour", "minute", "second")
_SHAPES: Mapping[str, Callable[[Any, Any], bool]] = {
    "st_within": shapely.within,
    "st_intersects": shapely.intersects,
    "st_contains": shapely.contains,
    "st_disjoint": shapely.disjoint,
    "st_equals": shapely.equals,
    "st_touches": shapely.touches,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "geo.intersects": shapely.intersects,
}
FUNCTIONS = sorted((*_TEXTS, *_NUMBERS, *_TIMES, *_SHAPES, "now", "substring"))


def holds(expression: Expression, follow: Follow) -> bool:
    """Whether an expression is true of an item."""
    return any(value is True for value in values(expression, follow))


def values(expression: Expression, follow: Follow) -> list[Any]:
    """The values of an expression for an item.

    Raises
    ------
    RangeError
        If it names a function that there is not, or gives it too few or too many arguments.
    """
    if isinstance(expression, Literal):
        return [expression.value]
    if isinstance(expression, Path):
        return list(follow(expression.names))
    name, parts = expression.name, expression.arguments
    if name == "and":
        return [all(holds(part, follow) for part in parts)]
    if name == "or":
        return [any(holds(part, follow) for part in parts)]
    if name == "not":
        return [not holds(parts[0], follow)]
    apply = _function(name, len(parts))
    return [apply(*each) for each in product(*(values(part, follow) for part in parts))]


def check(expression: Expression, known: Callable[[tuple[str, ...]], None]) -> None:
    """Refuse functions and paths that are not there before anything is read."""
    if isinstance(expression, Path):
        known(expression.names)
    elif isinstance(expression, Call):
        if expression.name not in ("and", "or", "not"):
            _function(expression.name, len(expression.arguments))
        for part in expression.arguments:
            check(part, known)


def _function(name: str, count: int) -> Callable[..., Any]:
    """A function that gives None where its arguments are none of its kind."""
    if name in COMPARISONS:
        return lambda left, right: _compared(name, left, right)
    if name in _ARITHMETIC:
        return lambda left, right: _calculated(name, left, right)
    wanted, apply = _named(name, count)
    if wanted != count:
        raise RangeError(f"{name}() has {wanted} arguments, not {count}")
    return apply


def _named(name: str, count: int) -> tuple[int, Callable[..., Any]]:
    if name in _TEXTS:
        wanted, text = _TEXTS[name]
        return wanted, lambda *given: _all(str, text, given)
    if name in _NUMBERS:
        return 1, lambda given: _all(float, _NUMBERS[name], (_number(given),))
    if name in _TIMES:
        return 1, lambda given: _part_of(name, _moment(given))
    if name in _SHAPES:
        return 2, lambda one, other: _related(name, one, other)
    if name == "substring":
        return count if count in (2, 3) else 2, _substring
    if name == "now":
        return 0, lambda: Moment((datetime.now(UTC) - EPOCH) // timedelta(microseconds=1))
    raise RangeError(f"there is no function {name}(): use one of {', '.join(FUNCTIONS)}")


def _all(kind: type, apply: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    return apply(*given) if all(type(value) is kind for value in given) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _moment(value: Any) -> Moment | None:
    if isinstance(value, str):
        at = parse_moment(value)
        return None if at is None else Moment(at)
    return value if isinstance(value, Moment) else None


def _compared(name: str, left: Any, right: Any) -> bool:
    if isinstance(left, Moment) or isinstance(right, Moment):
        left, right = _moment(left), _moment(right)
    elif (one := _number(left)) is not None and (other := _number(right)) is not None:
        left, right = one, other
    if name in ("eq", "ne"):
        same = type(left) is type(right) and left == right
        return same if name == "eq" else not same
    ordered = type(left) is type(right) and isinstance(left, float | str | Moment)
    return ordered and _COMPARE[name](left, right)


def _calculated(name: str, left: Any, right: Any) -> float | None:
    one, other = _number(left), _number(right)
    if one is None or other is None:
        return None
    try:
        found = _ARITHMETIC[name](one, other)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _part_of(name: str, moment: Moment | None) -> float | None:
    if moment is None:
        return None
    try:
        return float(getattr(EPOCH + timedelta(microseconds=moment.at), name))
    except OverflowError:  # before the year 1, or after 9999
        return None


def _substring(text: Any, begin: Any, count: Any = None) -> str | None:
    first = _number(begin)
    if not isinstance(text, str) or first is None or first < 0:
        return None
    most = len(text) if count is None else _number(count)
    if most is None or not math.isfinite(first) or most < 0:
        return None
    return text[int(first) : int(min(first + most, len(text)))]


def _related(name: str, one: Any, other: Any) -> bool | None:
    left, right = _shape(one), _shape(other)
    if left is None or right is None:
        return None
    try:
        return bool(_SHAPES[name](left, right))
    except shapely.errors.ShapelyError:  # a shape that crosses itself
        return None


def _shape(value: Any) -> shapely.Geometry | None:
    if isinstance(value, shapely.Geometry):
        return value
    try:
        return read_geometry(value) if isinstance(value, dict) else None
    except (RangeError, StoreError):
        return None
