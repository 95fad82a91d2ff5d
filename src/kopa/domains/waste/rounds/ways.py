"""Tours on the streets: the arcs of every leg, its line, and where a truck is at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from kopa.geo.engine_routingkit import Metric, Router
from kopa.geo.matrix import matrix
from kopa.model import FloatArray, IntArray

from .plans import Plan, TruckTour
from .replanning import Position
from .tasks import Task


def on_streets(task: Task, router: Router, seconds: FloatArray | None = None) -> Task:
    """The task with the matrices of a state of the streets.

    Parameters
    ----------
    task
        With the node of each place; its matrices are not read.
    router
        The streets.
    seconds
        Time of each arc, s, `inf` where it is closed, shape (arc,); None for free traffic.
    """
    roads = router.roads
    served = task.arc >= 0
    arc = task.arc[served]
    enter = task.node.copy()
    enter[served] = roads.tail[arc]
    found = matrix(router, task.node, enter, seconds)
    found.seconds[:, served] += (roads.seconds if seconds is None else seconds)[arc]
    found.metres[:, served] += roads.streets.length[roads.edge[arc]]
    np.fill_diagonal(found.seconds, 0.0)
    np.fill_diagonal(found.metres, 0.0)
    return replace(task, seconds=found.seconds, metres=found.metres)


@dataclass(frozen=True)
class Ways:
    """Ways of a plan's trucks on the streets.

    Parameters
    ----------
    router
        The streets.
    task
        With the node of each place.
    seconds
        Time of each arc when the plan was made, s, shape (arc,); None for free traffic.
    """

    router: Router
    task: Task
    seconds: FloatArray | None = None

    @cached_property
    def _metric(self) -> Metric:
        return self.router.metric(self.seconds)

    @cached_property
    def _times(self) -> FloatArray:
        return self.router.roads.seconds if self.seconds is None else self.seconds

    def arcs(self, here: int, there: int) -> IntArray:
        """Arcs from one place to another, in order; none if there is no way, or none is needed."""
        node, arc = self.task.node, int(self.task.arc[there])
        enter = int(node[there] if arc < 0 else self.router.roads.tail[arc])
        ways = self._metric.path(int(node[here]), enter)[1]
        return ways if arc < 0 else np.append(ways, arc)

    def line(self, here: int, there: int) -> FloatArray:
        """Points along the way from one place to another, m, shape (point, 2)."""
        roads = self.router.roads
        streets = roads.streets
        start = int(self.task.node[here])
        points = [np.array([[streets.x[start], streets.y[start]]])]
        for arc in self.arcs(here, there).tolist():
            edge = int(roads.edge[arc])
            line = streets.line(edge)
            points.append(line[1:] if roads.tail[arc] == streets.a[edge] else line[-2::-1])
        return np.concatenate(points)

    def tour_lines(self, tour: TruckTour) -> list[FloatArray]:
        """The line of each leg of a tour, m."""
        return [self.line(one.place, other.place) for one, other in pairwise(tour.visits)]

    def positions(self, plan: Plan, at_s: float) -> dict[str, tuple[int, float, float]]:
        """Where trucks on their way can turn next.

        Parameters
        ----------
        plan
            Tours.
        at_s
            Time, s after midnight.

        Returns
        -------
        dict
            By name: the node, when the truck is there, and its metres since its last visit.
        """
        found = {}
        for tour in plan.tours:
            for one, other in pairwise(tour.visits):
                if one.leave_s <= at_s < other.arrive_s:
                    speed = self.task.trucks[tour.truck].speed
                    found[tour.name] = self._turn(one.place, other.place, one.leave_s, at_s, speed)
        return found

    def _turn(
        self, here: int, there: int, left_s: float, at_s: float, speed: float
    ) -> tuple[int, float, float]:
        """The first node of a way that is reached at a time or later."""
        roads = self.router.roads
        arcs = self.arcs(here, there)
        when = left_s + np.cumsum(self._times[arcs]) / speed
        metres = np.cumsum(roads.streets.length[roads.edge[arcs]])
        at = min(int(np.searchsorted(when, at_s)), len(arcs) - 1)
        return int(roads.head[arcs[at]]), float(when[at]), float(metres[at])


def with_positions(
    task: Task, turns: dict[str, tuple[int, float, float]]
) -> tuple[Task, dict[str, Position]]:
    """The task with a place more for each truck on its way; its matrices must be made anew.

    Parameters
    ----------
    task
        With the node of each place.
    turns
        What `Ways.positions` gave.
    """
    names: Sequence[str] = sorted(turns)
    first = len(task.node)
    node = np.concatenate([task.node, [turns[name][0] for name in names]]).astype(np.int64)
    arc = np.concatenate([task.arc, np.full(len(names), -1)])
    blank = np.zeros((len(node), len(node)))
    positions = {
        name: Position(first + at, turns[name][1], turns[name][2]) for at, name in enumerate(names)
    }
    return replace(task, node=node, arc=arc, seconds=blank, metres=blank), positions
