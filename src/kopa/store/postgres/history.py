"""Reads observations: the partitions answer, whatever the age."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import numpy as np

from kopa.store.contract import Aggregates, Method, Span
from kopa.store.observations import Key, Label, Observations
from kopa.store.selection import FUNCTIONS
from kopa.store.times import Duration, bucket_edges

_COLUMNS = "s.place, o.at, o.value, o.text, l.unit, l.quality, l.simulated, o.raw"
_ASKED = "unnest($1::bigint[], $2::bigint[]) AS s (series, place)"


class History:
    """Reads series of a tenant.

    Parameters
    ----------
    connection
        Sees one moment of the database.
    tenant
        Whose series.
    """

    def __init__(self, connection: asyncpg.Connection, tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant

    async def _asked(self, keys: Sequence[Key]) -> tuple[list[int], list[int]]:
        """Numbers of the series, and their places in `keys`; those never observed are left out."""
        rows = await self._connection.fetch(
            "SELECT s.key, k.place - 1 FROM series s JOIN tenant t ON t.key = s.tenant"
            " JOIN unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY"
            " AS k (entity, attribute, dataset, place) USING (entity, attribute, dataset)"
            " WHERE t.name = $1",
            self._tenant,
            [key.entity for key in keys],
            [key.attribute for key in keys],
            [key.dataset for key in keys],
        )
        return [row[0] for row in rows], [row[1] for row in rows]

    async def last(self, keys: Sequence[Key]) -> Observations:
        """The newest observation of each series."""
        series, places = await self._asked(keys)
        rows = await self._connection.fetch(
            f"SELECT {_COLUMNS} FROM {_ASKED} JOIN last o ON o.series = s.series"
            " JOIN label l ON l.key = o.label ORDER BY s.place",
            series,
            places,
        )
        return self._observations(keys, rows)

    async def points(self, keys: Sequence[Key], span: Span) -> Observations:
        """Observations of series."""
        series, places = await self._asked(keys)
        inner = "SELECT * FROM observation p WHERE p.series = s.series AND p.at >= $3 AND p.at < $4"
        if span.most:
            order = "DESC" if span.newest else "ASC"
            inner += f" ORDER BY p.at {order} LIMIT {span.most}"
        rows = await self._connection.fetch(
            f"SELECT {_COLUMNS} FROM {_ASKED} CROSS JOIN LATERAL ({inner}) o"
            " JOIN label l ON l.key = o.label ORDER BY s.place, o.at",
            series,
            places,
            span.begin,
            span.end,
        )
        return self._observations(keys, rows)

    async def aggregate(
        self, keys: Sequence[Key], span: Span, bucket: str, methods: Sequence[Method]
    ) -> Aggregates:
        """Aggregates of series by bucket."""
        duration = Duration.parse(bucket)
        edges = bucket_edges(span.begin, span.end, duration)
        series, places = await self._asked(keys)
        if not series:
            return Aggregates.none(tuple(keys), methods)
        chosen = "".join(f", {FUNCTIONS[method]}::float8" for method in methods)
        number, more = f"(o.at - {span.begin}) / {duration.us or span.end - span.begin}", []
        if duration.months:
            number, more = "width_bucket(o.at, $5::bigint[]) - 1", [edges[:-1].tolist()]
        rows = await self._connection.fetch(
            f"SELECT s.place, {number} AS bucket {chosen}"
            f" FROM {_ASKED} JOIN observation o ON o.series = s.series"
            " WHERE o.at >= $3 AND o.at < $4 GROUP BY s.place, bucket ORDER BY s.place, bucket",
            series,
            places,
            span.begin,
            span.end,
            *more,
        )
        buckets = np.array([row[1] for row in rows], dtype=np.int64)
        return Aggregates(
            tuple(keys),
            np.array([row[0] for row in rows], dtype=np.int64),
            edges[buckets],
            edges[buckets + 1],
            {
                method: np.array([row[2 + n] for row in rows], dtype=np.float64)
                for n, method in enumerate(methods)
            },
        )

    def _observations(self, keys: Sequence[Key], rows: Sequence[asyncpg.Record]) -> Observations:
        labels: dict[Label, int] = {}
        label = [labels.setdefault(Label(*row[4:7]), len(labels)) for row in rows]
        return Observations(
            self._tenant,
            tuple(keys),
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.int64),
            np.array([row[2] for row in rows], dtype=np.float64),
            {n: row[3] for n, row in enumerate(rows) if row[3] is not None},
            tuple(labels) or (Label(),),
            np.array(label, dtype=np.int64),
            {n: row[7] for n, row in enumerate(rows) if row[7] is not None},
        )
