"""Aggregates of instances by periods (clause 4.5.19).

Series that are numbers and nothing else are counted in bulk; others (texts, booleans, lists,
deleted instances) one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.history import moment_text, moment_us, time_of
from kopa.api.ngsi_ld.names import VALUE_MEMBER
from kopa.api.ngsi_ld.temporal_query import TemporalQuery
from kopa.model import FloatArray, IntArray
from kopa.store.contract import Method
from kopa.store.observations import EARLIEST, LATEST
from kopa.store.times import Duration, bucket_edges


@dataclass(frozen=True)
class Numbers:
    """Instances of one attribute, all of them numbers with a time and nothing else.

    Parameters
    ----------
    at
        When each was observed, µs since 1970 UTC, rising, shape (row,).
    value
        The numbers, shape (row,).
    """

    at: IntArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.at)


def aggregated_numbers(numbers: Numbers, wanted: TemporalQuery) -> dict[str, list[Any]]:
    """Aggregates of numbers, many at once; as `aggregated`."""
    begin, end = window(wanted, int(numbers.at[0]), int(numbers.at[-1]))
    edges = bucket_edges(begin, end, Duration.parse(wanted.period))
    bucket = np.searchsorted(edges, numbers.at, "right") - 1
    first = np.flatnonzero(np.diff(bucket, prepend=-1))
    times = [
        (moment_text(low), moment_text(high))
        for low, high in zip(
            edges[bucket[first]].tolist(), edges[bucket[first] + 1].tolist(), strict=True
        )
    ]
    made: dict[str, list[Any]] = {}
    for method in wanted.methods:
        values = _bulk(numbers.value, first, method).tolist()
        made[method] = [
            [short, *span]
            for value, span in zip(values, times, strict=True)
            if (short := _short(value)) is not None
        ]
    return made


def _bulk(value: FloatArray, first: IntArray, method: Method) -> FloatArray:
    """One aggregate of stretches that begin at `first`, shape (stretch,)."""
    count = np.diff(first, append=len(value)).astype(np.float64)
    if method == "totalCount":
        return count
    if method == "distinctCount":
        return np.array([len(np.unique(part)) for part in np.split(value, first[1:])], dtype=float)
    if method in ("min", "max"):
        reduce = np.minimum if method == "min" else np.maximum
        return np.asarray(reduce.reduceat(value, first))
    if method == "sumsq":
        return np.asarray(np.add.reduceat(value * value, first))
    total = np.add.reduceat(value, first)
    if method == "sum":
        return np.asarray(total)
    mean = total / count
    if method == "avg":
        return np.asarray(mean)
    apart = value - np.repeat(mean, count.astype(np.int64))
    return np.asarray(np.sqrt(np.add.reduceat(apart * apart, first) / count))


def aggregated(instances: Sequence[Instance], wanted: TemporalQuery) -> dict[str, list[Any]]:
    """Aggregates of the instances of one attribute and one data set.

    Parameters
    ----------
    instances
        The instances, all of them in the window.
    wanted
        Methods and period.

    Returns
    -------
    dict
        Method → rows ``[value, begin, end]``; a method that has no value there has no row.
    """
    dated = [
        (moment_us(time), value_of(one))
        for one in instances
        if (time := time_of(one, wanted.timeproperty)) is not None
    ]
    made: dict[str, list[Any]] = {method: [] for method in wanted.methods}
    if not dated:
        return made
    dated.sort(key=lambda pair: pair[0])
    begin, end = window(wanted, dated[0][0], dated[-1][0])
    edges = bucket_edges(begin, end, Duration.parse(wanted.period)).tolist()
    at = 0
    for low, high in pairwise(edges):
        values = []
        while at < len(dated) and dated[at][0] < high:
            values.append(dated[at][1])
            at += 1
        if not values:
            continue
        for method in wanted.methods:
            value = _value(values, method)
            if value is not None:
                made[method].append([value, moment_text(low), moment_text(high)])
    return made


def window(wanted: TemporalQuery, first: int, last: int) -> tuple[int, int]:
    """The window of the periods: as asked, else from the first instance to after the last."""
    begin = wanted.begin if wanted.begin > EARLIEST else first
    end = wanted.end if wanted.end < LATEST else last + 1
    duration = Duration.parse(wanted.period)
    if wanted.end >= LATEST and duration.us:
        end = begin + ((last - begin) // duration.us + 1) * duration.us
    return begin, max(end, begin + 1)


def value_of(instance: Instance) -> Any:
    """The value of an instance, whatever its type."""
    return instance.get(VALUE_MEMBER[instance["type"]])


def _value(values: list[Any], method: Method) -> Any:
    if method == "totalCount":
        return len(values)
    if method == "distinctCount":
        return len({msgspec.json.encode(value, order="sorted") for value in values})
    if method in ("min", "max") and all(isinstance(value, str) for value in values):
        return min(values) if method == "min" else max(values)
    numbers = [number for value in values if (number := _number(value)) is not None]
    if not numbers:
        return None
    if method == "sum":
        return _short(math.fsum(numbers))
    if method == "avg":
        return _short(math.fsum(numbers) / len(numbers))
    if method == "sumsq":
        return _short(math.fsum(number * number for number in numbers))
    if method == "stddev":
        mean = math.fsum(numbers) / len(numbers)
        return _short(math.sqrt(math.fsum((x - mean) ** 2 for x in numbers) / len(numbers)))
    return _short(min(numbers) if method == "min" else max(numbers))


def _number(value: Any) -> float | None:
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, list | dict):
        return float(len(value))
    return None


def _short(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
