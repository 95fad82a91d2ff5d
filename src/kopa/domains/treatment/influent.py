"""Wastewater of a dry day: how much comes when, and what is in it.

The shares of organic matter and nitrogen are those of the constant influent of BSM1; the day's
course is the mean weekday of BSM1's dry weather file, hour by hour (``diurnal.csv``).

References
----------
Alex et al. (2008), Benchmark Simulation Model no. 1, table 6 and its dry weather influent.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np

from kopa.model import FloatArray

from .asm1 import (
    COMPONENTS,
    IN_BIOMASS,
    IN_INERT,
    SALK,
    SI,
    SND,
    SNH,
    SS,
    TEMP,
    TSS,
    TSS_OF_COD,
    XBH,
    XI,
    XND,
    XS,
    Q,
    nitrogen,
)
from .network import WastewaterPlant
from .tables import PACKAGE

COD_SHARES = {SI: 30.0, SS: 69.5, XI: 51.2, XS: 202.32, XBH: 28.17}
NITROGEN_SHARES = {SNH: 31.56, SND: 6.95, XND: 10.59}
"""Composition of BSM1's influent, g/m³: only the shares are used."""
COURSE = {
    SI: "flow",
    SS: "soluble",
    XI: "inert",
    XS: "slow",
    XBH: "biomass",
    SNH: "ammonia",
    SND: "soluble",
    XND: "biomass",
}


def organic_nitrogen_share() -> float:
    """Nitrogen that the solids of a gram of COD hold, g/g."""
    total = sum(COD_SHARES.values())
    return (IN_BIOMASS * COD_SHARES[XBH] + IN_INERT * COD_SHARES[XI]) / total


def mean_water(plant: WastewaterPlant) -> FloatArray:
    """What comes to a plant in the mean of a dry day, shape (21,).

    Parameters
    ----------
    plant
        The plant: its persons and what each brings give the load.
    """
    water = np.zeros(COMPONENTS)
    load, flow = plant.load, plant.inflow.dry_m3_d
    cod = load.persons * load.cod_g_person_d / flow
    total = sum(COD_SHARES.values())
    for component, share in COD_SHARES.items():
        water[component] = cod * share / total
    left = load.persons * load.nitrogen_g_person_d / flow - nitrogen(water)
    total = sum(NITROGEN_SHARES.values())
    for component, share in NITROGEN_SHARES.items():
        water[component] = left * share / total
    water[SALK] = load.alkalinity_mol_m3
    water[TSS] = TSS_OF_COD * (water[XI] + water[XS] + water[XBH])
    water[Q], water[TEMP] = flow, plant.inflow.temperature_c
    return water


def dry_day(plant: WastewaterPlant, seconds: FloatArray) -> FloatArray:
    """What comes to a plant on a dry day, shape (time, 21); flows in m³/d.

    Parameters
    ----------
    plant
        The plant.
    seconds
        Seconds since midnight, shape (time,).
    """
    mean, course = mean_water(plant), _course()
    hour = (seconds // 3600).astype(np.int64) % 24
    waters = np.tile(mean, (len(seconds), 1))
    waters[:, Q] = mean[Q] * course["flow"][hour]
    for component, name in COURSE.items():
        waters[:, component] *= course[name][hour] / course["flow"][hour]
    waters[:, TSS] = TSS_OF_COD * (waters[:, XI] + waters[:, XS] + waters[:, XBH])
    return waters


def diluted(dry: FloatArray, inflow: FloatArray, factor: FloatArray) -> FloatArray:
    """The load of a dry day in another inflow.

    What comes beyond the dry flow is rain and brings nothing; where less comes, less load comes.

    Parameters
    ----------
    dry
        From `dry_day`.
    inflow
        What comes instead, m³/d, negative where the dry flow does, shape (time,).
    factor
        Times the load, shape (time,).
    """
    waters = dry.copy()
    flow = np.where(inflow >= 0, inflow, dry[:, Q])
    thinner = np.minimum(1.0, dry[:, Q] / np.maximum(flow, 1e-9)) * factor
    waters[:, :SALK] *= thinner[:, None]
    waters[:, TSS] *= thinner
    waters[:, Q] = flow
    return waters


@cache
def _course() -> dict[str, FloatArray]:
    text = files(PACKAGE).joinpath("diurnal.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    names = [name for name in rows[0] if name != "hour"]
    found = {name: np.array([float(row[name]) for row in rows]) for name in names}
    return {name: values / values.mean() for name, values in found.items()}
