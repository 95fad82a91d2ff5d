"""Reaches of the waters of a map: lines between confluences, joined and cut to like lengths."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from kopa.domain.rules import Rules
from kopa.geo.read_waters import KINDS, Waterway
from kopa.model import BoolArray, FloatArray


@dataclass(frozen=True)
class Line:
    """A water between two places where others join or leave it; drawn downstream.

    Parameters
    ----------
    way, kind, name, width
        As of `Waterway`; of joined ways the first that says it.
    begin, end
        OSM nodes.
    xy
        Its points, m, shape (point, 2).
    """

    way: int
    kind: str
    name: str
    width: float
    begin: int
    end: int
    xy: FloatArray

    @cached_property
    def length(self) -> float:
        """Length as drawn, m."""
        return float(np.hypot(*np.diff(self.xy, axis=0).T).sum())

    @property
    def rank(self) -> tuple[int, float, int]:
        """The greater of two waters has the greater rank."""
        return KINDS.index(self.kind), self.length, -self.way


@dataclass(frozen=True)
class Reach:
    """A reach: its line, its id, and the number of the reach that it flows into, -1 for none."""

    id: str
    line: Line
    downstream: int


def reaches(rules: Rules, waters: Sequence[Waterway], mains: FloatArray) -> list[Reach]:
    """Reaches of the waters near the mains of a city, each before the one it flows into.

    Parameters
    ----------
    rules
        The rules of the design.
    waters
        Waters of the map.
    mains
        Points of the mains, m, shape (point, 2).
    """
    lines = _of_size(joined(_cut_at_junctions(_nearby(rules, waters, mains))), rules)
    lines = _most(without_short(lines, rules["shortest"]), rules)
    lines = [line for line in lines if line.begin != line.end]
    return _in_order(_in_parts(lines, rules["longest"]))


def _nearby(
    rules: Rules, waters: Sequence[Waterway], mains: FloatArray
) -> list[tuple[Waterway, slice]]:
    """Runs of points of each water that lie near a main."""
    from scipy.spatial import cKDTree

    tree = cKDTree(mains)
    found = []
    for water in waters:
        far, _ = tree.query(water.xy)
        near = np.concatenate([[False], far <= rules[f"near.{water.kind}"], [False]])
        turns = np.flatnonzero(near[1:] != near[:-1])
        for low, high in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
            if high - low > 1:
                found.append((water, slice(low, high)))
    return found


def _cut_at_junctions(runs: Sequence[tuple[Waterway, slice]]) -> list[Line]:
    """Lines from one node that several waters share to the next."""
    uses: Counter[int] = Counter()
    for water, part in runs:
        uses.update(water.nodes[part].tolist())
    lines = []
    for water, part in runs:
        nodes, xy = water.nodes[part], water.xy[part]
        shared = [at for at, node in enumerate(nodes.tolist()) if uses[node] > 1]
        cuts = sorted({0, *shared, len(nodes) - 1})
        for low, high in pairwise(cuts):
            begin, end = int(nodes[low]), int(nodes[high])
            if begin != end:
                lines.append(
                    Line(
                        water.way, water.kind, water.name, water.width, begin, end,
                        xy[low : high + 1],
                    )
                )  # fmt: skip
    return lines


def joined(lines: Iterable[Line]) -> list[Line]:
    """Lines of a kind that follow one another, with nothing else at the node, made one."""
    lines = list(lines)
    after, before = _after(lines), defaultdict(list)
    for number, line in enumerate(lines):
        before[line.end].append(number)

    def follower(number: int) -> int:
        node = lines[number].end
        if len(after[node]) != 1 or len(before[node]) != 1:
            return -1
        other = after[node][0]
        return other if lines[other].kind == lines[number].kind else -1

    follows = [follower(number) for number in range(len(lines))]
    first = set(range(len(lines))) - set(follows)
    found, done = [], set()
    for number in [*sorted(first), *range(len(lines))]:  # the latter are rings
        if number in done:
            continue
        whole, here = lines[number], number
        done.add(number)
        while follows[here] >= 0 and follows[here] not in done:
            here = follows[here]
            done.add(here)
            whole = _one(whole, lines[here])
        found.append(whole)
    return found


def _one(line: Line, after: Line) -> Line:
    return replace(
        line,
        name=line.name or after.name,
        width=after.width if np.isnan(line.width) else line.width,
        end=after.end,
        xy=np.concatenate([line.xy, after.xy[1:]]),
    )


def _after(lines: Sequence[Line]) -> dict[int, list[int]]:
    """Lines that begin at each node."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        found[line.begin].append(number)
    return found


def _of_size(lines: Sequence[Line], rules: Rules) -> list[Line]:
    """Lines of waters that hang together and are long enough in all."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not lines:
        return []
    ends = np.array([(line.begin, line.end) for line in lines])
    nodes, at = np.unique(ends, return_inverse=True)
    at = at.reshape(-1, 2)
    size = (len(nodes), len(nodes))
    graph = coo_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=size)
    _, system = connected_components(graph, directed=False)
    length = np.array([line.length for line in lines])
    total = np.bincount(system[at[:, 0]], length, len(nodes))
    long: BoolArray = total[system[at[:, 0]]] >= rules["least_system"]
    return [line for line, keep in zip(lines, long.tolist(), strict=True) if keep]


def without_short(lines: Sequence[Line], shortest: float) -> list[Line]:
    """No line shorter than a length: what lies between two confluences goes to its neighbours.

    The greatest water above a short line takes it; the others enter at its lower end then, at
    most a short way too far down. Where nothing is above it, it is left out.
    """
    found = list(lines)
    while found:
        length = [line.length for line in found]
        number = int(np.argmin(length))
        if length[number] >= shortest:
            break
        short = found.pop(number)
        above = [at for at, line in enumerate(found) if line.end == short.begin]
        if above:
            best = max(above, key=lambda at: found[at].rank)
            found[best] = _one(found[best], replace(short, name=""))
        found = joined(_moved(found, short.begin, short.end))
    return found


def _moved(lines: Iterable[Line], node: int, to: int) -> Iterator[Line]:
    """Lines with one node taken for another; those that begin where they end are left out."""
    for line in lines:
        if node in (line.begin, line.end):
            begin = to if line.begin == node else line.begin
            end = to if line.end == node else line.end
            if begin != end:
                yield replace(line, begin=begin, end=end)
        else:
            yield line


def _most(lines: Sequence[Line], rules: Rules) -> list[Line]:
    """As many lines as give no more than the greatest number of reaches: the greatest ones."""
    total, kept = 0, []
    for line in sorted(lines, key=lambda line: line.rank, reverse=True):
        total += parts_of(line, rules["longest"])
        if total > rules["most"]:
            break
        kept.append(line)
    return joined(kept)


def parts_of(line: Line, longest: float) -> int:
    """Number of reaches that a line is cut into."""
    return int(np.ceil(line.length / longest - 1e-9))


def _in_parts(lines: Sequence[Line], longest: float) -> list[Reach]:
    """Lines cut into reaches of like length, and what flows into what."""
    many = [parts_of(line, longest) for line in lines]
    first = np.concatenate([[0], np.cumsum(many)]).astype(int).tolist()
    after = _after(lines)
    seen: Counter[int] = Counter()
    found = []
    for number, line in enumerate(lines):
        below = max(after.get(line.end, []), key=lambda at: lines[at].rank, default=-1)
        for part, xy in enumerate(cut(line.xy, many[number])):
            seen[line.way] += 1
            last = part == many[number] - 1
            down = (first[below] if below >= 0 else -1) if last else first[number] + part + 1
            found.append(Reach(f"w{line.way}-{seen[line.way]}", replace(line, xy=xy), down))
    return found


def cut(xy: FloatArray, many: int) -> list[FloatArray]:
    """A line in parts of like length; neighbours share a point.

    Parameters
    ----------
    xy
        Its points, m, shape (point, 2).
    many
        Number of parts.
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    marks = np.linspace(0.0, along[-1], many + 1)
    at = np.column_stack([np.interp(marks, along, xy[:, side]) for side in (0, 1)])
    parts = []
    for low, high, begin, end in zip(marks, marks[1:], at, at[1:], strict=False):
        inner = xy[(along > low) & (along < high)]
        parts.append(np.vstack([begin, inner, end]))
    return parts


def _in_order(found: Sequence[Reach]) -> list[Reach]:
    """Reaches from the springs down; those that flow in a ring are left out."""
    waits = Counter(reach.downstream for reach in found)
    order = [number for number in range(len(found)) if not waits[number]]
    for number in order:  # grows while it is walked
        below = found[number].downstream
        waits[below] -= 1
        if below >= 0 and not waits[below]:
            order.append(below)
    place = {number: spot for spot, number in enumerate(order)}
    return [
        replace(found[number], downstream=place.get(found[number].downstream, -1))
        for number in order
    ]
