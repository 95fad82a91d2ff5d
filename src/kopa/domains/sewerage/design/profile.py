"""Levels, diameters and chambers of sewers, from the heads of the tree down to the plant."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray

from .catchment import Catchment
from .storm import intensity
from .tree import Ground, Tree, lift_over

CATALOGUE = (
    300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600, 1800, 2000, 2200, 2500, 2800, 3000,
    3500, 4000,
)  # fmt: skip
"""Nominal diameters, mm (EN 1916 and DIN V 1201, from DN 300 on)."""

_MOST_LIFTS = 20
_SLOWEST, _FASTEST = 0.5, 4.0  # m/s, for the time of flow


@dataclass(frozen=True)
class Sewer:
    """A gravity sewer.

    Parameters
    ----------
    edge
        Row of its street.
    up, down
        Its manholes.
    start, end
        Level of its invert at both ends, m.
    size
        Row of its diameter in `CATALOGUE`.
    flow
        Flow that it is made for, m³/s.
    """

    edge: int
    up: int
    down: int
    start: float
    end: float
    size: int
    flow: float

    @property
    def diameter(self) -> float:
        """Diameter, m."""
        return CATALOGUE[self.size] * 1e-3


@dataclass(frozen=True)
class Chamber:
    """A storage with an overflow, which holds back more than is let on.

    Parameters
    ----------
    node
        Its manhole.
    kind
        ``lift`` pumps on, ``overflow`` throttles, ``plant`` pumps into the treatment plant.
    floor, crest
        Level of its floor, and of its overflow, m.
    flow
        What is let on, m³/s.
    storm
        Greatest flow that enters, m³/s.
    paved
        Paved area that drains to it, ha, without what comes from other chambers.
    target
        Manhole that it lets on to; -1 for the plant.
    streets
        Rows of the streets that its rising main runs along.
    """

    node: int
    kind: Literal["lift", "overflow", "plant"]
    floor: float
    crest: float
    flow: float
    storm: float
    paved: float
    target: int
    streets: tuple[int, ...] = ()


@dataclass
class Profile:
    """Sewers and chambers.

    Parameters
    ----------
    invert
        Level of each manhole's floor, m, shape (manhole,).
    sewers, chambers
        In the order of flow.
    deep
        Manholes at which gravity would lead too deep.
    """

    invert: FloatArray
    sewers: list[Sewer] = field(default_factory=list)
    chambers: list[Chamber] = field(default_factory=list)
    deep: list[int] = field(default_factory=list)


@dataclass
class _Load:
    """What has come to a manhole: flows m³/s, area ha, area times time of flow, levels m."""

    let_on: float = 0.0
    dry: float = 0.0
    paved: float = 0.0
    area_minutes: float = 0.0
    crown: float = math.inf
    lowest: float = math.inf
    size: int = 0


@dataclass(frozen=True)
class Heads:
    """Streets that close a loop of the tree: each falls from a manhole of its own.

    Parameters
    ----------
    edge
        Their rows.
    up, down
        Street node beside which the head manhole stands, and the one that it falls to.
    """

    edge: IntArray
    up: IntArray
    down: IntArray


def loop_heads(ground: Ground, tree: Tree) -> Heads:
    """Streets without a sewer of the tree or a rising main fall from their higher end."""
    taken = np.zeros(len(ground.a), dtype=bool)
    taken[tree.street[tree.street >= 0]] = True
    edge = np.flatnonzero(~taken)
    falls = ground.height[ground.a[edge]] >= ground.height[ground.b[edge]]
    return Heads(
        edge,
        np.where(falls, ground.a[edge], ground.b[edge]),
        np.where(falls, ground.b[edge], ground.a[edge]),
    )


def lay(
    rules: Rules, ground: Ground, tree: Tree, heads: Heads, load: Catchment, least: IntArray
) -> Profile:
    """Lay all sewers, with chambers where they are needed.

    Parameters
    ----------
    rules
        The rules of the design.
    ground
        Manholes and streets.
    tree
        Where the water goes.
    heads
        Streets that close loops; their manholes follow those of the tree.
    load
        What enters each manhole.
    least
        Least size of each street's sewer, by row in `CATALOGUE`, shape (edge,).
    """
    return _Laying(rules, ground, tree, heads, load, least).run()


def with_lifts(rules: Rules, ground: Ground, tree: Tree, dry: FloatArray) -> None:
    """Let pumps climb each rise in one go; changes the tree."""
    nothing = np.zeros(ground.nodes)
    no_heads = Heads(*(np.empty(0, dtype=np.int64) for _ in range(3)))
    least = np.zeros(len(ground.a), dtype=np.int64)
    load = Catchment(dry, nothing, nothing)
    for _ in range(_MOST_LIFTS):
        deep = lay(rules, ground, tree, no_heads, load, least).deep
        if not lift_over(ground, tree, deep):
            return


class _Laying:
    """One laying of all sewers."""

    def __init__(
        self,
        rules: Rules,
        ground: Ground,
        tree: Tree,
        heads: Heads,
        load: Catchment,
        least: IntArray,
    ) -> None:
        self._rules, self._ground, self._tree, self._heads = rules, ground, tree, heads
        self._load, self._least = load, least
        many = ground.nodes + len(heads.edge)
        self._height = np.concatenate([ground.height, ground.height[heads.up]]).tolist()
        self._at = [_Load() for _ in range(many)]
        self._out = Profile(np.array(self._height) - rules["cover"] - 0.3)
        self._dry = float(load.dry.sum())
        self._paved = float(load.paved.sum())

    def run(self) -> Profile:
        """From the heads to the plant."""
        heads = self._heads
        for row, edge in enumerate(heads.edge.tolist()):
            up, down = self._ground.nodes + row, int(heads.down[row])
            self._take(up)
            if not self._gravity(up, down, edge):
                self._chamber(up, "lift", int(down), (edge,))
        for node in self._tree.order():
            self._take(node)
            below, street = int(self._tree.below[node]), int(self._tree.street[node])
            if node == self._tree.root:
                self._chamber(node, "plant", -1)
            elif node in self._tree.lifts:
                self._chamber(node, "lift", *self._tree.lifts[node])
            elif not self._gravity(node, below, street):
                self._out.deep.append(node)
                self._chamber(node, "lift", below, (street,))
        return self._out

    def _take(self, node: int) -> None:
        """Add what enters here."""
        at = self._at[node]
        at.dry += float(self._load.dry[node])
        at.paved += float(self._load.paved[node])
        at.area_minutes += float(self._load.paved[node]) * self._rules["entry_minutes"]

    def _dry_peak(self, at: _Load) -> float:
        rules = self._rules
        return at.dry * rules["dry_peak"] + at.paved * rules["infiltration"] * 1e-3

    def _storm(self, at: _Load) -> float:
        """Greatest flow by the time of flow (rational method), m³/s.

        The time is the mean over the paved area: the longest one would let a far branch with
        few houses hide the rain of all others.
        """
        rain = intensity(self._rules, at.area_minutes / at.paved if at.paved > 0 else 0.0)
        return at.let_on + at.paved * rain * 1e-3 + self._dry_peak(at)

    def _let_on(self, at: _Load) -> float:
        """Flow that an overflow or a station lets on, m³/s."""
        critical = at.paved * self._rules["critical_rain"] * 1e-3
        return at.let_on + critical + self._dry_peak(at)

    def _gravity(self, up: int, down: int, edge: int) -> bool:
        """Lay a sewer; False if it would come too deep."""
        rules, at = self._rules, self._at[up]
        overflow = at.paved >= rules["overflow_area"] and up < self._ground.nodes
        flow = self._let_on(at) if overflow else self._storm(at)
        length = max(float(self._ground.length[edge]), 1.0)
        size = max(int(self._least[edge]), 0 if overflow else at.size)
        while True:
            diameter = CATALOGUE[size] * 1e-3
            start = min(self._height[up] - rules["cover"], at.crown) - diameter
            if overflow:
                start = min(start, at.lowest - rules["sump"] - rules["throttle_drop"] * diameter)
            slope = max(rules["slope_by_diameter"] / CATALOGUE[size], rules["least_slope"])
            top = self._height[down] - rules["cover"] - diameter
            end = min(start - slope * length, top)
            enough = rules["fill"] * full_flow(rules, diameter, (start - end) / length)
            if enough >= flow or size == len(CATALOGUE) - 1:
                break
            size += 1
        if self._height[down] - end > rules["greatest_depth"]:
            return False
        if overflow:
            self._overflow(up, start + rules["throttle_drop"] * diameter)
        else:
            self._out.invert[up] = min(start, at.lowest)
        self._out.sewers.append(Sewer(edge, up, down, start, end, size, flow))
        velocity = full_flow(rules, diameter, (start - end) / length) / (math.pi / 4 * diameter**2)
        minutes = length / min(max(velocity, _SLOWEST), _FASTEST) / 60
        self._arrive(down, at, end, size, minutes)
        return True

    def _arrive(self, down: int, at: _Load, end: float, size: int, minutes: float) -> None:
        """Hand on what a sewer brings to its lower manhole."""
        to = self._at[down]
        to.let_on += at.let_on
        to.dry += at.dry
        to.paved += at.paved
        to.area_minutes += at.area_minutes + at.paved * minutes
        to.crown = min(to.crown, end + CATALOGUE[size] * 1e-3)
        to.lowest = min(to.lowest, end)
        to.size = max(to.size, size)

    def _overflow(self, node: int, floor: float) -> None:
        """A chamber in the line, with the sewer behind its throttle below its floor."""
        at = self._at[node]
        flow, storm = self._let_on(at), self._storm(at)
        crest = at.lowest if math.isfinite(at.lowest) else floor + self._rules["sump"]
        self._out.invert[node] = floor
        self._out.chambers.append(
            Chamber(node, "overflow", floor, crest, flow, storm, at.paved, node)
        )
        at.let_on, at.dry, at.paved, at.area_minutes = flow, 0.0, 0.0, 0.0
        at.size = 0

    def _chamber(
        self,
        node: int,
        kind: Literal["lift", "plant"],
        target: int,
        streets: tuple[int, ...] = (),
    ) -> None:
        """A station at the end of gravity."""
        rules, at = self._rules, self._at[node]
        storm = self._storm(at)
        inlet = min(self._height[node] - rules["cover"] - 0.3, at.lowest)
        floor = inlet - rules["sump"]
        if kind == "plant":
            dry = self._dry * rules["dry_peak"] * rules["treated"]
            flow = dry + self._paved * rules["infiltration"] * 1e-3
        else:
            flow = self._let_on(at)
        flow = max(flow, rules["least_pump"] * 1e-3)
        self._out.invert[node] = floor
        self._out.chambers.append(
            Chamber(node, kind, floor, inlet, flow, max(storm, flow), at.paved, target, streets)
        )
        if target >= 0:
            self._at[target].let_on += flow


def full_flow(rules: Rules, diameter: float, slope: float) -> float:
    """Flow of a full round pipe by Manning's formula, m³/s.

    Parameters
    ----------
    rules
        The rules of the design.
    diameter
        Diameter, m.
    slope
        Fall, m/m, > 0.
    """
    area = math.pi / 4 * diameter**2
    return float(area * (diameter / 4) ** (2 / 3) * math.sqrt(slope) / rules["roughness"])
