"""The offices of a municipality, in memory."""

from __future__ import annotations

from dataclasses import dataclass

from kopa.model import Assets, BoolArray, FloatArray

PACKAGE = "kopa.domains.egov"
OFFICE_KINDS = ("town_hall", "service_centre", "register_office")
NEEDS = ("electricity", "road_access")


@dataclass(frozen=True)
class Offices:
    """Offices that serve people; each of shape (office,) but the assets.

    Parameters
    ----------
    assets
        One asset an office; its people are those whom it serves or employs in an open hour.
    hours
        Opening hours as OpenStreetMap writes them; empty for always.
    power
        Electric power while it is open, kW.
    wired
        True where it serves nobody without electricity.
    backup
        Hours that its own set covers.
    """

    assets: Assets
    hours: tuple[str, ...]
    power: FloatArray
    wired: BoolArray
    backup: FloatArray

    def __len__(self) -> int:
        return len(self.assets)
