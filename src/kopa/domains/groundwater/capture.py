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

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray, IntArray

from .engine_timflow import Flow, steady_flow
from .network import Field

_LINES = 48  # pathlines of a well to begin with
_ROUNDS = 12  # times that lines are put between those that part
_PARTS = 4  # a gap is cut into so many
_FINEST = 1e-6  # rad, the least angle between two lines
_APART = 0.04  # of a zone's perimeter: more than this between two pathlines is filled
_STEP = 0.1  # of the distance to the nearest well, the longest step of a pathline
_TURN = 0.3  # how much of itself the field may change in a step
_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Pathline:
    """Where water came from that reaches a well.

    Parameters
    ----------
    xy
        Places, from the well backwards, m, shape (point, 2).
    marks
        The last point within each time of travel, shape (time,).
    """

    xy: FloatArray
    marks: IntArray


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
    layers = np.unique(field.wells.layer[discharge > 0]).tolist()
    for layer in layers:
        wells = np.flatnonzero((discharge > 0) & (field.wells.layer == layer))
        zones += _zones(field, flow, wells, times)
    zones.sort(key=lambda zone: (zone.well, zone.seconds))
    points = [
        np.column_stack([np.full(len(xy), layer), xy])
        for layer in layers
        for xy in [stagnation_points(field, flow, layer)]
    ]
    return Capture(tuple(zones), np.concatenate(points) if points else np.empty((0, 3)))


def _zones(field: Field, flow: Flow, wells: IntArray, times: FloatArray) -> list[Zone]:
    """The zones of the wells of a layer.

    A zone is bounded by the ends of pathlines. Where two neighbours part for good, around another
    well or on both sides of a stagnation point, no line ends between them: there the boundary
    goes back along the one to the well, and out again along the other.
    """
    whose = np.repeat(wells, _LINES)
    angles = np.tile(np.linspace(0, 2 * np.pi, _LINES, endpoint=False), len(wells))
    lines = trace_back(field, flow, whose, angles, times)
    for _ in range(_ROUNDS):
        new = [
            (np.full(len(at), well), at)
            for well in wells
            for at in [_between(angles[whose == well], [lines[i] for i in _of(whose, well)])]
        ]
        more = np.concatenate([at for _, at in new])
        if not len(more):
            break
        owner = np.concatenate([well for well, _ in new])
        lines = lines + trace_back(field, flow, owner, more, times)
        whose, angles = np.concatenate([whose, owner]), np.concatenate([angles, more])
        order = np.lexsort([angles, whose])
        whose, angles, lines = whose[order], angles[order], [lines[place] for place in order]
    found = []
    for well in wells.tolist():
        mine = [lines[place] for place in _of(whose, well)]
        wide = _wide(mine)
        found += [
            Zone(well, float(time), _polygon(mine, number, wide[number]))
            for number, time in enumerate(times)
        ]
    return found


def _of(whose: IntArray, well: int) -> list[int]:
    return [int(place) for place in np.flatnonzero(whose == well)]


def _between(angles: FloatArray, lines: Sequence[Pathline]) -> FloatArray:
    """Angles between lines of a well that end far apart."""
    gap = (np.roll(angles, -1) - angles) % (2 * np.pi)
    wide = _wide(lines).any(axis=0) & (gap > _FINEST)
    parts = np.arange(1, _PARTS) / _PARTS
    return np.asarray((angles[wide][:, None] + gap[wide][:, None] * parts).ravel() % (2 * np.pi))


def _wide(lines: Sequence[Pathline]) -> BoolArray:
    """Where a line and its next end far apart, shape (time, line)."""
    ends = np.array([line.xy[line.marks] for line in lines])
    step = np.hypot(*np.moveaxis(np.roll(ends, -1, axis=0) - ends, 2, 0)).T
    return np.asarray(step > _APART * step.sum(axis=1, keepdims=True))


def _polygon(lines: Sequence[Pathline], number: int, wide: BoolArray) -> Any:
    """The zone of one time, a valid shapely geometry."""
    import shapely

    ring: list[FloatArray] = []
    for place, line in enumerate(lines):
        mark = line.marks[number]
        if not wide[place]:
            ring.append(line.xy[mark : mark + 1])
            continue
        after = lines[(place + 1) % len(lines)]
        ring += [line.xy[mark::-1], after.xy[: after.marks[number]]]
    return shapely.make_valid(shapely.Polygon(np.concatenate(ring))).buffer(0)


def trace_back(
    field: Field, flow: Flow, whose: IntArray, angles: FloatArray, times: FloatArray
) -> list[Pathline]:
    """Follow pathlines backwards from the bores of wells of one layer, all at once.

    Parameters
    ----------
    field, flow
        The field and its flow.
    whose, angles
        The well of each line, and where on its bore it begins, shape (line,).
    times
        Rising times of travel, s, shape (time,).

    Raises
    ------
    EngineError
        If a line does not come to its end.
    """
    wells = field.wells
    layer = int(wells.layer[whose[0]])
    way = np.column_stack([np.cos(angles), np.sin(angles)])
    at = np.column_stack([wells.x, wells.y])[whose] + wells.radius[whose][:, None] * way
    clock = np.zeros(len(angles))
    every = np.arange(len(angles))
    log = [(every, at.copy())]
    marks = np.zeros((len(angles), len(times)), dtype=np.int64)
    steps = np.zeros(len(angles), dtype=np.int64)
    for number, end in enumerate(times):
        going = every
        for _ in range(_MOST_STEPS):
            place, step = _stepped(flow, layer, at[going], end - clock[going])
            moved = going[step > 0]
            at[moved] = place[step > 0]
            clock[going] += step
            log.append((moved, at[moved]))
            steps[moved] += 1
            going = moved[clock[moved] < end * (1 - 1e-12)]
            if not len(going):
                break
        else:
            raise EngineError("a pathline does not come to an end")
        marks[:, number] = steps
    owner = np.concatenate([line for line, _ in log])
    order = np.argsort(owner, kind="stable")
    places = np.concatenate([place for _, place in log])[order]
    parts = np.split(places, np.cumsum(np.bincount(owner, minlength=len(angles)))[:-1])
    return [Pathline(xy, mark) for xy, mark in zip(parts, marks, strict=True)]


def _stepped(
    flow: Flow, layer: int, at: FloatArray, left: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """One Runge-Kutta step (order 4) against the flow; gives places and times, s.

    A step is no longer than a share of the distance to the nearest sink, and no longer than the
    field's gradient allows, which counts where the water nearly stands. A line that stands, or
    has come to a river, steps no more.
    """

    def back(place: FloatArray) -> FloatArray:
        vx, vy = flow.velocity(place[:, 0], place[:, 1], layer)
        return -np.column_stack([vx, vy])

    speed = back(at)
    size = np.hypot(*speed.T)
    apart = np.hypot(at[:, :1] - flow.x, at[:, 1:] - flow.y)
    room = flow.aquifer.thickness[layer] * flow.aquifer.porosity[layer]
    pull = np.abs(flow.strength @ flow.modes[layer]) / (2 * np.pi * room)
    longest = _STEP * np.maximum(apart, flow.grain).min(axis=1)
    arrived = (apart < flow.grain).any(axis=1)
    steep = (pull / np.maximum(apart, flow.grain) ** 2).sum(axis=1)
    step = np.minimum(left, longest / np.maximum(size, 1e-300))
    step = np.minimum(step, _TURN / np.maximum(steep, 1e-300))
    step = np.where(arrived | (size == 0), 0.0, step)
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
        at, now, east, north, slope = (part[good] for part in (at, now, east, north, slope))
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
    every = np.hypot(at[:, :1] - flow.x, at[:, 1:] - flow.y)
    apart, by_river = every.min(axis=1), (every < 2 * flow.grain).any(axis=1)
    sink = np.abs(flow.strength @ flow.modes[layer]).max()
    room = field.aquifer.thickness[layer] * field.aquifer.porosity[layer]
    slowest = 1e-9 * sink / (2 * np.pi * np.maximum(apart, 1e-9) * room)
    still = (np.hypot(*speed.T) < slowest) & (moved < 1e-6 * size) & (apart > 1e-3)
    still &= (apart < 100 * size) & ~by_river
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
