"""Reads a series piece by piece, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kopa.store.contract import Span, Store
from kopa.store.observations import Key, Observations

FIRST_US = 900_000_000
"""Length of the first window: a quarter of an hour, as hot tables are kept."""


def read_through(
    store: Store, tenant: str, key: Key, span: Span, newest: bool = False, size: int = 5_000
) -> Iterator[Observations]:
    """Observations of a series, in windows of time that grow or shrink to hold about `size`.

    A window is asked for, not a number of rows: to find the next so many rows a store may read
    days. No piece has more than eight times `size`, whatever the series does.

    Parameters
    ----------
    store
        The store.
    tenant
        Whose.
    key
        The series.
    span
        Its begin and end are heeded.
    newest
        Newest piece first; in a piece the oldest row is first either way.
    size
        Rows of a piece, about.
    """
    last = store.last(tenant, [key]).at
    if not len(last):
        return
    begin, end = span.begin, min(span.end, int(last[0]) + 1)
    if not newest and begin < end:
        first = store.points(tenant, [key], Span(begin, end, most=1)).at
        begin = int(first[0]) if len(first) else end
    width, most = FIRST_US, 8 * size
    while begin < end:
        window = Span(begin, min(end, begin + width))
        if newest:
            window = Span(max(begin, end - width), end)
        found = store.points(tenant, [key], replace(window, most=most, newest=newest))
        if len(found):
            yield found
        cut = len(found) == most
        if newest:
            end = int(found.at[0]) if cut else window.begin
        else:
            begin = int(found.at[-1]) + 1 if cut else window.end
        if cut or len(found) > 2 * size:
            width = max(1, width // (8 if cut else 2))
        elif 2 * len(found) < size:
            width *= 4
