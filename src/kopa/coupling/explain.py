"""Why: the way from a change to an effect, along causes that the runs have stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kopa.coupling.solution import Solution
from kopa.coupling.wiring import Wiring, moved
from kopa.domain import Event, Parent
from kopa.model import Window

MOST_PARENTS = 12
"""So many links into one asset are followed; the rest say the same."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a cause path: what happened, to whom, when.

    Parameters
    ----------
    domain, what
        The domain, and its word for what happened.
    assets
        Native ids; one where the path goes through one asset.
    start, end
        Seconds since midnight.
    """

    domain: str
    what: str
    assets: tuple[str, ...]
    start: int
    end: int


class Explanation:
    """Cause paths of one solution against its baseline.

    Parameters
    ----------
    wiring
        The links.
    solution, baseline
        What is explained, and what it is compared with.
    """

    def __init__(self, wiring: Wiring, solution: Solution, baseline: Solution) -> None:
        self._wiring, self._solution, self._baseline = wiring, solution, baseline
        self._moved: dict[str, dict[tuple[str, int], list[int]]] = {}
        self._paths: dict[tuple[str, int], tuple[tuple[str, int, int], ...]] = {}

    @property
    def window(self) -> Window:
        """The time that is explained."""
        return self._solution.window

    def path(self, domain: str, event: int, row: int | None = None) -> tuple[Step, ...]:
        """Steps from the changes to an event, causes first.

        Parameters
        ----------
        domain, event
            The event's domain, and its number in that domain's result.
        row
            The asset that the path ends at; None for all assets of the event.
        """
        if event < 0:
            return ()
        last = (domain, event, -1 if row is None else row)
        rows: dict[tuple[str, int], list[int]] = {}
        for name, number, asset in (*self._ancestors(domain, event), last):
            rows.setdefault((name, number), []).append(asset)
        return tuple(self._step(*node, assets) for node, assets in rows.items())

    def trunk(self, domain: str, event: int) -> tuple[tuple[str, int], ...]:
        """Events before an event, whatever their assets: effects that share it share a cause."""
        return tuple(dict.fromkeys(node[:2] for node in self._ancestors(domain, event)))

    def whole(self, domain: str, event: int) -> Step:
        """An event with all of its assets."""
        return self._step(domain, event, [-1])

    def links_used(self, domain: str, event: int) -> list[int]:
        """Numbers of the links along which an event came about: undo one and solve again."""
        nodes = [*self._ancestors(domain, event), (domain, event, -1)]
        found: dict[int, None] = {}
        for name, number, _ in nodes:
            for parent in self._event(name, number).parents:
                if parent.kind == "input":
                    found.update(dict.fromkeys(self._suppliers(name, parent)))
        return list(found)

    def _event(self, domain: str, number: int) -> Event:
        return self._solution.results[domain].events[number]

    def _ancestors(self, domain: str, number: int) -> tuple[tuple[str, int, int], ...]:
        """What stands before an event, causes first: (domain, event, asset row or -1)."""
        key = (domain, number)
        if key in self._paths:
            return self._paths[key]
        self._paths[key] = ()  # a cycle of causes ends here
        found: dict[tuple[str, int, int], None] = {}
        for parent in self._parents(domain, number):
            for node in (*self._ancestors(*parent[:2]), parent):
                found.setdefault(node)
        self._paths[key] = tuple(found)
        return self._paths[key]

    def _parents(self, domain: str, number: int) -> Iterator[tuple[str, int, int]]:
        for parent in self._event(domain, number).parents:
            if parent.kind == "event":
                yield domain, parent.index, -1
            elif parent.kind == "input":
                for link in self._suppliers(domain, parent)[:MOST_PARENTS]:
                    port, column, row = self._wiring.ends[link][0]
                    source = self._wiring.links[link].source.domain
                    origins = self._solution.results[source].origins.get(port.name)
                    if origins is not None and origins[column] >= 0:
                        yield source, int(origins[column]), row

    def _suppliers(self, domain: str, parent: Parent) -> list[int]:
        """Links into an input whose values differ from the baseline's."""
        if domain not in self._moved:
            inlet = self._wiring.inlets.get(domain)
            table: dict[tuple[str, int], list[int]] = {}
            if inlet is not None:
                changed = moved(self._solution.brought[domain], self._baseline.brought[domain])
                for link in inlet.links[np.flatnonzero(changed)]:
                    port, column, _ = self._wiring.ends[int(link)][1]
                    table.setdefault((port.name, column), []).append(int(link))
            self._moved[domain] = table
        return self._moved[domain].get((parent.port, parent.index), [])

    def _step(self, domain: str, number: int, assets: list[int]) -> Step:
        """An event at some of its assets; -1 stands for all of them."""
        event = self._event(domain, number)
        ids = self._wiring.domains[domain].assets().ids
        rows = event.rows.tolist() if -1 in assets else assets
        return Step(domain, event.what, tuple(ids[row] for row in rows), event.start, event.end)
