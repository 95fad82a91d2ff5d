"""Writes a grid as pandapower's JSON, without pandapower."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DEFAULTS: dict[str, dict[str, Any]] = {
    "bus": {"type": "b", "zone": None, "in_service": True, "geo": None},
    "line": {
        "g_us_per_km": 0.0, "df": 1.0, "parallel": 1, "type": "cs", "in_service": True, "geo": None,
    },
    "trafo": {
        "tap_side": "hv", "tap_neutral": 0.0, "tap_step_degree": 0.0,
        "tap_changer_type": "Ratio", "tap_dependency_table": False, "id_characteristic_table": None,
        "parallel": 1, "df": 1.0, "in_service": True, "oltc": False,
    },
    "switch": {"type": "LBS", "z_ohm": 0.0, "in_ka": None},
    "load": {
        "const_z_p_percent": 0.0, "const_i_p_percent": 0.0, "const_z_q_percent": 0.0,
        "const_i_q_percent": 0.0, "sn_mva": None, "scaling": 1.0, "in_service": True, "type": "wye",
    },
    "ext_grid": {
        "va_degree": 0.0, "slack_weight": 1.0, "in_service": True, "controllable": False,
    },
}  # fmt: skip
"""Columns that the design leaves as pandapower has them (``pandapower.create``)."""

_INTEGERS = {"from_bus", "to_bus", "hv_bus", "lv_bus", "bus", "parallel"}
_UNKNOWN = {"in_ka", "sn_mva"}
"""Numbers that a table may leave empty."""


def write_pandapower(
    path: Path, name: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Write a grid.

    Parameters
    ----------
    path
        The file.
    name
        Name of the grid, which says where it is from.
    tables
        Rows by table; columns that a row leaves out are `DEFAULTS`.

    References
    ----------
    pandapower 3.3, ``pandapower.io_utils``: the layout of its files.
    """
    content: dict[str, Any] = {
        "name": name, "f_hz": 50.0, "sn_mva": 1.0, "version": "3.3.3", "format_version": "3.3.0",
    }  # fmt: skip
    for table, defaults in DEFAULTS.items():
        content[table] = _frame([{**defaults, **row} for row in tables.get(table, ())])
    whole = {
        "_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": content,
    }  # fmt: skip
    path.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _frame(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A table as pandas writes it with orient ``split``."""
    columns = list(rows[0]) if rows else []
    data = [[row[column] for column in columns] for row in rows]
    split = {"columns": columns, "index": list(range(len(rows))), "data": data}
    return {
        "_module": "pandas.core.frame",
        "_class": "DataFrame",
        "_object": json.dumps(split, ensure_ascii=False, separators=(",", ":")),
        "orient": "split",
        "dtype": {column: _dtype(column, [row[column] for row in rows]) for column in columns},
        "is_multiindex": False,
        "is_multicolumn": False,
    }


def _dtype(column: str, values: Sequence[Any]) -> str:
    """Type that pandas gives the column when it is read."""
    if column in _INTEGERS:
        return "uint32"
    if column == "element":
        return "int64"
    if column == "id_characteristic_table":
        return "Int64"
    if column in _UNKNOWN:
        return "float64"
    if all(isinstance(value, bool) for value in values):
        return "bool"
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return "float64"
    return "object"
