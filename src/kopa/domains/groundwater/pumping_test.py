"""Aquifer parameters from pumping tests.

Theis (1935) for a confined, Hantush (1956) for a leaky aquifer, through timflow; least squares in
the logarithms of the parameters. Confidence intervals are linear, with Student's t, and widened
by the correlation ρ of neighbouring residuals, as readings of one curve are not independent: the
variance grows by (1 + ρ) / (1 - ρ) (Bayley and Hammersley 1946, J. R. Stat. Soc. Suppl. 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.errors import EngineError, Finding
from kopa.model import FloatArray

from .engine_timflow import drawdown_around
from .network import Aquifer
from .read_readings import PumpingTest

PARAMETERS = ("transmissivity_m2_d", "storativity", "resistance_d")
_LOW = np.log([1e-9, 1e-9, 1e2])  # m²/s, -, s
_HIGH = np.log([10.0, 0.7, 1e13])
LEAST_EXPLAINED = 0.95
"""Share of the variance of drawdown below which a fit is not trusted."""
WIDEST = (4.0, 100.0, 100.0)
"""Upper over lower end of a confidence interval beyond which a parameter is not known: twice either
way for transmissivity, an order of magnitude either way for storativity and resistance."""
ALIKE = 0.5
"""Correlation of neighbouring residuals above which they show a pattern."""


@dataclass(frozen=True)
class Well:
    """The pumped well of a test.

    Parameters
    ----------
    discharge
        m³/s.
    thickness
        Of the aquifer, m.
    radius
        m.
    """

    discharge: float
    thickness: float
    radius: float = 0.1


@dataclass(frozen=True)
class Fit:
    """What a fit gives.

    Parameters
    ----------
    values, low, high
        Transmissivity (m²/s), storativity and, of a leaky aquifer, resistance (s), with 95 %
        confidence intervals, shape (parameter,).
    residuals
        Measured less computed drawdown of each test, m.
    rmse
        Root of the mean square of the residuals, m.
    explained
        Share of the variance of drawdown.
    alike
        Correlation of neighbouring residuals.
    findings
        Why it cannot be trusted, as errors, and what else is to be known.
    """

    values: FloatArray
    low: FloatArray
    high: FloatArray
    residuals: tuple[FloatArray, ...]
    rmse: float
    explained: float
    alike: float
    findings: tuple[Finding, ...]

    @property
    def trusted(self) -> bool:
        """False where a finding says that it cannot be trusted."""
        return not any(finding.severity == "error" for finding in self.findings)


def fit(tests: Sequence[PumpingTest], well: Well, leaky: bool = False) -> Fit:
    """Fit one aquifer to all tests together.

    Parameters
    ----------
    tests
        Readings at one or more distances.
    well
        The pumped well.
    leaky
        True to fit the resistance of a leaky top as well.

    Raises
    ------
    EngineError
        If the engine gives no drawdown.
    """
    from scipy.optimize import least_squares

    times = np.concatenate([test.times for test in tests])
    distances = np.concatenate([np.full(len(test.times), test.distance) for test in tests])
    measured = np.concatenate([test.drawdown for test in tests])
    count = 3 if leaky else 2

    def missed(logs: FloatArray) -> FloatArray:
        aquifer = _aquifer(np.exp(logs), well)
        return measured - drawdown_around(aquifer, well.discharge, well.radius, distances, times)

    start = np.clip(_start(times, distances, measured, well)[:count], _LOW[:count], _HIGH[:count])
    found = least_squares(
        missed, start, bounds=(_LOW[:count], _HIGH[:count]), x_scale=1.0, diff_step=1e-4
    )
    if not found.success:
        raise EngineError(f"the fit does not converge: {found.message}")
    ends = np.cumsum([len(test.times) for test in tests])[:-1]
    residuals = tuple(np.split(missed(found.x), ends))
    alike = _alike(residuals)
    half = _half_widths(found.jac, found.fun, alike)
    spread = float(((measured - measured.mean()) ** 2).sum())
    explained = 1 - float((found.fun**2).sum()) / spread if spread > 0 else 0.0
    findings = _doubts(found.x, half, explained, alike)
    return Fit(
        np.exp(found.x),
        np.exp(found.x - half),
        np.exp(np.minimum(found.x + half, 700.0)),
        residuals,
        float(np.sqrt((found.fun**2).mean())),
        explained,
        alike,
        tuple(findings),
    )


def _aquifer(values: FloatArray, well: Well) -> Aquifer:
    resistance = values[2] if len(values) == 3 else np.inf
    return Aquifer(
        np.array([values[0] / well.thickness]),
        np.array([well.thickness]),
        np.array([values[1] / well.thickness]),
        np.array([0.25]),
        np.array([resistance]),
    )


def _start(
    times: FloatArray, distances: FloatArray, measured: FloatArray, well: Well
) -> FloatArray:
    """Cooper and Jacob (1946): a straight line through drawdown against log(t / r²)."""
    along = np.log(times / distances**2)
    late = measured > 0.4 * measured.max()
    slope, level = np.polyfit(along[late], measured[late], 1) if late.sum() > 2 else (0.0, 0.0)
    slope = max(slope, 1e-3 * measured.max())
    transmissivity = well.discharge / (4 * np.pi * slope)
    crossing = np.clip(-level / slope, -60, 60)
    return np.log([transmissivity, 2.2459 * transmissivity * np.exp(crossing), 1e8])


def _alike(residuals: Sequence[FloatArray]) -> float:
    """Correlation of neighbouring residuals, all tests together, 0 to 0.99."""
    product = sum(float((one[1:] * one[:-1]).sum()) for one in residuals)
    square = sum(float((one**2).sum()) for one in residuals)
    return float(np.clip(product / square if square > 0 else 0.0, 0.0, 0.99))


def _half_widths(slopes: FloatArray, missed: FloatArray, alike: float) -> FloatArray:
    """Half of the 95 % interval of each logarithm; infinite where readings do not tell it."""
    from scipy.stats import t as student

    readings, count = slopes.shape
    free = max(readings - count, 1)
    normal = slopes.T @ slopes
    if np.linalg.cond(normal) > 1e14:
        return np.full(count, np.inf)
    variance = float((missed**2).sum()) / free * (1 + alike) / (1 - alike)
    width = np.sqrt(np.diag(np.linalg.inv(normal)) * variance)
    return np.asarray(student.ppf(0.975, free) * width)


def _doubts(logs: FloatArray, half: FloatArray, explained: float, alike: float) -> list[Finding]:
    found = []

    def doubt(code: str, what: str, do: str, stops: bool = True) -> None:
        severity = "error" if stops else "warning"
        found.append(Finding(f"groundwater.{code}", what, do, severity))  # type: ignore[arg-type]

    if explained < LEAST_EXPLAINED:
        doubt(
            "bad-fit",
            f"The fit explains {explained:.0%} of the drawdown; less than {LEAST_EXPLAINED:.0%} is "
            "not trusted.",
            "Check distances, discharge and units; try --leaky; look for boundaries.",
        )
    low, high = _LOW[: len(logs)], _HIGH[: len(logs)]
    each = zip(PARAMETERS, logs, half, low, high, WIDEST, strict=False)
    for name, value, width, least, most, widest in each:
        if min(value - least, most - value) < 1e-3:
            doubt(
                "at-bound", f"{name} ran to the end of its range.", "The readings do not tell it."
            )
        elif 2 * width > np.log(widest):
            doubt(
                "wide",
                f"The interval of {name} is wider than a factor of {widest:g}.",
                "Measure for longer, or in more places.",
            )
    if alike > ALIKE:
        doubt(
            "pattern",
            f"Neighbouring residuals are alike (correlation {alike:.2f}): the aquifer is not quite "
            "as the model has it. The intervals are widened for it.",
            "Compare --leaky, and fit each distance alone.",
            stops=False,
        )
    return found
