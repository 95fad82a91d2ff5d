"""Where something enters or leaves a domain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from kopa.model.arrays import FloatArray, IntArray
from kopa.model.window import Window


@dataclass(frozen=True)
class Match:
    """What the linker looks for when it proposes links to an in-port.

    Parameters
    ----------
    port
        Name of the out-port; empty for the in-port's own name.
    within_m
        0: one source, the best there is. Else every source within so many metres.
    straight
        True: the nearest in a straight line, whatever streets and zones say.
    threshold, curve
        As in `Link`; with a curve the link's rule is ``curve``.
    gathers
        True: what leaves at every source must go somewhere: each source, not each target, gets
        the nearest other end in a straight line, at most `within_m` away unless that is 0, and
        the links' rule is ``sum``.
    nearest_m
        The one source lies at most so many metres away, unless it bears the target's id: a
        building beside a heat main is not on it. 0: however far.
    """

    port: str = ""
    within_m: float = 0.0
    straight: bool = False
    threshold: float | None = None
    curve: tuple[tuple[float, float], ...] = ()
    gathers: bool = False
    nearest_m: float = 0.0


@dataclass(frozen=True)
class Port:
    """One quantity at many assets of a domain.

    Parameters
    ----------
    name
        What passes: ``electricity``, ``water``.
    direction
        ``in`` is needed, ``out`` is offered.
    rows
        The assets that have it, as rows of the domain's `Assets`, shape (asset of the port,).
    quantity, unit
        What is counted, and in what: ``share``, ``1``.
    neutral
        The value where nothing is linked.
    tolerance
        In a cycle of domains, a move up to this is no move.
    flag
        True where the value is on or off: in a cycle it latches. Others are damped.
    match
        For an in-port: what the linker looks for.
    """

    name: str
    direction: Literal["in", "out"]
    rows: IntArray
    quantity: str = "share"
    unit: str = "1"
    neutral: float = 1.0
    tolerance: float = 1e-6
    flag: bool = False
    match: Match = Match()

    @cached_property
    def column(self) -> dict[int, int]:
        """Column of the port's series by asset row."""
        return {int(row): column for column, row in enumerate(self.rows)}

    def neutral_series(self, window: Window) -> FloatArray:
        """The series where nothing is linked, shape (step, asset of the port)."""
        return np.full((window.steps, len(self.rows)), self.neutral)


Ports = tuple[Port, ...]


def port_of(ports: Ports, direction: str, name: str) -> Port | None:
    """The port of that direction and name, if there is one."""
    return next((p for p in ports if p.direction == direction and p.name == name), None)
