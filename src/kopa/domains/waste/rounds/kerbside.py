"""Kerbside rounds: streets are emptied, not sites. Arc routing, as stops on a task of its own.

A narrow street is emptied on both sides in one pass, along or against: two stops in one group, of
which one is enough. A wide street is passed once a side, in the direction of that side; where it
is one-way, twice in that direction. A stop is entered at the tail of its arc and left at its
head, so the matrix is not symmetric; the way along the street itself is in the matrix.

References
----------
Corberán and Laporte, eds. (2014), Arc Routing: Problems, Methods, and Applications, SIAM,
chapter 16 (waste collection).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.errors import RangeError
from kopa.geo.engine_routingkit import Router
from kopa.geo.roads import Roads
from kopa.model import BoolArray, FloatArray, IntArray

from .tasks import Sites, Stops, Task, TruckType, sites_of
from .ways import on_streets


@dataclass(frozen=True)
class Kerbs:
    """Streets where bins stand at the kerb.

    Parameters
    ----------
    edge
        Street edges, each once, shape (street,).
    kg, litres
        What stands on both sides together, shape (street,).
    service_s
        Time that lifting takes beyond driving along, both sides together, s, shape (street,).
    narrow
        True where both sides are emptied in one pass, shape (street,).
    """

    edge: IntArray
    kg: FloatArray
    litres: FloatArray
    service_s: FloatArray
    narrow: BoolArray

    def __post_init__(self) -> None:
        if not len(self.edge):
            raise RangeError("kerbs need a street at least")
        for values in (self.kg, self.litres, self.service_s, self.narrow):
            if len(values) != len(self.edge):
                raise RangeError("kerbs need a row an edge")
        if len(np.unique(self.edge)) < len(self.edge):
            raise RangeError("an edge is there twice")


@dataclass(frozen=True)
class Sets:
    """Where trucks of kerbside rounds start and unload: nodes of the street graph.

    Parameters
    ----------
    depots, dumps
        Ids.
    depot_node, dump_node
        Nodes, shape (depot,) and (dump,).
    unload_s
        Time of unloading, s.
    """

    depots: tuple[str, ...]
    depot_node: IntArray
    dumps: tuple[str, ...]
    dump_node: IntArray
    unload_s: float = 0.0


def kerbside_task(
    router: Router,
    kerbs: Kerbs,
    sets: Sets,
    trucks: tuple[TruckType, ...],
    kgco2e_per_litre: float = 0.0,
    seconds: FloatArray | None = None,
) -> Task:
    """The task of kerbside rounds; plans, walks and crews' sheets are those of any task.

    Parameters
    ----------
    router
        The streets.
    kerbs
        What is to be emptied; an edge that cars may not drive on can be reached by no truck.
    sets
        Depots and dumps.
    trucks
        Who drives.
    kgco2e_per_litre
        Emissions of fuel.
    seconds
        Time of each arc, s, `inf` where it is closed, shape (arc,); None for free traffic.
    """
    roads = router.roads
    passes = _passes(roads, kerbs)
    first = len(sets.depots) + len(sets.dumps)
    stops = _stops(roads, kerbs, passes, first)
    arc = np.concatenate([np.full(first, -1), passes.arc])
    node = np.concatenate([sets.depot_node, sets.dump_node, roads.head[passes.arc]])
    blank = np.full((len(node), len(node)), np.inf)
    dump_place = np.arange(len(sets.depots), first)
    task = Task(
        stops,
        sites_of(sets.depots, np.arange(len(sets.depots))),
        _dumps(sets, dump_place),
        trucks,
        blank,
        blank,
        kgco2e_per_litre,
        node,
        arc,
    )
    return on_streets(task, router, seconds)


def _dumps(sets: Sets, place: IntArray) -> Sites:
    return sites_of(sets.dumps, place, sets.unload_s)


@dataclass(frozen=True)
class _Passes:
    """Ways to empty the kerbs.

    Parameters
    ----------
    street
        Row of the kerbs, shape (pass,).
    arc
        Arc that is driven, shape (pass,).
    share
        Part of what stands there that it takes, shape (pass,).
    group
        The same for passes of which one is enough, -1 elsewhere, shape (pass,).
    """

    street: IntArray
    arc: IntArray
    share: FloatArray
    group: IntArray


def _passes(roads: Roads, kerbs: Kerbs) -> _Passes:
    streets = roads.streets
    along = np.full(streets.edges, -1)
    against = np.full(streets.edges, -1)
    forward = roads.tail == streets.a[roads.edge]
    along[roads.edge[forward]] = np.flatnonzero(forward)
    against[roads.edge[~forward]] = np.flatnonzero(~forward)
    rows: list[tuple[int, int, float, int]] = []
    for row, (edge, narrow) in enumerate(
        zip(kerbs.edge.tolist(), kerbs.narrow.tolist(), strict=True)
    ):
        arcs = [int(arc) for arc in (along[edge], against[edge]) if arc >= 0]
        if not arcs:
            raise RangeError(f"no car may drive on street {streets.ids[edge]}")
        if narrow:
            group = row if len(arcs) > 1 else -1
            rows += [(row, arc, 1.0, group) for arc in arcs]
        else:
            rows += [(row, arc, 0.5, -1) for arc in (arcs if len(arcs) > 1 else arcs * 2)]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return _Passes(*columns)


def _stops(roads: Roads, kerbs: Kerbs, passes: _Passes, first: int) -> Stops:
    ids = roads.streets.ids
    edge = kerbs.edge[passes.street]
    many = len(passes.arc)
    return Stops(
        ids=tuple(ids[one] for one in edge.tolist()),
        place=first + np.arange(many),
        kg=kerbs.kg[passes.street] * passes.share,
        litres=kerbs.litres[passes.street] * passes.share,
        service_s=kerbs.service_s[passes.street] * passes.share,
        early_s=np.full(many, -np.inf),
        late_s=np.full(many, np.inf),
        prize_eur=np.full(many, np.nan),
        group=passes.group,
    )
