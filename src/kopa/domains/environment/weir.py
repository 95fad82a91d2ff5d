"""Flow over weirs, and the head that a flow needs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.optimize import brentq

from kopa.errors import RangeError

from .channel import GRAVITY

REHBOCK, KINDSVATER, POLENI, V_NOTCH, BROAD = (
    "rehbock", "kindsvater", "poleni", "v-notch", "broad",
)  # fmt: skip
KINDS = (REHBOCK, KINDSVATER, POLENI, V_NOTCH, BROAD)
REFERENCES = {
    REHBOCK: "Rehbock (1929), as in ISO 1438:2017: sharp crest over the whole width",
    KINDSVATER: "Kindsvater & Carter (1957), J. Hydraul. Div. 83(6); ISO 1438:2017",
    POLENI: "Poleni (1717): Q = 2/3 µ b √(2g) h^1.5",
    V_NOTCH: "Shen (1981), USGS WSP 1617-B; ISO 1438:2017: a full notch of 90°",
    BROAD: "Bos (1989), Discharge Measurement Structures, section 4.3: sharp upstream edge",
}
MOST_HEAD = 50.0
_ROUND_2G = math.sqrt(2 * GRAVITY)
_CONTRACTED = (
    # b/B, constant and slope of Ce in h/p, kb in m
    (0.0, 0.587, -0.0023, 0.0024),
    (0.2, 0.589, -0.0018, 0.0024),
    (0.4, 0.591, 0.0058, 0.0027),
    (0.6, 0.593, 0.018, 0.0036),
    (0.8, 0.597, 0.045, 0.0042),
    (0.9, 0.599, 0.064, 0.0038),
    (1.0, 0.602, 0.075, -0.0009),
)


@dataclass(frozen=True)
class Weir:
    """A weir.

    Parameters
    ----------
    kind
        One of `KINDS`.
    width
        Of the crest, m, > 0; a V-notch has none.
    height
        Of the crest (or the notch's vertex) above the bed, m, > 0.
    channel
        Width of the channel, m; 0 takes that of the crest.
    length
        Of a broad crest along the flow, m.
    coefficient
        µ of Poleni.

    Raises
    ------
    RangeError
        If a number is outside its range.
    """

    kind: str
    width: float
    height: float
    channel: float = 0.0
    length: float = 0.0
    coefficient: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RangeError(f"'{self.kind}' is no weir: use {', '.join(KINDS)}")
        if not self.height > 0 or (self.kind != V_NOTCH and not self.width > 0):
            raise RangeError("a weir needs a width and a height above 0 m")
        if self.kind == POLENI and not 0.3 <= self.coefficient <= 1:
            raise RangeError("Poleni's formula needs its coefficient, 0.3 to 1")
        if self.kind == BROAD and not self.length > 0:
            raise RangeError("a broad crest needs its length along the flow")
        if self.channel and self.channel < self.width:
            raise RangeError("the channel cannot be narrower than the crest")


@dataclass(frozen=True)
class WeirFlow:
    """A flow over a weir.

    Parameters
    ----------
    head
        Above the crest, m.
    flow
        m³/s.
    drowned
        Share of the free flow that is left by the tailwater, 1 for a free fall.
    notes
        Limits of the formula that are passed.
    """

    head: float
    flow: float
    drowned: float
    notes: tuple[str, ...]


def weir_flow(weir: Weir, head: float, tailwater: float = 0.0) -> WeirFlow:
    """Flow at a head.

    Parameters
    ----------
    weir
        The weir.
    head
        Above the crest, m, >= 0.
    tailwater
        Of the water below above the crest, m; below 0 counts as 0.

    Raises
    ------
    RangeError
        If the head is below 0, or the water below stands higher.

    References
    ----------
    Villemonte (1947), Eng. News-Rec. 139: Q/Q1 = (1 - (h2/h1)^n)^0.385 for drowned sharp crests.
    """
    if not head >= 0 or tailwater > head:
        raise RangeError("the head must be 0 m or more, and no less than the tailwater's")
    exponent, free = _EXPONENTS[weir.kind], _FORMULAS[weir.kind](weir, head)
    drowned = 1.0
    if tailwater > 0 and head > 0:
        if weir.kind == BROAD and tailwater <= 2 / 3 * head:
            drowned = 1.0  # critical flow on the crest does not feel it
        else:
            drowned = (1 - (tailwater / head) ** exponent) ** 0.385
    return WeirFlow(head, free * drowned, drowned, tuple(_limits(weir, head, tailwater)))


def weir_head(weir: Weir, flow: float, tailwater: float = 0.0) -> WeirFlow:
    """The head that a flow needs.

    Parameters
    ----------
    weir
        The weir.
    flow
        m³/s, > 0.
    tailwater
        Of the water below above the crest, m.

    Raises
    ------
    RangeError
        If the flow is outside what 50 m of head carry.
    """
    if not flow > 0:
        raise RangeError("the flow must be above 0")
    low = max(tailwater, 0.0)
    if weir_flow(weir, MOST_HEAD, tailwater).flow < flow:
        raise RangeError(f"{MOST_HEAD:g} m of head carry less than {flow:g} m³/s")
    head = brentq(lambda h: weir_flow(weir, h, tailwater).flow - flow, low, MOST_HEAD, xtol=1e-12)
    return weir_flow(weir, float(head), tailwater)


def _rehbock(weir: Weir, head: float) -> float:
    coefficient = 0.602 + 0.083 * head / weir.height
    effective = head + 0.0012 if head > 0 else 0.0
    return 2 / 3 * coefficient * _ROUND_2G * weir.width * math.pow(effective, 1.5)


def _kindsvater(weir: Weir, head: float) -> float:
    share = weir.width / (weir.channel or weir.width)
    constant, slope, more = (_between(share, column) for column in (1, 2, 3))
    coefficient = constant + slope * head / weir.height
    width, effective = weir.width + more, head + 0.001 if head > 0 else 0.0
    return 2 / 3 * coefficient * _ROUND_2G * width * math.pow(effective, 1.5)


def _between(share: float, column: int) -> float:
    """A coefficient between the rows of the table."""
    for low, high in itertools.pairwise(_CONTRACTED):
        if share <= high[0]:
            part = (share - low[0]) / (high[0] - low[0])
            return low[column] + part * (high[column] - low[column])
    return _CONTRACTED[-1][column]


def _poleni(weir: Weir, head: float) -> float:
    return 2 / 3 * weir.coefficient * _ROUND_2G * weir.width * math.pow(head, 1.5)


def _v_notch(weir: Weir, head: float) -> float:
    effective = head + 0.00085 if head > 0 else 0.0
    return 8 / 15 * 0.578 * _ROUND_2G * math.pow(effective, 2.5)


def _broad(weir: Weir, head: float) -> float:
    """Critical flow on the crest; the speed of approach is in the energy head, by iteration."""
    energy = head
    flow = 0.0
    for _ in range(50):
        flow = 0.848 * (2 / 3) ** 1.5 * math.sqrt(GRAVITY) * weir.width * energy**1.5
        speed = flow / ((weir.channel or weir.width) * (head + weir.height))
        again = head + speed**2 / (2 * GRAVITY)
        if abs(again - energy) < 1e-13:
            break
        energy = again
    return flow


_FORMULAS: dict[str, Callable[[Weir, float], float]] = {
    REHBOCK: _rehbock, KINDSVATER: _kindsvater, POLENI: _poleni, V_NOTCH: _v_notch, BROAD: _broad,
}  # fmt: skip
_EXPONENTS = {REHBOCK: 1.5, KINDSVATER: 1.5, POLENI: 1.5, V_NOTCH: 2.5, BROAD: 1.5}


def _limits(weir: Weir, head: float, tailwater: float) -> list[str]:
    """Limits that the formula's authors gave and this weir passes."""
    notes = []
    if 0 < head < 0.03:
        notes.append("the head is below 0.03 m: surface tension matters")
    if weir.kind in (REHBOCK, KINDSVATER) and head / weir.height > 2.5:
        notes.append("the head is above 2.5 times the height of the crest")
    if weir.kind == V_NOTCH and head / weir.height > 0.4:
        notes.append("the head is above 0.4 times the height of the vertex: not fully contracted")
    if weir.kind == BROAD and not 0.08 <= head / weir.length <= 0.33:
        notes.append("head over length of the crest is outside 0.08 to 0.33")
    if weir.kind == BROAD and head / (head + weir.height) > 0.35:
        notes.append("the crest is low: head over depth is above 0.35")
    if weir.kind == BROAD and tailwater > 2 / 3 * head:
        notes.append("the weir is drowned: Villemonte's rule was made for sharp crests")
    return notes
