"""Fits a grey-box model to measured temperatures and heat, and says what the data do not tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from kopa.errors import RangeError
from kopa.model import FloatArray

from .engine_thermal import GAIN, ONE, SUN, TWO, Thermal

KNOWN_FACTOR = 1.5
"""A conductance or capacity is known if its 95 % interval reaches from the value over this to the
value times this."""
SMALL = 0.1
"""Sun and gains need not be known better than to this share of the usual heat."""
LEAST_DAYS = 3.0
BETTER = 0.9
"""The model with two capacities must err less than this times the other on data not seen."""
TRAINED = 2 / 3
"""Share of the data that a model is fitted to before it predicts the rest."""
BOUNDS = {
    "loss": (1.0, 1e6), "capacity": (1e5, 1e12), "inner_loss": (1.0, 1e8), "outer_loss": (1.0, 1e6),
    "air_capacity": (1e4, 1e11), "mass_capacity": (1e5, 1e12),
}  # fmt: skip
"""W/K and J/K: from a cabin to a large block."""


@dataclass(frozen=True)
class Measured:
    """What was measured, at equal steps.

    Parameters
    ----------
    indoor, outdoor
        °C, shape (time,).
    heat
        Heating less cooling, W, shape (time,); it holds until the next value.
    sun
        W/m², shape (time,); None where nobody measures it.
    step_s
        s.
    """

    indoor: FloatArray
    outdoor: FloatArray
    heat: FloatArray
    sun: FloatArray | None
    step_s: float

    def part(self, first: int, last: int) -> Measured:
        """Rows from `first` to before `last`."""
        cut = slice(first, last)
        sun = None if self.sun is None else self.sun[cut]
        return Measured(self.indoor[cut], self.outdoor[cut], self.heat[cut], sun, self.step_s)


@dataclass(frozen=True)
class Estimate:
    """A parameter: its value, its 95 % interval, and whether the data tell it."""

    value: float
    low: float
    high: float
    known: bool


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Parameters
    ----------
    thermal
        The model.
    estimates
        By parameter.
    rmse
        Error of the simulated indoor temperature over all data, K.
    unseen
        Error over the last third, by a model fitted to the rest, K.
    correlation
        Of the residuals from one step to the next.
    """

    thermal: Thermal
    estimates: dict[str, Estimate]
    rmse: float
    unseen: float
    correlation: float

    @property
    def known(self) -> bool:
        """True if every conductance and capacity is known."""
        return all(self.estimates[name].known for name in self.thermal.names)


def fit_both(data: Measured) -> tuple[Fit, Fit]:
    """The models with one and with two capacities.

    Raises
    ------
    RangeError
        If there is too little data, or the temperatures or the heat never move.
    """
    days = len(data.indoor) * data.step_s / 86_400
    if days < LEAST_DAYS:
        raise RangeError(f"{days:.1f} days are too short: give at least {LEAST_DAYS:g}")
    for name, values, least in (
        ("the indoor temperature", data.indoor, 0.3),
        ("the difference to outdoors", data.indoor - data.outdoor, 0.5),
        ("heat", data.heat, 1e-3),
    ):
        if not np.ptp(values) > least:
            raise RangeError(f"{name} does not move: nothing can be learned from it")
    return fit(data, ONE), fit(data, TWO)


def chosen(one: Fit, two: Fit) -> Fit:
    """The model with two capacities where it is known and predicts better, else that with one."""
    return two if two.known and two.unseen < BETTER * one.unseen else one


def fit(data: Measured, names: Sequence[str]) -> Fit:
    """Fit a model by least squares of its simulated indoor temperature.

    Parameters
    ----------
    data
        What was measured.
    names
        `ONE` or `TWO`.
    """
    cut = int(len(data.indoor) * TRAINED)
    vector, jacobian = _solved(data, names, _guesses(data, names))
    early, _ = _solved(data.part(0, cut), names, [vector])
    residual = _residual(vector, data, names)
    correlation = float(np.clip(np.corrcoef(residual[1:], residual[:-1])[0, 1], 0.0, 0.9999))
    # residuals that follow one another count as fewer (Bartlett): n (1 - r) / (1 + r)
    many = max(len(residual) * (1 - correlation) / (1 + correlation), 1.0)
    spare = max(many - len(vector), 1.0)
    variance = float(residual @ residual) / len(residual) * many / spare
    with np.errstate(all="ignore"):
        inverse = np.linalg.pinv(jacobian.T @ jacobian * (many / len(residual)))
    sigma = 1.96 * np.sqrt(np.maximum(np.diag(inverse) * variance, 0.0))
    flat = np.linalg.norm(jacobian, axis=0) < 1e-9
    unseen = _residual(early, data, names)[cut:]
    return Fit(
        Thermal(_parameters(vector, data, names)),
        _estimates(vector, np.where(flat, np.inf, sigma), data, names),
        float(np.sqrt(np.mean(residual**2))),
        float(np.sqrt(np.mean(unseen**2))),
        correlation,
    )


def _layout(data: Measured, names: Sequence[str]) -> tuple[str, ...]:
    """What the vector holds: logarithms of `names`, then plain numbers."""
    sun = () if data.sun is None else (SUN,)
    start = ("start",) if len(names) == len(ONE) else ("start", "start_mass")
    return (*names, *sun, GAIN, *start)


def _parameters(vector: FloatArray, data: Measured, names: Sequence[str]) -> dict[str, float]:
    found = {}
    for name, value in zip(_layout(data, names), vector, strict=True):
        if name in names:
            found[name] = float(np.exp(value))
        elif not name.startswith("start"):
            found[name] = float(value) * _scale(data)
    return found


def _scale(data: Measured) -> float:
    """A usual amount of heat, W; gains and sun are counted in it, so that numbers are near 1."""
    return float(np.mean(np.abs(data.heat))) or 1.0


def _residual(vector: FloatArray, data: Measured, names: Sequence[str]) -> FloatArray:
    """Simulated less measured indoor temperature, shape (time,)."""
    thermal = Thermal(_parameters(vector, data, names))
    start = vector[-thermal.order :]
    heat = thermal.heat(data.heat, data.sun)
    ahead = thermal.simulate(start, data.outdoor[:-1], heat[:-1], data.step_s)
    return np.append(start[0], ahead) - data.indoor


def _guesses(data: Measured, names: Sequence[str]) -> list[FloatArray]:
    """Where to begin: a heat loss by the means, and a time constant of a day or of four."""
    lift = float(np.mean(data.indoor - data.outdoor))
    loss = abs(float(np.mean(data.heat)) / lift) if abs(lift) > 0.1 else 100.0
    loss = float(np.clip(loss, 10.0, 1e5))
    found = []
    for hours in (20.0, 100.0):
        capacity = loss * hours * 3600
        guess = {
            "loss": loss, "capacity": capacity, "inner_loss": 5 * loss, "outer_loss": 1.2 * loss,
            "air_capacity": 0.1 * capacity, "mass_capacity": capacity,
        }  # fmt: skip
        layout = _layout(data, names)
        found.append(np.array([_first(name, guess, data, names) for name in layout]))
    return found


def _solved(
    data: Measured, names: Sequence[str], guesses: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """The best that is reached from some beginnings, and the Jacobian there."""
    layout, best = _layout(data, names), None
    low = [np.log(BOUNDS[n][0]) if n in names else _floor(n) for n in layout]
    high = [np.log(BOUNDS[n][1]) if n in names else np.inf for n in layout]
    for first in guesses:
        found = least_squares(
            _residual, np.clip(first, low, high), bounds=(low, high), args=(data, names),
            x_scale="jac", max_nfev=60, ftol=1e-7, xtol=1e-7,
        )  # fmt: skip
        if best is None or found.cost < best.cost:
            best = found
    assert best is not None
    return best.x, best.jac


def _first(name: str, guess: dict[str, float], data: Measured, names: Sequence[str]) -> float:
    if name in names:
        return float(np.log(guess[name]))
    if name == "start":
        return float(data.indoor[0])
    return float(data.indoor[0]) - 1.0 if name == "start_mass" else 0.0


def _floor(name: str) -> float:
    return 0.0 if name == SUN else -np.inf


def _estimates(
    vector: FloatArray, half: FloatArray, data: Measured, names: Sequence[str]
) -> dict[str, Estimate]:
    found = {}
    for name, middle, wide in zip(_layout(data, names), vector, half, strict=True):
        if name in names:
            with np.errstate(over="ignore"):
                ends = np.exp(middle - wide), np.exp(middle + wide)
            at_end = min(abs(middle - np.log(edge)) for edge in BOUNDS[name]) < 1e-3
            known = bool(wide < np.log(KNOWN_FACTOR)) and not at_end
            found[name] = Estimate(float(np.exp(middle)), float(ends[0]), float(ends[1]), known)
        elif not name.startswith("start"):
            scale = _scale(data)
            found[name] = Estimate(
                float(middle * scale),
                float((middle - wide) * scale),
                float((middle + wide) * scale),
                _told(name, float(middle), float(wide), data),
            )
    return found


def _told(name: str, middle: float, wide: float, data: Measured) -> bool:
    """True if the data tell sun or gains: to half of them, or to a tenth of the usual heat."""
    share = 1.0 if data.sun is None or name == GAIN else float(np.mean(data.sun))
    return wide <= abs(middle) / 2 or wide * share <= SMALL


def usable(data: Measured) -> Measured:
    """The longest stretch in which everything is known.

    Raises
    ------
    RangeError
        If there is none.
    """
    good = np.isfinite(data.indoor) & np.isfinite(data.outdoor) & np.isfinite(data.heat)
    if data.sun is not None:
        good &= np.isfinite(data.sun)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(int)))
    if not len(edges):
        raise RangeError("no moment has all of indoor and outdoor temperature and heat")
    begins, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - begins))
    return data.part(int(begins[longest]), int(ends[longest]))
