"""Many runs of one period: other rain, other settings, elements that fail; and what each spills.

What counts as spilled is what floods out of nodes, and what leaves outfalls that are no plant
above their share of the waste water of dry weather.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

import numpy as np

from kopa.errors import EngineError, RangeError
from kopa.model import BoolArray, FloatArray

from .edits import Period, Series
from .hydraulics import Run, in_si, job
from .network import CONDUIT, OUTFALL, OUTLET, PUMP, Network
from .plan import Disturbance
from .workers import Answer, Job, Workers, workers


@dataclass(frozen=True)
class Case:
    """One run.

    Parameters
    ----------
    disturbances
        What happens.
    rain
        Rain at every gauge, mm/h from some second on; None leaves the file's own.
    every
        Time between values of `rain`, s.
    """

    disturbances: tuple[Disturbance, ...] = ()
    rain: Series | None = None
    every: int = 300


@dataclass(frozen=True)
class Study:
    """A network in a period, and the state that it begins with.

    Parameters
    ----------
    network
        The network.
    period
        The hours.
    step
        Length of a step of the answers, s.
    hotstart
        State at the beginning; None is the file's own.
    own_rain
        False for a dry period where a case has no rain.
    """

    network: Network
    period: Period
    step: int = 300
    hotstart: bytes | None = None
    own_rain: bool = True

    def job(self, case: Case, keep: bool = False) -> Job:
        """What a worker runs for a case.

        Raises
        ------
        RangeError
            If rain of the file is multiplied that cannot be read.
        """
        network, rain = self.network, None
        if case.rain is not None:
            gauges = [row.words[0] for row in network.inp.rows("RAINGAGE")]
            if not gauges:
                raise RangeError("the file has no rain gauge: rain falls nowhere")
            rain = (dict.fromkeys(gauges, case.rain), case.every)
        made = job(network, self.period, self.step, case.disturbances, self.own_rain, rain)
        return replace(made, hotstart=self.hotstart, keep=keep)

    def run(self, case: Case, keep: bool = False) -> Run:
        """One run.

        Raises
        ------
        EngineError
            If SWMM gives no answer, or loses too much water.
        """
        answer = workers().one(self.job(case, keep))
        run = in_si(self.network, answer, self.step)
        if not run.balance.ok:
            raise EngineError(f"SWMM loses {run.errors[1]:.1f} % of the water (routing)")
        return run

    def spills(
        self,
        cases: Sequence[Case],
        progress: Callable[[int], None] = lambda done: None,
        pool: Workers | None = None,
    ) -> list[FloatArray | str]:
        """What each case spills, m³ by node, or why it has no answer."""
        answers = (pool or workers()).run([self.job(case) for case in cases], progress)
        return [self._spilled(answer) for answer in answers]

    def _spilled(self, answer: Answer) -> FloatArray | str:
        if answer.problem:
            return answer.problem
        run = in_si(self.network, answer, self.step)
        if not run.balance.ok:
            return f"SWMM loses {run.errors[1]:.1f} % of the water (routing)"
        return spilled(self.network, run, self.period, self.step)


def own_period(network: Network, hours: float | None, at: int | None, step: int) -> Period:
    """The file's own period, or a part of it.

    Parameters
    ----------
    network
        The network.
    hours
        Its length; None goes to the file's end.
    at
        Its beginning, s since midnight of the file's first day; None is the file's own.
    step
        Length of a step, s: the period is a whole number of them.
    """
    day = datetime.combine(network.begin.date(), time())
    begin = round((network.begin - day).total_seconds()) if at is None else at
    length = (network.end - day).total_seconds() - begin if hours is None else hours * 3600
    steps = -(-round(length) // step)
    if steps < 1:
        raise RangeError("the period has no length: give --hours, or a beginning before its end")
    return Period(day, begin, begin + steps * step)


def spilled(network: Network, run: Run, period: Period, step: int) -> FloatArray:
    """What a run spills at each node, m³, shape (node,)."""
    volume = run.flooded.copy()
    sinks = [row for row in network.overflows.tolist() if network.node_types[row] == OUTFALL]
    if sinks:
        dry = dry_volume(network, period)
        for row in sinks:
            volume[row] = max(float(run.inflow[:, row].sum()) * step - dry[row], 0.0)
    return volume


def dry_volume(network: Network, period: Period) -> FloatArray:
    """Waste water that reaches each outfall in dry weather, m³, shape (node,)."""
    there = network.outfall_of >= 0
    total = np.zeros(len(network.node_ids))
    at = period.first
    seconds = period.end - period.begin
    for hour in range(-(-seconds // 3600)):
        length = min(3600, seconds - 3600 * hour)
        flow = network.dry_flow(at.date(), at.hour + hour)
        to = network.outfall_of[there]
        total += np.bincount(to, flow[there], len(total)) * length
    return total


def elements(network: Network, conduits: bool) -> list[int]:
    """Asset rows of what N-1 takes out: pumps, gates, throttles, outfalls, and conduits if asked.

    Weirs are left out: they are openings in walls, which do not fail shut.
    """
    nodes = len(network.node_ids)
    kinds = {PUMP, 2, OUTLET} | ({CONDUIT} if conduits else set())
    links = [nodes + link for link, kind in enumerate(network.link_types.tolist()) if kind in kinds]
    return [*links, *map(int, network.outfalls)]


def outage(network: Network, row: int, period: Period) -> Case:
    """The case in which an element is out for the whole period."""
    nodes = len(network.node_ids)
    if row < nodes:
        links = tuple(map(int, np.flatnonzero((network.ends == row).any(axis=0))))
    else:
        links = (row - nodes,)
    return Case((Disturbance("out", period.begin, period.end, (row,), links=links),))


@dataclass(frozen=True)
class Forecast:
    """What an ensemble of rain forecasts does.

    Parameters
    ----------
    volumes
        m³ that each member spills at each node, NaN where it has no answer, shape (member, node).
    unknown
        Why members have no answer, by number.
    """

    volumes: FloatArray
    unknown: dict[int, str]

    @property
    def known(self) -> BoolArray:
        """True for members with an answer, shape (member,)."""
        return np.asarray(np.isfinite(self.volumes).all(axis=1))

    def probability(self, least_m3: float) -> tuple[FloatArray, FloatArray]:
        """Share of members that spill at least so much at each node, lowest and highest.

        Members without an answer count as none in the first and as all in the second.
        """
        hits = (np.nan_to_num(self.volumes) >= least_m3).sum(axis=0)
        lost = len(self.volumes) - int(self.known.sum())
        return hits / len(self.volumes), (hits + lost) / len(self.volumes)


def forecast(
    study: Study,
    members: Sequence[tuple[Series, int]],
    progress: Callable[[int], None] = lambda done: None,
) -> Forecast:
    """Run every member of an ensemble from the same state.

    Parameters
    ----------
    study
        The network, the period and the state.
    members
        Rain of each member and time between its values, s.
    progress
        Called with the number of members that are newly done.
    """
    found = study.spills([Case(rain=rain, every=every) for rain, every in members], progress)
    nodes = len(study.network.node_ids)
    lost = {row: text for row, text in enumerate(found) if isinstance(text, str)}
    volumes = [np.full(nodes, np.nan) if isinstance(one, str) else one for one in found]
    return Forecast(np.array(volumes), lost)
