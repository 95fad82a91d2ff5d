"""Small tasks of rounds, and their exact answers by dynamic programming."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from kopa.domains.waste.rounds.tasks import Task, TruckType, sites_of, stops_of

TRUCK = TruckType(
    name="press",
    count=9,
    capacity_kg=1000,
    capacity_l=8000,
    start_s=6 * 3600,
    end_s=22 * 3600,
    max_hours=16,
    cost_eur_h=36.0,  # 0.01 EUR a second: costs are whole units of the engine
    cost_eur_km=1.0,
    fixed_eur=2.0,
    litres_per_km=0.4,
    litres_per_stop=0.05,
)


def random_task(seed: int, many: int, dumps: int = 1, prizes: bool = False, **truck: Any) -> Task:
    """Stops in a square of 10 km; ways there and back differ."""
    random = np.random.default_rng(seed)
    places = 1 + dumps + many
    points = random.uniform(0, 10_000, (places, 2))
    steps = points[:, None, :] - points[None, :, :]
    metres = np.rint(np.hypot(steps[..., 0], steps[..., 1]) * random.uniform(1, 1.3, (places,) * 2))
    seconds = np.rint(metres / random.uniform(6, 12, (places, places)))
    np.fill_diagonal(metres, 0.0)
    np.fill_diagonal(seconds, 0.0)
    prize = np.full(many, np.nan)
    if prizes:
        prize[::2] = np.rint(random.uniform(0, 15, len(prize[::2])))
    stops = stops_of(
        {
            "ids": [f"c{row}" for row in range(many)],
            "place": np.arange(1 + dumps, places),
            "kg": np.rint(random.uniform(100, 500, many)),
            "litres": np.rint(random.uniform(500, 4000, many)),
            "service_s": np.rint(random.uniform(60, 300, many)),
            "prize_eur": prize,
        }
    )
    depots = sites_of(("depot",), np.array([0]))
    sites = sites_of(tuple(f"d{row}" for row in range(dumps)), np.arange(1, 1 + dumps), 600.0)
    return Task(stops, depots, sites, (replace(TRUCK, **truck),), seconds, metres, 2.7)


def exact_eur(task: Task) -> float:
    """Cost and prizes of the best plan, where no window and no shift binds."""
    truck, stops = task.trucks[0], task.stops
    many = len(stops.ids)
    leg = truck.cost_eur_h * task.seconds / 3600 + truck.cost_eur_km * task.metres / 1000
    hour = truck.cost_eur_h / 3600
    home = int(task.depots.place[0])
    place = stops.place.tolist()

    @cache
    def path(start: int, left: int, last: int) -> float:
        """Cheapest way from a place over a set of stops, the last of which is named."""
        rest = left & ~(1 << last)
        served = stops.service_s[last] * hour
        if not rest:
            return float(leg[start, place[last]] + served)
        return min(
            path(start, rest, one) + float(leg[place[one], place[last]] + served)
            for one in range(many)
            if rest >> one & 1
        )

    def fits(left: int) -> bool:
        rows = [row for row in range(many) if left >> row & 1]
        return bool(
            stops.kg[rows].sum() <= truck.capacity_kg
            and stops.litres[rows].sum() <= truck.capacity_l
        )

    loads = [left for left in range(1, 1 << many) if fits(left)]
    wheres = [home, *task.dumps.place.tolist()]

    @cache
    def trip(start: int, left: int, dump: int) -> float:
        unload = float(task.dumps.service_s[wheres.index(dump) - 1]) * hour
        return unload + min(
            path(start, left, last) + float(leg[place[last], dump])
            for last in range(many)
            if left >> last & 1
        )

    best = {(0, home): 0.0}
    for served in range(1 << many):
        for where in wheres[1:]:
            if (served, where) in best:
                back = best[served, where] + float(leg[where, home])
                best[served, home] = min(best.get((served, home), np.inf), back)
        for where in wheres:
            if (served, where) not in best:
                continue
            now = best[served, where] + (truck.fixed_eur if where == home else 0.0)
            for left in loads:
                if left & served:
                    continue
                for dump in wheres[1:]:
                    cost = now + trip(where, left, dump)
                    key = (served | left, dump)
                    best[key] = min(best.get(key, np.inf), cost)
    answer = np.inf
    for served in range(1 << many):
        out = [row for row in range(many) if not served >> row & 1]
        if not stops.must[out].any() and (served, home) in best:
            answer = min(answer, best[served, home] + stops.prize_eur[out].sum())
    return float(answer)
