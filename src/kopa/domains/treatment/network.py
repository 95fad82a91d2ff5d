"""Wastewater plants and waterworks in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kopa.model import Assets, IntArray

PLANT, WORKS = "wastewater_plant", "waterworks"
QUANTITIES = ("ammonia", "nitrogen", "nitrate", "cod", "bod5", "solids")
"""What a permit can limit. Phosphorus is not among them: ASM1 does not know it."""
CHEMICALS = ("NaOH", "Ca(OH)2", "Na2CO3")


@dataclass(frozen=True)
class Place:
    """Id, name and place of an asset."""

    id: str
    name: str
    x: float
    y: float
    origin: str = ""


@dataclass(frozen=True)
class Inflow:
    """How water comes to a plant: m³/d, m³, kWh/m³, °C."""

    dry_m3_d: float
    greatest_m3_d: float
    storm_tank_m3: float
    pumped: bool
    lift_kwh_m3: float
    temperature_c: float


@dataclass(frozen=True)
class Load:
    """Persons, what each brings to the biology a day, g/d, and alkalinity, mol/m³."""

    persons: float
    cod_g_person_d: float
    nitrogen_g_person_d: float
    alkalinity_mol_m3: float


@dataclass(frozen=True)
class Tanks:
    """Volumes of the five tanks, m³; area and depth of the settler, m² and m."""

    volumes_m3: tuple[float, ...]
    settler_area_m2: float
    settler_depth_m: float


@dataclass(frozen=True)
class Sludge:
    """Flows of sludge and mixed liquor, m³/d, and the electricity that they take."""

    return_m3_d: float
    recirculation_m3_d: float
    waste_m3_d: float
    return_kwh_m3: float
    recirculation_kwh_m3: float
    waste_kwh_m3: float
    mixing_kw_m3: float


@dataclass(frozen=True)
class Aeration:
    """Air of the three last tanks.

    Parameters
    ----------
    oxygen_g_m3
        Set-points, g/m³; empty where the transfer is fixed.
    transfer_per_d
        Fixed oxygen transfer (kLa), 1/d; empty where there are set-points.
    greatest_transfer_per_d
        Greatest oxygen transfer of a tank, 1/d.
    oxygen_kg_kwh
        Oxygen that a kilowatt-hour brings in, kg.
    """

    oxygen_g_m3: tuple[float, ...]
    transfer_per_d: tuple[float, ...]
    greatest_transfer_per_d: float
    oxygen_kg_kwh: float


@dataclass(frozen=True)
class Limit:
    """One limit of a permit.

    Parameters
    ----------
    quantity
        One of `QUANTITIES`.
    limit_g_m3
        Greatest mean concentration, g/m³.
    average_h
        Hours over which the mean is taken.
    source
        Where it is from.
    """

    quantity: str
    limit_g_m3: float
    average_h: float
    source: str


@dataclass(frozen=True)
class WastewaterPlant:
    """An activated sludge plant of the layout of Benchmark Simulation Model no. 1."""

    place: Place
    inflow: Inflow
    load: Load
    tanks: Tanks
    sludge: Sludge
    aeration: Aeration
    permit: tuple[Limit, ...] = ()

    def with_oxygen(self, set_points: tuple[float, ...]) -> WastewaterPlant:
        """The plant with other oxygen set-points, g/m³."""
        return replace(
            self, aeration=replace(self.aeration, oxygen_g_m3=set_points, transfer_per_d=())
        )


@dataclass(frozen=True)
class RawWater:
    """An analysis of a raw water, mg/L; its alkalinity, mmol/L; its share in the blend."""

    id: str
    share: float
    temperature_c: float
    ph: float
    calcium_mg_l: float
    magnesium_mg_l: float
    sodium_mg_l: float
    potassium_mg_l: float
    chloride_mg_l: float
    sulphate_mg_l: float
    nitrate_mg_l: float
    alkalinity_mmol_l: float


@dataclass(frozen=True)
class Softening:
    """Chemical that softens, its dose, mmol/L, and the saturation index that is left."""

    chemical: str
    dose_mmol_l: float
    saturation_index: float = 0.0


@dataclass(frozen=True)
class Target:
    """Least and greatest values of the water that leaves; empty where nothing is asked."""

    hardness_mmol_l: tuple[float, ...] = ()
    ph: tuple[float, ...] = ()
    saturation_index: tuple[float, ...] = ()


@dataclass(frozen=True)
class Chlorine:
    """Chlorine at the outlet and how it decays, mg/L, 1/h and h."""

    dose_mg_l: float
    decay_per_h: float
    fast_share: float
    fast_decay_per_h: float
    age_h: float
    least_mg_l: float


@dataclass(frozen=True)
class Waterworks:
    """A waterworks: its raw waters, what it adds, what must leave it."""

    place: Place
    flow_m3_d: float
    electricity_kwh_m3: float
    sources: tuple[RawWater, ...]
    softening: Softening | None = None
    target: Target = Target()
    chlorine: Chlorine | None = None


@dataclass(frozen=True)
class Treatment:
    """All plants and waterworks of a city; the plants come first."""

    plants: tuple[WastewaterPlant, ...]
    works: tuple[Waterworks, ...]

    @cached_property
    def assets(self) -> Assets:
        """One asset a plant and a waterworks."""
        places = [*(one.place for one in self.plants), *(one.place for one in self.works)]
        return Assets(
            domain="treatment",
            ids=tuple(place.id for place in places),
            kinds=(PLANT,) * len(self.plants) + (WORKS,) * len(self.works),
            names=tuple(place.name for place in places),
            x=np.array([place.x for place in places], dtype=np.float64),
            y=np.array([place.y for place in places], dtype=np.float64),
        )

    @cached_property
    def plant_rows(self) -> IntArray:
        """Asset rows of the plants."""
        return np.arange(len(self.plants))

    @cached_property
    def works_rows(self) -> IntArray:
        """Asset rows of the waterworks."""
        return np.arange(len(self.plants), len(self.plants) + len(self.works))
