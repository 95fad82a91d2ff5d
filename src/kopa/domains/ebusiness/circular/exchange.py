"""The best flows of a circular exchange, by a linear programme.

Each tonne that flows saves its disposal and the virgin material that it stands for, and costs its
way and its preparation; the flows that save the most are chosen. What a firm is paid is not part of
it: a price moves money between two firms, and within `price_from` and `price_to` both gain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.engine_highs import Held, Programme, clashing, solve
from kopa.errors import EngineError, Finding
from kopa.model import FloatArray

from .case import Case, Offer, Want

LEAST_TONNES = 1e-6
"""Smaller flows are rounding."""


@dataclass(frozen=True)
class Way:
    """A way that is open, and what a tonne on it does against disposal and virgin material.

    Parameters
    ----------
    offer, want
        Rows of the case.
    kilometres
        How far.
    saves_eur
        EUR/t.
    saves_kgco2e
        kgCO2e/t; None where the case does not tell what it avoids.
    """

    offer: int
    want: int
    kilometres: float
    saves_eur: float
    saves_kgco2e: float | None


@dataclass(frozen=True)
class Exchange:
    """What the programme found.

    Parameters
    ----------
    case
        What was asked.
    ways
        Open ways.
    tonnes
        On each way, shape (way,).
    findings
        What clashes, and what is told besides; an error where there is no answer.
    """

    case: Case
    ways: tuple[Way, ...]
    tonnes: FloatArray
    findings: tuple[Finding, ...]


def ways(case: Case) -> tuple[Way, ...]:
    """All ways that codes, danger, permits and distances leave open."""
    found = []
    for row, offer in enumerate(case.offers):
        for place, want in enumerate(case.wants):
            far = case.kilometres.get((offer.firm, want.firm))
            if offer.firm == want.firm or far is None or far > want.within_km:
                continue
            known = want.limits.keys() <= offer.quality.keys()
            if want.takes(offer.entry) and known:
                found.append(Way(row, place, far, *_saved(case, offer, want, far)))
    return tuple(found)


def _saved(case: Case, offer: Offer, want: Want, far: float) -> tuple[float, float | None]:
    money = offer.disposal_eur_t + want.replaces * want.virgin_eur_t
    money -= want.treatment_eur_t + far * case.transport_eur_tkm
    if offer.disposal_kgco2e_t is None or want.virgin_kgco2e_t is None:
        return money, None
    carbon = offer.disposal_kgco2e_t + want.replaces * want.virgin_kgco2e_t
    return money, carbon - want.treatment_kgco2e_t - far * case.transport_kgco2e_tkm


def programme(case: Case, open_ways: tuple[Way, ...]) -> tuple[Programme, tuple[Held, ...]]:
    """The exchange as a programme, and what of it could give way.

    Rows: what each offer has, what each want takes, and for each limit of a want that its mix
    holds it.
    """
    from scipy.sparse import csc_array

    offers, wants = len(case.offers), len(case.wants)
    limits = [(place, name) for place, one in enumerate(case.wants) for name in one.limits]
    of_want: dict[int, list[tuple[int, str]]] = {}
    for row, (place, name) in enumerate(limits, offers + wants):
        of_want.setdefault(place, []).append((row, name))
    cells: list[tuple[int, int, float]] = []
    for column, way in enumerate(open_ways):
        cells += [(way.offer, column, 1.0), (offers + way.want, column, 1.0)]
        for row, name in of_want.get(way.want, ()):
            has = case.offers[way.offer].quality[name]
            cells.append((row, column, has - case.wants[way.want].limits[name]))
    rows, columns, values = zip(*cells, strict=True)
    shape = (offers + wants + len(limits), len(open_ways))
    matrix = csc_array((values, (rows, columns)), shape=shape)
    low = np.full(shape[0], -np.inf)
    low[offers : offers + wants] = [one.least for one in case.wants]
    tonnes = [one.tonnes for one in case.offers]
    high = np.array([*tonnes, *(one.most for one in case.wants), *[0.0] * len(limits)])
    worth = [
        way.saves_eur + case.carbon_eur_t * (way.saves_kgco2e or 0.0) / 1000 for way in open_ways
    ]
    none, many = np.empty(0, dtype=np.int64), len(open_ways)
    built = Programme(-np.array(worth), matrix, low, high, np.zeros(many), np.full(many, np.inf))
    names = [f"offer {one.id}: {one.tonnes:g} t" for one in case.offers]
    names += [f"want {one.id}: {one.least:g} to {one.most:g} t" for one in case.wants]
    names += [
        f"want {case.wants[place].id}: {name} up to {case.wants[place].limits[name]:g}"
        for place, name in limits
    ]
    held = [Held(name, none, none, np.array([row])) for row, name in enumerate(names)]
    return built, tuple(held)


def exchange(case: Case, seconds: float = 60.0) -> Exchange:
    """The best flows.

    Parameters
    ----------
    case
        What is asked.
    seconds
        Most time of a solution.

    Raises
    ------
    EngineError
        If HiGHS ends without an answer.
    """
    open_ways = ways(case)
    told = [*_one_sided(case, open_ways)]
    blind = case.carbon_eur_t and any(way.saves_kgco2e is None for way in open_ways)
    if blind:
        what = "carbon has a price, but what some flows avoid is unknown."
        do = "Give disposal_kgco2e_t and virgin_kgco2e_t, or no carbon_eur_t."
        told.append(Finding("ebusiness.carbon-unknown", what, do))
    starved = [one for place, one in enumerate(case.wants)
               if one.least > 0 and all(way.want != place for way in open_ways)]  # fmt: skip
    for one in starved:
        what = f"want {one.id} must get {one.least:g} t, and nothing that is offered suits it."
        do = "Ease what it accepts, or least_t."
        told.append(Finding("ebusiness.infeasible", what, do, place=one.id))
    if not open_ways or blind or starved:
        return Exchange(case, open_ways, np.zeros(len(open_ways)), tuple(told))
    built, held = programme(case, open_ways)
    solution = solve(built, seconds)
    if solution.status == "infeasible":
        what = f"these cannot hold together: {'; '.join(clashing(built, held, seconds))}."
        told.append(Finding("ebusiness.infeasible", what, "Ease one of them."))
        return Exchange(case, open_ways, np.zeros(len(open_ways)), tuple(told))
    if solution.status != "optimal":
        raise EngineError(f"the exchange is {solution.status}: HiGHS found no best flows")
    return Exchange(case, open_ways, np.maximum(solution.x, 0.0), tuple(told))


def _one_sided(case: Case, open_ways: tuple[Way, ...]) -> list[Finding]:
    """Offers that nobody can take, wants that nobody can serve, and why."""
    told = []
    served, taken = {way.want for way in open_ways}, {way.offer for way in open_ways}
    for row, offer in enumerate(case.offers):
        if row not in taken:
            what = f"nobody takes offer {offer.id} ({offer.entry.marked}): {_why(case, offer)}."
            do = "Look for a firm that does."
            told.append(Finding("ebusiness.no-taker", what, do, "warning", place=offer.id))
    for place, want in enumerate(case.wants):
        if place not in served and not want.least:
            what = f"nothing that is offered suits want {want.id}."
            do = "Look for a firm that has it."
            told.append(Finding("ebusiness.no-giver", what, do, "warning", place=want.id))
    return told


def _why(case: Case, offer: Offer) -> str:
    others = [one for one in case.wants if one.firm != offer.firm]
    if not others:
        return "no other firm wants anything"
    coded = [one for one in others if any(
        f"{offer.entry.code} ".startswith(f"{code} ") for code in one.accepts)]  # fmt: skip
    if not coded:
        return "no firm accepts its code"
    permitted = [one for one in coded if one.takes(offer.entry)]
    if not permitted:
        return "it is hazardous, and no firm that accepts its code may take such waste"
    missing = {name for one in permitted for name in one.limits.keys() - offer.quality.keys()}
    if missing and all(one.limits.keys() - offer.quality.keys() for one in permitted):
        return f"its quality is not told: {', '.join(sorted(missing))}"
    return "those who accept it are too far, or the way to them is unknown"
