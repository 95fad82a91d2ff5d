"""Leaks in readings, from the model to what people are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kopa.domain import Finding, Status
from kopa.model import IntArray

from ..network import Network
from .calibration import Calibration, calibrate
from .drive import Driven, drive
from .model_error import model_errors
from .places import pipe_distances
from .readings import HOUR, Readings
from .signature import signatures
from .sweep import Sweep
from .told import Rules
from .tracking import Leak

_FAR_OFF = 10.0  # m between a sensor and the model that no roughness explains


@dataclass(frozen=True)
class FoundLeak:
    """A leak as it is told.

    Parameters
    ----------
    pipe
        Its pipe.
    state
        ``running``, ``repaired``, or ``moved``: told again elsewhere, where its water counts.
    start, detected, repaired
        When it likely began, when it was told, when it was likely repaired (None while it runs).
    flow_m3h, lost_m3
        What it loses at the end of the data, and what it lost until then.
    confidence
        Probability, when it was told, that it lies within 300 m along pipes.
    alternatives
        Other pipes within 300 m, nearest first.
    """

    pipe: str
    state: str
    start: datetime
    detected: datetime
    repaired: datetime | None
    flow_m3h: float
    lost_m3: float
    confidence: float
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a search gives.

    Parameters
    ----------
    status
        ``ok``, or ``unknown`` with its reason among the findings.
    leaks
        In the order in which they were told.
    hours, sensors
        Hours searched, and observations that could be used.
    findings
        What is wrong with sensors.
    """

    status: Status
    leaks: tuple[FoundLeak, ...]
    hours: int
    sensors: int
    findings: tuple[Finding, ...]


def search(
    network: Network,
    readings: Readings,
    free: int,
    progress: Callable[[float], None] = lambda done: None,
    rules: Rules | None = None,
) -> Found:
    """Find leaks, as they would have been told at the time.

    Parameters
    ----------
    network
        The model, as its file has it.
    readings
        What was measured.
    free
        Hours from the beginning in which no new leak began.
    progress
        Called with the number of hours whose model is newly run.
    rules
        When something is told.
    """
    driven = drive(network, readings, progress)
    usable = np.isfinite(driven.residual[:free]).any(axis=1)
    if not usable.any() or not driven.districts:
        return Found("unknown", (), readings.hours, 0, (_no_balance(network, driven),))
    hours = np.flatnonzero(usable).astype(np.int64)
    shapes = signatures(driven, hours)
    errors = model_errors(driven, shapes, hours)
    calibration = calibrate(driven, shapes, errors, free)
    findings = _notes(driven, calibration, free)
    if not len(calibration.used):
        return Found("unknown", (), readings.hours, 0, tuple(findings))
    distance = pipe_distances(network, shapes.pipes)
    sweep = Sweep(calibration, distance, network.length[shapes.pipes], rules)
    sweep.run(free)
    ids = [network.link_ids[row] for row in shapes.pipes.tolist()]
    leaks = tuple(
        FoundLeak(
            pipe=ids[leak.reported],
            state=_state(leak),
            start=readings.time(leak.start),
            detected=readings.time(leak.found),
            repaired=_ended(leak, readings),
            flow_m3h=float(leak.size[-1]) * HOUR,
            lost_m3=float(leak.size.sum()) * HOUR,
            confidence=leak.confidence,
            alternatives=tuple(
                ids[k] for k in _around(distance[leak.reported], sweep.near[leak.reported])
            ),
        )
        for leak in sweep.tracker.leaks
    )
    return Found("ok", leaks, readings.hours, len(calibration.used), tuple(findings))


def _state(leak: Leak) -> str:
    if leak.withdrawn:
        return "moved"
    return "running" if leak.runs else "repaired"


def _ended(leak: Leak, readings: Readings) -> datetime | None:
    return None if leak.ended is None or leak.withdrawn else readings.time(leak.ended)


def _around(distance: np.ndarray, near: np.ndarray) -> list[int]:
    """Candidates that are near, the nearest first, without the one itself."""
    order: IntArray = np.argsort(distance, kind="stable")
    return [k for k in order.tolist() if near[k] and distance[k] > 0]


def _no_balance(network: Network, driven: Driven) -> Finding:
    if driven.districts:
        what = "no leak-free hour has all flows and levels that the balance takes."
    else:
        what = "no part of the network is closed off by the flow meters that were given."
    do = "Give the flows through all inlets, and the levels of the tanks behind them."
    return Finding("water.leaks-no-balance", what, do, file=str(network.source))


def _notes(driven: Driven, calibration: Calibration, free: int) -> list[Finding]:
    """Sensors that say nothing, or something far from the model."""
    notes = []
    for k, name in enumerate(driven.readings.pressures.names):
        own = driven.residual[:free, k]
        good = own[np.isfinite(own)]
        if k not in calibration.used:
            what = f"{name} has too few leak-free hours, or does not move: it is left out."
            notes.append(
                Finding("water.leaks-sensor-unused", what, "Look at the sensor.", "warning")
            )
        elif len(good) and abs(good.mean()) > _FAR_OFF:
            what = f"{name} is {good.mean():+.1f} m from the model: only its changes count."
            do = "Look at its unit, its height and its place."
            notes.append(Finding("water.leaks-sensor-off", what, do, "warning"))
    return notes
