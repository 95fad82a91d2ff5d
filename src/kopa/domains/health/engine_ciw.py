"""Queues simulated by ciw: priorities, arrivals and staff that change through the day.

A patient who is being treated is treated to the end, also where a shift ends or somebody more
urgent comes. Times of treatment are exponential.

References
----------
Palmer, Knight, Harper, Hawa (2019), Ciw: an open-source discrete event simulation library,
Journal of Simulation 13(1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray

HOURS = 24
MOST = 2_000_000
"""So many patients are simulated at most."""


@dataclass(frozen=True)
class Patients:
    """A class of patients.

    Parameters
    ----------
    name
        What it is called.
    priority
        1 goes before 2.
    per_hour
        Arrivals by hour of the day, 1/h, shape (24,).
    minutes
        Mean time that one takes.
    """

    name: str
    priority: int
    per_hour: FloatArray
    minutes: float


@dataclass(frozen=True)
class Waits:
    """How a class waited.

    Parameters
    ----------
    name, priority
        The class.
    served
        How many, without those of the first day.
    mean_min, p90_min
        Mean wait, and the one that nine of ten do not pass, min; NaN where nobody came.
    within
        Share that waited no longer than was asked for.
    left
        How many still wait when the simulation ends; nothing else counts them.
    """

    name: str
    priority: int
    served: int
    mean_min: float
    p90_min: float
    within: float
    left: int = 0


def simulate(
    patients: Sequence[Patients], servers: Sequence[int], days: int, seed: int, within_min: float
) -> tuple[Waits, ...]:
    """Waits in a simulated line; the first day fills it, and is not counted.

    Parameters
    ----------
    patients
        Classes.
    servers
        By hour of the day, shape (24,).
    days
        Simulated, 2 or more.
    seed
        Of all that is drawn.
    within_min
        A wait.

    Raises
    ------
    EngineError
        If there are too many patients, or the engine fails.
    """
    import ciw

    some = [one for one in patients if one.per_hour.sum() > 0]
    if sum(one.per_hour.sum() for one in some) * days > MOST:
        raise EngineError(f"more than {MOST} patients would be simulated")
    ciw.seed(seed)
    end = float(days * HOURS)
    ranks = {rank: at for at, rank in enumerate(sorted({one.priority for one in some}))}
    same = len(set(servers)) == 1
    ends = [float(hour) for hour in range(1, HOURS + 1)]
    staff = servers[0] if same else ciw.Schedule(
        numbers_of_servers=list(servers), shift_end_dates=ends, preemption=False
    )  # fmt: skip
    try:
        network = ciw.create_network(
            arrival_distributions={one.name: [_arrivals(ciw, one, end)] for one in some},
            service_distributions={
                one.name: [ciw.dists.Exponential(60 / one.minutes)] for one in some
            },
            number_of_servers=[staff],
            priority_classes={one.name: ranks[one.priority] for one in some},
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(end)
        records = simulation.get_all_records()
        waiting = Counter(
            str(one.customer_class)
            for one in simulation.nodes[1].all_individuals
            if one.service_start_date is False and one.arrival_date >= HOURS
        )
    except Exception as error:  # noqa: BLE001  # it raises whatever its numbers do
        raise EngineError(f"ciw: {str(error)[:120]}") from None
    found = []
    for one in patients:
        waits = 60 * np.array(
            [
                record.waiting_time
                for record in records
                if record.customer_class == one.name and record.arrival_date >= HOURS
            ]
        )
        here = len(waits) > 0
        found.append(
            Waits(
                one.name,
                one.priority,
                len(waits),
                float(waits.mean()) if here else float("nan"),
                float(np.quantile(waits, 0.9)) if here else float("nan"),
                float((waits <= within_min).mean()) if here else float("nan"),
                waiting[one.name],
            )
        )
    return tuple(found)


def _arrivals(ciw: object, one: Patients, end: float) -> object:
    rates = one.per_hour.tolist()
    if len(set(rates)) == 1:
        return ciw.dists.Exponential(rates[0])  # type: ignore[attr-defined]
    hours = [float(hour) for hour in range(1, HOURS + 1)]
    return ciw.dists.PoissonIntervals(rates, hours, end)  # type: ignore[attr-defined]
