"""Uniform and critical flow in open channels of three shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.optimize import brentq

from kopa.errors import RangeError

GRAVITY = 9.80665
FULLEST = 0.938
"""A pipe carries most at this share of its diameter (Chow 1959, section 6-4)."""
_SMALL = 1e-9


@dataclass(frozen=True)
class Section:
    """Cross-section of a channel.

    Parameters
    ----------
    shape
        ``rectangular``, ``trapezoid`` or ``circular``.
    width
        Of the bottom, or the diameter, m, > 0 (a trapezoid may have 0).
    side
        Run of a trapezoid's sides for a rise of 1.

    Raises
    ------
    RangeError
        If there is no such section.
    """

    shape: Literal["rectangular", "trapezoid", "circular"]
    width: float
    side: float = 0.0

    def __post_init__(self) -> None:
        if self.side < 0 or self.width < 0 or self.width + self.side <= 0:
            raise RangeError("a section needs a width above 0 m and sides of 0 or more")
        if self.shape != "trapezoid" and (self.side or not self.width):
            raise RangeError(f"a {self.shape} section needs a width and has no sides")

    @property
    def highest(self) -> float:
        """Greatest depth, m; infinite where it is open."""
        return self.width if self.shape == "circular" else math.inf

    def _angle(self, depth: float) -> float:
        return 2 * math.acos(max(-1.0, min(1.0, 1 - 2 * depth / self.width)))

    def area(self, depth: float) -> float:
        """Area of flow, m²."""
        if self.shape == "circular":
            angle = self._angle(depth)
            return self.width**2 / 8 * (angle - math.sin(angle))
        return (self.width + self.side * depth) * depth

    def perimeter(self, depth: float) -> float:
        """Wetted perimeter, m."""
        if self.shape == "circular":
            return self.width * self._angle(depth) / 2
        return self.width + 2 * depth * math.hypot(1.0, self.side)

    def top(self, depth: float) -> float:
        """Width of the surface, m."""
        if self.shape == "circular":
            return self.width * math.sin(self._angle(depth) / 2)
        return self.width + 2 * self.side * depth

    def radius(self, depth: float) -> float:
        """Hydraulic radius, m."""
        return self.area(depth) / self.perimeter(depth)


def manning_flow(section: Section, depth: float, roughness: float, slope: float) -> float:
    """Uniform flow at a depth, m³/s.

    Parameters
    ----------
    section
        The channel.
    depth
        m.
    roughness
        Manning's n, s/m^(1/3).
    slope
        Of the bed.

    References
    ----------
    Manning (1891); Chow (1959), Open-Channel Hydraulics, equation 5-6.
    """
    if depth <= 0:
        return 0.0
    area = section.area(depth)
    speed = math.pow(section.radius(depth), 2 / 3) * math.sqrt(slope) / roughness
    return area * speed


def normal_depth(section: Section, flow: float, roughness: float, slope: float) -> float:
    """Depth of uniform flow, m.

    Parameters
    ----------
    section
        The channel.
    flow
        m³/s, > 0.
    roughness, slope
        Manning's n, s/m^(1/3), and bed slope, both > 0.

    Raises
    ------
    RangeError
        If a number is outside its range, or the pipe cannot carry the flow with a free surface.
    """
    if not (flow > 0 and roughness > 0 and slope > 0):
        raise RangeError("flow, roughness and slope must be above 0")
    if section.shape == "circular":
        high = FULLEST * section.width
        most = manning_flow(section, high, roughness, slope)
        if flow > most:
            raise RangeError(
                f"the pipe carries {most:.4g} m³/s with a free surface, not {flow:.4g} m³/s"
            )
    else:
        high = 1.0
        while manning_flow(section, high, roughness, slope) < flow:
            high *= 2

    def missing(depth: float) -> float:
        return manning_flow(section, depth, roughness, slope) - flow

    return float(brentq(missing, 0.0, high, xtol=1e-12))


def critical_depth(section: Section, flow: float) -> float:
    """Depth at which the specific energy is least, m.

    Parameters
    ----------
    section
        The channel.
    flow
        m³/s, > 0.

    Raises
    ------
    RangeError
        If the flow is not above 0.

    References
    ----------
    Chow (1959), Open-Channel Hydraulics, equation 4-1: A³ g = Q² T.
    """
    if not flow > 0:
        raise RangeError("the flow must be above 0")

    def missing(depth: float) -> float:
        return GRAVITY * section.area(depth) ** 3 - flow**2 * section.top(depth)

    high = section.highest * (1 - _SMALL)
    if math.isinf(high):
        high = 1.0
        while missing(high) < 0:
            high *= 2
    elif missing(high) < 0:
        return section.highest  # the pipe is full before the flow is critical
    return float(brentq(missing, _SMALL * section.width, high, xtol=1e-12))


def froude(section: Section, flow: float, depth: float) -> float:
    """Froude number: below 1 the flow is slow, above it is rapid (Chow 1959, equation 3-9)."""
    area = section.area(depth)
    return flow / area / math.sqrt(GRAVITY * area / section.top(depth))
