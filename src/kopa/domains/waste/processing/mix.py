"""The cheapest way of waste through its facilities, under limits, as a linear programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.engine_highs import clashing, solve
from kopa.errors import EngineError, KopaError
from kopa.model import FloatArray

from .landfill import Span
from .mix_problem import Problem, Route
from .mix_programme import Arc, Built, build

AVOIDING = ("recycling", "composting", "digestion", "incineration")
"""Kinds that make something which need not be made elsewhere."""
TOLERANCE = 1e-6
"""Share of all waste that a balance may be off by."""


class ConflictError(KopaError):
    """No mix holds all limits.

    Attributes
    ----------
    names
        Limits that cannot hold together; without any one of them the others could.
    """

    code = "waste.mix-infeasible"

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"these cannot hold together: {'; '.join(names)}")
        self.names = tuple(names)


@dataclass(frozen=True)
class Price:
    """What a limit costs at its margin.

    Parameters
    ----------
    limit
        Its name.
    eur
        What one unit of ease saves, or one t more of a stream costs, EUR.
    unit
        ``EUR per t``, ``EUR per t CO2e``.
    words
        The same in a sentence.
    """

    limit: str
    eur: float
    unit: str
    words: str


@dataclass(frozen=True)
class Mix:
    """The cheapest mix.

    Parameters
    ----------
    arcs, flow
        Ways, and t a year on each, shape (arc,).
    gate, transport, emission_cost
        EUR a year.
    emission
        t CO2e a year: low, mid, high.
    avoided
        t CO2e a year that are avoided elsewhere, as far as known; never taken off `emission`. NaN
        where nothing is known.
    unknown
        Facilities in use of which it is not known what they avoid.
    recycled, landfilled
        t a year, as the law counts them.
    prices
        Of limits that bind, and of each stream.
    """

    arcs: tuple[Arc, ...]
    flow: FloatArray
    gate: float
    transport: float
    emission_cost: float
    emission: Span
    avoided: Span
    unknown: tuple[str, ...]
    recycled: float
    landfilled: float
    prices: tuple[Price, ...]

    @property
    def cost(self) -> float:
        """EUR a year."""
        return self.gate + self.transport + self.emission_cost

    def into(self, facility: str) -> float:
        """T a year that a facility takes."""
        return float(sum(self.flow[at] for at, arc in enumerate(self.arcs) if arc.to == facility))

    def stays(self, problem: Problem) -> dict[str, float]:
        """T a year that stay at each facility, or leave it as water, gas or product."""
        places = {one.name: one for one in problem.facilities}
        found = dict.fromkeys(places, 0.0)
        for arc, much in zip(self.arcs, self.flow.tolist(), strict=True):
            found[arc.to] += much * places[arc.to].stays(arc.stream)
        return found


def cheapest(problem: Problem, seconds: float = 60.0) -> Mix:
    """The cheapest mix that holds all limits.

    Parameters
    ----------
    problem
        What is to be decided.
    seconds
        Most time.

    Raises
    ------
    ConflictError
        If no mix holds all limits.
    EngineError
        If there is no answer, or it does not balance.
    """
    built = build(problem)
    found = solve(built.programme, seconds)
    if found.status == "infeasible":
        names = clashing(built.programme, built.held, seconds)
        if not names:
            raise EngineError("some waste only goes round in a loop: let a facility end it")
        raise ConflictError(names)
    if found.status == "unbounded":
        raise EngineError("a loop of facilities earns without end: check what they pay")
    if found.status != "optimal":
        raise EngineError(f"no mix was found in {seconds:g} s")
    flow = np.maximum(found.x, 0.0)
    mix = _mix(problem, built, flow, found.row_price)
    off = abs(sum(mix.stays(problem).values()) - problem.tonnes)
    if off > TOLERANCE * max(problem.tonnes, 1.0):
        raise EngineError(f"the mix does not balance: {off:g} t are lost or made")
    return mix


def _mix(problem: Problem, built: Built, flow: FloatArray, prices: FloatArray) -> Mix:
    places = {one.name: one for one in problem.facilities}
    emission, avoided = np.zeros(3), np.zeros(3)
    unknown: list[str] = []
    known, gate, transport = False, 0.0, 0.0
    for arc, much in zip(built.arcs, flow.tolist(), strict=True):
        place, route = places[arc.to], problem.routes.get((arc.origin, arc.to), Route(0.0, 0.0))
        gate += much * place.cost[arc.stream]
        transport += much * route.cost
        emission += much * (np.array(place.emission[arc.stream]) + route.emission) / 1000
        if arc.stream in place.avoided:
            avoided += much * np.array(place.avoided[arc.stream]) / 1000
            known = known or much > TOLERANCE
        elif much > TOLERANCE and place.name not in unknown and place.kind in AVOIDING:
            unknown.append(place.name)
    return Mix(
        arcs=built.arcs,
        flow=flow,
        gate=gate,
        transport=transport,
        emission_cost=float(emission[1]) * problem.emission_price,
        emission=_span(emission),
        avoided=_span(avoided) if known or not unknown else (np.nan, np.nan, np.nan),
        unknown=tuple(unknown),
        recycled=float(built.recycled @ flow),
        landfilled=float(built.landfilled @ flow),
        prices=_prices(problem, built, prices),
    )


def _span(values: FloatArray) -> Span:
    low, mid, high = values.tolist()
    return low, mid, high


def _prices(problem: Problem, built: Built, row_price: FloatArray) -> tuple[Price, ...]:
    """Prices of what binds; the cost of a t more of each stream always."""
    found = []
    for row, limit in built.limits.items():
        eur = float(row_price[row])
        if limit.kind == "stream":
            words = f"One t more of {limit.name} costs {eur:,.2f} EUR."
            found.append(Price(limit.name, eur, "EUR per t", words))
        elif abs(eur) > TOLERANCE:
            unit = "EUR per t CO2e" if limit.kind == "emission" else "EUR per t"
            found.append(Price(limit.name, abs(eur), unit, limit.words.format(eur=abs(eur))))
    if not np.isnan(problem.quota):
        row = next(row for row, limit in built.limits.items() if limit.kind == "quota")
        eur = float(row_price[row]) * problem.tonnes / 100
        if eur > TOLERANCE:
            words = f"One percentage point more of the recycling quota costs {eur:,.2f} EUR a year."
            found.append(Price("recycling-quota", eur, "EUR per percentage point", words))
    return tuple(found)
