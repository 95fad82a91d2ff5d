"""Grey-box models of a building's heat: one or two heat capacities, exact in discrete time.

One capacity (R1C1)::

    C dT/dt = (Te - T) / R + Q + a I

Two (R2C2), the air with what is light, and the mass of walls and floors::

    Ci dTi/dt = (Tm - Ti) / Ri + Q + a I
    Cm dTm/dt = (Ti - Tm) / Ri + (Te - Tm) / Re

Inputs hold over a step, so a step is exact however long it is.

References
----------
Madsen, Holst (1995), Estimation of continuous-time models for the heat dynamics of a building,
Energy and Buildings 22; Bacher, Madsen (2011), Identifying suitable models for the heat dynamics of
buildings, Energy and Buildings 43: TiTe and Ti.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm

from kopa.errors import RangeError
from kopa.model import FloatArray

ONE = ("loss", "capacity")
TWO = ("inner_loss", "outer_loss", "air_capacity", "mass_capacity")
SUN = "sun_area"
"""Area through which the sun would heat as it does, m²; only where radiation is measured."""
GAIN = "gain"
"""Heat of people and appliances, W, taken as constant."""
UNITS = {
    "loss": "W/K", "capacity": "J/K", "inner_loss": "W/K", "outer_loss": "W/K",
    "air_capacity": "J/K", "mass_capacity": "J/K", "sun_area": "m2", "gain": "W",
}  # fmt: skip


@dataclass(frozen=True)
class Thermal:
    """A model with its parameters.

    Parameters
    ----------
    parameters
        `ONE` or `TWO`, and `SUN` and `GAIN` where they are known, in SI.

    Raises
    ------
    RangeError
        If a conductance or capacity is not above 0.
    """

    parameters: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in self.names:
            if not self.parameters.get(name, 0.0) > 0:
                raise RangeError(f"{name} must be above 0")

    @property
    def names(self) -> tuple[str, ...]:
        """Its conductances and capacities."""
        return TWO if TWO[0] in self.parameters else ONE

    @property
    def order(self) -> int:
        """How many capacities it has."""
        return 2 if self.names == TWO else 1

    @property
    def loss(self) -> float:
        """Heat that it loses a kelvin in a steady state, W/K."""
        p = self.parameters
        if self.order == 1:
            return p["loss"]
        return 1 / (1 / p["inner_loss"] + 1 / p["outer_loss"])

    @property
    def continuous(self) -> tuple[FloatArray, FloatArray]:
        """State matrix, 1/s, and input matrix for outdoor temperature and heat, W."""
        p = self.parameters
        if self.order == 1:
            c = p["capacity"]
            return np.array([[-p["loss"] / c]]), np.array([[p["loss"] / c, 1 / c]])
        inner, outer = p["inner_loss"], p["outer_loss"]
        air, mass = p["air_capacity"], p["mass_capacity"]
        a = np.array([[-inner / air, inner / air], [inner / mass, -(inner + outer) / mass]])
        return a, np.array([[0.0, 1 / air], [outer / mass, 0.0]])

    @property
    def time_constants_h(self) -> tuple[float, ...]:
        """The longest first, h."""
        return tuple(sorted((-1 / np.linalg.eigvals(self.continuous[0]).real) / 3600)[::-1])

    def discrete(self, step_s: float) -> tuple[FloatArray, FloatArray]:
        """State and input matrix over a step in which inputs hold.

        Parameters
        ----------
        step_s
            Length of a step, s.
        """
        a, b = self.continuous
        n = self.order
        block = np.zeros((n + 2, n + 2))
        block[:n, :n], block[:n, n:] = a, b
        whole = expm(block * step_s)
        return whole[:n, :n], whole[:n, n:]

    def heat(self, power: FloatArray, sun: FloatArray | None) -> FloatArray:
        """All heat that goes into the room, W.

        Parameters
        ----------
        power
            Heating less cooling, W, shape (step,).
        sun
            Radiation, W/m², shape (step,); None where nobody measures it.
        """
        total = power + self.parameters.get(GAIN, 0.0)
        return total if sun is None else total + self.parameters.get(SUN, 0.0) * sun

    def rest(self, indoor: float, outdoor: float) -> FloatArray:
        """State in which the indoor temperature would stay, as far as the mass goes, °C."""
        if self.order == 1:
            return np.array([indoor])
        inner, outer = self.parameters["inner_loss"], self.parameters["outer_loss"]
        return np.array([indoor, (inner * indoor + outer * outdoor) / (inner + outer)])

    def simulate(
        self, start: FloatArray, outdoor: FloatArray, heat: FloatArray, step_s: float
    ) -> FloatArray:
        """Indoor temperature at the end of each step, °C, shape (step,).

        Parameters
        ----------
        start
            State at the beginning, °C, shape (state,).
        outdoor
            °C, shape (step,).
        heat
            W, shape (step,).
        step_s
            Length of a step, s.
        """
        from scipy.signal import lfilter

        a, b = self.discrete(step_s)
        values, vectors = np.linalg.eig(a)
        # all eigenvalues of such a network are real; each mode runs by itself
        values, vectors = values.real, vectors.real
        inverse = np.linalg.inv(vectors)
        into = inverse @ b
        # sums by hand: threads of a matrix library cost more than such small products
        driven = into[:, :1] * outdoor + into[:, 1:] * heat
        modes = [
            lfilter([1.0], [1.0, -value], mode, zi=[value * first])[0]
            for value, mode, first in zip(values, driven, inverse @ start, strict=True)
        ]
        return np.asarray(sum(part * mode for part, mode in zip(vectors[0], modes, strict=True)))
