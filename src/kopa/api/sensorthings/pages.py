"""A page of a collection: filtered, sorted, cut, expanded, and told as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

import shapely

from kopa.api.sensorthings.catalogue import Catalogue
from kopa.api.sensorthings.evaluate import holds, values
from kopa.api.sensorthings.expression import Call, Expression, Literal, Moment, Path
from kopa.api.sensorthings.items import Item, read_observation_id
from kopa.api.sensorthings.model import KINDS
from kopa.api.sensorthings.options import Ask
from kopa.api.sensorthings.sources import CHUNK, Entities, Observed, Source
from kopa.errors import RangeError
from kopa.store import Key, Query, Span
from kopa.store.observations import EARLIEST, LATEST
from kopa.store.query import Box

MOST_SORTED = 100_000
"""Items that are put in an order of their own."""
MOST_TOLD = 100_000
"""Items of an answer, those expanded included."""
_TIME = "phenomenonTime"


@dataclass
class Page:
    """A page.

    Parameters
    ----------
    items
        Its items.
    more
        Whether there are more behind it.
    count
        Of all, where that was asked.
    token
        Where the next page begins, where a number of items would be slow to skip.
    """

    items: list[Item]
    more: bool = False
    count: int | None = None
    token: str = ""


@dataclass
class Pages:
    """Makes pages and tells them.

    Parameters
    ----------
    catalogue
        What there is.
    root
        URL of the service.
    """

    catalogue: Catalogue
    root: str
    told: int = field(default=0, init=False)

    def page(self, source: Source, ask: Ask) -> Page:
        """The page of a source that is asked for.

        Raises
        ------
        RangeError
            If too much would have to be sorted, or the token is none of ours.
        """
        if isinstance(source, Observed):
            return self._observations(source, ask)
        if ask.token:
            raise RangeError("$skiptoken comes from an @iot.nextLink of Observations")
        if isinstance(source, Entities):
            source = replace(source, query=_pushed(source, ask))
            if source.single and ask.filter is None and not ask.order:
                part = source.part(ask.skip, ask.top + 1)
                count = source.count() if ask.count else None
                return Page(part[: ask.top], len(part) > ask.top, count)
        return self._cut(source.items(), ask)

    def _cut(self, found: Iterator[Item], ask: Ask) -> Page:
        """Filter, sort and cut what comes."""
        if ask.filter is not None:
            found = (item for item in found if holds(ask.filter, self._follow(item)))
        if ask.order:
            found = iter(self._sorted(found, ask))
        if not ask.count:
            part = list(islice(found, ask.skip, ask.skip + ask.top + 1))
            return Page(part[: ask.top], len(part) > ask.top)
        part, count = [], 0
        for item in found:
            if ask.skip <= count < ask.skip + ask.top:
                part.append(item)
            count += 1
        return Page(part, count > ask.skip + ask.top, count)

    def _sorted(self, found: Iterator[Item], ask: Ask) -> list[Item]:
        several = list(islice(found, MOST_SORTED + 1))
        if len(several) > MOST_SORTED:
            raise RangeError(f"more than {MOST_SORTED} items are not sorted: narrow by $filter")
        for expression, down in reversed(ask.order):
            several.sort(key=lambda item: _rank(values(expression, self._follow(item))),
                         reverse=down)  # fmt: skip
        return several

    def _observations(self, source: Observed, ask: Ask) -> Page:
        """Observations: time is asked of the store, and what is left of what it gives."""
        span, rest = _span(ask.filter)
        order = ask.order
        if len(order) == 1 and order[0][0] in (Path((_TIME,)), Path(("id",))):
            source = replace(source, merged=True, newest=order[0][1])
            ask = replace(ask, order=())
        plain = rest is None and not ask.order
        need = min(ask.skip + ask.top + 1, CHUNK)
        source = replace(source, span=span, chunk=need if plain else CHUNK)
        part = replace(source, after=self._after(ask)) if ask.token else source
        page = self._cut(part.items(), replace(ask, filter=rest, count=False))
        if ask.count:
            page.count = self._number(source, rest)
        if page.more and page.items and not ask.order:
            page.token = page.items[-1].id
        return page

    def _number(self, source: Observed, rest: Expression | None) -> int:
        if rest is None:
            return source.count()
        every = replace(source, merged=False, newest=False).items()
        return sum(holds(rest, self._follow(item)) for item in every)

    def _after(self, ask: Ask) -> tuple[Key, int]:
        found = read_observation_id(ask.token, self.catalogue.context)
        if found is None or ask.order:
            raise RangeError("$skiptoken belongs to the @iot.nextLink that it stands in")
        return found

    def _follow(self, item: Item) -> Any:
        def follow(names: tuple[str, ...]) -> Iterator[Any]:
            head, below = names[0], names[1:]
            if head in KINDS[item.kind].relations:
                for other in self.catalogue.related(item, head).items():
                    yield from self._follow(other)(below)
            elif head in ("id", "@iot.id"):
                yield item.id
            else:
                value = item.values.get(head)
                for name in below:
                    value = value.get(name) if isinstance(value, dict) else None
                yield value

        return follow

    def tell(self, item: Item, ask: Ask) -> dict[str, Any]:
        """An item as JSON.

        Raises
        ------
        RangeError
            If the answer has too many items.
        """
        self.told += 1
        if self.told > MOST_TOLD:
            raise RangeError(f"the answer has more than {MOST_TOLD} items: ask for less of them")
        kind, link = KINDS[item.kind], self.link(item)
        made: dict[str, Any] = {}
        if not ask.select or "id" in ask.select:
            made["@iot.id"] = item.id
        if not ask.select:
            made["@iot.selfLink"] = link
        for name in kind.properties:
            if name in item.values and (not ask.select or name in ask.select):
                made[name] = item.values[name]
        for name, relation in kind.relations.items():
            if name in ask.expand:
                self._expand(made, item, name, ask.expand[name], relation.many)
            elif not ask.select or name in ask.select:
                made[f"{name}@iot.navigationLink"] = f"{link}/{name}"
        return made

    def _expand(self, made: dict[str, Any], item: Item, name: str, ask: Ask, many: bool) -> None:
        source = self.catalogue.related(item, name)
        page = self.page(source, ask)
        told = [self.tell(other, ask) for other in page.items]
        if not many:
            made[name] = told[0] if told else None
            return
        if page.count is not None:
            made[f"{name}@iot.count"] = page.count
        made[name] = told
        if page.more:
            made[f"{name}@iot.nextLink"] = f"{self.link(item)}/{name}?{next_query(ask, page)}"

    def link(self, item: Item) -> str:
        """URL of an item."""
        text = quote(item.id.replace("'", "''"), safe=":-._~@'")
        return f"{self.root}/{KINDS[item.kind].plural}('{text}')"


def next_query(ask: Ask, page: Page) -> str:
    """The query of a URL that asks for the page after this one."""
    given = {name: text for name, text in ask.given if name not in ("$top", "$skip", "$skiptoken")}
    given["$top"] = str(ask.top)
    if page.token:
        given["$skiptoken"] = page.token
    else:
        given["$skip"] = str(ask.skip + ask.top)
    return urlencode(given, safe="$")


def _pushed(source: Entities, ask: Ask) -> Query:
    """The query, narrowed to what the filter surely asks for: an id, or a box."""
    query = source.query
    for part in _conjuncts(ask.filter):
        match part:
            case Call("eq", (Path(("id",) | ("@iot.id",)), Literal(str(id)))) | Call(
                "eq", (Literal(str(id)), Path(("id",) | ("@iot.id",)))
            ):
                query = replace(query, ids=(id.partition("|")[0] or "-",))
            case Call("st_within" | "st_intersects" | "geo.intersects", (Path(names), Literal(at))):
                if names[-1] in ("location", "feature") and isinstance(at, shapely.Geometry):
                    west, south, east, north = at.bounds
                    if west <= east and south <= north:  # an empty shape has no bounds
                        query = replace(query, place=Box(west, south, east, north))
    return query


def _conjuncts(expression: Expression | None) -> tuple[Expression, ...]:
    if expression is None:
        return ()
    if isinstance(expression, Call) and expression.name == "and":
        return expression.arguments
    return (expression,)


def _span(expression: Expression | None) -> tuple[Span, Expression | None]:
    """The times that an expression allows, and what is left of it."""
    begin, end, rest = EARLIEST, LATEST, []
    for part in _conjuncts(expression):
        match part:
            case Call("ge" | "gt" | "le" | "lt" | "eq", (Path((name,)), Literal(Moment(at)))) if (
                name == _TIME
            ):
                if part.name in ("ge", "gt", "eq"):
                    begin = max(begin, at + (part.name == "gt"))
                if part.name in ("le", "lt", "eq"):
                    end = min(end, at + (part.name != "lt"))
            case _:
                rest.append(part)
    end = max(begin, end)
    left = rest[0] if len(rest) == 1 else Call("and", tuple(rest)) if rest else None
    return Span(begin, end), left


def _rank(found: list[Any]) -> tuple[int, Any]:
    """A value to sort by: nothing, then truths, numbers, texts."""
    value = found[0] if found else None
    if isinstance(value, bool):
        return 1, value
    if isinstance(value, int | float):
        return 2, value
    if isinstance(value, Moment):
        return 3, value.at
    return (4, value) if isinstance(value, str) else (0, 0)
