"""Indoor temperatures and heat of buildings over a window, step by step.

Each building is one heat capacity with one loss (R1C1 of `thermal`), solved exactly over a step;
heating gives what brings the building to its setpoint at the end of the step, as far as it can.

References
----------
EN ISO 52016-1; the closed form is Newton's law of cooling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray

from .network import Buildings


@dataclass(frozen=True)
class Conditions:
    """What holds in each step.

    Parameters
    ----------
    outdoor
        °C, shape (step, building).
    setpoint
        °C, shape (step, building).
    loss
        W/K, shape (step, building).
    works
        False where its heating is out of service: it asks for nothing, shape (step, building).
    share
        Share of its heat that the building gets: of the heat main, and 0 where its heating stands
        still, shape (step, building).
    """

    outdoor: FloatArray
    setpoint: FloatArray
    loss: FloatArray
    works: BoolArray
    share: FloatArray


@dataclass(frozen=True)
class Climate:
    """What the buildings do.

    Parameters
    ----------
    temperature
        Indoors at the end of each step, °C, shape (step, building).
    cold_h
        Hours of each step below the building's cold temperature, shape (step, building).
    asked, given
        Mean heat that heating asks for and gets, W, shape (step, building).
    stored
        Heat that the building holds more than at first, J, shape (building,).
    lost
        Heat that goes outdoors, J, shape (step, building).
    """

    temperature: FloatArray
    cold_h: FloatArray
    asked: FloatArray
    given: FloatArray
    stored: FloatArray
    lost: FloatArray


def climate(buildings: Buildings, at: Conditions, step_s: float) -> Climate:
    """Run through a window; at first each building is as it would stay on a usual day.

    Parameters
    ----------
    buildings
        The buildings.
    at
        What holds in each step.
    step_s
        Length of a step, s.
    """
    now = first = usual(buildings)
    shape = at.share.shape
    temperature, cold, asked, given, lost = (np.empty(shape) for _ in range(5))
    for step in range(shape[0]):
        loss, outdoor = at.loss[step], at.outdoor[step]
        left = np.exp(-step_s * loss / buildings.capacity)
        # heat that ends the step at the setpoint: solve T' = Te + (T - Te) e + (Q + G)(1 - e)/H
        free = outdoor + (now - outdoor) * left
        wanted = (at.setpoint[step] - free) * loss / (1 - left) - buildings.gain
        asked[step] = np.clip(wanted, 0.0, buildings.most)
        given[step] = asked[step] * at.share[step]
        end = outdoor + (given[step] + buildings.gain) / loss
        then = end + (now - end) * left
        cold[step] = _below(buildings.cold, now, then, end, buildings.capacity / loss, step_s)
        # the integral of H (T - Te) over the step
        lost[step] = loss * (end - outdoor) * step_s + buildings.capacity * (now - end) * (1 - left)
        temperature[step] = now = then
    return Climate(temperature, cold, asked, given, buildings.capacity * (now - first), lost)


def usual(buildings: Buildings) -> FloatArray:
    """Indoor temperature of a usual day: the setpoint, if heating and gains hold it, °C."""
    free = buildings.outdoor + buildings.gain / buildings.loss
    hot = free + buildings.most / buildings.loss
    return np.asarray(np.maximum(free, np.minimum(buildings.setpoint, hot)))


def _below(
    limit: FloatArray,
    now: FloatArray,
    then: FloatArray,
    end: FloatArray,
    constant_s: FloatArray,
    step_s: float,
) -> FloatArray:
    """Hours of a step below a limit: the exponential crosses it at most once."""
    crosses: BoolArray = (now >= limit) != (then >= limit)
    with np.errstate(all="ignore"):
        after = constant_s * np.log((now - end) / (limit - end))
    after = np.clip(np.where(crosses, after, step_s), 0.0, step_s)
    inside = np.where(now < limit, after, step_s - after)
    whole = np.where(now < limit, step_s, 0.0)
    return np.asarray(np.where(crosses, inside, whole) / 3600)


def hours_until_cold(buildings: Buildings, outdoor: float) -> FloatArray:
    """Hours until each building is cold without heat, infinite where it never is.

    Parameters
    ----------
    buildings
        The buildings, as warm as on a usual day.
    outdoor
        °C.
    """
    end = outdoor + buildings.gain / buildings.loss
    with np.errstate(all="ignore"):
        ratio = (usual(buildings) - end) / (buildings.cold - end)
        hours = buildings.capacity / buildings.loss / 3600 * np.log(ratio)
    return np.asarray(np.where(end < buildings.cold, np.maximum(hours, 0.0), np.inf))
