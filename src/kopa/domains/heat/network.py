"""A district heating network in memory; SI units, temperatures in K."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import Assets, BoolArray, FloatArray, IntArray, Shapes

PIPE, VALVE, CONSUMER, PLANT, NETWORK = "pipe", "valve", "consumer", "plant", "network"
ZERO_C = 273.15
FUELS = ("gas", "oil", "biomass", "waste", "electricity", "other")


@dataclass(frozen=True)
class Junctions:
    """Where pipes meet; supply and return have junctions of their own, shape (junction,).

    Parameters
    ----------
    height
        m.
    start_bar, start_k
        From where the engine starts.
    in_service
        False where nothing may be joined.
    """

    height: FloatArray
    start_bar: FloatArray
    start_k: FloatArray
    in_service: BoolArray

    def __len__(self) -> int:
        return len(self.height)


@dataclass(frozen=True)
class Pipes:
    """Pipes, each of one direction; a trench is two of them with one asset, shape (pipe,).

    Parameters
    ----------
    rows
        Asset of each.
    begin, end
        Junctions.
    length, inner, outer, roughness
        m.
    loss_coefficient
        Of fittings.
    transfer
        Heat transfer coefficient at the outer diameter, W/(m² K).
    ground
        Temperature around it, K.
    sections
        In how many it is calculated.
    open
        False where it is out of service or shut.
    """

    rows: IntArray
    begin: IntArray
    end: IntArray
    length: FloatArray
    inner: FloatArray
    outer: FloatArray
    roughness: FloatArray
    loss_coefficient: FloatArray
    transfer: FloatArray
    ground: FloatArray
    sections: IntArray
    open: BoolArray

    @property
    def conductance(self) -> FloatArray:
        """Heat that each loses a kelvin, W/K, shape (pipe,)."""
        return np.asarray(self.transfer * np.pi * self.outer * self.length)

    @property
    def volume(self) -> FloatArray:
        """Water in each, m³, shape (pipe,)."""
        return np.asarray(np.pi / 4 * self.inner**2 * self.length)


@dataclass(frozen=True)
class Valves:
    """Valves between two junctions, shape (valve,)."""

    rows: IntArray
    begin: IntArray
    end: IntArray
    inner: FloatArray
    loss_coefficient: FloatArray
    open: BoolArray


@dataclass(frozen=True)
class Consumers:
    """Substations and the buildings behind them, shape (consumer,).

    Two of `heat`, `flow`, `cooling` and `back` say what a substation does; the rest is NaN.

    Parameters
    ----------
    rows
        Asset of each.
    begin, end
        Junctions of its supply and its return.
    heat
        Heat at the design outdoor temperature, W.
    flow
        kg/s.
    cooling
        Supply less return, K.
    back
        Temperature of the return, K.
    in_service
        False where it is disconnected.
    indoor, cold
        Temperature that heating keeps, and below which a building is cold, K.
    time_constant
        Of cooling, s.
    hot_water
        Share of the heat that the weather does not change.
    least_supply
        Lowest supply temperature, K; NaN where nobody says.
    least_pressure
        Lowest pressure difference, bar.
    """

    rows: IntArray
    begin: IntArray
    end: IntArray
    heat: FloatArray
    flow: FloatArray
    cooling: FloatArray
    back: FloatArray
    in_service: BoolArray
    indoor: FloatArray
    cold: FloatArray
    time_constant: FloatArray
    hot_water: FloatArray
    least_supply: FloatArray
    least_pressure: FloatArray

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Plants:
    """Plants with their circulation pumps, shape (plant,).

    Parameters
    ----------
    rows
        Asset of each.
    back, out
        Junctions where the water comes back, and where it leaves.
    pressure, lift
        Pressure where it leaves, and that the pump adds, bar.
    supply
        Supply temperature, K.
    in_service
        False where it stands still.
    capacity
        Greatest heat, W; infinite where nobody says.
    efficiency, pump_efficiency
        Heat over energy used, at `supply`; power into the water over electric power.
    heat_source
        Temperature of what a heat pump takes heat from, K; NaN where nobody says.
    needs_electricity
        False where it has a set of its own.
    fuels
        One of `FUELS` each.
    """

    rows: IntArray
    back: IntArray
    out: IntArray
    pressure: FloatArray
    lift: FloatArray
    supply: FloatArray
    in_service: BoolArray
    capacity: FloatArray
    efficiency: FloatArray
    pump_efficiency: FloatArray
    heat_source: FloatArray
    needs_electricity: BoolArray
    fuels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def efficiency_at(self, supply: FloatArray) -> FloatArray:
        """Heat over energy used at supply temperatures, K, shape (..., plant).

        A heat pump keeps its share of Carnot's efficiency; all else keeps its efficiency.
        """
        source = self.heat_source
        with np.errstate(all="ignore"):
            carnot = (supply / (supply - source)) / (self.supply / (self.supply - source))
        follows = np.isfinite(source) & (supply > source) & (self.supply > source)
        return np.asarray(np.where(follows, self.efficiency * carnot, self.efficiency))


@dataclass(frozen=True)
class HeatNetwork:
    """A network, its plants and the buildings on it.

    Parameters
    ----------
    assets, shapes
        What has a name, and how it is drawn; the last asset is the network as a whole.
    junctions, pipes, valves, consumers, plants
        Its parts.
    ambient
        Temperature that the engine takes as ambient, K.
    design
        Outdoor temperature for which the heat of the consumers holds, K.
    outdoor
        Outdoor temperature of a usual day, K.
    """

    assets: Assets
    shapes: Shapes
    junctions: Junctions
    pipes: Pipes
    valves: Valves
    consumers: Consumers
    plants: Plants
    ambient: float
    design: float
    outdoor: float

    @property
    def whole(self) -> int:
        """Asset row of the network as a whole."""
        return len(self.assets) - 1
