"""Age, chlorine or origin of the water by EPANET's quality engine, run until it repeats itself.

Hydraulics and quality go on in step, day after day, until what every junction that asks for water
has had in the last cycle of the demand patterns is what it had in the cycle before. A junction
that still changes when time is up is unknown: its figure would be that of the first guess.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from kopa.errors import EngineError, Finding, InputError
from kopa.model import BoolArray, FloatArray
from kopa.model.window import DAY
from kopa.parallel import Work, map_cases

from .engine_epanet import LinkValue, NodeValue, TimeValue, message
from .engine_epanet_quality import QualityKind, QualityProject, SourceType
from .network import PIPE, RESERVOIR, TANK, Network

Kind = Literal["age", "chlorine", "trace"]
UNITS: Mapping[Kind, str] = {"age": "h", "chlorine": "mg/L", "trace": "%"}
SETTLED: Mapping[Kind, float] = {"age": 0.1, "chlorine": 0.01, "trace": 0.5}
"""Means of two cycles that differ by no more than this are the same."""

_ERRORS = 100  # EPANET's codes below are warnings
_KINDS = {
    "age": QualityKind.AGE,
    "chlorine": QualityKind.CHEMICAL,
    "trace": QualityKind.TRACE,
}


@dataclass(frozen=True)
class Question:
    """What is asked of the quality engine.

    Parameters
    ----------
    kind
        ``age``, ``chlorine`` or ``trace``.
    trace
        Row of the node whose share of the water is traced; -1 for the other kinds.
    bulk
        Bulk coefficient, 1/day, below zero for decay; None takes the file's.
    wall
        Wall coefficient, m/day, below zero for decay; None takes the file's.
    doses
        Chlorine of the water that leaves a node, mg/L, by row; empty takes the file's sources.
    limit
        Age above, or chlorine below, which demand is counted; None counts none.
    most_days
        No run is longer.
    timeout_s
        An engine that takes longer is stopped.
    """

    kind: Kind
    trace: int = -1
    bulk: float | None = None
    wall: float | None = None
    doses: Mapping[int, float] = field(default_factory=dict)
    limit: float | None = None
    most_days: int = 30
    timeout_s: float = 300.0


@dataclass(frozen=True)
class Quality:
    """What the quality engine gives for the last cycle of its run.

    Parameters
    ----------
    days
        Length of the run, days.
    cycle_h
        Length of the cycle, h: the longest demand pattern in whole days.
    mean, worst, end
        Mean over the cycle by time, its greatest (of chlorine the least) and its last value,
        shape (node,).
    settled
        True where the mean is that of the cycle before, shape (node,).
    demand, beyond
        Demand of the cycle, and what of it was beyond the limit, m³, shape (node,).
    failure
        Why there is no answer; empty if there is one.
    """

    days: int
    cycle_h: int
    mean: FloatArray
    worst: FloatArray
    end: FloatArray
    settled: BoolArray
    demand: FloatArray
    beyond: FloatArray
    failure: str = ""

    @property
    def all_settled(self) -> bool:
        """True if every node that gets water is settled."""
        return not self.failure and bool(self.settled[self.demand > 0].all())

    @property
    def share_beyond(self) -> float:
        """Share of the demand that was beyond the limit, of what is settled."""
        return self._share(self.beyond[self.settled].sum())

    @property
    def share_unknown(self) -> float:
        """Share of the demand at nodes that are not settled."""
        return self._share(self.demand[~self.settled].sum())

    def _share(self, volume: float) -> float:
        total = float(self.demand.sum())
        return float(volume) / total if total > 0 else math.nan


def quality(network: Network, question: Question) -> Quality:
    """Run the quality engine, in a process of its own.

    Parameters
    ----------
    network
        The network; its file's own demand model holds.
    question
        What is asked.

    Raises
    ------
    InputError
        If the file and the question leave open what decays, or where chlorine comes from.
    """
    _check(network, question)
    work = Work(lambda asked: _run(network, asked), _lost, question.timeout_s)
    return map_cases(work, [question], workers=1)[0]


def _lost(question: Question, reason: str) -> Quality:
    return _without_answer(f"the engine gave no answer: {reason}.")


def _without_answer(reason: str) -> Quality:
    nothing = np.empty(0)
    return Quality(
        0, 0, nothing, nothing, nothing, np.empty(0, dtype=bool), nothing, nothing, reason
    )


def _check(network: Network, question: Question) -> None:
    """Chlorine needs a source and coefficients, from the file or the question."""
    if question.kind != "chlorine":
        return
    findings = []

    def missing(code: str, what: str, do: str) -> None:
        findings.append(Finding(f"water.quality-{code}", what, do, file=str(network.source)))

    with QualityProject(network.inp) as project:
        if not question.doses and not _has_source(project, network):
            what = "nothing says how much chlorine any water has."
            missing("dose", what, "Give --dose, or [SOURCES] or [QUALITY] in the INP file.")
        unit = project.units()
        if not question.doses and unit.lower() not in ("", "mg/l"):
            what = f"its concentrations are in {unit}, not in mg/L."
            missing(
                "unit", what, "Write Quality Chlorine mg/L and mg/L in the file, or give --dose."
            )
        given = question.bulk is not None or question.wall is not None
        decays = any(project.link_values(value).any() for value in (LinkValue.BULK, LinkValue.WALL))
        if not given and not decays:
            what = "nothing says how fast chlorine decays: all coefficients are 0."
            missing("decay", what, "Give --bulk and --wall, 0 if nothing decays there.")
    if findings:
        raise InputError(findings)


def _has_source(project: QualityProject, network: Network) -> bool:
    fixed = np.flatnonzero(network.node_types == RESERVOIR)
    held = project.node_values(NodeValue.INITIAL_QUALITY)[fixed]
    return bool((held > 0).any()) or any(
        project.source(row + 1) > 0 for row in range(len(network.node_ids))
    )


def _run(network: Network, question: Question) -> Quality:
    try:
        with QualityProject(network.inp) as project:
            _set_up(project, network, question)
            return _cycles(project, network, question)
    except EngineError as error:
        return _without_answer(f"{error}.")


def _set_up(project: QualityProject, network: Network, question: Question) -> None:
    """Tell the engine what is asked."""
    project.set_quality(_KINDS[question.kind], question.trace + 1)
    project.set_time(TimeValue.DURATION, question.most_days * DAY)
    if question.kind != "chlorine":
        return
    for row in np.flatnonzero(network.link_types <= PIPE).tolist():
        if question.bulk is not None:
            project.set_link(row + 1, LinkValue.BULK, question.bulk)
        if question.wall is not None:
            project.set_link(row + 1, LinkValue.WALL, question.wall / network.units.length)
    if question.bulk is not None:
        for row in np.flatnonzero(network.node_types == TANK).tolist():
            project.set_node(row + 1, NodeValue.TANK_BULK, question.bulk)
    if question.doses:
        for row in range(len(network.node_ids)):
            if project.source(row + 1) > 0:
                project.set_node(row + 1, NodeValue.SOURCE_QUALITY, 0.0)
        for row in np.flatnonzero(network.node_types == RESERVOIR).tolist():
            project.set_node(row + 1, NodeValue.INITIAL_QUALITY, 0.0)
    for row, dose in question.doses.items():
        if network.node_types[row] == RESERVOIR:
            project.set_node(row + 1, NodeValue.INITIAL_QUALITY, dose)
        else:
            project.set_node(row + 1, NodeValue.SOURCE_QUALITY, dose)
            project.set_node(row + 1, NodeValue.SOURCE_TYPE, SourceType.SET_POINT)


def cycle_of(network: Network) -> int:
    """Days after which all demand patterns have been through: those of the longest."""
    longest = max((len(pattern) for pattern in network.patterns), default=1)
    return max(1, math.ceil(longest * network.pattern_step / DAY))


def _cycles(project: QualityProject, network: Network, question: Question) -> Quality:
    """Go on from cycle to cycle until nothing changes any more, or time is up."""
    days = cycle_of(network)
    gauge = _Gauge(network, question)
    before = np.full(len(network.node_ids), np.inf)
    found = None
    ends = _cycle_ends(project, gauge, days * DAY)
    for cycle, _ in enumerate(ends, 1):
        found = gauge.answer(cycle * days, days * 24, before)
        if found.all_settled or (cycle + 1) * days > question.most_days:
            break
        before = found.mean
        gauge.reset()
    if found is None:
        what = f"a cycle of the demand patterns takes {days} days: allow at least {2 * days}."
        return _without_answer(what)
    return found


def _cycle_ends(project: QualityProject, gauge: _Gauge, length: int) -> Iterator[None]:
    """Run hydraulics and quality in step; comes back whenever a cycle is full.

    Raises
    ------
    EngineError
        If a moment cannot be solved.
    """
    project.open_hydraulics()
    project.init_hydraulics()
    project.open_quality()
    now = 0
    try:
        while True:
            code = project.solve()
            if code >= _ERRORS:
                raise EngineError(f"EPANET error {code}: {message(code)}")
            project.run_quality()
            demand = np.maximum(project.node_values(NodeValue.DEMAND), 0.0).copy()
            values = project.node_values(NodeValue.QUALITY).copy()
            if now and now % length == 0:
                gauge.end = values
                yield
            step = project.advance()
            project.next_quality()
            if step <= 0:
                return
            left = length - now % length
            gauge.count(values, demand, min(step, left))
            if step > left:  # no moment of the hydraulics where the cycle ends
                yield
                gauge.count(values, demand, step - left)
            now += step
    finally:
        project.close_quality()


class _Gauge:
    """Adds up one cycle."""

    def __init__(self, network: Network, question: Question) -> None:
        self._question = question
        self._flow = network.units.flow
        self._junction = network.node_types < RESERVOIR
        self._nodes = len(network.node_ids)
        self.reset()

    def reset(self) -> None:
        """Begin a cycle."""
        least = self._question.kind == "chlorine"
        self._seconds = 0
        self._sum = self.end = np.zeros(self._nodes)
        self._worst = np.full(self._nodes, np.inf if least else -np.inf)
        self._demand, self._beyond = np.zeros(self._nodes), np.zeros(self._nodes)

    def count(self, values: FloatArray, demand: FloatArray, seconds: int) -> None:
        """Add a stretch of time, in the file's units."""
        if seconds <= 0:
            return
        least = self._question.kind == "chlorine"
        volume = np.where(self._junction, demand * self._flow * seconds, 0.0)
        self._seconds += seconds
        self._sum = self._sum + values * seconds
        self._worst = (np.minimum if least else np.maximum)(self._worst, values)
        self.end = values
        self._demand += volume
        limit = self._question.limit
        if limit is not None:
            self._beyond += np.where(values < limit if least else values > limit, volume, 0.0)

    def answer(self, days: int, cycle_h: int, before: FloatArray) -> Quality:
        """What the cycle gives, beside the means of the one before."""
        mean = self._sum / self._seconds
        settled = np.abs(mean - before) <= SETTLED[self._question.kind]
        return Quality(
            days, cycle_h, mean, self._worst, self.end, settled, self._demand, self._beyond
        )
