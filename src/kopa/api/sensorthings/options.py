"""Query options: ``$filter``, ``$orderby``, ``$expand`` and the like, checked (18-088, 9.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from kopa.api.sensorthings.evaluate import check
from kopa.api.sensorthings.expression import Expression, parse
from kopa.api.sensorthings.model import KINDS, known_path
from kopa.errors import RangeError

TOP, MOST = 100, 10_000
"""Items of a page: where nothing is asked, and at most."""
MOST_SKIPPED = 10_000_000
DEEPEST_EXPAND = 5
LONGEST_QUERY = 16_000
OPTIONS = (
    "$filter", "$orderby", "$top", "$skip", "$skiptoken", "$count", "$select", "$expand",
    "$resultFormat",
)  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """What is asked of a collection, or of one item.

    Parameters
    ----------
    kind
        Of the items.
    filter
        What must be true of them.
    order
        Expressions to sort by; True for descending.
    top, skip
        How many, after how many.
    token
        Where the page before ended; empty at the first.
    count
        Whether their number is told.
    select
        Properties that are told; empty for all.
    expand
        Relation → what is asked of the items that it leads to.
    rows
        Whether observations come as ``dataArray``.
    given
        The options as they came, for links to further pages.
    """

    kind: str
    filter: Expression | None = None
    order: tuple[tuple[Expression, bool], ...] = ()
    top: int = TOP
    skip: int = 0
    token: str = ""
    count: bool = False
    select: tuple[str, ...] = ()
    expand: dict[str, Ask] = field(default_factory=dict)
    rows: bool = False
    given: tuple[tuple[str, str], ...] = ()


def read_options(kind: str, query: str) -> Ask:
    """What the query of a URL asks.

    Parameters
    ----------
    kind
        Of what the path leads to.
    query
        The part of the URL after the question mark.

    Raises
    ------
    RangeError
        If an option is not known, given twice, or says something wrong.
    """
    if len(query) > LONGEST_QUERY:
        raise RangeError(f"the query of a URL has {LONGEST_QUERY} characters at most")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise RangeError("the query of the URL is no UTF-8, or has too many parts") from None
    return _asked(kind, pairs, 0)


def _asked(kind: str, pairs: Iterable[tuple[str, str]], depth: int) -> Ask:
    given = tuple(pairs)
    ask, seen = Ask(kind, given=given), set()
    for name, value in given:
        if name in seen:
            raise RangeError(f"{name} is given twice")
        seen.add(name)
        ask = _with(ask, name, value, depth)
    if ask.rows and (kind != "Observation" or ask.expand):
        raise RangeError("$resultFormat=dataArray is for Observations, without $expand")
    return ask


def _with(ask: Ask, name: str, value: str, depth: int) -> Ask:
    match name:
        case "$filter":
            return replace(ask, filter=_checked(ask.kind, value))
        case "$orderby":
            return replace(ask, order=tuple(_orders(ask.kind, value)))
        case "$top":
            return replace(ask, top=min(_whole(name, value), MOST))
        case "$skip":
            return replace(ask, skip=_whole(name, value))
        case "$skiptoken":
            return replace(ask, token=value)
        case "$count":
            if value not in ("true", "false"):
                raise RangeError("$count is true or false")
            return replace(ask, count=value == "true")
        case "$select":
            return replace(ask, select=tuple(_selected(ask.kind, value)))
        case "$expand":
            if depth >= DEEPEST_EXPAND:
                raise RangeError(f"$expand goes {DEEPEST_EXPAND} deep at most")
            return replace(ask, expand=_expanded(ask.kind, value, depth))
        case "$resultFormat":
            if value != "dataArray":
                raise RangeError("$resultFormat is dataArray, or is left out for JSON")
            return replace(ask, rows=True)
    raise RangeError(f"there is no option '{name[:40]}': use one of {', '.join(OPTIONS)}")


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > MOST_SKIPPED:
        raise RangeError(f"{name} is a whole number from 0 to {MOST_SKIPPED}")
    return int(text)


def _checked(kind: str, text: str) -> Expression:
    found = parse(text)
    check(found, lambda names: known_path(kind, names))
    return found


def _orders(kind: str, text: str) -> Iterator[tuple[Expression, bool]]:
    for part in _split(text, ","):
        words = part.strip()
        down = words.endswith(" desc")
        yield _checked(kind, words.removesuffix(" desc").removesuffix(" asc")), down


def _selected(kind: str, text: str) -> Iterator[str]:
    for part in text.split(","):
        name = "id" if part.strip() == "@iot.id" else part.strip()
        if name not in ("id", *KINDS[kind].properties, *KINDS[kind].relations):
            raise RangeError(f"$select: a {kind} has no '{name[:40]}'")
        yield name


def _expanded(kind: str, text: str, depth: int) -> dict[str, Ask]:
    """``Datastreams($top=1;$expand=Sensor),Locations``, or a path ``Datastreams/Sensor``."""
    made: dict[str, Ask] = {}
    for part in _split(text, ","):
        head, _, inner = part.strip().partition("(")
        if inner and not inner.endswith(")"):
            raise RangeError(f"$expand: '{part[:40]}' has no closing parenthesis")
        name, _, below = head.partition("/")
        relation = KINDS[kind].relations.get(name)
        if relation is None:
            known = ", ".join(KINDS[kind].relations)
            raise RangeError(f"$expand: a {kind} has no '{name[:40]}', only {known}")
        options = inner.removesuffix(")")
        if below:
            options = f"$expand={below}({options})" if inner else f"$expand={below}"
        pairs = [(one.partition("=")[0].strip(), one.partition("=")[2])
                 for one in _split(options, ";") if one.strip()]  # fmt: skip
        found = _asked(relation.kind, pairs, depth + 1)
        if name in made:
            found = replace(found, expand={**made[name].expand, **found.expand})
        made[name] = found
    return made


def _split(text: str, sign: str) -> Iterator[str]:
    """Parts between signs that stand in no parentheses and no quotes."""
    depth, quoted, begin = 0, False, 0
    for at, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif not quoted and depth == 0 and character == sign:
            yield text[begin:at]
            begin = at + 1
    yield text[begin:]
