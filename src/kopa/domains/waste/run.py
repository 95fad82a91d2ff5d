"""A window of a city's waste: what is thrown in, driven, unloaded and worked off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kopa.domain import Change
from kopa.geo.fastest import Fastest, State
from kopa.model import BoolArray, FloatArray, PortSeries, Window
from kopa.model.links import buffered

from .calendar import DAY_S, at_start, first_day, thrown_in
from .contents import Contents, unknown
from .drive import Drive, Setting, Shift
from .network import Network
from .plants import Plants

HALF = 0.5


@dataclass(frozen=True)
class Day:
    """What happened in a window.

    Parameters
    ----------
    contents, plants, shifts
        Containers, facilities and trucks after it.
    running
        Share of each step in which a facility works, shape (step, facility).
    dark
        True where it stands still for want of electricity, shape (step, facility).
    unknown
        True for containers of which it is not known what is in them, shape (container,).
    added
        What comes in from elsewhere beside the usual, kg/h, shape (step, site).
    """

    contents: Contents
    plants: Plants
    shifts: Sequence[Shift]
    running: FloatArray
    dark: BoolArray
    unknown: BoolArray
    added: FloatArray


def day(
    network: Network,
    ways: Fastest,
    window: Window,
    changes: Sequence[Change],
    inputs: PortSeries,
) -> Day:
    """Run a window.

    Parameters
    ----------
    network, ways
        What there is, and the ways on its streets.
    window, changes, inputs
        As `Domain.run` gets them.
    """
    plants_of = network.facilities
    out, broken, factor = _changed(network, window, changes)
    dark = _dark(network, window, inputs)
    running = (1 - out) * ~dark
    added = inputs.get("added_waste", np.zeros((window.steps, len(network.site_ids))))
    thrown = _thrown(network, window) * factor + _of_sites(network, added, window)
    start, measured = at_start(network, window)
    for change in changes:
        if change.kind == "level":
            at = network.meant(network.assets.index[change.asset])
            start[at] = (change.value or 0.0) * network.containers.full[at]
            measured[at] = True
    strange = unknown(start, thrown)
    contents = Contents(
        network.containers,
        window,
        np.where(strange, np.nan, start),
        np.where(strange, np.nan, thrown),
        measured,
    )
    plants = Plants(plants_of, window, running)
    setting = Setting(_states(ways, window, inputs), broken, _manned(network, window, inputs))
    shifts = Drive(network, ways, window, setting, contents, plants).run()
    return Day(contents, plants, shifts, running, dark, strange, added)


def _changed(
    network: Network, window: Window, changes: Sequence[Change]
) -> tuple[FloatArray, dict[int, list[tuple[float, float]]], FloatArray]:
    """Facilities out of service, trucks that do not drive, and what more is thrown in."""
    rows, assets = network.rows, network.assets
    out = np.zeros((window.steps, len(network.facilities)))
    factor = np.ones((window.steps, len(network.containers)))
    broken: dict[int, list[tuple[float, float]]] = {}
    for change in changes:
        row = assets.index[change.asset]
        cover = window.cover(change.start, change.end)
        if change.kind == "factor":
            at = network.meant(row)
            factor[:, at] *= 1 + ((change.value or 0.0) - 1) * cover[:, None]
        elif change.kind == "level":
            continue
        elif row >= rows.truck:
            low = -np.inf if change.start is None else change.start
            high = np.inf if change.end is None else change.end
            broken.setdefault(row - rows.truck, []).append((low, high))
        else:
            at_plant = row - rows.facility
            out[:, at_plant] = np.maximum(out[:, at_plant], cover)
    return out, broken, factor


def _dark(network: Network, window: Window, inputs: PortSeries) -> BoolArray:
    """True where a facility stands still for want of electricity, shape (step, facility)."""
    plants = network.facilities
    found = np.zeros((window.steps, len(plants)), dtype=bool)
    rows, given = np.flatnonzero(plants.wired), inputs.get("electricity")
    if given is not None and len(rows):
        kept = buffered(given, np.ones(len(rows)), plants.backup[rows], window.hours_per_step)
        found[:, rows] = kept < HALF
    return found


def _manned(network: Network, window: Window, inputs: Mapping[str, FloatArray]) -> FloatArray:
    """Share of the staff at each facility, shape (step, facility)."""
    share = np.ones((window.steps, len(network.facilities)))
    given = inputs.get("staff")
    if given is not None:
        share[:, np.unique(network.trucks.depot)] = given
    return share


def _states(ways: Fastest, window: Window, inputs: PortSeries) -> list[State]:
    speed = inputs.get("street_speed")
    if speed is None:
        return [ways.usual] * window.steps
    return [ways.state(row) for row in speed]


def _thrown(network: Network, window: Window) -> FloatArray:
    """What is thrown in in each step, surges among it, kg, shape (step, container)."""
    begin = first_day(window)
    ones = np.ones(len(network.containers))
    times = begin + np.append(window.starts, window.end) / DAY_S
    if not network.surges:
        return np.tile(network.containers.daily * window.step / DAY_S, (window.steps, 1))
    return np.array(
        [thrown_in(network, low * ones, high) for low, high in pairwise(times.tolist())]
    )


def _of_sites(network: Network, added: FloatArray, window: Window) -> FloatArray:
    """What is added at sites, shared by their containers alike, kg, shape (step, container)."""
    site = network.containers.site
    many = np.bincount(site, minlength=len(network.site_ids))
    return np.asarray(added[:, site] / many[site] * window.hours_per_step)
