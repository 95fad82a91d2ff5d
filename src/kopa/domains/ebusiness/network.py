"""The firms of a city, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kopa.model import Assets, BoolArray, FloatArray

PACKAGE = "kopa.domains.ebusiness"
FIRM_KINDS = ("office", "shop", "industry", "craft")
NEEDS = ("electricity", "water", "heat", "road_access")


@dataclass(frozen=True)
class Firms:
    """Firms that people work in; each of shape (firm,) but the assets.

    Parameters
    ----------
    assets
        One asset a firm; its people are those at work in an open hour.
    hours
        Opening hours as OpenStreetMap writes them; empty for always.
    power
        Electric power while it works, kW.
    wants
        By need: True where nobody works without it, shape (firm,).
    backup
        Hours of electricity that its own set covers.
    """

    assets: Assets
    hours: tuple[str, ...]
    power: FloatArray
    wants: Mapping[str, BoolArray]
    backup: FloatArray

    def __len__(self) -> int:
        return len(self.assets)
