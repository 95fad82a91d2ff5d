"""Broken files, and the command on good ones."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from schemas import valid

from kopa.domains.waste import cli_solve
from kopa.domains.waste.routing.read_carp import read_carp
from kopa.domains.waste.routing.read_routes import read_routes
from kopa.domains.waste.routing.read_vrplib import read_vrplib
from kopa.errors import InputError, UsageError

SQUARE = """NAME : square
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 0 100
3 100 100
4 100 0
DEMAND_SECTION
1 0
2 3
3 3
4 3
DEPOT_SECTION
1
-1
EOF
"""
STREET = """ NOMBRE : street
 VERTICES : 3
 ARISTAS_REQ : 2
 ARISTAS_NOREQ : 1
 VEHICULOS : 1
 CAPACIDAD : 5
 LISTA_ARISTAS_REQ :
 ( 1, 2)  coste 7  demanda 2
 ( 2, 3)  coste 5  demanda 3
 LISTA_ARISTAS_NOREQ :
 ( 1, 3)  coste 9
 DEPOSITO :   1
"""


def run(*words: str) -> int:
    """The job as the command line runs it."""
    parser = argparse.ArgumentParser()
    cli_solve.register(parser.add_subparsers())
    arguments = parser.parse_args(["solve", *words])
    return int(arguments.run(arguments))


def test_a_square(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By hand: around the square, 400."""
    file = tmp_path / "square.vrp"
    file.write_text(SQUARE)
    (tmp_path / "square.sol").write_text("Route #1: 1 2 3\nCost 400\n")
    assert run(str(file), "--iterations", "20", "--json") == 0
    told = valid("waste-solve", capsys.readouterr().out)
    assert (told["status"], told["objective"], told["gap_percent"]) == ("ok", 400, 0)
    assert told["routes"] in ([[1, 2, 3]], [[3, 2, 1]])


def test_a_street(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By hand: 7 + 5, and back the shorter way: 9."""
    file = tmp_path / "street.dat"
    file.write_text(STREET)
    assert run(str(file), "--iterations", "20", "--json") == 0
    told = valid("waste-solve", capsys.readouterr().out)
    assert (told["objective"], told["best_known"], told["kind"]) == (21, None, "CARP")
    assert run(str(file), "--iterations", "20") == 0
    assert "street: cost 21, 1 trucks" in capsys.readouterr().out


def test_a_published_cost_that_is_not_of_its_routes_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "square.vrp"
    file.write_text(SQUARE)
    (tmp_path / "square.sol").write_text("Route #1: 1 2 3\nCost 399\n")
    assert run(str(file), "--iterations", "20", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["best_known"] is None
    assert [one["code"] for one in told["findings"]] == ["routes.cost"]


def test_no_plan_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "square.vrp"
    file.write_text(SQUARE.replace("CAPACITY : 10", "CAPACITY : 5\nVEHICLES : 1"))
    assert run(str(file), "--iterations", "20", "--json") == 1
    told = valid("waste-solve", capsys.readouterr().out)
    assert (told["status"], told["objective"]) == ("unknown", None)
    assert told["findings"][0]["code"] == "waste.no-plan"


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("DIMENSION : 4\n", "", {"missing-key"}),
        ("DIMENSION : 4", "DIMENSION : four", {"value"}),
        ("DIMENSION : 4", "DIMENSION : 900000000", {"size"}),
        ("CAPACITY : 10", "CAPACITY : 2", {"demand"}),
        ("CAPACITY : 10", "CAPACITY : 10\nSPEED : 2", {"key"}),
        ("CAPACITY : 10", "CAPACITY : 10\nCAPACITY : 9", {"twice"}),
        ("EUC_2D", "GEO", {"weights"}),
        ("4 100 0\n", "", {"missing-places"}),
        ("4 100 0", "3 100 0", {"place", "missing-places"}),
        ("4 100 0", "9 100 0", {"place", "missing-places"}),
        ("4 100 0", "4 100", {"columns", "missing-places"}),
        ("4 100 0", "4 100 x", {"value"}),
        ("2 3\n3 3", "2 -3\n3 nan", {"value"}),
        ("2 3\n", "2 2.5\n", {"demand"}),
        ("DEPOT_SECTION\n1", "DEPOT_SECTION\n2", {"depot"}),
        ("DEPOT_SECTION", "BACKHAUL_SECTION\n1 0\nDEPOT_SECTION", {"section"}),
        ("NAME : square", "square", {"line"}),
        ("DEMAND_SECTION\n1 0", "DEMAND_SECTION\n1 5", {"demand"}),
        ("DEPOT_SECTION", "TIME_WINDOW_SECTION\n1 0 9\n2 5 4\n3 0 9\n4 0 9\nDEPOT_SECTION",
         {"window"}),
    ],
)  # fmt: skip
def test_broken_vrplib_files(tmp_path: Path, old: str, new: str, codes: set[str]) -> None:
    assert old in SQUARE
    file = tmp_path / "broken.vrp"
    file.write_text(SQUARE.replace(old, new))
    with pytest.raises(InputError) as told:
        read_vrplib(file)
    assert {finding.code.removeprefix("vrplib.") for finding in told.value.findings} == codes
    assert all(finding.file and finding.do for finding in told.value.findings)


def test_all_findings_of_a_file_are_told(tmp_path: Path) -> None:
    file = tmp_path / "broken.vrp"
    text = SQUARE.replace("2 0 100", "2 0 x").replace("CAPACITY : 10", "CAPACITY : -1")
    file.write_text(text.replace("3 3\n4", "3 ?\n4"))
    with pytest.raises(InputError) as told:
        read_vrplib(file)
    assert sorted(one.place for one in told.value.findings) == ["line 14", "line 5", "line 8"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (" CAPACIDAD : 5\n", "", {"missing-key"}),
        (" CAPACIDAD : 5", " CAPACIDAD : 2", {"demand"}),
        (" VERTICES : 3", " VERTICES : 2", {"node"}),
        (" VERTICES : 3", " VERTICES : 30000000", {"size"}),
        ("ARISTAS_REQ : 2", "ARISTAS_REQ : 3", {"count"}),
        ("demanda 2", "demanda x", {"value"}),
        ("demanda 2", "", {"edge"}),
        ("coste 9", "coste 9 demanda 4", {"edge"}),
        ("coste 9", "coste -9", {"value"}),
        (" DEPOSITO :   1", " DEPOSITO :   8", {"node"}),
        (" NOMBRE", " NOMBRE_X", {"line"}),
        (" VEHICULOS : 1", " VEHICULOS : 1\n VEHICULOS : 2", {"twice"}),
    ],
)
def test_broken_carp_files(tmp_path: Path, old: str, new: str, codes: set[str]) -> None:
    assert old in STREET
    file = tmp_path / "broken.dat"
    file.write_text(STREET.replace(old, new))
    with pytest.raises(InputError) as told:
        read_carp(file)
    assert {finding.code.removeprefix("carp.") for finding in told.value.findings} == codes


def test_an_edge_out_of_reach_is_told(tmp_path: Path) -> None:
    file = tmp_path / "apart.dat"
    apart = STREET.replace("VERTICES : 3", "VERTICES : 5").replace("( 2, 3)", "( 4, 5)")
    file.write_text(apart)
    with pytest.raises(InputError, match="no way leads from the depot"):
        read_carp(file)


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"<html></html>", b"42"])
@pytest.mark.parametrize("read", [read_vrplib, read_carp, read_routes])
def test_files_of_another_kind(tmp_path: Path, content: bytes, read: object) -> None:
    file = tmp_path / "file"
    with pytest.raises(InputError, match="no such file"):
        read(file)  # type: ignore[operator]
    file.write_bytes(content)
    with pytest.raises(InputError):
        read(file)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("layout", "weights"),
    [
        ("LOWER_ROW", "5\n7 9"),
        ("LOWER_DIAG_ROW", "0\n5 0\n7 9 0"),
        ("UPPER_ROW", "5 7\n9"),
        ("UPPER_DIAG_ROW", "0 5 7\n0 9\n0"),
        ("FULL_MATRIX", "0 5 7\n5 0 9\n7 9 0"),
    ],
)
def test_matrices_that_are_written_out(tmp_path: Path, layout: str, weights: str) -> None:
    file = tmp_path / "explicit.vrp"
    file.write_text(
        f"DIMENSION : 3\nCAPACITY : 9\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : {layout}\n"
        f"EDGE_WEIGHT_SECTION\n{weights}\nDEMAND_SECTION\n1 0\n2 1\n3 1\nEOF\n"
    )
    found, _ = read_vrplib(file)
    assert found.distance.tolist() == [[0, 5, 7], [5, 0, 9], [7, 9, 0]]


def test_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "square.vrp"
    file.write_text(SQUARE)
    for words in (["x.txt"], [str(file), "--seconds", "0"], [str(file), "--tries", "0"]):
        with pytest.raises(UsageError):
            run(*words)
