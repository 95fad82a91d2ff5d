"""Expressions of OData, as ``$filter`` and ``$orderby`` have them: text → tree (18-088, 9.3.3).

::

    either  = both ("or" both)*            compare = sum (("eq" | "ne" | …) sum)?
    both    = negated ("and" negated)*     sum     = product (("add" | "sub") product)*
    negated = "not" negated | compare      product = term (("mul" | "div" | "mod") term)*
    term    = "(" either ")" | literal | function "(" either ("," either)* ")" | path
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import shapely

from kopa.errors import RangeError
from kopa.store.times import parse_moment

LONGEST = 8_000
"""Characters of an expression."""
DEEPEST = 40
"""Parentheses, functions and negations within one another."""
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
_TOKEN = re.compile(
    r"\s*(?:(?P<place>geography'[^']*')|(?P<text>'(?:[^']|'')*')"
    r"|(?P<time>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d][\w.]*(?:/@?[^\W\d][\w.]*)*|@iot\.id)|(?P<sign>[(),]))"
)


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A moment, µs since 1970 UTC."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: None, a bool, a number, a text, a moment or a shape."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """A property, perhaps of what relations lead to: ``Datastream/Thing/name``."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function, an operator, or a comparison, of its arguments."""

    name: str
    arguments: tuple[Expression, ...]


Expression = Literal | Path | Call
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse(text: str) -> Expression:
    """Read an expression.

    Raises
    ------
    RangeError
        If it is none, with the place where it ends to be one.
    """
    if len(text) > LONGEST:
        raise RangeError(f"an expression has {LONGEST} characters at most")
    parser = _Parser(text)
    found = parser.either(0)
    parser.end()
    return found


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._kind, self._word = "", ""
        self._step()

    def _step(self) -> str:
        """Go to the next token; gives the one that was read."""
        word = self._word
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            if self._text[self._at :].strip():
                raise self._wrong(self._text[self._at :].strip())
            self._kind, self._word = "", ""
            return word
        self._at, self._kind = match.end(), str(match.lastgroup)
        self._word = match[self._kind]
        return word

    def _wrong(self, found: str) -> RangeError:
        return RangeError(f"the expression is not understood at '{found[:40] or 'its end'}'")

    def _take(self, *words: str) -> str:
        """The token, if it is one of the words; else nothing is taken."""
        return self._step() if self._kind in ("name", "sign") and self._word in words else ""

    def end(self) -> None:
        """Refuse what stands after the expression."""
        if self._word:
            raise self._wrong(self._word)

    def either(self, depth: int) -> Expression:
        """``a or b``."""
        parts = [self._both(depth)]
        while self._take("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Call("or", tuple(parts))

    def _both(self, depth: int) -> Expression:
        parts = [self._negated(depth)]
        while self._take("and"):
            parts.append(self._negated(depth))
        return parts[0] if len(parts) == 1 else Call("and", tuple(parts))

    def _negated(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise RangeError(f"an expression is nested {DEEPEST} deep at most")
        if self._take("not"):
            return Call("not", (self._negated(depth + 1),))
        left = self._sum(depth)
        operator = self._take(*COMPARISONS)
        return Call(operator, (left, self._sum(depth))) if operator else left

    def _sum(self, depth: int) -> Expression:
        left = self._product(depth)
        while operator := self._take("add", "sub"):
            left = Call(operator, (left, self._product(depth)))
        return left

    def _product(self, depth: int) -> Expression:
        left = self._term(depth)
        while operator := self._take("mul", "div", "mod"):
            left = Call(operator, (left, self._term(depth)))
        return left

    def _term(self, depth: int) -> Expression:
        if self._take("("):
            inner = self.either(depth + 1)
            self._close()
            return inner
        kind, word = self._kind, self._step()
        if kind == "name":
            if word in _CONSTANTS:
                return Literal(_CONSTANTS[word])
            return self._call(word, depth) if self._take("(") else Path(tuple(word.split("/")))
        if kind == "text":
            return Literal(word[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(float(word))
        if kind == "time":
            return Literal(Moment(_moment(word)))
        if kind == "place":
            return Literal(_shape(word[len("geography'") : -1]))
        raise self._wrong(word)

    def _call(self, name: str, depth: int) -> Expression:
        arguments: list[Expression] = []
        if not self._take(")"):
            arguments.append(self.either(depth + 1))
            while self._take(","):
                arguments.append(self.either(depth + 1))
            self._close()
        return Call(name, tuple(arguments))

    def _close(self) -> None:
        if not self._take(")"):
            raise self._wrong(self._word)


def _moment(text: str) -> int:
    at = parse_moment(text)
    if at is None:
        raise RangeError(f"'{text}' is no time: write 2026-11-22T10:00:00Z")
    return at


def _shape(text: str) -> shapely.Geometry:
    try:
        return shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError):
        raise RangeError(f"'{text[:40]}' is no WKT, such as POINT (24.1 56.9)") from None
