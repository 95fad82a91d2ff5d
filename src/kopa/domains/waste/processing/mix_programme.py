"""A mix as a linear programme: what flows from where to where, t a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kopa.engine_highs import Held, Programme
from kopa.model import FloatArray

from .mix_problem import Facility, Problem


@dataclass(frozen=True)
class Arc:
    """A way: the stream or facility that something comes from, what it is, where it goes."""

    origin: str
    stream: str
    to: str


@dataclass(frozen=True)
class Limit:
    """A row of the programme that people set.

    Parameters
    ----------
    name
        What it is.
    kind
        ``stream``, ``capacity``, ``least``, ``quota``, ``landfill`` or ``emission``.
    words
        What easing it saves, with ``{eur}``.
    """

    name: str
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Built:
    """A programme and what its rows and columns are.

    Parameters
    ----------
    arcs
        One a column.
    programme
        The programme.
    limits
        Rows that people set.
    held
        Those of them that can give way.
    recycled, landfilled
        t that count as such a t of each arc, shape (arc,).
    """

    arcs: tuple[Arc, ...]
    programme: Programme
    limits: Mapping[int, Limit]
    held: tuple[Held, ...]
    recycled: FloatArray
    landfilled: FloatArray


def ways(problem: Problem) -> tuple[Arc, ...]:
    """All ways that are open."""
    origins = [(stream.name, stream.name) for stream in problem.streams]
    for place in problem.facilities:
        origins += [(place.name, given) for given in dict.fromkeys(o.stream for o in place.outputs)]
    return tuple(
        Arc(origin, stream, place.name)
        for origin, stream in origins
        for place in problem.facilities
        if stream in place.accepts
        and place.name != origin
        and (not problem.routes or (origin, place.name) in problem.routes)
    )


def build(problem: Problem) -> Built:
    """The programme of a problem."""
    arcs = ways(problem)
    rows = _Rows(len(arcs))
    places = {one.name: one for one in problem.facilities}
    _balances(rows, problem, arcs)
    _capacities(rows, problem, arcs)
    recycled = np.array([places[arc.to].counts.get(arc.stream, 0.0) for arc in arcs])
    landfilled = np.array([_landfilled(arc, places) for arc in arcs])
    cost, emission = _costs(problem, arcs, places)
    names = {stream.name for stream in problem.streams}
    collected = np.array([float(arc.origin in names) for arc in arcs])
    if not np.isnan(problem.quota):
        words = "One t less to be recycled saves {eur:,.2f} EUR."
        name = f"recycling quota of {problem.quota:.1%}"
        limit = Limit(name, "quota", words)
        rows.add(recycled - problem.quota * collected, 0.0, np.inf, limit)
    if not np.isnan(problem.landfill_share):
        words = "One t more that may be landfilled saves {eur:,.2f} EUR."
        name = f"landfill limit of {problem.landfill_share:.1%}"
        limit = Limit(name, "landfill", words)
        rows.add(landfilled - problem.landfill_share * collected, -np.inf, 0.0, limit)
    if not np.isnan(problem.emission_limit):
        words = "One t CO2e more that may be emitted saves {eur:,.2f} EUR."
        name = f"CO2e limit of {problem.emission_limit:,g} t"
        limit = Limit(name, "emission", words)
        rows.add(emission / 1000, -np.inf, problem.emission_limit, limit)
    return Built(arcs, rows.programme(cost), rows.limits, rows.held, recycled, landfilled)


class _Rows:
    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._parts: list[FloatArray] = []
        self._ends: list[tuple[float, float]] = []
        self.limits: dict[int, Limit] = {}

    def add(self, part: FloatArray, low: float, high: float, limit: Limit | None = None) -> None:
        """A row."""
        if limit is not None:
            self.limits[len(self._parts)] = limit
        self._parts.append(part)
        self._ends.append((low, high))

    @property
    def held(self) -> tuple[Held, ...]:
        """Rows that can give way."""
        none = np.empty(0, dtype=np.int64)
        return tuple(
            Held(limit.name, none, none, np.array([row]))
            for row, limit in self.limits.items()
            if limit.kind != "stream"
        )

    def programme(self, cost: FloatArray) -> Programme:
        from scipy.sparse import csc_array

        low, high = np.array(self._ends).T
        matrix = csc_array(np.array(self._parts).reshape(-1, self._columns))
        zero, most = np.zeros(self._columns), np.full(self._columns, np.inf)
        return Programme(cost, matrix, low, high, zero, most)


def _balances(rows: _Rows, problem: Problem, arcs: tuple[Arc, ...]) -> None:
    """All of each stream goes somewhere, and all that a facility gives."""
    for stream in problem.streams:
        part = np.array([float(arc.origin == arc.stream == stream.name) for arc in arcs])
        rows.add(part, stream.tonnes, stream.tonnes, Limit(stream.name, "stream"))
    for place in problem.facilities:
        for given in dict.fromkeys(output.stream for output in place.outputs):
            part = np.array([float(a.origin == place.name and a.stream == given) for a in arcs])
            part -= [place.share(a.stream, given) if a.to == place.name else 0.0 for a in arcs]
            rows.add(part, 0.0, 0.0)


def _capacities(rows: _Rows, problem: Problem, arcs: tuple[Arc, ...]) -> None:
    for place in problem.facilities:
        part = np.array([float(arc.to == place.name) for arc in arcs])
        if np.isfinite(place.capacity):
            name = f"capacity of {place.name}, {place.capacity:,g} t"
            words = f"One t more of capacity of {place.name} saves {{eur:,.2f}} EUR."
            rows.add(part, -np.inf, place.capacity, Limit(name, "capacity", words))
        if place.least > 0:
            name = f"least input of {place.name}, {place.least:,g} t"
            words = f"One t less that {place.name} must take saves {{eur:,.2f}} EUR."
            rows.add(part, place.least, np.inf, Limit(name, "least", words))


def _landfilled(arc: Arc, places: Mapping[str, Facility]) -> float:
    """Whether a t counts as landfilled municipal waste.

    References
    ----------
    Directive 1999/31/EC, article 5b(1): residues of sorting and pre-treatment count, those of
    recycling and other recovery do not.
    """
    if places[arc.to].kind != "landfill":
        return 0.0
    origin = places.get(arc.origin)
    recovery = origin is not None and (origin.kind == "recycling" or origin.energy_recovery)
    return 0.0 if recovery else 1.0


def _costs(
    problem: Problem, arcs: tuple[Arc, ...], places: Mapping[str, Facility]
) -> tuple[FloatArray, FloatArray]:
    """EUR, and kgCO2e, a t of each arc."""
    gate = np.array([places[arc.to].cost[arc.stream] for arc in arcs])
    emission = np.array([places[arc.to].emission[arc.stream][1] for arc in arcs])
    for at, arc in enumerate(arcs):
        if (route := problem.routes.get((arc.origin, arc.to))) is not None:
            gate[at] += route.cost
            emission[at] += route.emission
    return gate + emission / 1000 * problem.emission_price, emission
