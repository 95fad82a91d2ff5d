"""The plants of a city in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import Assets, BoolArray, FloatArray, IntArray

SITE = "site"
NEEDS = ("electricity", "heat", "water")
"""What production may need from others; a plant that nothing is linked to is served."""


@dataclass(frozen=True)
class Sites:
    """Plants, one row each.

    Parameters
    ----------
    assets
        One asset a plant.
    power
        Electric power in full production, kW, shape (site,).
    idle
        Share of it while production stands, shape (site,).
    needs
        By need: True where production stops without it, shape (site,).
    backup
        Hours that its own set covers, shape (site,).
    restart
        Hours from supply to full production, shape (site,).
    value
        Value of an hour of production, EUR, NaN where unknown, shape (site,).
    """

    assets: Assets
    power: FloatArray
    idle: FloatArray
    needs: dict[str, BoolArray]
    backup: FloatArray
    restart: FloatArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.assets)

    @property
    def rows(self) -> IntArray:
        """Asset rows of all plants."""
        return np.arange(len(self.assets), dtype=np.int64)

    def needing(self, need: str) -> IntArray:
        """Asset rows of the plants that need something."""
        return np.flatnonzero(self.needs[need]).astype(np.int64)
