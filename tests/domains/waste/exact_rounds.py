"""Exact rounds of a few places by dynamic programming: what searches are held against.

Every set of clients has a cheapest trip, over all orders that keep to the windows; the best plan
is the cheapest way to split the clients that are served into trips, and trips into trucks.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations

from kopa.domains.waste.routing.vehicle_routing import VehicleRouting

NONE = 10**12


def cheapest(of: VehicleRouting) -> int:
    """Cost of the best plan without time windows: by sets of clients, trips are all alike."""
    many = len(of.demand) - 1
    distance, demand, prize = of.distance.tolist(), of.demand.tolist(), of.prize.tolist()
    required = of.required.tolist()

    @cache
    def path(left: int, last: int) -> int:
        """Cheapest way from the depot over a set of clients, ending at one of them."""
        rest = left & ~(1 << (last - 1))
        if not rest:
            return int(distance[0][last])
        return min(
            path(rest, one) + distance[one][last]
            for one in range(1, many + 1)
            if rest >> (one - 1) & 1
        )

    def trip(clients: int) -> int:
        rows = [row for row in range(1, many + 1) if clients >> (row - 1) & 1]
        if sum(demand[row] for row in rows) > of.capacity:
            return NONE
        return min(path(clients, last) + distance[last][0] for last in rows)

    trips = [0, *(trip(clients) for clients in range(1, 1 << many))]
    most = many if of.reloads else of.trucks
    best = [[0] + [NONE] * ((1 << many) - 1)]
    for _ in range(most):
        before = best[-1]
        now = list(before)
        for clients in range(1, 1 << many):
            part = clients
            while part:
                now[clients] = min(now[clients], trips[part] + before[clients & ~part])
                part = (part - 1) & clients
        if now == before:
            break
        best.append(now)
    answer = NONE
    for clients in range(1 << many):
        left = [row for row in range(1, many + 1) if not clients >> (row - 1) & 1]
        if not any(required[row] for row in left):
            answer = min(answer, best[-1][clients] + sum(prize[row] for row in left))
    return answer


def cheapest_timed(of: VehicleRouting) -> int:
    """Cost of the best plan of one truck with time windows, by trying every order and reload."""
    many = len(of.demand)
    best = NONE
    for order in permutations(range(1, many)):
        for cuts in range(1 << (many - 2)):
            if cuts and not of.reloads:
                break
            route: list[int] = []
            for at, place in enumerate(order):
                route.append(place)
                if at < many - 2 and cuts >> at & 1:
                    route.append(0)
            found = of.check([route])
            if not found.wrong:
                best = min(best, found.cost)
    return best
