"""The query language ``q`` (clause 4.9): text → a tree.

::

    q      = term *( ("|" | ";") term )          ";" binds before "|"
    term   = "(" q ")" / path / "!" path / path op value
    path   = name *( "." name ) [ "[" name *( "." name ) "]" ]
    op     = "==" / "!=" / ">=" / "<=" / ">" / "<" / "~=" / "!~="
    value  = one / one ".." one / one *( "," one )
    one    = number / "true" / "false" / time / URI / quoted text / bare text
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.names import instant
from kopa.api.ngsi_ld.patterns import pattern
from kopa.api.ngsi_ld.problems import BadRequestData

MAX_LENGTH = 8192
MAX_DEPTH = 24
MAX_TERMS = 256


@dataclass(frozen=True, slots=True)
class Path:
    """Where a value is: attribute and sub-attributes as kept, then members of its value."""

    names: tuple[str, ...]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exists:
    """The path leads to something."""

    path: Path


@dataclass(frozen=True, slots=True)
class Absent:
    """The path leads to nothing."""

    path: Path


@dataclass(frozen=True, slots=True)
class Compare:
    """A value at the path compares so.

    Parameters
    ----------
    path
        Where the value is.
    op
        ``==``, ``!=``, ``>``, ``>=``, ``<``, ``<=``, ``~=`` or ``!~=``.
    values
        What it is compared with: any of them for ``==``.
    span
        Whether `values` are the two ends of a range.
    """

    path: Path
    op: str
    values: tuple[Any, ...]
    span: bool = False


@dataclass(frozen=True, slots=True)
class Both:
    """All terms hold."""

    terms: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the terms holds."""

    terms: tuple[Query, ...]


Query = Exists | Absent | Compare | Both | Either


@dataclass(frozen=True, slots=True)
class Bare:
    """A value that was not quoted: a name, a URI, a time of day."""

    text: str
    full: str


_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,300})(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?\Z")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PATH = re.compile(r"[^\s=!<>~;|()\[\]{},\"&]+")
_OP = re.compile(r"!~=|~=|==|!=|>=|<=|>|<")
_PLAIN = re.compile(r"[^\s=!<>~;|()\[\],\"]+")


def parse_q(text: str, context: Context, expanded: frozenset[str] = frozenset()) -> Query:
    """Parse a query.

    Parameters
    ----------
    text
        The query.
    context
        Meaning of the names in it.
    expanded
        Attributes whose values are names, to be compared in full (``expandValues``).

    Returns
    -------
    Query
        Its tree.

    Raises
    ------
    BadRequestData
        If it is not a valid query.
    """
    if len(text) > MAX_LENGTH:
        raise BadRequestData(f"The query has more than {MAX_LENGTH} characters.")
    parser = _Parser(text, context, expanded)
    query = parser.either(0)
    if parser.at != len(text):
        raise parser.wrong("a ';', a '|' or the end")
    return query


class _Parser:
    def __init__(self, text: str, context: Context, expanded: frozenset[str]) -> None:
        self.text, self.context, self.expanded = text, context, expanded
        self.at = self.terms = 0

    def wrong(self, expected: str) -> BadRequestData:
        part = self.text[self.at : self.at + 20]
        return BadRequestData(f"q, character {self.at + 1} ('{part}'): expected {expected}.")

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def match(self, rule: re.Pattern[str]) -> str:
        found = rule.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def either(self, depth: int) -> Query:
        terms = [self.both(depth)]
        while self.peek() == "|":
            self.at += 1
            terms.append(self.both(depth))
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def both(self, depth: int) -> Query:
        terms = [self.term(depth)]
        while self.peek() == ";":
            self.at += 1
            terms.append(self.term(depth))
        return terms[0] if len(terms) == 1 else Both(tuple(terms))

    def term(self, depth: int) -> Query:
        self.terms += 1
        if depth > MAX_DEPTH or self.terms > MAX_TERMS:
            raise BadRequestData("The query has too many terms, or too many parentheses.")
        if self.text.startswith("!", self.at) and not self.text.startswith("!=", self.at):
            self.at += 1
            return Absent(self.path())
        if self.peek() == "(":
            self.at += 1
            inside = self.either(depth + 1)
            if self.peek() != ")":
                raise self.wrong("')'")
            self.at += 1
            return inside
        path = self.path()
        op = self.match(_OP)
        return self.compare(path, op) if op else Exists(path)

    def path(self) -> Path:
        text = self.match(_PATH)
        if not text or text[0].isdigit() or text[0] in ".-":
            raise self.wrong("the name of an attribute")
        names = tuple(self.context.keep(name) for name in _split_path(text))
        members: tuple[str, ...] = ()
        if self.peek() == "[":
            self.at += 1
            inside = self.match(_PATH)
            if not inside or self.peek() != "]":
                raise self.wrong("the path of a member and ']'")
            self.at += 1
            members = tuple(inside.split("."))
        if not all(names) or not all(members):
            raise self.wrong("a name on both sides of '.'")
        return Path(names, members)

    def compare(self, path: Path, op: str) -> Compare:
        if op in ("~=", "!~="):
            return Compare(path, op, (pattern(self.rule()),))
        first = self.one()
        if op in ("==", "!=") and self.text.startswith("..", self.at):
            self.at += 2
            return Compare(path, op, (first, self.one()), span=True)
        values = [first]
        while op in ("==", "!=") and self.peek() == ",":
            self.at += 1
            values.append(self.one())
        if op not in ("==", "!=") and isinstance(first, bool):
            raise BadRequestData("q: true and false have no order.")
        if path.names[0] in self.expanded:
            values = [self.in_full(value) for value in values]
        return Compare(path, op, tuple(values))

    def in_full(self, value: Any) -> Any:
        """A name as the full name that is kept of it."""
        text = value.text if isinstance(value, Bare) else value
        return Bare(text, self.context.expand(text)) if isinstance(text, str) else value

    def rule(self) -> str:
        """A pattern: quoted, or all up to what ends a term outside its brackets."""
        quoted = self.match(_QUOTED)
        if quoted:
            return _unquoted(quoted)
        start, depth = self.at, 0
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == "\\":
                self.at += 1
            elif sign in "([":
                depth += 1
            elif sign in ")]" and depth:
                depth -= 1
            elif sign in ";|)" and not depth:
                break
            self.at += 1
        self.at = min(self.at, len(self.text))
        if start == self.at:
            raise self.wrong("a pattern")
        return self.text[start : self.at]

    def one(self) -> Any:
        quoted = self.match(_QUOTED)
        if quoted:
            return _unquoted(quoted)
        found = _PLAIN.match(self.text, self.at)
        if found is None:
            raise self.wrong("a value")
        text = found.group().partition("..")[0]
        if not text:
            raise self.wrong("a value")
        self.at += len(text)
        if _NUMBER.match(text):
            number = float(text)
            return int(text) if text.lstrip("-").isdigit() else number
        if text in ("true", "false"):
            return text == "true"
        moment = instant(text)
        return moment if moment is not None else Bare(text, text)


def _split_path(text: str) -> list[str]:
    """Names of a path; the dots of a URI part nothing."""
    if "://" in text or text.startswith("urn:"):
        return [text]
    return text.split(".")


def _unquoted(text: str) -> str:
    try:
        return str(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeError):
        return text[1:-1]


def attributes_of(query: Query) -> set[str]:
    """Attributes that a query names."""
    if isinstance(query, Exists | Absent | Compare):
        return {query.path.names[0]}
    return {name for term in query.terms for name in attributes_of(term)}
