"""A corpus of broken grid files: each with the finding that it must give, and its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from domains.energy.grids import COLUMNS, document, frame, line, ring

Break = Callable[[dict[str, Any]], None]


def cell(table: str, row: int, column: str, value: Any) -> Break:
    """Write a value into one cell."""

    def change(content: dict[str, Any]) -> None:
        content[table][row][COLUMNS[table].split().index(column)] = value

    return change


def broken(change: Break) -> dict[str, Any]:
    rows = ring()
    change(rows)
    return document(rows)


def table(content: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content["_object"][name]["_object"])
    return found


def with_table(name: str, columns: list[str], data: list[list[Any]]) -> dict[str, Any]:
    content = document(ring())
    content["_object"][name] = frame(columns, list(range(len(data))), data)
    return content


def without_column(name: str, column: str) -> dict[str, Any]:
    content = document(ring())
    old = table(content, name)
    at = old["columns"].index(column)
    old["columns"].pop(at)
    for row in old["data"]:
        row.pop(at)
    content["_object"][name] = frame(old["columns"], old["index"], old["data"])
    return content


def without(name: str) -> dict[str, Any]:
    content = document(ring())
    del content["_object"][name]
    return content


def with_index(name: str, index: list[Any]) -> dict[str, Any]:
    content = document(ring())
    old = table(content, name)
    content["_object"][name] = frame(old["columns"], index, old["data"])
    return content


def with_key(key: str, value: Any) -> dict[str, Any]:
    content = document(ring())
    content["_object"][key] = value
    return content


def all_buses_out(rows: dict[str, Any]) -> None:
    for row in rows["bus"]:
        row[2] = False


def no_source(rows: dict[str, Any]) -> None:
    rows["ext_grid"] = []


def untyped_tap(rows: dict[str, Any]) -> None:
    cell("trafo", 0, "tap_pos", 2)(rows)
    cell("trafo", 0, "tap_changer_type", None)(rows)


def no_group(rows: dict[str, Any]) -> None:
    cell("trafo", 0, "vector_group", None)(rows)
    cell("trafo", 0, "shift_degree", None)(rows)


TEXT = json.dumps(document(ring()))
GEN = ["bus", "vm_pu", "slack", "in_service"]
IMPEDANCE = ["from_bus", "to_bus", "rft_pu", "xft_pu", "rtf_pu", "xtf_pu", "sn_mva", "in_service"]
CORPUS: dict[str, tuple[Any, str, str]] = {
    "empty file": ("", "energy.empty-file", ""),
    "cut off": (TEXT[: len(TEXT) // 2], "energy.not-json", "line 1"),
    "not JSON": ("[TITLE]\nEPANET", "energy.not-json", "line 1, column 2"),
    "binary": (b"\x89PNG\xff\xfe", "energy.not-text", "byte 0"),
    "nested too deep": ("[" * 200_000, "energy.not-json", ""),
    "a list": ([1, 2], "energy.not-pandapower", "key _class"),
    "another class": ({"_class": "DataFrame"}, "energy.not-pandapower", "key _class"),
    "no content": ({"_class": "pandapowerNet"}, "energy.not-pandapower", "key _object"),
    "no table bus": (without("bus"), "energy.missing-table", "table bus"),
    "table is no DataFrame": (
        with_key("line", {"_class": "DataFrame", "_object": "{"}),
        "energy.bad-table",
        "table line",
    ),
    "ragged table": (
        with_table("sgen", COLUMNS["sgen"].split(), [["G", 1, 0.5]]),
        "energy.ragged-table",
        "table sgen",
    ),
    "no frequency": (with_key("f_hz", None), "energy.missing-value", "table net, row 0"),
    "missing column": (
        without_column("line", "r_ohm_per_km"),
        "energy.missing-column",
        "table line, column r_ohm_per_km",
    ),
    "word for a number": (
        broken(cell("line", 1, "length_km", "long")),
        "energy.wrong-type",
        "table line, row 1, column length_km",
    ),
    "digits in quotes": (
        broken(cell("load", 0, "p_mw", "1.5")),
        "energy.wrong-type",
        "table load, row 0, column p_mw",
    ),
    "number for true": (
        broken(cell("bus", 1, "in_service", 7)),
        "energy.wrong-type",
        "table bus, row 1, column in_service",
    ),
    "NaN": (
        broken(cell("trafo", 0, "sn_mva", float("nan"))),
        "energy.missing-value",
        "table trafo, row 0, column sn_mva",
    ),
    "null": (
        broken(cell("load", 2, "q_mvar", None)),
        "energy.missing-value",
        "table load, row 2, column q_mvar",
    ),
    "infinite": (
        broken(cell("load", 1, "p_mw", float("inf"))),
        "energy.out-of-range",
        "table load, row 1, column p_mw",
    ),
    "more digits than a number has": (
        broken(cell("load", 1, "p_mw", 10**400)),
        "energy.out-of-range",
        "table load, row 1, column p_mw",
    ),
    "half a bus": (
        broken(cell("load", 1, "bus", 1.5)),
        "energy.wrong-type",
        "table load, row 1, column bus",
    ),
    "line at absent bus": (
        broken(cell("line", 2, "to_bus", 77)),
        "energy.absent-bus",
        "table line, row 2, column to_bus",
    ),
    "load at absent bus": (
        broken(cell("load", 3, "bus", -1)),
        "energy.absent-bus",
        "table load, row 3, column bus",
    ),
    "zero length": (
        broken(cell("line", 0, "length_km", 0.0)),
        "energy.out-of-range",
        "table line, row 0, column length_km",
    ),
    "zero impedance": (
        broken(lambda rows: rows["line"].append(line(2, 4, 0.0, 0.0))),
        "energy.zero-impedance",
        "table line, row 5, column x_ohm_per_km",
    ),
    "negative resistance": (
        broken(cell("line", 0, "r_ohm_per_km", -0.1)),
        "energy.out-of-range",
        "table line, row 0, column r_ohm_per_km",
    ),
    "line in a loop": (
        broken(cell("line", 0, "to_bus", 1)),
        "energy.loop",
        "table line, row 0, column to_bus",
    ),
    "two voltages at a line": (
        broken(cell("line", 0, "to_bus", 0)),
        "energy.voltage-mismatch",
        "table line, row 0, column to_bus",
    ),
    "no source": (broken(no_source), "energy.no-source", "table ext_grid"),
    "all buses out of service": (
        broken(all_buses_out),
        "energy.nothing-in-service",
        "table bus, column in_service",
    ),
    "index twice": (
        with_index("bus", [0, 1, 2, 3, 4, 4]),
        "energy.duplicate-index",
        "table bus, row 4",
    ),
    "index of words": (
        with_index("load", [0, 1, 2, "three"]),
        "energy.bad-index",
        "table load, row at position 3",
    ),
    "unknown switch": (
        broken(cell("switch", 0, "et", "q")),
        "energy.unknown-switch",
        "table switch, row 0, column et",
    ),
    "switch at absent element": (
        broken(cell("switch", 0, "element", 44)),
        "energy.absent-element",
        "table switch, row 0, column element",
    ),
    "switch away from its line": (
        broken(cell("switch", 0, "bus", 5)),
        "energy.switch-elsewhere",
        "table switch, row 0, column bus",
    ),
    "switch between voltages": (
        broken(lambda rows: rows["switch"].append(["S2", 0, 1, "b", True, 0.0, ""])),
        "energy.voltage-mismatch",
        "table switch, row 2, column element",
    ),
    "short-circuit voltage zero": (
        broken(cell("trafo", 0, "vk_percent", 0.0)),
        "energy.out-of-range",
        "table trafo, row 0, column vk_percent",
    ),
    "real part above the whole": (
        broken(cell("trafo", 0, "vkr_percent", 12.0)),
        "energy.out-of-range",
        "table trafo, row 0, column vkr_percent",
    ),
    "no vector group and no shift": (
        broken(no_group),
        "energy.missing-vector-group",
        "table trafo, row 0, column vector_group",
    ),
    "strange vector group": (
        broken(cell("trafo", 0, "vector_group", "Dyn17")),
        "energy.vector-group",
        "table trafo, row 0, column vector_group",
    ),
    "moved tap without a type": (
        broken(untyped_tap),
        "energy.tap-changer-type",
        "table trafo, row 0, column tap_changer_type",
    ),
    "generator holding a voltage": (
        with_table("gen", GEN, [[2, 1.0, False, True]]),
        "energy.not-supported",
        "table gen, row 0, column slack",
    ),
    "three windings": (
        with_table("trafo3w", ["hv_bus", "in_service"], [[0, True]]),
        "energy.not-supported",
        "table trafo3w, rows 0",
    ),
    "direct current": (
        with_table("dcline", ["from_bus", "in_service"], [[0, False], [0, True]]),
        "energy.not-supported",
        "table dcline, rows 1",
    ),
    "uneven impedance": (
        with_table("impedance", IMPEDANCE, [[1, 2, 0.1, 0.1, 0.2, 0.1, 1.0, True]]),
        "energy.not-supported",
        "table impedance, row 0, column rtf_pu",
    ),
    "shares above a hundred": (
        with_table(
            "load",
            ["bus", "p_mw", "q_mvar", "in_service", "const_z_percent", "const_i_percent"],
            [[1, 1.0, 0.0, True, 70.0, 50.0]],
        ),
        "energy.out-of-range",
        "table load, row 0, column const_i_p_percent",
    ),
}
