"""Temporal queries: which instances of the past, in which form (clauses 4.11, 4.5.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.history import moment_us, time_of
from kopa.api.ngsi_ld.names import is_time
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.errors import RangeError
from kopa.store.contract import METHODS, Method, Span
from kopa.store.observations import EARLIEST, LATEST
from kopa.store.times import Duration

TIME_PROPERTIES = ("observedAt", "createdAt", "modifiedAt", "deletedAt")
TEMPORAL = frozenset(["timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods"]) | {
    "aggrPeriodDuration"
}
Shape = Literal["instances", "values", "aggregates"]


@dataclass(frozen=True, slots=True)
class TemporalQuery:
    """Which instances.

    Parameters
    ----------
    timeproperty
        The time that is asked about.
    begin, end
        It lies in [begin, end), µs since 1970 UTC.
    last
        So many of each attribute, the newest; 0 for all.
    shape
        Whole instances, pairs of value and time, or aggregates.
    methods, period
        With aggregates: which, over which duration.
    given
        Whether a time was asked for.
    """

    timeproperty: str = "observedAt"
    begin: int = EARLIEST
    end: int = LATEST
    last: int = 0
    shape: Shape = "instances"
    methods: tuple[Method, ...] = ()
    period: str = "PT0S"
    given: bool = False

    @property
    def span(self) -> Span:
        """What the store is asked; for times that it does not know, all."""
        if self.timeproperty != "observedAt":
            return Span()
        return Span(self.begin, self.end, self.last, newest=self.last > 0)

    def holds(self, instance: Instance) -> bool:
        """Whether an instance is asked for."""
        time = time_of(instance, self.timeproperty)
        if time is None:
            return not self.given and self.timeproperty == "observedAt"
        return self.begin <= moment_us(time) < self.end


def read_temporal_query(members: Mapping[str, Any], options: list[str]) -> TemporalQuery:
    """Read a temporal query.

    Parameters
    ----------
    members
        ``timerel``, ``timeAt``, ``endTimeAt``, ``timeproperty``, ``lastN``, ``aggrMethods``,
        ``aggrPeriodDuration``; others are left alone.
    options
        What ``options`` and ``format`` ask for.

    Returns
    -------
    TemporalQuery
        The query.

    Raises
    ------
    BadRequestData
        If it is not valid.
    """
    timeproperty = members.get("timeproperty", "observedAt")
    if timeproperty not in TIME_PROPERTIES:
        raise BadRequestData(f"timeproperty is one of {', '.join(TIME_PROPERTIES)}.")
    begin, end = _window(members)
    aggregated = "aggregatedValues" in options
    methods = _methods(members.get("aggrMethods")) if aggregated else ()
    period = members.get("aggrPeriodDuration", "PT0S")
    if aggregated:
        if not isinstance(period, str) or len(period) > 64:
            raise BadRequestData("aggrPeriodDuration is not a duration.")
        try:
            Duration.parse(period)
        except RangeError as error:
            raise BadRequestData(f"aggrPeriodDuration: {error}.") from None
    shape: Shape = "instances"
    if aggregated:
        shape = "aggregates"
    elif {"temporalValues", "keyValues", "simplified"} & set(options):
        shape = "values"
    return TemporalQuery(
        timeproperty,
        begin,
        end,
        _last(members.get("lastN")),
        shape,
        methods,
        period,
        given="timerel" in members,
    )


def _window(members: Mapping[str, Any]) -> tuple[int, int]:
    relation = members.get("timerel")
    if relation is None:
        if "timeAt" in members or "endTimeAt" in members:
            raise BadRequestData("timeAt needs timerel.")
        return EARLIEST, LATEST
    if relation not in ("before", "after", "between"):
        raise BadRequestData("timerel is before, after or between.")
    for name in ("timeAt", "endTimeAt") if relation == "between" else ("timeAt",):
        if not is_time(members.get(name)):
            raise BadRequestData(f"{name} is not a DateTime.")
    at = moment_us(members["timeAt"])
    if relation == "before":
        return EARLIEST, at
    if relation == "after":
        return at, LATEST
    end = moment_us(members["endTimeAt"])
    if end < at:
        raise BadRequestData("endTimeAt is before timeAt.")
    return at, end


def _last(value: Any) -> int:
    if value is None:
        return 0
    text = str(value)
    if not text.isascii() or not text.isdigit() or not int(text[:9]) > 0 or len(text) > 9:
        raise BadRequestData("lastN is a whole number above zero.")
    return int(text)


def _methods(value: Any) -> tuple[Method, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not names:
        raise BadRequestData("aggregatedValues needs aggrMethods.")
    found = tuple(method for name in names for method in METHODS if method == name)
    if len(found) != len(names):
        raise BadRequestData(f"aggrMethods is a list of {', '.join(METHODS)}.")
    return found
