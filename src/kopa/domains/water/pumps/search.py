"""Branch and bound over how many pumps run in each hour."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from kopa.model import FloatArray

from .bound import Bound
from .plant import Plant
from .snapshots import TOLERANCE, Snapshots
from .switching import Layer, begin, follow

_SHOW_EVERY = 2000
_EQUAL = 1e-9  # relative: plans as cheap as the best are not searched


class Node(NamedTuple):
    """A plan up to an hour. Sorted by what it costs at least, then the longer first."""

    least: float
    left: int
    number: int
    cost: float
    levels: FloatArray
    plan: tuple[int, ...]
    switched: int
    layers: tuple[Layer, ...]


@dataclass
class Outcome:
    """What a search found.

    Parameters
    ----------
    plan
        Action of each hour; None if nothing was found.
    cost
        Of the plan.
    least
        No plan costs less.
    finished
        True if nothing is left to search.
    expanded, snapshots
        Nodes, and hours that EPANET ran.
    deepest, refused
        Farthest hour that a plan reached, and how often each limit refused one there.
    breach
        Greatest amount by which the cost to go rose or fell unlike a bound does.
    """

    plan: tuple[int, ...] | None = None
    cost: float = np.inf
    least: float = 0.0
    finished: bool = False
    expanded: int = 0
    snapshots: int = 0
    deepest: int = -1
    refused: dict[str, int] = field(default_factory=dict)
    breach: float = 0.0
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """Share of the cost that may still be saved."""
        if self.plan is None:
            return np.inf
        return max(0.0, 1 - self.least / self.cost) if self.cost > 0 else 0.0


Replay = Callable[[tuple[int, ...]], float]
"""Cost of a whole plan as EPANET runs it in one go; infinite if it breaks a limit."""


class Search:
    """Best first, each node followed down to its end.

    Parameters
    ----------
    plant
        The plant.
    bound
        On the cost to go; None bounds by what is spent.
    replay
        Judges a whole plan.
    """

    def __init__(self, plant: Plant, bound: Bound | None, replay: Replay) -> None:
        self._plant, self._bound, self._replay = plant, bound, replay
        self._snapshots = Snapshots(plant)
        self._most = 2 * plant.limits.cycles
        self._number = 0
        self.found = Outcome()

    def run(self, time_limit: float, progress: Callable[[Outcome], None]) -> Outcome:
        """Search until done, the time is over, or Ctrl-C.

        Parameters
        ----------
        time_limit
            s.
        progress
            Called now and then.
        """
        found, begun = self.found, time.monotonic()
        heap = [Node(0.0, self._plant.hours, 0, 0.0, self._plant.levels, (), 0, ())]

        def watched() -> bool:
            if found.expanded % _SHOW_EVERY == 0:
                progress(found)
            return time.monotonic() - begun < time_limit

        try:
            found.finished = self._emptied(heap, watched)
        except (KeyboardInterrupt, TimeoutError):
            found.finished = False
        found.seconds = time.monotonic() - begun
        self._snapshots.close()
        if found.finished:
            found.least = found.cost
        return found

    def _emptied(self, heap: list[Node], watched: Callable[[], bool]) -> bool:
        """Search until the heap holds nothing that is worth it; False if nobody watches on."""
        while heap and self._worth(heap[0].least):
            # the least of all that is open; what follows from a node never costs less than it
            self.found.least = max(self.found.least, heap[0].least)
            current: Node | None = heapq.heappop(heap)
            while current is not None:
                if not watched():
                    return False
                children = sorted(self._children(current))
                current = children[0] if children else None
                for child in children[1:]:
                    heapq.heappush(heap, child)
        return True

    def _worth(self, least: float) -> bool:
        return least < self.found.cost * (1 - _EQUAL)

    def _children(self, node: Node) -> list[Node]:
        """What may follow and is worth it; whole plans are judged at once."""
        plant, found = self._plant, self.found
        hour = len(node.plan)
        found.expanded += 1
        children = []
        for action, counts in enumerate(plant.actions):
            switched = node.switched
            if hour:
                switched += int(plant.switches[node.plan[-1], action])
            layers = self._layers(node, counts)
            if layers is None:
                self._refuse(hour, "switches")
                continue
            step = self._snapshots.hour(hour, counts, node.levels)
            found.snapshots += 1
            if not step.feasible:
                self._refuse(hour, _limit(step.trusted, step.pressure))
                continue
            cost = node.cost + plant.price[hour] * step.energy
            plan = (*node.plan, action)
            if hour + 1 == plant.hours:
                self._whole(plan, step.levels, cost)
                continue
            least = cost
            if self._bound is not None:
                to_go = self._bound.to_go(hour + 1, plan[0], action, switched, step.levels)
                least += to_go
                if to_go < np.inf:
                    found.breach = max(found.breach, node.least - least)
                    least = max(least, node.least)
            if self._worth(least):
                self._number += 1
                left = plant.hours - hour - 1
                children.append(
                    Node(least, left, self._number, cost, step.levels, plan, switched, layers)
                )
            else:
                self._refuse(hour, "cost" if found.plan else "rest")
        return children

    def _layers(self, node: Node, counts: tuple[int, ...]) -> tuple[Layer, ...] | None:
        layers = []
        for place, (group, many) in enumerate(zip(self._plant.groups, counts, strict=True)):
            if node.plan:
                layer = follow(node.layers[place], many, self._most)
            else:
                layer = begin(len(group.pumps), many)
            if not layer:
                return None
            layers.append(layer)
        return tuple(layers)

    def _whole(self, plan: tuple[int, ...], levels: FloatArray, cost: float) -> None:
        plant, hour = self._plant, self._plant.hours - 1
        if plant.limits.end_level and (levels < plant.levels - TOLERANCE).any():
            self._refuse(hour, "end level")
        elif self._worth(cost):
            replayed = self._replay(plan)
            if not np.isfinite(replayed):
                self._refuse(hour, "replay")
            elif replayed < self.found.cost:
                self.found.plan, self.found.cost = plan, replayed

    def _refuse(self, hour: int, limit: str) -> None:
        found = self.found
        if hour > found.deepest:
            found.deepest, found.refused = hour, {}
        if hour == found.deepest:
            found.refused[limit] = found.refused.get(limit, 0) + 1


def _limit(trusted: bool, pressure: float) -> str:
    if pressure < 0:
        return "pressure"
    return "tank level" if trusted else "tank level or pump curve"
