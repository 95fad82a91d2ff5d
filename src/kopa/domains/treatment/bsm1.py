"""The layout of Benchmark Simulation Model no. 1, and how it is scaled.

References
----------
Alex et al. (2008), Benchmark Simulation Model no. 1 (BSM1), IWA Task Group on Benchmarking of
Control Strategies for WWTPs, tables 1 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .tables import Tables

FLOW_M3_D = 18446.0
COD_G_M3 = 381.19
VOLUMES_M3 = (1000.0, 1000.0, 1333.0, 1333.0, 1333.0)
SETTLER_AREA_M2, SETTLER_DEPTH_M = 1500.0, 4.0
RETURN, RECIRCULATION = 1.0, 3.0
"""Return sludge and recirculation over the dry flow."""
WASTE_M3_D = 385.0


def completed(found: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    """A plant's file with the tanks and sludge of BSM1 where it names ``layout = "bsm1"``.

    Tanks and waste sludge grow with the load of organic matter, so that the age of the sludge
    stays; settler and pumped flows grow with the dry flow.

    Parameters
    ----------
    found
        The file.
    tables
        Takes the findings.
    """
    whole = dict(found)
    layout = whole.get("layout")
    if layout is None:
        return whole
    if layout != "bsm1":
        do = 'Write layout = "bsm1", or leave it out.'
        tables.wrong("layout", "layout", f"the layout is {str(layout)[:60]!r}.", do)
        return whole
    try:
        flow = float(whole["flow"]["dry_m3_d"])
        load = float(whole["load"]["persons"]) * float(whole["load"].get("cod_g_person_d", 90.0))
    except (KeyError, TypeError, ValueError, AttributeError):
        return whole  # their own tables tell what is missing
    by_flow, by_load = flow / FLOW_M3_D, load / (FLOW_M3_D * COD_G_M3)
    scaled: dict[str, dict[str, Any]] = {
        "tanks": {
            "volumes_m3": [volume * by_load for volume in VOLUMES_M3],
            "settler_area_m2": SETTLER_AREA_M2 * by_flow,
            "settler_depth_m": SETTLER_DEPTH_M,
        },
        "sludge": {
            "return_m3_d": RETURN * flow,
            "recirculation_m3_d": RECIRCULATION * flow,
            "waste_m3_d": WASTE_M3_D * by_load,
        },
    }
    for table, values in scaled.items():
        given = whole.get(table, {})
        if not isinstance(given, Mapping):
            continue
        if taken := [key for key in values if key not in given]:
            what = f"scaled from BSM1: {', '.join(taken)}."
            do = "Write the plant's own sizes and flows where they are known."
            tables.wrong("scaled", f"[{table}]", what, do, "warning")
        whole[table] = {**values, **given}
    return whole
