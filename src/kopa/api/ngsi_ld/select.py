"""Selections by type and by scope (clauses 4.17 and 4.19): text → a tree, a tree → a match."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kopa.api.ngsi_ld.problems import BadRequestData

MAX_LENGTH = 8192
MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class One:
    """A single type, or a single pattern of a scope."""

    name: str


@dataclass(frozen=True, slots=True)
class All:
    """All parts hold."""

    parts: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One of the parts holds."""

    parts: tuple[Selection, ...]


Selection = One | All | Any


def parse_selection(text: str, read: Callable[[str], str]) -> Selection:
    """Parse ``A|(B;C)``, ``A,B``.

    Parameters
    ----------
    text
        The selection; ``,`` and ``|`` mean or, ``;`` means and, and binds first.
    read
        Checks a name and gives it in the form that is kept.

    Returns
    -------
    Selection
        Its tree.

    Raises
    ------
    BadRequestData
        If it is not a valid selection.
    """
    if len(text) > MAX_LENGTH:
        raise BadRequestData(f"A selection has more than {MAX_LENGTH} characters.")
    signs = re.findall(r"[;|,()]|[^;|,()]+", text)
    tree, rest = _either(signs, 0, read, 0)
    if rest != len(signs):
        raise BadRequestData(f"'{text[:200]}' is not a valid selection.")
    return tree


def _either(
    signs: Sequence[str], at: int, read: Callable[[str], str], depth: int
) -> tuple[Selection, int]:
    parts = []
    while True:
        part, at = _both(signs, at, read, depth)
        parts.append(part)
        if at >= len(signs) or signs[at] not in ("|", ","):
            return (parts[0] if len(parts) == 1 else Any(tuple(parts))), at
        at += 1


def _both(
    signs: Sequence[str], at: int, read: Callable[[str], str], depth: int
) -> tuple[Selection, int]:
    parts = []
    while True:
        part, at = _single(signs, at, read, depth)
        parts.append(part)
        if at >= len(signs) or signs[at] != ";":
            return (parts[0] if len(parts) == 1 else All(tuple(parts))), at
        at += 1


def _single(
    signs: Sequence[str], at: int, read: Callable[[str], str], depth: int
) -> tuple[Selection, int]:
    if at >= len(signs) or depth > MAX_DEPTH:
        raise BadRequestData("A selection ends where a name was expected, or is too deep.")
    if signs[at] == "(":
        inside, at = _either(signs, at + 1, read, depth + 1)
        if at >= len(signs) or signs[at] != ")":
            raise BadRequestData("A parenthesis of a selection is not closed.")
        return inside, at + 1
    if signs[at] in ";|,)":
        raise BadRequestData(f"A selection has '{signs[at]}' where a name was expected.")
    return One(read(signs[at])), at + 1


def type_match(selection: Selection, types: Sequence[str]) -> bool:
    """Whether an entity of these types is selected."""
    if isinstance(selection, One):
        return selection.name in types
    if isinstance(selection, All):
        return all(type_match(part, types) for part in selection.parts)
    return any(type_match(part, types) for part in selection.parts)


_SCOPE_PATTERN = re.compile(r"/?(?:[^\W\d][\w\-]*|\+)(?:/(?:[^\W\d][\w\-]*|\+))*(?:/#)?\Z")


def read_scope_pattern(text: str) -> str:
    """Check a pattern of a scope: ``/a/b``, ``/a/+/c``, ``/a/#``."""
    if text in ("/#", "#"):
        return "/#"
    if _SCOPE_PATTERN.match(text) is None:
        raise BadRequestData(f"'{text[:200]}' is not a valid pattern of a scope.")
    return text if text.startswith("/") else f"/{text}"


def scope_match(selection: Selection, scopes: Sequence[str]) -> bool:
    """Whether an entity with these scopes is selected."""
    if isinstance(selection, One):
        return any(_scope_is(selection.name, scope) for scope in scopes)
    if isinstance(selection, All):
        return all(scope_match(part, scopes) for part in selection.parts)
    return any(scope_match(part, scopes) for part in selection.parts)


def _scope_is(pattern: str, scope: str) -> bool:
    wanted, given = pattern.strip("/").split("/"), scope.strip("/").split("/")
    if wanted[-1] == "#":
        wanted = wanted[:-1]
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(
        one in ("+", other) for one, other in zip(wanted, given, strict=True)
    )
