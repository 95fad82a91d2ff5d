"""A grid in memory: arrays, and how they map to assets."""

from __future__ import annotations

from dataclasses import dataclass

from kopa.domains.energy.transformer import Circuit
from kopa.model import Assets, BoolArray, FloatArray, IntArray, Shapes


@dataclass(frozen=True)
class Edges:
    """What joins two buses: lines, transformers, impedances, then switches between buses.

    Parameters
    ----------
    rows
        Asset of each, shape (edge,).
    begin, end
        Bus at both ends, shape (edge,).
    in_service
        False where the file has it out of service, shape (edge,).
    whole
        True where an edge needs both buses in service to carry anything; a line with one bus
        out of service is live from the other, shape (edge,).
    switches
        Switches at the beginning and at the end of each, as rows of `Switches`. A switch
        between buses is its own edge and stands at both.
    circuit
        Pi circuits; an ideal switch has none (zero), shape (edge,) each.
    rated_ka
        Rated current at beginning and end, NaN where unknown, shape (edge, 2).
    """

    rows: IntArray
    begin: IntArray
    end: IntArray
    in_service: BoolArray
    whole: BoolArray
    switches: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    circuit: Circuit
    rated_ka: FloatArray


@dataclass(frozen=True)
class Units:
    """What draws or feeds in power at a bus.

    Parameters
    ----------
    rows
        Asset of each, shape (unit,).
    bus
        Its bus, shape (unit,).
    in_service
        False where the file has it out of service, shape (unit,).
    consumer
        True for loads and motors, whose service is electricity, shape (unit,).
    feeds
        True for generators, whose power counts as supply, shape (unit,).
    p, q
        Power drawn at 1 p.u., scaled, below zero where it feeds in, by part: constant power,
        impedance and current, MW and Mvar, shape (unit, part).
    """

    rows: IntArray
    bus: IntArray
    in_service: BoolArray
    consumer: BoolArray
    feeds: BoolArray
    p: FloatArray
    q: FloatArray


@dataclass(frozen=True)
class Sources:
    """What holds the voltage of a bus: external grids and slack generators.

    Parameters
    ----------
    rows, bus
        Asset and bus of each, shape (source,).
    in_service
        False where it, or its bus, is out of service, shape (source,).
    volts
        Voltage, p.u., shape (source,).
    angle
        Voltage angle, rad, shape (source,).
    """

    rows: IntArray
    bus: IntArray
    in_service: BoolArray
    volts: FloatArray
    angle: FloatArray


@dataclass(frozen=True)
class Switches:
    """Switches, at an end of a branch or between buses.

    Parameters
    ----------
    rows
        Asset of each, shape (switch,).
    closed
        As the file has them, shape (switch,).
    edge
        The edge that each acts on, shape (switch,).
    breaker
        True for circuit breakers, which open by themselves on a fault, shape (switch,).
    """

    rows: IntArray
    closed: BoolArray
    edge: IntArray
    breaker: BoolArray


@dataclass(frozen=True)
class Network:
    """A grid. Buses are numbered from 0; asset row i is bus i for the first rows.

    Parameters
    ----------
    assets
        Everything that can be named: buses first, the whole network last.
    shapes
        How they are drawn.
    frequency
        Rated frequency, Hz.
    bus_kv
        Rated voltage, kV, shape (bus,).
    bus_in_service
        False where the file has it out of service, shape (bus,).
    edges, units, sources, switches
        The elements.
    """

    assets: Assets
    shapes: Shapes
    frequency: float
    bus_kv: FloatArray
    bus_in_service: BoolArray
    edges: Edges
    units: Units
    sources: Sources
    switches: Switches

    @property
    def buses(self) -> int:
        """Number of buses."""
        return len(self.bus_kv)
