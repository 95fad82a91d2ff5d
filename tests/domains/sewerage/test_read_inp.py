"""Real SWMM files open or give a clear finding; broken ones give all of theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from domains.sewerage.small import sewerage
from shared_data import data
from small_city import SEWERS

from kopa.domains.sewerage.read_inp import read_inp
from kopa.errors import InputError

MISSING_RAIN = 17
"""EPA's test files whose rain file is not among the test data."""


def test_real_files_open_or_say_what_is_missing() -> None:
    files = sorted(data("sewer").rglob("*.inp"))
    assert len(files) >= 70
    refused = []
    for file in files:
        try:
            network, findings = read_inp(file)
        except InputError as error:
            refused.append(file.name)
            told = [f for f in error.findings if f.severity == "error"]
            assert all("cannot open rainfall data file" in f.what for f in told), file
            assert all(f.do and f.file for f in told)
        else:
            assert all(f.severity != "error" for f in findings)
            assert len(network.assets) == len(network.node_ids) + len(network.link_ids) + 1
    assert len(refused) <= len(files) // 3


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("M1 10 3 0 0 0", "M1 ten 3 0 0 0", "sewerage.swmm-211", "line"),
        ("C1 M1 M2 100", "C1 M1 NOWHERE 100", "sewerage.swmm-209", "line"),
        ("C1 CIRCULAR", "C1 ROUND", "sewerage.swmm-205", "line"),
        ("W1 WELL RIVER", "C1 WELL RIVER", "sewerage.swmm-207", "line"),
        ("C1 M1 M2 100 0.013 0 0 0", "C1 M1 M2", "sewerage.swmm-203", "line"),
    ],
)
def test_broken_lines(tmp_path: Path, old: str, new: str, code: str, place: str) -> None:
    text = SEWERS.replace(old, new)
    assert text != SEWERS
    (tmp_path / "x.inp").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_inp(tmp_path / "x.inp")
    finding = next(f for f in error.value.findings if f.code == code)
    number = next(row for row, line in enumerate(text.splitlines(), 1) if new in line)
    assert finding.place == f"{place} {number}"
    assert finding.do


def test_all_findings_are_told(tmp_path: Path) -> None:
    text = SEWERS.replace("M1 10 3", "M1 ten 3").replace("C1 CIRCULAR", "C1 ROUND")
    (tmp_path / "x.inp").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_inp(tmp_path / "x.inp")
    assert {f.code for f in error.value.findings} >= {"sewerage.swmm-211", "sewerage.swmm-205"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "sewerage.empty"),
        (b"hello", "sewerage.no-inp"),
        (b"\xff\xfe[\0", "sewerage.encoding"),
        (b"SQLite format 3\0\0\0", "sewerage.binary"),
        (b"[JUNCTIONS]\nA 1\n[RESERVOIRS]\nR 5\n", "sewerage.epanet"),
        (
            b"[OPTIONS]\nFLOW_UNITS LPS\nEND_DATE 01/02/2004\n[JUNCTIONS]\nA 1 2\n",
            "sewerage.swmm-145",
        ),
    ],
)
def test_other_files(tmp_path: Path, raw: bytes, code: str) -> None:
    (tmp_path / "x.inp").write_bytes(raw)
    with pytest.raises(InputError) as error:
        read_inp(tmp_path / "x.inp")
    assert code in {f.code for f in error.value.findings}


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.inp"):
        with pytest.raises(InputError):
            read_inp(path)


def test_sections_in_any_order_and_names_of_any_case(tmp_path: Path) -> None:
    parts = SEWERS.split("[")  # cross sections stay behind links: SWMM wants them so
    turned = "[" + "[".join([*parts[8:], *parts[1:8]]).replace("C1 M1 M2", "C1 m1 M2")
    usual, other = sewerage(tmp_path).network, sewerage(tmp_path, turned).network
    assert set(usual.node_ids) == set(other.node_ids)
    ends = [
        {(n.link_ids[i], n.node_ids[a].upper(), n.node_ids[b].upper())
         for i, (a, b) in enumerate(n.ends.T.tolist())}
        for n in (usual, other)
    ]  # fmt: skip
    assert ends[0] == ends[1]


def test_rain_files_are_found_beside_the_file(tmp_path: Path) -> None:
    """A path relative to the INP file, with a backslash as Windows writes it."""
    (tmp_path / "rain").mkdir()
    (tmp_path / "rain" / "storm.dat").write_text("06/02/2025 17:05 60\n", encoding="utf-8")
    text = SEWERS.replace("STORM 17:00 0\nSTORM 17:05 60\nSTORM 17:10 0",
                          'STORM FILE "rain\\storm.dat"')  # fmt: skip
    model = sewerage(tmp_path, text)
    assert model.network.node_ids


def test_us_units_are_converted(tmp_path: Path) -> None:
    network = sewerage(tmp_path, SEWERS.replace("FLOW_UNITS LPS", "FLOW_UNITS CFS")).network
    assert network.invert[0] == pytest.approx(10 * 0.3048)
    assert network.dry[0].mean == pytest.approx(10 * 0.3048**3)


def test_a_plant_is_named_tagged_or_guessed(tmp_path: Path) -> None:
    text = SEWERS.replace("WWTP", "X9")
    (tmp_path / "a.inp").write_text(text, encoding="utf-8")
    network, findings = read_inp(tmp_path / "a.inp")
    assert [network.node_ids[row] for row in network.plants] == ["X9"]
    assert [f.code for f in findings] == ["sewerage.plant"]
    tagged = text + "[TAGS]\nNode RIVER treatment_plant\n"
    (tmp_path / "b.inp").write_text(tagged, encoding="utf-8")
    network, findings = read_inp(tmp_path / "b.inp")
    assert [network.node_ids[row] for row in network.plants] == ["RIVER"]
    assert not findings
