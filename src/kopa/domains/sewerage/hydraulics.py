"""Runs of SWMM in SI, and what disturbances change against the same hours without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

import numpy as np

from kopa.errors import KopaError
from kopa.ledger.account import Balance
from kopa.model import FloatArray, IntArray, Window

from .edits import (
    Period,
    Series,
    fill,
    in_period,
    limits_of,
    put_rain,
    put_rules,
    rain_of,
    report_step,
)
from .inp import Draft
from .network import Network
from .plan import Disturbance, Plan
from .workers import Answer, Job, workers

MOST_ERROR = 0.10
"""A run of which more than this share of the water is missing is not trusted (Rossman and Simon
2022, SWMM 5.2 User's Manual, on continuity errors)."""

RUN_IN_S = 3600
"""SWMM begins so long before the first disturbance: the sewers fill from their dry state."""

SETTLE_S = 4 * 3600
"""After the last disturbance; a run that still spills then goes on to the window's end."""

_STILL = 1e-4  # m³/s
_TAIL = 0.01  # of the greatest step: what trickles on then is left out


@dataclass(frozen=True)
class Run:
    """What SWMM gave, SI.

    Parameters
    ----------
    depth, level
        Greatest and mean depth, m, shape (step, node).
    flooding, full
        Mean rate of flooding, m³/s, and share of the step in which a node floods or stands to
        the ground, shape (step, node).
    inflow
        Mean inflow of nodes, m³/s, shape (step, node).
    flow
        Mean flow, m³/s, shape (step, link).
    flooded
        m³, shape (node,).
    energy
        Of pumps, kWh, shape (link,).
    balance
        Water in against water out, of the routing.
    errors
        Continuity errors of runoff and routing, %.
    hotstart
        State at the end, if it was asked for.
    messages
        What SWMM said.
    """

    depth: FloatArray
    level: FloatArray
    flooding: FloatArray
    full: FloatArray
    inflow: FloatArray
    flow: FloatArray
    flooded: FloatArray
    energy: FloatArray
    balance: Balance
    errors: tuple[float, float]
    hotstart: bytes | None = None
    messages: tuple[str, ...] = ()


def in_si(network: Network, answer: Answer, step: int) -> Run:
    """A run from the engine's answer.

    Parameters
    ----------
    network
        The network.
    answer
        An answer with a result.
    step
        Length of a step, s.
    """
    units = network.units
    flooding = answer.flooding * units.flow
    flooded = answer.flooded * units.volume
    # reports are means of steps of unlike length; the engine's own total is exact
    told = flooding.sum(axis=0) * step
    flooding = flooding * np.divide(flooded, told, out=np.ones_like(told), where=told > 0)
    depth = answer.depth * units.length
    full = np.maximum(answer.full, depth >= network.depth * 0.9999)
    full[:, network.outfalls] = 0.0
    totals = {name: value * units.volume for name, value in answer.totals.items()}
    into = ("dwInflow", "wwInflow", "gwInflow", "iiInflow", "exInflow")
    balance = Balance(
        "sewage",
        "m3",
        supplied=sum(totals[name] for name in into),
        used=totals["outflow"],
        lost=sum(totals[name] for name in ("flooding", "evapLoss", "seepLoss", "reacted")),
        stored=answer.stored_m3,
        tolerance=MOST_ERROR,
    )
    return Run(
        depth=depth,
        level=answer.level * units.length,
        flooding=flooding,
        full=full,
        inflow=answer.inflow * units.flow,
        flow=answer.flow * units.flow,
        flooded=flooded,
        energy=answer.energy,
        balance=balance,
        errors=answer.errors,
        hotstart=answer.hotstart,
        messages=answer.messages,
    )


@dataclass(frozen=True)
class Outcome:
    """What disturbances change in a window, SI.

    Parameters
    ----------
    spill
        Flooding onto streets, or into water bodies where nodes do so, m³/s, shape (step, node).
    share
        Share of each step in which a node takes waste water, shape (step, node).
    overflow
        Outflow of each outfall above that of dry weather, m³/s, shape (step, node).
    inflow
        Outflow of each outfall, m³/s, shape (step, node): that of dry weather and what changes.
    energy
        Of pumps, kWh more than in dry weather, shape (link,).
    balance
        Of the run with the disturbances.
    floods_dry
        m³ that each node floods by itself in these hours, shape (node,).
    raised
        Depth more than without the disturbances, m, shape (step, node).
    turned
        -1 where a pump does not run in a step and would without them, 1 where it runs and would
        not, else 0, shape (step, pump).
    failure
        Why there is no answer; empty if there is one.
    runs
        How many times SWMM ran.
    """

    spill: FloatArray
    share: FloatArray
    overflow: FloatArray
    inflow: FloatArray
    energy: FloatArray
    balance: Balance
    floods_dry: FloatArray
    raised: FloatArray
    turned: IntArray
    failure: str = ""
    runs: int = 0


def day_of_window(network: Network, window: Window) -> datetime:
    """Midnight of the window's first day; of the file's where the window has none."""
    return datetime.combine(window.date or network.begin.date(), time())


def quiet(network: Network, window: Window) -> Outcome:
    """A dry day: all waste water reaches its outfall, and nothing spills.

    It is known without the engine. Its flow enters the outfalls in the hour in which it enters
    the sewers.
    """
    nodes, steps = len(network.node_ids), window.steps
    day = day_of_window(network, window)
    inflow = np.zeros((steps, nodes))
    reached = network.outfall_of
    by_hour: dict[tuple[int, int], FloatArray] = {}
    for step, start in enumerate(window.starts.tolist()):
        first = int(start) // 3600
        last = (int(start) + window.step - 1) // 3600
        for hour in range(first, last + 1):
            low, high = max(start, hour * 3600), min(start + window.step, (hour + 1) * 3600)
            key = (hour // 24, hour % 24)
            if key not in by_hour:
                date = day.date().fromordinal(day.toordinal() + key[0])
                flow = network.dry_flow(date, key[1])
                there = reached >= 0
                total = np.bincount(reached[there], flow[there], nodes)
                by_hour[key] = total.astype(np.float64)
            inflow[step] += by_hour[key] * (high - low) / window.step
    volume = float(inflow.sum()) * window.step
    nothing = np.zeros((steps, nodes))
    return Outcome(
        spill=nothing,
        share=np.ones((steps, nodes)),
        overflow=nothing,
        inflow=inflow,
        energy=np.zeros(len(network.link_ids)),
        balance=Balance("sewage", "m3", volume, volume, 0.0, 0.0, tolerance=MOST_ERROR),
        floods_dry=np.zeros(nodes),
        raised=nothing,
        turned=np.zeros((steps, len(network.pumps)), dtype=np.int64),
    )


def disturbed(network: Network, window: Window, plan: Plan, usual: Outcome) -> Outcome:
    """What a plan changes: SWMM with it against SWMM without it, over the hours that it touches.

    Parameters
    ----------
    network
        The network.
    window
        The window.
    plan
        Its disturbances, one or more.
    usual
        The window without any.
    """
    settle = max(SETTLE_S, window.step)
    ends = sorted({min(window.end, plan.end + settle), window.end})
    first = max(0, (plan.start - window.start) // window.step)  # the first step that can differ
    begin = window.start + first * window.step
    before = Period(day_of_window(network, window), begin - RUN_IN_S, begin)
    try:
        state = workers().one(replace(job(network, before, RUN_IN_S), keep=True)).hotstart
    except KopaError as error:
        return _failed(usual, str(error), 1)
    outcome = usual
    for end in ends:
        outcome, still = _compared(network, window, plan, usual, (first, end, state))
        if outcome.failure or not still:
            break
    return outcome


def _compared(
    network: Network,
    window: Window,
    plan: Plan,
    usual: Outcome,
    part_of: tuple[int, int, bytes | None],
) -> tuple[Outcome, bool]:
    """The outcome of a part of the window, and whether it still spills at its end.

    The part is its first step, its last second, and the state that it begins with.
    """
    step = window.step
    first, end, state = part_of
    last = min(window.steps, -(-(end - window.start) // step))
    period = Period(
        day_of_window(network, window), window.start + first * step, window.start + last * step
    )
    try:
        jobs = [
            replace(job(network, period, step, happens), hotstart=state)
            for happens in ((), plan.disturbances)
        ]
    except KopaError as error:
        return _failed(usual, str(error), 1), False
    answers = workers().run(jobs)
    runs = []
    for answer in answers:
        if answer.problem:
            return _failed(usual, f"SWMM gives up: {answer.problem}", 3), False
        runs.append(in_si(network, answer, step))
    for run in runs:
        if not run.balance.ok:
            why = f"SWMM loses {run.errors[1]:.1f} % of the water (routing continuity error)"
            return _failed(usual, why, 3), False
    part = slice(first, last)
    before, after = runs
    spill, share = usual.spill.copy(), usual.share.copy()
    overflow, inflow = usual.overflow.copy(), usual.inflow.copy()
    spill[part] = np.maximum(after.flooding - before.flooding, 0.0)
    share[part] = 1 - np.maximum(after.full - before.full, 0.0)
    moved = after.inflow - before.inflow
    moved[np.abs(moved) < _STILL] = 0.0
    outfalls = network.outfalls
    overflow[part, outfalls] = np.maximum(moved[:, outfalls], 0.0)
    inflow[part] = np.maximum(inflow[part] + moved, 0.0)
    spill[spill < _STILL * 1e-2] = 0.0
    raised, turned = usual.raised.copy(), usual.turned.copy()
    raised[part] = after.level - before.level
    runs_now, ran = (run.flow[:, network.pumps] > 0 for run in (after, before))
    turned[part] = runs_now.astype(np.int64) - ran
    found = Outcome(
        spill=spill,
        share=share,
        overflow=overflow,
        inflow=inflow,
        energy=runs[1].energy - runs[0].energy,
        balance=runs[1].balance,
        floods_dry=runs[0].flooded,
        raised=raised,
        turned=turned,
        runs=3,
    )
    lost = spill.sum(axis=1) + overflow[:, network.overflows].sum(axis=1)
    still = last < window.steps and bool(lost[last - 1] > max(_TAIL * lost.max(), _STILL))
    return found, still


def _failed(usual: Outcome, why: str, runs: int) -> Outcome:
    return replace(usual, failure=why, runs=runs)


def job(
    network: Network,
    period: Period,
    step: int,
    disturbances: Sequence[Disturbance] = (),
    own_rain: bool = False,
    rain: tuple[Mapping[str, Series], int] | None = None,
) -> Job:
    """What a worker runs for some hours of a network.

    Parameters
    ----------
    network
        The network.
    period
        The hours.
    step
        Length of a step of the answer, s.
    disturbances
        What happens.
    own_rain
        True where the file's own rain falls.
    rain
        Rain of each gauge that falls instead, and the time between its values, s.

    Raises
    ------
    RangeError
        If the file's own rain is multiplied, and cannot be read.
    """
    own = own_rain or rain is not None
    falls = rain or rain_of(network, disturbances, period, own_rain)
    draft = Draft(network.inp if falls is None else network.inp.without_rain)
    report = report_step(step)
    in_period(draft, period, report, 0.0 if own else network.routing_step)
    if not own:
        fill(network, draft, period)
    if falls is not None:
        put_rain(draft, falls[0], period.begin, falls[1])
    put_rules(network, draft, disturbances, period.begin)
    return Job(
        draft.encoded(),
        step=step,
        report=report,
        limits=limits_of(network, disturbances, period.begin),
    )
