"""Where the water of wells comes from: stagnation points and zones by time of travel.

Pathlines are followed backwards from the wells, all at once, in the layer of the screen. Leakage
through aquitards is part of the flow, but no pathline leaves its layer.

Bear, J. (1979), Hydraulics of Groundwater, ch. 8; Bear, J. and Jacobs, M. (1965), On the movement
of water bodies injected into aquifers, Journal of Hydrology 3, 37-57.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.model import FloatArray, IntArray

from .engine_timflow import Flow, steady_flow
from .network import Field

_LINES = 48  # pathlines of a well to begin with
_ROUNDS = 7  # times that lines are put between those that part
_APART = 0.04  # of a zone's perimeter: more than this between two pathlines is filled
_STEP = 0.1  # of the distance to the nearest well, the longest step of a pathline
_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Zone:
    """What reaches a well within a time.

    Parameters
    ----------
    well
        Number of the well.
    seconds
        The time, s.
    shape
        The zone, a shapely geometry in metres.
    """

    well: int
    seconds: float
    shape: Any


@dataclass(frozen=True)
class Capture:
    """Where the water of a field comes from.

    Parameters
    ----------
    zones
        By well and time.
    stagnation
        Stagnation points of each layer that is screened: layer, x and y, shape (point, 3).
    """

    zones: tuple[Zone, ...]
    stagnation: FloatArray


def capture(field: Field, seconds: Sequence[float], discharge: FloatArray) -> Capture:
    """Zones and stagnation points of a field.

    Parameters
    ----------
    field
        The well field.
    seconds
        Times of travel, s.
    discharge
        What each well gives, m³/s, shape (well,).

    Raises
    ------
    EngineError
        If the flow cannot be computed.
    """
    flow = steady_flow(field, discharge)
    times = np.unique(np.asarray(seconds, dtype=np.float64))
    zones: list[Zone] = []
    for well in np.flatnonzero(discharge > 0).tolist():
        rings = _rings(field, flow, well, times)
        zones += [
            Zone(well, float(time), _polygon(ring))
            for time, ring in zip(times, rings, strict=True)
        ]
    points = [
        np.column_stack([np.full(len(xy), layer), xy])
        for layer in np.unique(field.wells.layer[discharge > 0]).tolist()
        for xy in [stagnation_points(field, flow, layer)]
    ]
    return Capture(tuple(zones), np.concatenate(points) if points else np.empty((0, 3)))


def _polygon(ring: FloatArray) -> Any:
    """A ring of points as a valid polygon, or several."""
    import shapely

    return shapely.make_valid(shapely.Polygon(ring)).buffer(0)


def _rings(field: Field, flow: Flow, well: int, times: FloatArray) -> FloatArray:
    """Ends of the pathlines of a well, in the order of their angles, shape (time, line, 2)."""
    angles = np.linspace(0, 2 * np.pi, _LINES, endpoint=False)
    ends = trace_back(field, flow, well, angles, times)
    for _ in range(_ROUNDS):
        step = np.hypot(*np.moveaxis(np.roll(ends, -1, axis=1) - ends, 2, 0))
        wide = (step > _APART * step.sum(axis=1, keepdims=True)).any(axis=0)
        gap = (np.roll(angles, -1) - angles) % (2 * np.pi)
        wide &= gap > 1e-7
        if not wide.any():
            break
        new = angles[wide] + gap[wide] / 2
        more = trace_back(field, flow, well, new, times)
        angles, ends = np.concatenate([angles, new]), np.concatenate([ends, more], axis=1)
        order = np.argsort(angles, kind="stable")
        angles, ends = angles[order], ends[:, order]
    return ends


def trace_back(
    field: Field, flow: Flow, well: int, angles: FloatArray, times: FloatArray
) -> FloatArray:
    """Follow pathlines backwards from the bore of a well.

    Parameters
    ----------
    field, flow, well
        The field, its flow, and the well's number.
    angles
        Where on the bore each begins, shape (line,).
    times
        Rising times of travel, s, shape (time,).

    Returns
    -------
    FloatArray
        Where each line is at each time, m, shape (time, line, 2).
    """
    wells = field.wells
    layer = int(wells.layer[well])
    radius = wells.radius[well]
    at = np.column_stack(
        [wells.x[well] + radius * np.cos(angles), wells.y[well] + radius * np.sin(angles)]
    )
    clock = np.zeros(len(angles))
    found = np.empty((len(times), len(angles), 2))
    for number, end in enumerate(times):
        going = np.arange(len(angles))
        for _ in range(_MOST_STEPS):
            place, step = _stepped(flow, layer, at[going], end - clock[going])
            at[going] = place
            clock[going] += step
            going = going[(clock[going] < end * (1 - 1e-12)) & (step > 0)]
            if not len(going):
                break
        clock[:] = end
        found[number] = at
    return found


def _stepped(
    flow: Flow, layer: int, at: FloatArray, left: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """One Runge-Kutta step (order 4) against the flow; gives places and times, s.

    Near a sink the step is a share of the distance to it: the field turns there. A line that
    stands (stagnation), or has come to a river, steps no more.
    """

    def back(place: FloatArray) -> FloatArray:
        vx, vy = flow.velocity(place[:, 0], place[:, 1], layer)
        return -np.column_stack([vx, vy])

    speed = back(at)
    size = np.hypot(*speed.T)
    apart = np.hypot(at[:, :1] - flow.x, at[:, 1:] - flow.y)
    source = flow.strength.sum(axis=1) < 0  # a river that gives: water comes from there
    near = np.where(source, np.inf, apart).min(axis=1)
    given = np.where(source, apart, np.inf).min(axis=1)
    longest = _STEP * np.minimum(near, given + 1e-9)
    with np.errstate(divide="ignore"):
        step = np.where(size > 0, np.minimum(left, longest / np.maximum(size, 1e-300)), 0.0)
    step = np.where(given < 0.5, 0.0, step)
    half = step[:, None] / 2
    second = back(at + half * speed)
    third = back(at + half * second)
    fourth = back(at + 2 * half * third)
    return at + half / 3 * (speed + 2 * second + 2 * third + fourth), step


def stagnation_points(field: Field, flow: Flow, layer: int) -> FloatArray:
    """Points where the water of a layer stands, m, shape (point, 2).

    Newton's method from many starts around and between the wells.

    Parameters
    ----------
    field, flow
        The field and its flow.
    layer
        The layer.
    """
    at = _starts(field, flow, layer)
    size = float(np.ptp(at, axis=0).max())
    delta = 1e-6 * size

    def speed(place: FloatArray) -> FloatArray:
        return np.column_stack(flow.velocity(place[:, 0], place[:, 1], layer))

    for _ in range(60):
        now = speed(at)
        east, north = (
            (speed(at + offset) - speed(at - offset)) / (2 * delta)
            for offset in (np.array([delta, 0.0]), np.array([0.0, delta]))
        )
        slope = east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]
        good = (np.abs(slope) > 0) & np.isfinite(at).all(axis=1)
        at, now, east, north, slope = (
            part[good] for part in (at, now, east, north, slope)
        )
        move = np.column_stack(
            [
                (now[:, 1] * north[:, 0] - now[:, 0] * north[:, 1]) / slope,
                (now[:, 0] * east[:, 1] - now[:, 1] * east[:, 0]) / slope,
            ]
        )
        length = np.hypot(*move.T)
        near = np.hypot(at[:, :1] - flow.x, at[:, 1:] - flow.y).min(axis=1)
        at = at + move * np.minimum(1, 0.5 * near / np.maximum(length, 1e-300))[:, None]
    return _unlike(at, speed(at), length, size, field, flow, layer)


def _starts(field: Field, flow: Flow, layer: int) -> FloatArray:
    """Where the search begins: rings around wells, and a grid over them."""
    wells = field.wells
    natural = float(np.hypot(*field.aquifer.flow[:, layer]))
    strength = np.abs((flow.strength @ flow.modes[layer])[: len(wells)]).sum()
    span = float(np.hypot(np.ptp(wells.x), np.ptp(wells.y)))
    reach = strength / (2 * np.pi * natural) if natural > 0 else max(span, 100.0)
    far = max(span, 2 * reach, 10.0)
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    radii = far * np.geomspace(1e-3, 1.5, 10)
    ring = (radii[:, None] * np.exp(1j * angle)).ravel()
    around = ((wells.x + 1j * wells.y)[:, None] + ring).ravel()
    line = np.linspace(-far, far, 15)
    grid = (line[:, None] + 1j * line).ravel() + wells.x.mean() + 1j * wells.y.mean()
    every = np.concatenate([around, grid])
    return np.column_stack([every.real, every.imag])


def _unlike(
    at: FloatArray,
    speed: FloatArray,
    moved: FloatArray,
    size: float,
    field: Field,
    flow: Flow,
    layer: int,
) -> FloatArray:
    """The points that the search came to, each once, downstream first."""
    apart = np.hypot(at[:, :1] - flow.x, at[:, 1:] - flow.y).min(axis=1)
    sink = np.abs(flow.strength @ flow.modes[layer]).max()
    room = field.aquifer.thickness[layer] * field.aquifer.porosity[layer]
    slowest = 1e-9 * sink / (2 * np.pi * np.maximum(apart, 1e-9) * room)
    still = (np.hypot(*speed.T) < slowest) & (moved < 1e-6 * size) & (apart > 1e-3)
    still &= apart < 100 * size
    found: list[FloatArray] = []
    for point in at[still]:
        if not any(np.hypot(*(point - other)) < 1e-4 * size for other in found):
            found.append(point)
    way = np.array([np.sin(field.aquifer.azimuth), np.cos(field.aquifer.azimuth)])
    found.sort(key=lambda point: -float(point @ way))
    return np.array(found).reshape(-1, 2)


def width(field: Field, shapes: Sequence[Any]) -> float:
    """Extent of zones across the natural flow, m."""
    points = np.concatenate([_outline(shape) for shape in shapes])
    azimuth = field.aquifer.azimuth
    across = points @ np.array([np.cos(azimuth), -np.sin(azimuth)])
    return float(np.ptp(across))


def _outline(shape: Any) -> FloatArray:
    import shapely

    return np.asarray(shapely.get_coordinates(shape))


__all__ = ["Capture", "IntArray", "Zone", "capture", "stagnation_points", "trace_back", "width"]
