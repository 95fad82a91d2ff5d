"""Where items come from: entities page by page, observations by time, or a few at hand.

A source gives items in one order, that of their ids, or of time for observations, and reads no
more than is taken of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, dropwhile, islice
from typing import Protocol

import numpy as np

from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.storage import Storage
from kopa.api.sensorthings.items import Item, observation
from kopa.errors import RangeError
from kopa.store import Key, Observation, Query, Span, Store
from kopa.store.through import read_through

CHUNK = 5_000
"""Observations that are read at once, about, where a filter leaves some of them out."""
MOST_MERGED = 1_000
"""So many series are put in order of time together."""


class Source(Protocol):
    """A collection of items of one kind."""

    def items(self) -> Iterator[Item]:
        """All of them, read as they are taken."""


@dataclass(frozen=True)
class Listed:
    """A few items that are at hand."""

    found: Sequence[Item]

    def items(self) -> Iterator[Item]:
        """All of them."""
        return iter(self.found)


@dataclass(frozen=True)
class Entities:
    """Items of the entities that a query asks for.

    Parameters
    ----------
    storage
        The store.
    query
        Which entities.
    make
        The items of an entity.
    single
        True where each entity has exactly one: the store pages and counts then.
    """

    storage: Storage
    query: Query
    make: Callable[[Entity], Iterable[Item]]
    single: bool = False

    def items(self) -> Iterator[Item]:
        """All of them, by id."""
        for entity in self.storage.every(self.query):
            yield from self.make(entity)

    def part(self, skip: int, most: int) -> list[Item]:
        """Some of them; only where each entity has one."""
        query = replace(self.query, offset=skip, limit=most)
        return [item for entity in self.storage.entities(query) for item in self.make(entity)]

    def count(self) -> int:
        """How many there are; only where each entity has one."""
        return self.storage.store.count(self.query)


@dataclass(frozen=True)
class Observed:
    """Observations of series.

    Parameters
    ----------
    store
        The store.
    tenant
        Whose.
    keys
        Gives the series, in one order.
    context
        Shows names.
    span
        The times asked for.
    newest
        Newest first.
    merged
        In order of time over all series; else series by series.
    chunk
        So many are read at once, about.
    after
        Only what comes after this one, the last of the page before.
    """

    store: Store
    tenant: str
    keys: Callable[[], Iterable[Key]]
    context: Context
    span: Span = Span()  # noqa: RUF009  frozen
    newest: bool = False
    merged: bool = False
    chunk: int = CHUNK
    after: tuple[Key, int] | None = None

    def items(self) -> Iterator[Item]:
        """All of them."""
        made = (observation(row, self.context) for row in self._rows())
        return (item for item in made if item is not None)

    def _rows(self) -> Iterator[Observation]:
        if self.merged:
            return self._by_time()
        keys: Iterator[Key] = iter(self.keys())
        if self.after is None:
            return chain.from_iterable(self._series(key, self.span) for key in keys)
        last, at = self.after
        rest = replace(self.span, begin=max(self.span.begin, at + 1))
        return chain.from_iterable(
            self._series(key, rest if key == last else self.span)
            for key in dropwhile(lambda key: key != last, keys)
        )

    def _by_time(self) -> Iterator[Observation]:
        keys = list(islice(self.keys(), MOST_MERGED + 1))
        if len(keys) > MOST_MERGED:
            raise RangeError(
                f"these are more than {MOST_MERGED} Datastreams: ask for the Observations of a "
                "Datastream or of a feature, or leave $orderby out"
            )
        sign, span = (-1 if self.newest else 1), self.span

        def rank(row: Observation) -> tuple[int, Key]:
            return sign * row.at, row.key

        if self.after is None:
            return heapq.merge(*(self._series(key, span) for key in keys), key=rank)
        last, at = self.after
        if self.newest:
            span = replace(span, end=min(span.end, at + 1))
        else:
            span = replace(span, begin=max(span.begin, at))
        rows = heapq.merge(*(self._series(key, span) for key in keys), key=rank)
        return dropwhile(lambda row: rank(row) <= (sign * at, last), rows)

    def count(self) -> int:
        """How many there are; rows are looked at only where they may be none."""
        total = 0
        for key in self.keys():
            for found in read_through(self.store, self.tenant, key, self.span, size=4 * CHUNK):
                odd = found.take(np.array(sorted(found.raws), dtype=np.int64)).rows()
                total += len(found) - sum(observation(row, self.context) is None for row in odd)
        return total

    def _series(self, key: Key, span: Span) -> Iterator[Observation]:
        pieces = read_through(self.store, self.tenant, key, span, self.newest, self.chunk)
        for found in pieces:
            rows = found.rows()
            yield from reversed(rows) if self.newest else rows
