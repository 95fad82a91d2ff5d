"""Files that are read, and a corpus of broken ones: all findings, and never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.broken_grids import CORPUS, cell, with_table, without_column
from domains.energy.grids import document, energy, ring, trafo, written

from kopa.domains.energy import DOMAIN
from kopa.domains.energy.domain import load
from kopa.domains.energy.read_pandapower import read
from kopa.errors import Finding, InputError


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
        ({}, ["city.missing-setting"]),
        ({"grid": 5}, ["city.wrong-type"]),
        ({"grids": "x"}, ["city.unknown-setting", "city.missing-setting"]),
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
