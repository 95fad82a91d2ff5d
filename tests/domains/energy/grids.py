"""Small grids as pandapower writes them, made without pandapower."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.read_pandapower import read

COLUMNS = {
    "bus": "name vn_kv in_service",
    "line": "name from_bus to_bus length_km r_ohm_per_km x_ohm_per_km c_nf_per_km g_us_per_km "
    "max_i_ka df parallel in_service",
    "trafo": "name hv_bus lv_bus sn_mva vn_hv_kv vn_lv_kv vk_percent vkr_percent pfe_kw i0_percent "
    "shift_degree vector_group tap_side tap_neutral tap_pos tap_step_percent tap_step_degree "
    "tap_changer_type parallel df in_service",
    "switch": "name bus element et closed z_ohm type",
    "load": "name bus p_mw q_mvar scaling in_service",
    "sgen": "name bus p_mw q_mvar scaling in_service",
    "motor": "name bus pn_mech_mw loading_percent cos_phi efficiency_percent scaling in_service",
    "ext_grid": "name bus vm_pu va_degree in_service",
}
Rows = dict[str, list[list[Any]]]


def frame(columns: list[str], index: list[Any], data: list[list[Any]]) -> dict[str, Any]:
    """A table as pandas writes it."""
    content = json.dumps({"columns": columns, "index": index, "data": data})
    return {"_module": "pandas.core.frame", "_class": "DataFrame", "_object": content}


def document(rows: Rows) -> dict[str, Any]:
    """A whole file of tables; each row is numbered by its position."""
    content: dict[str, Any] = {"f_hz": 50.0, "sn_mva": 1.0}
    for name, columns in COLUMNS.items():
        data = rows.get(name, [])
        content[name] = frame(columns.split(), list(range(len(data))), data)
    return {"_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": content}


def bus(kv: float = 20.0, in_service: bool = True) -> list[Any]:
    return ["", kv, in_service]


def line(begin: int, end: int, r: float = 0.2, x: float = 0.3) -> list[Any]:
    return [f"L{begin}-{end}", begin, end, 1.0, r, x, 200.0, 0.0, 0.3, 1.0, 1, True]


def trafo(hv: int, lv: int) -> list[Any]:
    nameplate = [25.0, 110.0, 20.0, 11.2, 0.28, 29.0, 0.07, 150.0, "YNd5"]
    return [f"T{hv}-{lv}", hv, lv, *nameplate, "hv", 0, 0, 1.5, 0.0, "Ratio", 1, 1.0, True]


def load(at: int, p: float = 1.0, q: float = 0.2) -> list[Any]:
    return [f"LOAD{at}", at, p, q, 1.0, True]


def ext_grid(at: int = 0) -> list[Any]:
    return ["EG", at, 1.0, 0.0, True]


def ring() -> Rows:
    """110/20 kV: one transformer, a ring of four buses that an open switch parts, a spur.

    ::

        0 =T0= 1 --L0-- 2 --L1-- 3 --L4-- 5
               |                 |
               +--L2-- 4 --L3/---+         switch 0 (open) at bus 3 on line 3
    """
    return {
        "bus": [bus(110.0), *(bus() for _ in range(5))],
        "line": [line(1, 2), line(2, 3), line(1, 4), line(4, 3), line(3, 5)],
        "trafo": [trafo(0, 1)],
        "switch": [["S0", 3, 3, "l", False, 0.0, "LBS"], ["S1", 1, 0, "l", True, 0.0, "LBS"]],
        "load": [load(at) for at in (2, 3, 4, 5)],
        "motor": [["M0", 5, 0.1, 100.0, 0.8, 100.0, 1.0, True]],
        "sgen": [["G0", 4, 0.5, 0.0, 1.0, True]],
        "ext_grid": [ext_grid()],
    }


def energy(rows: Rows, folder: Path) -> Energy:
    """The domain of a grid."""
    return Energy(read(written(document(rows), folder))[0])


def written(content: Any, folder: Path) -> Path:
    """A file of a document, or of raw text or bytes."""
    path = folder / "grid.json"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path
