"""Lines are drawn along their geodata, of files old and new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from domains.energy.grids import document, frame

from kopa.domain import Draws
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.read_pandapower import read

LINE = ["l", 0, 1, 0.5, 0.1, 0.1, 10.0, 0.0, 0.2, 1.0, 1, True]
WAY = [[0.0, 0.0], [0.0, 7.5], [3.0, 4.0]]


def point(x: float, y: float) -> str:
    return json.dumps({"type": "Point", "coordinates": [x, y]})


def drawn(folder: Path, change: Any) -> tuple[Energy, dict[str, list[list[float]]]]:
    """Three buses, of which the last has no place, and a line between each two."""
    whole = document(
        {
            "line": [LINE, ["m", 1, 2, *LINE[3:]]],
            "load": [["d", 1, 0.1, 0.0, 1.0, True]],
            "ext_grid": [["g", 0, 1.0, 0.0, True]],
        }
    )
    buses = [["a", 20.0, True, point(0, 0)], ["b", 20.0, True, point(3, 4)], ["c", 20.0, True, ""]]
    content = whole["_object"]
    content["bus"] = frame(["name", "vn_kv", "in_service", "geo"], [0, 1, 2], buses)
    change(content)
    file = folder / "grid.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    energy = Energy(read(file)[0])
    shapes = energy.shapes()
    lines = {}
    for at, row in enumerate(shapes.rows.tolist()):
        part = slice(int(shapes.first[at]), int(shapes.first[at + 1]))
        xy = zip(shapes.x[part].tolist(), shapes.y[part].tolist(), strict=True)
        lines[energy.assets().ids[row]] = [list(one) for one in xy]
    return energy, lines


def along(geo: str) -> Any:
    def change(content: dict[str, Any]) -> None:
        table = json.loads(content["line"]["_object"])
        table["columns"].append("geo")
        table["data"] = [[*row, geo if not at else None] for at, row in enumerate(table["data"])]
        content["line"] = frame(table["columns"], table["index"], table["data"])

    return change


def test_a_line_without_geodata_is_straight(tmp_path: Path) -> None:
    energy, lines = drawn(tmp_path, lambda content: None)
    assert isinstance(energy, Draws)
    assert lines["line:0"] == [[0, 0], [3, 4]]
    assert lines["load:0"] == [[3, 4]]
    assert "line:1" not in lines  # one end is nowhere
    assert "bus:2" not in lines


def test_a_line_runs_along_its_geojson(tmp_path: Path) -> None:
    _, lines = drawn(tmp_path, along(json.dumps({"type": "LineString", "coordinates": WAY})))
    assert lines["line:0"] == WAY


def test_a_line_runs_along_the_table_of_older_files(tmp_path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        content["line_geodata"] = frame(["coords"], [1, 0], [[[[5, 5], [6, 6]]], [WAY]])

    _, lines = drawn(tmp_path, change)
    assert lines["line:0"] == WAY
    assert lines["line:1"] == [[5, 5], [6, 6]]  # its way is known, if not its end


@pytest.mark.parametrize(
    "geo", ["{", "[]", "7", '{"type": "LineString"}', "[[1, 2]]", '[["a", 1], [2, 3]]', "[[1], 2]"]
)
def test_what_is_no_line_is_straight(geo: str, tmp_path: Path) -> None:
    _, lines = drawn(tmp_path, along(geo))
    assert lines["line:0"] == [[0, 0], [3, 4]]


def test_high_voltage_weighs_more(tmp_path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        table = json.loads(content["bus"]["_object"])
        table["data"] = [[*row[:1], kv, *row[2:]] for kv, row in zip((20, 20, 0.4), table["data"],
                                                                     strict=True)]  # fmt: skip
        table["data"][2][3] = point(9, 9)
        table["data"].append(["d", 0.4, True, point(9, 8)])
        content["bus"] = frame(table["columns"], [0, 1, 2, 3], table["data"])
        rows = [LINE, ["m", 2, 3, *LINE[3:]]]
        content["line"] = frame(json.loads(content["line"]["_object"])["columns"], [0, 1], rows)

    energy, _ = drawn(tmp_path, change)
    shapes = energy.shapes()
    kinds = [energy.assets().kinds[row] for row in shapes.rows.tolist()]
    weights = [w for w, kind in zip(shapes.weight.tolist(), kinds, strict=True) if kind == "line"]
    assert weights == [1, 0]
