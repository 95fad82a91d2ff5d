"""Where the inflow of a plant goes: into the biology, the storm tank, or past them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray

from .asm1 import Q
from .network import Inflow


@dataclass(frozen=True)
class Routed:
    """What becomes of an inflow.

    Parameters
    ----------
    biology, past
        Water into the biology, and water that flows past it, shape (time, 21), flows in m³/d.
    tank
        What the storm tank holds at the end of each step, m³, shape (time,).
    """

    biology: FloatArray
    past: FloatArray
    tank: FloatArray


def route(inflow: Inflow, waters: FloatArray, running: FloatArray, days: float) -> Routed:
    """Send each step's inflow to the biology, the storm tank and past them.

    The biology takes no more than its greatest inflow. What it cannot take goes to the storm
    tank until that is full, then past the plant. The tank empties when there is room. A plant
    that does not run takes nothing.

    Parameters
    ----------
    inflow
        The plant's inflow.
    waters
        What comes, shape (time, 21).
    running
        Share of each step in which it is taken and the tank's pump runs, shape (time,).
    days
        Length of a step, d.
    """
    biology, past = waters.copy(), waters.copy()
    tank = np.zeros(len(waters))
    volume, mass = 0.0, np.zeros(waters.shape[1])
    for step, water in enumerate(waters):
        room = inflow.greatest_m3_d * running[step]
        direct = min(water[Q] * running[step], room)
        rest = water[Q] - direct
        kept = min(rest, max(inflow.storm_tank_m3 - volume, 0.0) / days)
        past[step, Q] = rest - kept
        if kept > 0:
            volume += kept * days
            mass += water * (kept * days)
        drawn = min(volume / days, room - direct) if volume > 0 else 0.0
        if drawn > 0 and kept == 0:
            of_tank = mass / volume
            biology[step] = (water * direct + of_tank * drawn) / (direct + drawn)
            mass -= of_tank * (drawn * days)
            volume -= drawn * days
            direct += drawn
        biology[step, Q] = direct
        tank[step] = volume
    return Routed(biology, past, tank)
