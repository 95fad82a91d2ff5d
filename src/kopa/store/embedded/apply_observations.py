"""Writes observations into the tables of their days."""

from __future__ import annotations

import sqlite3
from itertools import repeat

import numpy as np

from kopa.model import IntArray
from kopa.store.embedded.numbers import Numbers
from kopa.store.embedded.schema import SLOT, table_of
from kopa.store.observations import Observations
from kopa.store.times import DAY

_LAST = (
    "INSERT INTO last VALUES (?, ?, ?, ?, ?) ON CONFLICT (series) DO UPDATE SET at = excluded.at,"
    " value = excluded.value, label = excluded.label, raw = excluded.raw"
    " WHERE excluded.at >= last.at"
)


def apply_observations(
    connection: sqlite3.Connection, numbers: Numbers, observations: Observations
) -> None:
    """Write rows, and what they make the newest of their series."""
    if not len(observations):
        return
    tenant = numbers.tenant(observations.tenant)
    series = np.array([numbers.series(tenant, key) for key in observations.keys])
    labels = np.array([numbers.label(label) for label in observations.labels])
    rows = _Rows(observations, series[observations.series], labels[observations.label])
    days = observations.at // DAY
    low, high = int(days.min()), int(days.max())
    for day in [low] if low == high else np.unique(days).tolist():
        numbers.open_day(day)
        part = np.arange(len(days)) if low == high else np.flatnonzero(days == day)
        rows.write_day(connection, day, part)
    rows.write_last(connection)


class _Rows:
    """Rows of observations with the numbers of their series and labels."""

    def __init__(self, observations: Observations, series: IntArray, labels: IntArray) -> None:
        self._at = observations.at
        self._series = series
        self._labels = labels
        self._raws = observations.raws
        self._values: list[float | str | None] = observations.value.tolist()
        for row in np.flatnonzero(np.isnan(observations.value)).tolist():
            self._values[row] = observations.texts.get(row)

    def write_day(self, connection: sqlite3.Connection, day: int, rows: IntArray) -> None:
        since = self._at[rows] - day * DAY
        slot, moment = since // SLOT, since % SLOT
        order = np.lexsort((moment, self._series[rows], slot))  # stable: the later write is later
        rows = rows[order]
        values = [self._values[row] for row in rows.tolist()]
        raws = [self._raws.get(row) for row in rows.tolist()] if self._raws else repeat(None)
        connection.executemany(
            f"INSERT OR REPLACE INTO {table_of(day, 'open')} VALUES (?, ?, ?, ?, ?, ?)",
            zip(
                slot[order].tolist(),
                self._series[rows].tolist(),
                moment[order].tolist(),
                values,
                self._labels[rows].tolist(),
                raws,
                strict=False,  # without raws, None is repeated without end
            ),
        )

    def write_last(self, connection: sqlite3.Connection) -> None:
        order = np.lexsort((self._at, self._series))
        series = self._series[order]
        newest = order[np.append(series[1:] != series[:-1], True)]
        chosen = newest.tolist()
        connection.executemany(
            _LAST,
            zip(
                self._series[newest].tolist(),
                self._at[newest].tolist(),
                [self._values[row] for row in chosen],
                self._labels[newest].tolist(),
                [self._raws.get(row) for row in chosen],
                strict=True,
            ),
        )
