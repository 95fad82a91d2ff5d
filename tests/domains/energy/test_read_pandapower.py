"""Files that are read, and a corpus of broken ones: all findings, and never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.grids import COLUMNS, document, energy, frame, line, ring, trafo, written

from kopa.domains.energy import DOMAIN
from kopa.domains.energy.domain import load
from kopa.domains.energy.read_pandapower import read
from kopa.errors import Finding, InputError

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
        broken(lambda rows: rows["switch"].append(["S2", 0, 1, "b", True, 0.0])),
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


@pytest.mark.parametrize("name", list(CORPUS))
def test_broken_file_gives_its_finding(name: str, tmp_path: Path) -> None:
    content, code, place = CORPUS[name]
    with pytest.raises(InputError) as caught:
        read(written(content, tmp_path))
    mine = [found for found in caught.value.findings if found.code == code]
    assert any(found.place.startswith(place) for found in mine), caught.value.findings
    for found in caught.value.findings:
        assert found.file == "grid.json"
        assert found.what
        assert found.do


def test_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 18


def test_all_findings_at_once(tmp_path: Path) -> None:
    rows = ring()
    for change in (
        cell("line", 1, "length_km", 0.0),
        cell("load", 0, "bus", 99),
        cell("trafo", 0, "vk_percent", 0.0),
        cell("switch", 0, "et", "x"),
    ):
        change(rows)
    rows["ext_grid"] = []
    with pytest.raises(InputError) as caught:
        read(written(document(rows), tmp_path))
    errors = {found.code for found in caught.value.findings if found.severity == "error"}
    assert errors == {
        "energy.out-of-range",
        "energy.absent-bus",
        "energy.unknown-switch",
        "energy.no-source",
    }


def test_many_rows_wrong_in_one_way_are_all_told(tmp_path: Path) -> None:
    rows = ring()
    rows["load"] = [["", 50, 1.0, 0.0, 1.0, True] for _ in range(30)]
    with pytest.raises(InputError) as caught:
        read(written(document(rows), tmp_path))
    told = [found for found in caught.value.findings if found.code == "energy.absent-bus"]
    assert len(told) == 21
    assert told[-1].place.endswith("rows 20, 21, 22, 23, 24, 25, 26, 27, 28, 29")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "grid.json")
    assert caught.value.findings[0].code == "energy.no-file"


def warnings_of(rows: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    return read(written(document(rows), folder))[1]


def test_nothing_is_assumed_in_a_full_file(tmp_path: Path) -> None:
    assert warnings_of(ring(), tmp_path) == ()


def test_phase_shift_is_taken_from_shift_degree_and_told(tmp_path: Path) -> None:
    rows = ring()
    cell("trafo", 0, "vector_group", None)(rows)
    (told,) = warnings_of(rows, tmp_path)
    assert told.code == "energy.missing-vector-group"
    assert "150° = clock 5" in told.what


def test_phase_shift_is_taken_from_the_vector_group(tmp_path: Path) -> None:
    rows = ring()
    cell("trafo", 0, "shift_degree", None)(rows)
    theta = energy(rows, tmp_path).network.edges.circuit.theta
    assert np.rad2deg(theta[5]) == pytest.approx(150)


def test_vector_group_and_shift_that_disagree_are_told(tmp_path: Path) -> None:
    rows = ring()
    cell("trafo", 0, "vector_group", "YNd11")(rows)
    assert [told.code for told in warnings_of(rows, tmp_path)] == ["energy.vector-group"]


def test_tap_at_neutral_needs_no_type_and_is_told(tmp_path: Path) -> None:
    rows = ring()
    cell("trafo", 0, "tap_changer_type", None)(rows)
    (told,) = warnings_of(rows, tmp_path)
    assert told.code == "energy.tap-changer-type"
    assert told.severity == "warning"


@pytest.mark.parametrize(
    ("kind", "side", "ratio"), [("Ratio", "hv", 1.03), ("Ratio", "lv", 1 / 1.03)]
)
def test_tap_changes_the_ratio(kind: str, side: str, ratio: float, tmp_path: Path) -> None:
    rows = ring()
    rows["trafo"] = [trafo(0, 1)]
    cell("trafo", 0, "tap_side", side)(rows)
    cell("trafo", 0, "tap_pos", 2)(rows)
    assert energy(rows, tmp_path).network.edges.circuit.k[5] == pytest.approx(ratio)


def test_missing_scaling_is_told(tmp_path: Path) -> None:
    _, (told,) = read(written(without_column("load", "scaling"), tmp_path))
    assert told.code == "energy.assumed"
    assert told.place == "table load, column scaling"


def test_unknown_table_with_rows_is_told(tmp_path: Path) -> None:
    _, (told,) = read(written(with_table("controller", ["object"], [["x"]]), tmp_path))
    assert told.code == "energy.not-read"


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ({}, ["energy.missing-setting"]),
        ({"grid": 5}, ["energy.missing-setting"]),
        ({"grids": "x"}, ["energy.unknown-setting", "energy.missing-setting"]),
        ({"grid": "none.json"}, ["energy.no-file"]),
    ],
)
def test_settings(section: dict[str, Any], codes: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(section, tmp_path)
    assert [found.code for found in caught.value.findings] == codes


def test_load_gives_the_domain(tmp_path: Path) -> None:
    written(document(ring()), tmp_path)
    domain, warnings = DOMAIN.load({"grid": "grid.json"}, tmp_path)
    assert domain.name == DOMAIN.name == "energy"
    assert not warnings
    assert "line:4" in domain.assets().index
    assert domain.assets().find("L3-5") == domain.assets().index["line:4"]
