"""Analytic elements by timflow: the only importer of the library.

Bakker, M. (2013), Semi-analytic modeling of transient multi-layer flow with TTim, Hydrogeology
Journal 21, 935-943; Bakker, M. and Strack, O.D.L. (2003), Analytic elements for multiaquifer
flow, Journal of Hydrology 271, 119-129. timflow is their merged successor. It counts in metres
and days; nothing of that leaves this file.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import k1

from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

from .network import Aquifer, Field, River, Wells

_DAY = 86_400.0
_TERMS = (
    20  # of the inversion of the Laplace transform: relative error below 1e-5 (a test holds it)
)
_FINE = 0.4  # longest piece of a river, in distances from the nearest well
_SHORTEST = 5.0  # m; no piece of a river is cut below twice this
_FAR = 1e6  # m, where drawdown is taken as 0 to begin with (see `_perturbation`)
_SPREAD = 8  # point sinks that stand for a segment of a river


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of the library; what it cannot do becomes an `EngineError`."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    except (ArithmeticError, ValueError, IndexError, AssertionError) as error:
        raise EngineError(f"timflow gave up: {error}") from None


def _depths(aquifer: Aquifer) -> FloatArray:
    """Tops and bottoms of aquifers, m; the aquitards, one metre thick, store nothing."""
    steps = np.column_stack([np.ones(len(aquifer.thickness)), aquifer.thickness]).ravel()
    levels = -np.concatenate([[0.0], np.cumsum(steps)])
    return levels if aquifer.leaky else levels[1:]


def _resistances(aquifer: Aquifer) -> FloatArray:
    return aquifer.resistance[0 if aquifer.leaky else 1 :] / _DAY


def _top(aquifer: Aquifer) -> str:
    if aquifer.phreatic:
        return "phreatic"
    return "semi" if aquifer.leaky else "conf"


def _segments(river: River, wells: Wells) -> FloatArray:
    """The river's line, cut finer the nearer it comes to a well, shape (point, 2)."""
    found = [river.xy[0]]
    todo = [(one, other) for one, other in zip(river.xy[-2::-1], river.xy[:0:-1], strict=True)]
    while todo:
        one, other = todo.pop()
        middle = (one + other) / 2
        length = float(np.hypot(*(other - one)))
        near = float(np.hypot(wells.x - middle[0], wells.y - middle[1]).min())
        if length > max(_FINE * near, _SHORTEST):
            todo += [(middle, other), (one, middle)]
        elif length > 0:
            found.append(other)
    return np.array(found)


def _transient(aquifer: Aquifer, times_d: FloatArray) -> Any:
    """A model without wells and rivers."""
    import timflow.transient as timflow

    return timflow.ModelMaq(
        kaq=aquifer.conductivity * _DAY,
        z=_depths(aquifer),
        c=_resistances(aquifer),
        Saq=aquifer.storage,
        Sll=0.0,
        poraq=aquifer.porosity,
        topboundary=_top(aquifer),
        tmin=0.9 * float(times_d.min()),  # apart, or a power of ten would leave it no interval
        tmax=1.1 * float(times_d.max()),
        M=_TERMS,
    )


def _pumped(field: Field, discharge: FloatArray, times_d: FloatArray) -> Any:
    """The field's model, wells giving so many m³/d from time 0 on; rivers keep their level."""
    import timflow.transient as timflow

    wells = field.wells
    model = _transient(field.aquifer, times_d)
    for river in field.rivers:
        timflow.RiverString(
            model,
            xy=_segments(river, wells),
            tsandh="fixed",
            res=river.bed_resistance / _DAY,
            wh=river.width,
            layers=river.layer,
        )
    for well in np.flatnonzero(discharge):
        timflow.DischargeWell(
            model,
            xw=wells.x[well],
            yw=wells.y[well],
            rw=wells.radius[well],
            tsandQ=[(0, discharge[well])],
            layers=int(wells.layer[well]),
        )
    model.solve(silent=True)
    return model


def step_response(field: Field, times: FloatArray) -> FloatArray:
    """Drawdown at wells and observation points by 1 m³/s from one well, since pumping began.

    Parameters
    ----------
    field
        The well field.
    times
        Times since then, rising, s, > 0, shape (time,).

    Returns
    -------
    FloatArray
        m per m³/s, shape (time, point, well); points are wells, then observation points. A
        well's own drawdown holds the loss through its screen.

    Raises
    ------
    EngineError
        If timflow gives no answer, or one that breaks reciprocity (see `distrust`).
    """
    wells = len(field.wells)
    found = np.stack(
        [drawdown_at(field, row, field.points, times) for row in np.eye(wells)], axis=2
    )
    own = np.arange(wells)
    found[:, own, own] += screen_loss(field)
    distrust(field, found)
    return found


def screen_loss(field: Field) -> FloatArray:
    """Drawdown in each well by the resistance of its screen, m per m³/s, shape (well,)."""
    wells = field.wells
    height = field.aquifer.thickness[wells.layer]
    return np.asarray(wells.entry_resistance / (2 * np.pi * wells.radius * height))


def drawdown_at(
    field: Field,
    discharge: FloatArray,
    points: tuple[FloatArray, FloatArray, IntArray],
    times: FloatArray,
) -> FloatArray:
    """Drawdown in the aquifer since pumping began, all wells in one model.

    Parameters
    ----------
    field
        The well field.
    discharge
        m³/s, shape (well,).
    points
        x, y and layer of the points.
    times
        Rising, s, > 0, shape (time,).

    Returns
    -------
    FloatArray
        m, shape (time, point).

    Raises
    ------
    EngineError
        If timflow gives no answer.
    """
    times_d = np.asarray(times, dtype=np.float64) / _DAY
    found = np.zeros((len(times_d), len(points[0])))
    if not discharge.any():
        return found
    with _quiet():
        model = _pumped(field, discharge * _DAY, times_d)
        for number, (x, y, layer) in enumerate(zip(*points, strict=True)):
            found[:, number] = -model.head(x, y, times_d, layers=[int(layer)])[0]
    if not np.isfinite(found).all():
        raise EngineError("timflow gave no drawdown: the inversion of its transform failed")
    return found


def distrust(field: Field, response: FloatArray) -> None:
    """Raise where a response breaks reciprocity.

    What well i does at well j, well j does at well i (Theis and Hantush are symmetric in the
    distance; with rivers and leakage it follows from the symmetry of the equations).

    Raises
    ------
    EngineError
        If it is broken by more than a thousandth of the field's largest response.
    """
    square = response[-1, : len(field.wells)]
    if np.abs(square - square.T).max() > 1e-3 * np.abs(square).max():
        raise EngineError("the response of the wells is not symmetric: timflow cannot be trusted")
    if (np.diag(square) <= 0).any():
        raise EngineError("a well has no drawdown of its own: timflow cannot be trusted")


@dataclass(frozen=True)
class Flow:
    """Steady flow of a field while it is pumped, as point sinks in uniform flow.

    Parameters
    ----------
    aquifer
        The aquifer.
    x, y
        Place of each sink, m, shape (sink,).
    strength
        What each takes from each layer's modes, m³/s, shape (sink, mode).
    lengths
        Leakage length of each mode, m; infinite for the mode that does not leak, shape (mode,).
    modes
        Share of each mode in each layer, shape (layer, mode).
    grain
        0 for a well; of the points that stand for a river, the distance to the next, m, shape
        (sink,). Nearer to the river than this nothing is told.
    """

    aquifer: Aquifer
    x: FloatArray
    y: FloatArray
    strength: FloatArray
    lengths: FloatArray
    modes: FloatArray
    grain: FloatArray

    def velocity(self, x: FloatArray, y: FloatArray, layer: int) -> tuple[FloatArray, FloatArray]:
        """Velocity of the water in a layer, m/s, by axis.

        Parameters
        ----------
        x, y
            Places, m, shape (point,).
        layer
            The layer.
        """
        dx, dy = x[:, None] - self.x, y[:, None] - self.y
        square = np.maximum(dx * dx + dy * dy, 1e-12)
        pull = np.zeros_like(square)
        for mode, length in enumerate(self.lengths):
            strength = self.strength[:, mode] * self.modes[layer, mode]
            if np.isinf(length):
                pull += strength
            else:
                ratio = np.sqrt(square) / length
                pull += strength * ratio * k1(ratio)
        pull /= 2 * np.pi * square
        flow = self.aquifer.flow[:, layer]
        room = self.aquifer.thickness[layer] * self.aquifer.porosity[layer]
        return (
            (flow[0] - (pull * dx).sum(axis=1)) / room,
            (flow[1] - (pull * dy).sum(axis=1)) / room,
        )


def steady_flow(field: Field, discharge: FloatArray) -> Flow:
    """Steady flow with some discharges.

    What wells do is added to the uniform flow that was there before; rivers and the water above
    a leaky top keep their level, so their drawdown is zero.

    Parameters
    ----------
    field
        The well field.
    discharge
        m³/s, shape (well,).
    """
    wells, aquifer = field.wells, field.aquifer
    with _quiet():
        model, rivers = _perturbation(field, discharge)
    data = model.aq
    lengths = np.where(data.lab > 0, data.lab, np.inf)
    x, y, taken = [wells.x], [wells.y], [discharge[:, None] * data.coef[wells.layer]]
    grain = [np.zeros(len(wells))]
    for river, element in zip(field.rivers, rivers, strict=True):
        line = _segments(river, wells)
        sink = element.discharge_per_linesink()[river.layer] / _DAY
        at = (np.arange(_SPREAD) + 0.5) / _SPREAD
        places = line[:-1, None] + at[:, None] * np.diff(line, axis=0)[:, None]
        grain.append(np.repeat(np.hypot(*np.diff(line, axis=0).T) / _SPREAD, _SPREAD))
        x.append(places[:, :, 0].ravel())
        y.append(places[:, :, 1].ravel())
        taken.append(np.outer(np.repeat(sink / _SPREAD, _SPREAD), data.coef[river.layer]))
    return Flow(
        aquifer,
        np.concatenate(x),
        np.concatenate(y),
        np.concatenate(taken),
        lengths,
        np.asarray(data.eigvec),
        np.concatenate(grain),
    )


def _perturbation(field: Field, discharge: FloatArray) -> tuple[Any, list[Any]]:
    """Steady drawdown model; its rivers.

    A confined aquifer with rivers gets from them all that the wells take: the drawdown far away
    is moved until they do. Two solutions tell how far, as all is linear.
    """
    far = 0.0
    model, rivers = _steady(field, discharge, far)
    if rivers and not field.aquifer.leaky:
        missing = [float(discharge.sum()) * _DAY + _inflow(rivers)]
        _, lines = _steady(field, discharge, 1.0)
        missing.append(float(discharge.sum()) * _DAY + _inflow(lines))
        far = missing[0] / (missing[0] - missing[1])
        model, rivers = _steady(field, discharge, far)
    return model, rivers


def _inflow(rivers: list[Any]) -> float:
    return float(sum(river.discharge().sum() for river in rivers))


def _steady(field: Field, discharge: FloatArray, far: float) -> tuple[Any, list[Any]]:
    import timflow.steady as timflow

    aquifer, wells = field.aquifer, field.wells
    model = timflow.ModelMaq(
        kaq=aquifer.conductivity * _DAY,
        z=_depths(aquifer),
        c=_resistances(aquifer),
        npor=np.repeat(aquifer.porosity, 2)[0 if aquifer.leaky else 1 :],
        topboundary="semi" if aquifer.leaky else "conf",
        hstar=0.0 if aquifer.leaky else None,
    )
    if not aquifer.leaky:
        timflow.Constant(model, _FAR + float(wells.x.mean()), float(wells.y.mean()), far)
    for row in range(len(wells)):
        timflow.Well(
            model,
            wells.x[row],
            wells.y[row],
            Qw=discharge[row] * _DAY,
            rw=wells.radius[row],
            layers=int(wells.layer[row]),
        )
    rivers = [
        timflow.RiverString(
            model,
            xy=_segments(river, wells),
            hls=0.0,
            res=river.bed_resistance / _DAY,
            wh=river.width,
            layers=river.layer,
        )
        for river in field.rivers
    ]
    model.solve(silent=True)
    return model, rivers


def drawdown_around(
    aquifer: Aquifer, discharge: float, radius: float, distances: FloatArray, times: FloatArray
) -> FloatArray:
    """Drawdown around a single well that pumps from time 0 on, in the first layer.

    Parameters
    ----------
    aquifer
        The aquifer.
    discharge, radius
        Of the well, m³/s and m.
    distances
        Distance of each reading from the well, m, shape (reading,).
    times
        Time of each reading, s, > 0, shape (reading,).

    Returns
    -------
    FloatArray
        m, shape (reading,).
    """
    import timflow.transient as timflow

    times_d = times / _DAY
    found = np.empty(len(times))
    with _quiet():
        model = _transient(aquifer, times_d)
        timflow.DischargeWell(model, rw=radius, tsandQ=[(0, discharge * _DAY)], layers=0)
        model.solve(silent=True)
        for distance in np.unique(distances):
            rows = np.flatnonzero(distances == distance)
            order = rows[np.argsort(times_d[rows], kind="stable")]
            found[order] = -model.head(float(distance), 0.0, times_d[order], layers=[0])[0]
    if not np.isfinite(found).all():
        raise EngineError("timflow gave no drawdown: the inversion of its transform failed")
    return found
