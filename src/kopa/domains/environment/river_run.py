"""A run of the rivers: what overflows, where it goes, and which bathing waters it closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.errors import RangeError
from kopa.ledger.account import Balance
from kopa.model import BoolArray, FloatArray, IntArray, PortSeries, Window

from .bathing import exceeded, held, in_season, limits
from .engine_transport import Grid, Transported, grid_of, transport
from .network import Environment, Rivers
from .river import (
    BACTERIA,
    POLLUTANTS,
    Hydraulics,
    decay_rates,
    hydraulics,
    routed,
    summed_down,
    unionised_share,
)

NH3_OF_N = 17.031 / 14.007
"""Mass of NH3 over that of its nitrogen."""
RANGES = ("low", "mid", "high")
RAW = {"escherichia_coli": "raw_ecoli", "enterococci": "raw_enterococci"}


@dataclass(frozen=True)
class Loads:
    """What enters the reaches.

    Parameters
    ----------
    natural
        Flow without overflows, m³/s, shape (step, reach).
    sewage
        Untreated sewage, m³/s, shape (step, reach).
    ammonia
        Ammonia nitrogen of effluents, g/s, shape (step, reach).
    """

    natural: FloatArray
    sewage: FloatArray
    ammonia: FloatArray


@dataclass(frozen=True)
class RiverRun:
    """Concentrations in the rivers.

    Parameters
    ----------
    loads, state, grid
        What entered, the rivers' hydraulics, and their cells.
    moved
        How each pollutant went: bacteria as m³ of sewage, ammonia in g.
    raw
        Bacteria in the sewage, CFU/100 mL, by bacterium and range.
    unionised
        NH3 in each cell: greatest of each step, mg/L, shape (step, cell).
    """

    loads: Loads
    state: Hydraulics
    grid: Grid
    moved: Mapping[str, Transported]
    raw: Mapping[str, Mapping[str, float]]
    unionised: FloatArray

    @property
    def trusted(self) -> bool:
        """False where mass was lost or made."""
        return all(_balance(name, moved).ok for name, moved in self.moved.items())

    @property
    def balance(self) -> Balance:
        """That of E. coli, in CFU at the best concentration."""
        name = "escherichia_coli"
        return _balance(name, self.moved[name], self.raw[name]["mid"] * 1e4)


def _balance(name: str, moved: Transported, scale: float = 1.0) -> Balance:
    parts = (moved.released, moved.left, moved.decayed, moved.stored)
    supplied, used, lost, stored = (part * scale for part in parts)
    return Balance(name, "CFU", supplied, used, lost, stored, tolerance=1e-9)


def loads(rivers: Rivers, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Loads:
    """What enters the reaches, by the changes and the in-ports.

    Parameters
    ----------
    rivers, window, changes, inputs
        The reaches and the run.

    Raises
    ------
    RangeError
        If a reach is to be dry whose low flow is not known.
    """
    shape = (window.steps, len(rivers))
    own = np.full(shape, np.nan)
    sewage = np.asarray(inputs.get("overflow", np.zeros(shape))) / 1000.0
    for change in changes:
        if change.asset not in rivers.ids:
            continue
        row = rivers.ids.index(change.asset)
        cover = window.cover(change.start, change.end)
        if change.kind == "spill":
            sewage = sewage.copy()
            sewage[:, row] += cover * (change.value or 0.0)
        elif change.kind in ("factor", "dry"):
            usual = rivers.flow[row]
            low = change.value * usual if change.value is not None else rivers.low_flow[row]
            if np.isnan(low):
                raise RangeError(f"{change.full} cannot be dry: its file gives no low_flow_m3_s")
            before = np.where(np.isnan(own[:, row]), usual, own[:, row])
            hit = cover > 0
            own[hit, row] = before[hit] * (1 + (low / usual - 1) * cover[hit])
    ammonia = np.asarray(inputs.get("ammonia", np.zeros(shape)))
    return Loads(routed(rivers, own, rivers.flow), sewage, ammonia)


def flow_down(
    environment: Environment, settings: Mapping[str, Any], window: Window, given: Loads
) -> RiverRun:
    """Follow sewage and ammonia down the rivers.

    Parameters
    ----------
    environment, settings, window
        The rivers, the domain's settings, and the run.
    given
        What enters.

    Raises
    ------
    EngineError
        If the rivers cannot be solved.
    """
    rivers = environment.rivers
    state = hydraulics(rivers, given.natural.mean(axis=0))
    grid = grid_of(rivers, state, window.step)
    warm = np.where(
        np.isnan(rivers.temperature), settings["water_temperature_c"], rivers.temperature
    )
    decay = decay_rates(settings, warm, state.depth)
    flow = given.natural + summed_down(rivers, given.sewage)
    nitrogen = given.sewage * settings["raw_ammonia_mg_l"] + given.ammonia
    entering = dict.fromkeys(BACTERIA, given.sewage) | {"ammonia": nitrogen}
    moved = {
        name: transport(grid, flow, entering[name], decay[name], window.step) for name in POLLUTANTS
    }
    raw = {
        name: {
            "low": settings[f"{key}_low_cfu_100ml"],
            "mid": settings[f"{key}_cfu_100ml"],
            "high": settings[f"{key}_high_cfu_100ml"],
        }
        for name, key in RAW.items()
    }
    ph = np.where(np.isnan(rivers.ph), settings["ph"], rivers.ph)
    share = unionised_share(warm, ph) * NH3_OF_N
    total = rivers.background["ammonia"][grid.reach] + moved["ammonia"].peak
    return RiverRun(given, state, grid, moved, raw, total * share[grid.reach])


@dataclass(frozen=True)
class BathingRun:
    """What the rivers bring to the bathing waters.

    Parameters
    ----------
    concentration
        Greatest of each step, CFU/100 mL, by range and bacterium, shape (step, bathing).
    over
        Steps above an alert threshold by range, shape (step, bathing).
    alert
        Steps of the alert, which outlasts them, by range, shape (step, bathing).
    season
        1 in the season, shape (step, bathing).
    """

    concentration: Mapping[str, Mapping[str, FloatArray]]
    over: Mapping[str, BoolArray]
    alert: Mapping[str, BoolArray]
    season: FloatArray


def at_bathing(
    environment: Environment, settings: Mapping[str, Any], window: Window, run: RiverRun | None
) -> BathingRun:
    """Concentrations and alerts at the bathing waters.

    Parameters
    ----------
    environment, settings, window
        The bathing waters, the domain's settings, and the run.
    run
        The rivers; None where there are none.
    """
    bathing, rivers = environment.bathing, environment.rivers
    limit = limits(bathing, environment.thresholds)
    placed = np.flatnonzero(bathing.reach >= 0)
    reach = bathing.reach[placed]
    found: dict[str, dict[str, FloatArray]] = {}
    for range_ in RANGES:
        found[range_] = {}
        for name in BACTERIA:
            values = np.zeros((window.steps, len(bathing)))
            if run is not None and len(placed):
                spots = [
                    (int(r), float(a)) for r, a in zip(reach, bathing.along[placed], strict=True)
                ]
                cells = [run.grid.at(*spot) for spot in spots]
                extra = run.moved[name].peak[:, cells] * run.raw[name][range_]
                values[:, placed] = rivers.background[name][reach] + extra
            found[range_][name] = values
    over = {range_: exceeded(found[range_], limit) for range_ in RANGES}
    hours = settings["reopen_after_h"]
    alert = {range_: held(over[range_], window, hours) for range_ in RANGES}
    return BathingRun(found, over, alert, in_season(bathing, window))


def upstream(rivers: Rivers, reach: int) -> IntArray:
    """A reach and all above it, shape (reach,)."""
    found = {reach}
    for row in range(reach - 1, -1, -1):
        if int(rivers.downstream[row]) in found:
            found.add(row)
    return np.array(sorted(found), dtype=np.int64)


def input_events(
    rivers: Rivers, window: Window, inputs: PortSeries, events: list[Event]
) -> dict[int, list[int]]:
    """An event for each reach that an overflow or an effluent enters, by reach."""
    found: dict[int, list[int]] = {}
    for port in ("overflow", "ammonia"):
        given = inputs.get(port)
        if given is None:
            continue
        for reach in np.flatnonzero((given > 0).any(axis=0)).tolist():
            steps = np.flatnonzero(given[:, reach] > 0)
            begin = window.start + int(steps[0]) * window.step
            end = window.start + (int(steps[-1]) + 1) * window.step
            found.setdefault(reach, []).append(len(events))
            parents = (Parent("input", reach, port),)
            what = "overflow" if port == "overflow" else "effluent"
            events.append(Event(what, np.array([reach]), begin, end, parents))
    return found
