"""A plan of gates and pumps that spills less, found by running SWMM ahead.

The plan is built block by block of time, gate by gate: every candidate setting is run to the end
of the period, and the best is kept only if it spills less than what is kept already. It begins with
the file's own rules, so it is never worse than they are; where nothing is better they stay.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray

from .cases import Case, Study
from .edits import Series
from .network import ORIFICE, OUTLET, PUMP, Network
from .plan import Disturbance

LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Settings that are tried; a pump is off or on."""

WORTH = 1e-3
"""A setting is kept if it saves so large a share of what is spilled, so that gates rest."""


@dataclass(frozen=True)
class Move:
    """A setting of a link for a while.

    Parameters
    ----------
    link
        Its row.
    start, end
        Seconds since midnight.
    setting
        0 to 1.
    """

    link: int
    start: int
    end: int
    setting: float


@dataclass(frozen=True)
class Controlled:
    """The plan and what it saves.

    Parameters
    ----------
    moves
        What differs from the file's own rules.
    fallback, planned
        m³ that each node spills by the file's rules, and by the plan, shape (node,); mean of the
        members where there is an ensemble.
    runs
        How many times SWMM ran.
    complete
        False where time ran out before all was tried.
    """

    moves: tuple[Move, ...]
    fallback: FloatArray
    planned: FloatArray
    runs: int
    complete: bool

    @property
    def saved_m3(self) -> float:
        """What the plan spills less than the file's own rules."""
        return float(self.fallback.sum() - self.planned.sum())


@dataclass(frozen=True)
class Search:
    """How a plan is searched.

    Parameters
    ----------
    block
        Length of a block, s.
    rounds
        So often all gates and blocks are gone through, the whole period as one block first.
    seconds
        No candidate is begun after so long.
    levels
        Settings that are tried.
    """

    block: int = 3600
    rounds: int = 1
    seconds: float = 120.0
    levels: Sequence[float] = LEVELS


@dataclass
class _State:
    """What is kept so far."""

    moves: dict[tuple[int, int], Move] = field(default_factory=dict)
    spill: FloatArray = field(default_factory=lambda: np.empty(0))
    runs: int = 0


def movable(network: Network) -> list[int]:
    """Links that can be set: pumps, orifices and outlets."""
    kinds = (PUMP, ORIFICE, OUTLET)
    return [link for link, kind in enumerate(network.link_types.tolist()) if kind in kinds]


def control(
    study: Study,
    links: Sequence[int],
    search: Search,
    rain: Sequence[tuple[Series, int]] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Controlled:
    """Search a plan.

    Parameters
    ----------
    study
        The network, the period and the state that it begins with.
    links
        Rows of the links that may be set.
    search
        How far to search.
    rain
        Rain of one forecast or of the members of an ensemble; none is the file's own.
    progress
        Called with the number of settings that are newly decided.

    Raises
    ------
    EngineError
        If there is no answer even with the file's own rules: then there is nothing to fall back
        on, and no plan.
    """
    begin = time.monotonic()
    period = study.period
    state = _State()
    usual = _spills(study, [()], rain, state)[0]
    if isinstance(usual, str):
        raise EngineError(f"no plan without its fall-back: {usual}", "sewerage.no-fallback")
    state.spill = usual
    blocks = [(period.begin, period.end)]
    cuts = range(period.begin, period.end, search.block)
    blocks += [(low, min(low + search.block, period.end)) for low in cuts] * search.rounds
    complete = True
    for low, high in blocks:
        for link in links:
            if time.monotonic() - begin > search.seconds:
                complete = False
                break
            _improve(study, state, (link, low, high), search, rain)
            progress(1)
    return Controlled(
        tuple(sorted(state.moves.values(), key=lambda m: (m.start, m.link))),
        usual,
        state.spill,
        state.runs,
        complete,
    )


def _improve(
    study: Study,
    state: _State,
    where: tuple[int, int, int],
    search: Search,
    rain: Sequence[tuple[Series, int]],
) -> None:
    """Keep the best setting of a link in a block, if it is better than what is kept."""
    link, low, high = where
    if state.spill.sum() <= 0:
        return
    pump = study.network.link_types[link] == PUMP
    levels = [level for level in search.levels if not pump or level in (0.0, 1.0)]
    plans = []
    for level in levels:
        moves = dict(state.moves)
        moves[(link, low)] = Move(link, low, high, level)
        plans.append(moves)
    found = _spills(study, [tuple(moves.values()) for moves in plans], rain, state)
    known = [(float(s.sum()), at) for at, s in enumerate(found) if not isinstance(s, str)]
    if not known:
        return
    least, at = min(known)
    best = found[at]
    if least < (1 - WORTH) * float(state.spill.sum()) and not isinstance(best, str):
        state.moves, state.spill = plans[at], best


def disturbances(moves: Sequence[Move], network: Network) -> tuple[Disturbance, ...]:
    """Moves as what SWMM does; of two at a time the shorter one holds."""
    cut: list[Move] = []
    for link in sorted({move.link for move in moves}):
        mine = [move for move in moves if move.link == link]
        times = sorted({t for move in mine for t in (move.start, move.end)})
        for low, high in pairwise(times):
            over = [move for move in mine if move.start <= low and move.end >= high]
            if over:
                best = min(over, key=lambda move: move.end - move.start)
                cut.append(replace(best, start=low, end=high))
    return tuple(
        Disturbance(
            "set", m.start, m.end, (network.link_row(m.link),), links=(m.link,), setting=m.setting
        )
        for m in cut
    )


def _spills(
    study: Study,
    plans: Sequence[Sequence[Move]],
    rain: Sequence[tuple[Series, int]],
    state: _State,
) -> list[FloatArray | str]:
    """What each plan spills, the mean of all members; a plan that one cannot answer has none."""
    members = [Case(rain=series, every=every) for series, every in rain] or [Case()]
    cases = [
        replace(member, disturbances=disturbances(moves, study.network))
        for moves in plans
        for member in members
    ]
    found = study.spills(cases)
    state.runs += len(cases)
    many = len(members)
    answers: list[FloatArray | str] = []
    for row in range(len(plans)):
        part = found[row * many : (row + 1) * many]
        lost = [one for one in part if isinstance(one, str)]
        known = [one for one in part if not isinstance(one, str)]
        answers.append(lost[0] if lost else np.asarray(np.mean(known, axis=0)))
    return answers
