"""A window of a city's health care: which facilities work, and who reaches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.model import BoolArray, FloatArray, IntArray, PortSeries, Window
from kopa.model.links import buffered

from .network import Network
from .parts import STORED
from .reach import Reach, nearest

HALF = 0.5
"""A facility that can give less than this share of its care treats nobody new."""
NEEDS = (*STORED, "staff")


@dataclass(frozen=True)
class State:
    """Streets and facilities as they are in some steps.

    Parameters
    ----------
    speed
        Of streets over the usual, shape (street,); None for free traffic.
    works
        True for facilities that work, shape (facility,).
    times
        Shape (point, facility), s.
    nearest
        Time to the nearest that works, s, shape (point, capability).
    """

    speed: FloatArray | None
    works: BoolArray
    times: FloatArray
    nearest: FloatArray


@dataclass(frozen=True)
class Day:
    """What happened in a window.

    Parameters
    ----------
    care
        Share of its care that a facility can give, shape (step, facility).
    short
        By what is needed: share that is missing behind stores, shape (step, facility).
    people
        At each point, shape (step, point).
    states, state
        States that there are, and that of each step.
    usual
        Time to the nearest on a usual day, s, shape (point, capability).
    """

    care: FloatArray
    short: Mapping[str, FloatArray]
    people: FloatArray
    states: tuple[State, ...]
    state: IntArray
    usual: FloatArray

    def lost(self, state: State, within_s: float) -> BoolArray:
        """True where people are beyond the threshold and usually are not, (point, capability)."""
        return np.asarray((self.usual <= within_s) & (state.nearest > within_s))


def usual_works(network: Network) -> BoolArray:
    """True for facilities that the file does not call closed, shape (facility,)."""
    return ~network.facilities.closed


def day(
    network: Network, reach: Reach, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> Day:
    """Run a window.

    Parameters
    ----------
    network, reach
        What there is, and the times on its streets.
    window, changes, inputs
        As `Domain.run` gets them.
    """
    facilities, assets = network.facilities, network.assets
    care = np.tile(usual_works(network).astype(np.float64), (window.steps, 1))
    people = np.tile(network.demand.people, (window.steps, 1))
    for change in changes:
        row, cover = assets.index[change.asset], window.cover(change.start, change.end)
        if change.kind == "out":
            care[:, row] = np.minimum(care[:, row], 1 - cover)
        else:
            value = change.value if change.value is not None else 1.0
            people[:, row - network.points] *= 1 + (value - 1) * cover
    short = {}
    for need in NEEDS:
        given = inputs.get(need)
        if given is None:
            continue
        share = np.clip(given, 0.0, 1.0)
        if need in STORED:
            hours = facilities.stores_h[need]
            share = buffered(share, np.ones(len(facilities)), hours, window.hours_per_step)
        short[need] = 1 - share
        care = np.minimum(care, share)
    usual = nearest(network.usual_s, facilities.able, usual_works(network))
    states, state = _states(network, reach, care >= HALF, inputs.get("street_speed"))
    return Day(care, short, people, states, state, usual)


def _states(
    network: Network, reach: Reach, works: BoolArray, speed: FloatArray | None
) -> tuple[tuple[State, ...], IntArray]:
    """Distinct states, and which of them each step has."""
    found: dict[tuple[bytes, bytes], int] = {}
    states: list[State] = []
    which = np.zeros(len(works), dtype=np.int64)
    for step, row in enumerate(works):
        free = speed is None or bool((speed[step] >= 1).all())
        given = None if free or speed is None else speed[step]
        key = (row.tobytes(), b"" if given is None else given.tobytes())
        if key not in found:
            found[key] = len(states)
            times = reach.times(given)
            states.append(State(given, row, times, nearest(times, network.facilities.able, row)))
        which[step] = found[key]
    return tuple(states), which
