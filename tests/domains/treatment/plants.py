"""Plants and waterworks for tests; BSM1 is Alex et al. (2008), the others are written by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from kopa.domains.treatment.network import (
    Aeration,
    Inflow,
    Limit,
    Load,
    Place,
    RawWater,
    Sludge,
    Tanks,
    WastewaterPlant,
)

COD, NITROGEN = 381.19, 31.56 + 6.95 + 10.59 + 0.08 * 28.17 + 0.06 * 51.2
"""Of BSM1's constant influent, g/m³."""
FLOW = 18446.0


@cache
def bsm1() -> WastewaterPlant:
    """The plant of BSM1 in open loop."""
    return WastewaterPlant(
        Place("BSM1", "", 0.0, 0.0),
        Inflow(FLOW, 3 * FLOW, 0.0, False, 0.0, 15.0),
        Load(1000.0, COD * FLOW / 1000, NITROGEN * FLOW / 1000, 7.0),
        Tanks((1000.0, 1000.0, 1333.0, 1333.0, 1333.0), 1500.0, 4.0),
        Sludge(FLOW, 3 * FLOW, 385.0, 0.008, 0.004, 0.05, 0.005),
        Aeration((), (240.0, 240.0, 84.0), 360.0, 1.8),
        (Limit("ammonia", 4.0, 24.0, "Alex et al. 2008"),),
    )


def with_storm_tank(volume: float) -> WastewaterPlant:
    """BSM1 behind a storm tank, that takes twice its dry flow."""
    plant = bsm1()
    inflow = replace(plant.inflow, storm_tank_m3=volume, greatest_m3_d=2 * FLOW)
    return replace(plant, inflow=inflow)


def well(**values: float) -> RawWater:
    """A hard groundwater, mg/L."""
    plain = {
        "share": 1.0, "temperature_c": 10.0, "ph": 7.2, "calcium_mg_l": 110.0,
        "magnesium_mg_l": 12.0, "sodium_mg_l": 15.0, "potassium_mg_l": 3.0,
        "chloride_mg_l": 30.0, "sulphate_mg_l": 60.0, "nitrate_mg_l": 10.0,
        "alkalinity_mmol_l": 5.2,
    }  # fmt: skip
    return RawWater("well", **{**plain, **values})


PLANT_TOML = """\
kind = "wastewater_plant"
id = "WWTP"
name = "South"
x = 10
y = 20

[flow]
dry_m3_d = 18446
greatest_m3_d = 36892
storm_tank_m3 = 1000
pumped = true
lift_kwh_m3 = 0.02
temperature_c = 15

[load]
persons = 100000
cod_g_person_d = 70.3143
nitrogen_g_person_d = 10
alkalinity_mol_m3 = 7

[tanks]
volumes_m3 = [1000, 1000, 1333, 1333, 1333]
settler_area_m2 = 1500
settler_depth_m = 4

[sludge]
return_m3_d = 18446
recirculation_m3_d = 55338
waste_m3_d = 385
return_kwh_m3 = 0.008
recirculation_kwh_m3 = 0.004
waste_kwh_m3 = 0.05
mixing_kw_m3 = 0.005

[aeration]
oxygen_g_m3 = [2, 2, 2]
greatest_transfer_per_d = 360
oxygen_kg_kwh = 1.8

[permit.ammonia]
limit_g_m3 = 5
average_h = 24
source = "written for the test"

[permit.bod5]
limit_g_m3 = 25
average_h = 24
source = "(EU) 2024/3019 annex I, table 1"
"""

WORKS_TOML = """\
kind = "waterworks"
id = "WW"
x = 0
y = 0

[works]
flow_m3_d = 20000
electricity_kwh_m3 = 0.4

[[source]]
id = "wells"
share = 0.7
temperature_c = 10
ph = 7.2
calcium_mg_l = 110
magnesium_mg_l = 12
sodium_mg_l = 15
potassium_mg_l = 3
chloride_mg_l = 30
sulphate_mg_l = 60
nitrate_mg_l = 10
alkalinity_mmol_l = 5.2

[[source]]
id = "river"
share = 0.3
temperature_c = 8
ph = 7.8
calcium_mg_l = 45
magnesium_mg_l = 6
sodium_mg_l = 10
potassium_mg_l = 2
chloride_mg_l = 15
sulphate_mg_l = 30
nitrate_mg_l = 5
bicarbonate_mg_l = 128.1357

[softening]
chemical = "NaOH"
dose_mmol_l = 1

[target]
ph = [6.5, 9.5]
hardness_mmol_l = [1, 2.5]

[chlorine]
dose_mg_l = 0.5
decay_per_h = 0.03
age_h = 30
least_mg_l = 0.2
"""


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file; gives its path."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
