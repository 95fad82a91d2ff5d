"""The largest abstraction that limits of drawdown, pumps and the permit let be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray

from .drawdown import at_points
from .network import Field
from .response import long_response

_SAME = 1e-3  # share by which the forward run may differ from the response


@dataclass(frozen=True)
class Binding:
    """Something that holds the abstraction down.

    Parameters
    ----------
    what
        ``drawdown``, ``pump`` or ``permit``.
    id
        Id of the well, point or field.
    limit
        m, m³/s or m³/s.
    gain
        What one unit more of it would give, m³/s.
    """

    what: str
    id: str
    limit: float
    gain: float


@dataclass(frozen=True)
class Largest:
    """The answer.

    Parameters
    ----------
    rate
        m³/s, shape (well,).
    drawdown
        By the forward run, m, shape (point,); points are wells, then observation points.
    binding
        What holds it down.
    difference
        Greatest difference of the forward run from the programme, m.
    """

    rate: FloatArray
    drawdown: FloatArray
    binding: tuple[Binding, ...]
    difference: float


def largest(field: Field, seconds: float) -> Largest:
    """The largest abstraction after which no drawdown exceeds its limit.

    A linear programme on the response of the wells, held against a forward run in which all
    wells pump at once.

    Parameters
    ----------
    field
        The well field.
    seconds
        Time for which it is pumped.

    Raises
    ------
    EngineError
        If there is no answer, or the forward run does not agree.
    """
    from scipy.optimize import linprog

    wells = field.wells
    response = long_response(field, seconds)
    limits = field.limits
    held = np.isfinite(limits)
    scale = float(wells.capacity.max())
    permit = bool(np.isfinite(field.permit.rate))
    matrix = np.vstack([response[held] * scale, np.ones((int(permit), len(wells)))])
    ends = np.concatenate([limits[held], [field.permit.rate / scale] * int(permit)])
    bounds = [(0.0, most / scale) for most in wells.capacity]
    found = linprog(-np.ones(len(wells)), A_ub=matrix, b_ub=ends, bounds=bounds, method="highs")
    if found.status != 0:
        raise EngineError(f"HiGHS found no abstraction: {found.message}")
    rate = found.x * scale
    drawdown = at_points(field, rate, seconds)
    difference = float(np.abs(drawdown - response @ rate).max())
    if difference > _SAME * max(float(drawdown.max()), 1e-3):
        raise EngineError(
            f"the forward run differs by {difference:.3g} m from the sum of the responses"
        )
    names = np.array([*wells.ids, *field.observations.ids])[held]
    prices = -found.ineqlin.marginals * scale
    binding = [
        Binding("drawdown", str(name), float(limit), float(price))
        for name, limit, price, slack in zip(
            names, limits[held], prices, found.ineqlin.residual, strict=False
        )
        if slack <= 1e-9 * max(limit, 1.0)
    ]
    binding += [
        Binding("pump", wells.ids[row], float(wells.capacity[row]), float(price))
        for row, price in enumerate(-found.upper.marginals)
        if found.x[row] >= bounds[row][1] * (1 - 1e-9)
    ]
    if permit and found.ineqlin.residual[-1] <= 1e-9:
        binding.append(Binding("permit", field.id, field.permit.rate, float(prices[-1] / scale)))
    return Largest(rate, drawdown, tuple(binding), difference)
