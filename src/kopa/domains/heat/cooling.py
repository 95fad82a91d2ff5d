"""Buildings that cool: one heat capacity and one heat loss each.

Sun, people and appliances are left out, so buildings cool no slower than is said here; the heat
that warms a cold building up again is not put on the network.

References
----------
EN ISO 52016-1; the closed form is Newton's law of cooling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray

from .network import Consumers


@dataclass(frozen=True)
class Indoors:
    """Temperatures and hours, by step and consumer.

    Parameters
    ----------
    temperature
        Indoors at the end of each step, K, shape (step, consumer).
    cold
        Hours of each step below the consumer's cold temperature, shape (step, consumer).
    """

    temperature: FloatArray
    cold: FloatArray


def towards(consumers: Consumers, outdoor: float, share: FloatArray) -> FloatArray:
    """Temperature at which each building would end with a share of its heat, K."""
    lack = np.maximum(consumers.indoor - outdoor, 0.0)
    return np.asarray(outdoor + share * lack)


def indoors(consumers: Consumers, outdoor: FloatArray, share: FloatArray, step_s: float) -> Indoors:
    """Indoor temperatures; all buildings are warm at first.

    Parameters
    ----------
    consumers
        The buildings.
    outdoor
        Outdoor temperature, K, shape (step,).
    share
        Share of the heat that each gets, shape (step, consumer).
    step_s
        Length of a step, s.
    """
    now = consumers.indoor.copy()
    left = np.exp(-step_s / consumers.time_constant)
    temperature, cold = np.empty_like(share), np.empty_like(share)
    for step, air in enumerate(outdoor.tolist()):
        end = towards(consumers, air, share[step])
        then = end + (now - end) * left
        cold[step] = _below(consumers, now, then, end, step_s)
        temperature[step] = now = then
    return Indoors(temperature, cold)


def _below(
    consumers: Consumers, now: FloatArray, then: FloatArray, end: FloatArray, step_s: float
) -> FloatArray:
    """Hours of a step below the cold temperature: the exponential crosses it at most once."""
    limit = consumers.cold
    crosses = (now >= limit) != (then >= limit)
    with np.errstate(all="ignore"):
        after = consumers.time_constant * np.log((now - end) / (limit - end))
    after = np.clip(np.where(crosses, after, step_s), 0.0, step_s)
    inside = np.where(now < limit, after, step_s - after)
    return np.asarray(np.where(crosses, inside, np.where(now < limit, step_s, 0.0)) / 3600)


def hours_until_cold(consumers: Consumers, outdoor: float, share: FloatArray) -> FloatArray:
    """Hours until each building is cold, infinite where it never is, shape (consumer,).

    Parameters
    ----------
    consumers
        The buildings, warm at first.
    outdoor
        Outdoor temperature, K.
    share
        Share of the heat that each gets from now on, shape (consumer,).
    """
    end = towards(consumers, outdoor, share)
    with np.errstate(all="ignore"):
        hours = (
            consumers.time_constant
            / 3600
            * np.log((consumers.indoor - end) / (consumers.cold - end))
        )
    return np.asarray(np.where(end < consumers.cold, hours, np.inf))
