"""Headwater of culverts under inlet and outlet control.

References
----------
FHWA HDS-5 (2012), Hydraulic Design of Highway Culverts, 3rd edition: equations A.1 to A.3 and
table A.1 (inlet control), 3.3 to 3.6 (outlet control, full barrel), table C.2 (entrance losses).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kopa.errors import RangeError

from .channel import GRAVITY, Section, critical_depth, normal_depth

US_OF_SI = 1.811
"""Q/(A √D) in m³/s and m becomes that in cubic feet and feet."""
UNSUBMERGED, SUBMERGED = 3.5, 4.0
"""The weir formula holds up to the one, the orifice formula from the other; US units."""
REFERENCE = "FHWA HDS-5 (2012), equations A.1-A.3, table A.1, equations 3.3-3.6, table C.2"


@dataclass(frozen=True)
class Inlet:
    """One row of the charts.

    Parameters
    ----------
    name, shape, chart, description
        ``circular`` or ``box``; number of the chart and its scale.
    form
        1 or 2: form of the equation of the unsubmerged inlet.
    k, m, c, y
        Its constants.
    entrance_loss
        In velocity heads, for outlet control.
    """

    name: str
    shape: str
    chart: str
    form: int
    k: float
    m: float
    c: float
    y: float
    entrance_loss: float
    description: str


@cache
def inlets() -> Mapping[str, Inlet]:
    """All inlets by name."""
    here = files("kopa.domains.environment").joinpath("culvert_charts.csv")
    found = {}
    for row in csv.DictReader(here.read_text(encoding="utf-8").splitlines()):
        found[row["inlet"]] = Inlet(
            name=row["inlet"],
            shape=row["shape"],
            chart=row["chart"],
            form=int(row["form"]),
            k=float(row["k"]),
            m=float(row["m"]),
            c=float(row["c"]),
            y=float(row["y"]),
            entrance_loss=float(row["entrance_loss"]),
            description=row["description"],
        )
    return found


@dataclass(frozen=True)
class Culvert:
    """A culvert of one or more equal barrels.

    Parameters
    ----------
    inlet
        Its inlet.
    height
        Rise of a box, or the diameter, m.
    width
        Span of a box, m; 0 for a pipe.
    length
        m.
    slope
        Of the barrel.
    roughness
        Manning's n, s/m^(1/3).
    barrels
        Number.

    Raises
    ------
    RangeError
        If a number is outside its range.
    """

    inlet: Inlet
    height: float
    length: float
    slope: float
    roughness: float
    width: float = 0.0
    barrels: int = 1

    def __post_init__(self) -> None:
        numbers = (self.height, self.length, self.roughness, self.barrels)
        if not all(number > 0 for number in numbers) or not 0 <= self.slope < 1:
            raise RangeError("size, length, roughness and barrels must be above 0, slope 0 to 1")
        if (self.inlet.shape == "box") != (self.width > 0):
            raise RangeError("a box needs a width, a pipe none")

    @property
    def section(self) -> Section:
        """Cross-section of a barrel."""
        if self.inlet.shape == "box":
            return Section("rectangular", self.width)
        return Section("circular", self.height)

    @property
    def area(self) -> float:
        """Of a full barrel, m²."""
        return self.section.area(self.height)

    @property
    def radius(self) -> float:
        """Hydraulic radius of a full barrel, m."""
        if self.inlet.shape == "box":
            return self.area / (2 * (self.width + self.height))
        return self.height / 4


@dataclass(frozen=True)
class Headwater:
    """Water above a culvert.

    Parameters
    ----------
    inlet_control, outlet_control
        Depth above the inlet's invert that each asks for, m.
    critical, normal
        Depths in the barrel, m; NaN where a pipe cannot carry the flow with a free surface.
    velocity
        Of the full barrel, m/s.
    notes
        Limits of the method that are passed.
    """

    inlet_control: float
    outlet_control: float
    critical: float
    normal: float
    velocity: float
    notes: tuple[str, ...]

    @property
    def depth(self) -> float:
        """The higher of the two, m."""
        return max(self.inlet_control, self.outlet_control)

    @property
    def control(self) -> str:
        """Which of the two it is."""
        return "inlet" if self.inlet_control >= self.outlet_control else "outlet"


def headwater(culvert: Culvert, flow: float, tailwater: float = 0.0) -> Headwater:
    """Headwater of a flow.

    Parameters
    ----------
    culvert
        The culvert.
    flow
        Through all barrels, m³/s, > 0.
    tailwater
        Above the outlet's invert, m, >= 0.

    Raises
    ------
    RangeError
        If flow or tailwater is outside its range.
    """
    if not flow > 0 or not tailwater >= 0:
        raise RangeError("the flow must be above 0, the tailwater 0 or more")
    each, high = flow / culvert.barrels, culvert.height
    critical = min(critical_depth(culvert.section, each), high)
    speed = each / culvert.area
    friction = 2 * GRAVITY * culvert.roughness**2 * culvert.length / culvert.radius ** (4 / 3)
    loss = (1 + culvert.inlet.entrance_loss + friction) * speed**2 / (2 * GRAVITY)
    below = max(tailwater, (critical + high) / 2)
    outlet = below + loss - culvert.length * culvert.slope
    inlet = inlet_control(culvert, each)
    notes = []
    if outlet >= inlet and outlet < 0.75 * high and tailwater < high:
        notes.append("outlet control below 0.75 of the height: compute the backwater")
    return Headwater(inlet, outlet, critical, _normal(culvert, each), speed, tuple(notes))


def inlet_control(culvert: Culvert, flow: float) -> float:
    """Headwater of one barrel under inlet control, m.

    Parameters
    ----------
    culvert
        The culvert.
    flow
        Through the barrel, m³/s.
    """
    ratio = US_OF_SI * flow / (culvert.area * math.sqrt(culvert.height))
    if ratio <= UNSUBMERGED:
        return culvert.height * _weir_like(culvert, flow)
    if ratio >= SUBMERGED:
        return culvert.height * _orifice_like(culvert, ratio)
    share = (ratio - UNSUBMERGED) / (SUBMERGED - UNSUBMERGED)
    low = _weir_like(culvert, flow * UNSUBMERGED / ratio)
    return culvert.height * (low + share * (_orifice_like(culvert, SUBMERGED) - low))


def _slope_term(culvert: Culvert) -> float:
    return culvert.slope * (0.7 if "mitered" in culvert.inlet.name else -0.5)


def _weir_like(culvert: Culvert, flow: float) -> float:
    """Headwater over height while the inlet is not submerged."""
    one, ratio = culvert.inlet, US_OF_SI * flow / (culvert.area * math.sqrt(culvert.height))
    weir = one.k * math.pow(ratio, one.m)
    if one.form == 2:
        return weir
    depth = min(critical_depth(culvert.section, flow), culvert.height)
    energy = depth + (flow / culvert.section.area(depth)) ** 2 / (2 * GRAVITY)
    return energy / culvert.height + weir + _slope_term(culvert)


def _orifice_like(culvert: Culvert, ratio: float) -> float:
    """Headwater over height while it is."""
    return culvert.inlet.c * ratio**2 + culvert.inlet.y + _slope_term(culvert)


def _normal(culvert: Culvert, flow: float) -> float:
    if culvert.slope == 0:
        return math.nan
    try:
        depth = normal_depth(culvert.section, flow, culvert.roughness, culvert.slope)
    except RangeError:
        return math.nan
    return depth if depth <= culvert.height else math.nan
