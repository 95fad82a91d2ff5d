"""PyVRP: prizes are collected by one vehicle, whose day or whose way is limited.

A place that is open more than once a day is a group of clients, one an opening: at most one of
them is visited.

References
----------
Wouda, Lan and Kool (2024), PyVRP: a high-performance VRP solver package, INFORMS Journal on
Computing 36(4).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from kopa.model import IntArray

FAR = 2**32
"""A way that there is not; sums of it stay exact."""


@dataclass(frozen=True)
class Visit:
    """One way to visit a place.

    Parameters
    ----------
    place
        Row of the matrices.
    prize
        What it is worth, in the matrices' unit of cost.
    stay
        Time at the place.
    early, late
        When the stay may begin; `late` None for ever.
    """

    place: int
    prize: int
    stay: int = 0
    early: int = 0
    late: int | None = None


@dataclass(frozen=True)
class Trip:
    """The vehicle: it starts and ends at a place.

    Parameters
    ----------
    start
        Row of the matrices.
    early, late
        First and last moment of the day; None for ever.
    longest
        Length of the way at most; None for any.
    """

    start: int = 0
    early: int = 0
    late: int | None = None
    longest: int | None = None


def collect(
    visits: Sequence[Visit], trip: Trip, ways: tuple[IntArray, IntArray], effort: tuple[float, int]
) -> list[int]:
    """The visits that are worth most, in order, as rows of `visits`.

    Parameters
    ----------
    visits
        What can be visited; those of one place exclude one another.
    trip
        The day.
    ways
        Lengths and times between places, whole numbers, shape (place, place); a length costs 1 a
        unit, so that a prize must be larger than the way that it is worth.
    effort
        Seconds, and seed.
    """
    import pyvrp
    import pyvrp.exceptions

    most = 2**63 - 1  # its own "never": any other number is a window to it, and slower
    many = len(ways[0])
    rows: dict[int, list[int]] = {}
    for row, one in enumerate(visits):
        rows.setdefault(one.place, []).append(row)
    groups = [found for found in rows.values() if len(found) > 1]
    group = {row: number for number, found in enumerate(groups) for row in found}
    clients = [
        pyvrp.Client(
            one.place, service_duration=one.stay, tw_early=one.early,
            tw_late=most if one.late is None else one.late, prize=one.prize, required=False,
            group=group.get(row),
        )
        for row, one in enumerate(visits)
    ]  # fmt: skip
    vehicle = pyvrp.VehicleType(
        1,
        tw_early=trip.early,
        tw_late=most if trip.late is None else trip.late,
        max_distance=most if trip.longest is None else trip.longest,
    )
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0)] * many,
        clients,
        [pyvrp.Depot(trip.start)],
        [vehicle],
        [ways[0]],  # type: ignore[list-item]  # its stubs mean arrays of int64
        [ways[1]],  # type: ignore[list-item]
        [pyvrp.ClientGroup(found, required=False) for found in groups],
    )
    seconds, seed = effort
    end = time.perf_counter() + seconds
    with warnings.catch_warnings():
        # a penalty at its bound means that little fits: what is found is checked all the same
        warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
        result = pyvrp.solve(
            data, lambda best: time.perf_counter() >= end, seed=seed, collect_stats=False,
            params=pyvrp.SolveParams(
                neighbourhood=pyvrp.search.NeighbourhoodParams(num_neighbours=30)
            ),
        )  # fmt: skip
    if not result.best.is_feasible():
        return []
    return [
        int(one.idx) for route in result.best.routes() for one in route.schedule()
        if not one.is_depot()
    ]  # fmt: skip
