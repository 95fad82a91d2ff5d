"""Buildings in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import Assets, BoolArray, FloatArray, IntArray

BUILDING, UNIT = "building", "unit"
"""Kinds of asset: a building, and a unit of technical equipment in one."""
DISTRICT, ELECTRIC, GAS = "district", "electricity", "gas"
HEATINGS = (DISTRICT, ELECTRIC, GAS)


@dataclass(frozen=True)
class Buildings:
    """Buildings with one heat capacity and one heat loss each, and the equipment in them.

    Parameters
    ----------
    assets
        Buildings first, units behind them.
    heatings
        One of `HEATINGS` a building.
    loss
        W/K, shape (building,).
    capacity
        J/K, shape (building,).
    setpoint, cold
        Indoor temperature that heating keeps, and below which it is cold, °C, shape (building,).
    gain
        Heat of people and appliances, W, shape (building,).
    most
        Greatest heat, W, shape (building,).
    efficiency
        Heat over energy used, shape (building,).
    base, pump
        Electricity always, and while it heats, W, shape (building,).
    needs_electricity
        False where heating runs without, shape (building,).
    outdoor
        Outdoor temperature of a usual day, °C.
    """

    assets: Assets
    heatings: tuple[str, ...]
    loss: FloatArray
    capacity: FloatArray
    setpoint: FloatArray
    cold: FloatArray
    gain: FloatArray
    most: FloatArray
    efficiency: FloatArray
    base: FloatArray
    pump: FloatArray
    needs_electricity: BoolArray
    outdoor: float

    def __len__(self) -> int:
        return len(self.heatings)

    def heated_by(self, heating: str) -> IntArray:
        """Rows of buildings that something heats."""
        rows = [row for row, one in enumerate(self.heatings) if one == heating]
        return np.array(rows, dtype=np.int64)
