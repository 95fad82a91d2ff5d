"""The reader: what is good is read, what is broken gives findings that help, never a traceback."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.water.small import GRAVITY, PUMPED, run, total, water
from shared_data import data

from kopa.domains.water.network import Service
from kopa.domains.water.read_inp import read_inp
from kopa.errors import Finding, InputError

SWMM = b"""[TITLE]
[OPTIONS]
FLOW_UNITS CMS
[RAINGAGES]
G1 INTENSITY 0:05 1.0 TIMESERIES T1
[SUBCATCHMENTS]
S1 G1 J1 1 50 100 0.5 0
[JUNCTIONS]
J1 10 4 0 0 0
[OUTFALLS]
O1 0 FREE NO
[CONDUITS]
C1 J1 O1 400 0.01 0 0 0 0
"""
RULES = "[RULES]\nRULE 1\nIF TANK T1 LEVEL < 1\nTHEN PUMP U9 STATUS IS OPEN\n\n[ENERGY]"
PIPE = " P5  J3    J4  1000    200       100        0          Open"

# name: text, pairs of (code, place) that must be told, word in the finding
BROKEN: dict[str, tuple[bytes, list[tuple[str, str]], str]] = {
    "empty": (b"", [("empty", "")], "empty"),
    "only white space": (b"\n \r\n", [("empty", "")], "empty"),
    "binary": (bytes(range(256)) * 40, [("not-inp", "")], "[JUNCTIONS]"),
    "zip": (b"PK\x03\x04" + bytes(300), [("not-inp", "")], "[JUNCTIONS]"),
    "JSON": (b'{"type": "FeatureCollection"}', [("not-inp", "")], "JSON"),
    "web page": (b"<html>404</html>\n" * 9, [("not-inp", "")], "not an EPANET file"),
    "no junctions": (b"[TITLE]\nhello\n", [("not-inp", "")], "[JUNCTIONS]"),
    "SWMM": (SWMM, [("swmm", "")], "SWMM"),
    "UTF-16": (GRAVITY.encode("utf-16"), [("encoding", "")], "UTF-16"),
    "zero byte": (GRAVITY.replace("J4", "J\x004", 1).encode(), [("binary", "line 9")], "zero"),
}


def mangled(name: str, old: str, new: str, told: list[tuple[str, str]], word: str) -> None:
    """Add a case that is `GRAVITY` or `PUMPED` with one thing changed."""
    text = GRAVITY if old in GRAVITY else PUMPED
    assert old in text, name
    BROKEN[name] = (text.replace(old, new, 1).encode(), told, word)


mangled("long line", "    4\n", f"    4 {'1' * 1100}\n", [("inp-214", "line 9")], "long")
mangled("duplicate node", " J4  10    4", " J4 1 4\n J2 1 3", [("inp-215", "line 10")], "J2")
mangled("duplicate link", PIPE, f"{PIPE}\n P4 J1 J2 9 9 9", [("inp-215", "line 21")], "P4")
mangled("undefined node", "P5  J3    J4", "P5  J3    J9", [("inp-203", "line 20")], "J9")
mangled("undefined pattern", " J4  10    4", " J4 10 4 PX", [("inp-205", "line 9")], "PX")
mangled("negative diameter", "1000    300", "1000    -300", [("inp-202", "line 16")], "-300")
mangled("no length", "1000    300", "0    300", [("inp-202", "line 16")], "0")
mangled("link without ends", PIPE, " P5  J3", [("inp-201", "line 20")], "ends")
mangled("same ends", "P5  J3    J4", "P5  J3    J3", [("inp-222", "line 20")], "P5")
mangled("unconnected", " J4  10    4", " J4 10 4\n J5 1 1", [("inp-234", "line 10")], "J5")
mangled("bad pattern", " 1  1.0  1.0", " 1  1.0  abc", [("inp-202", "line 23")], "abc")
mangled("empty pattern", " 1  1.0  1.0", " 1", [("inp-201", "line 23")], "syntax")
mangled("wrong number", "R1  60", "R1  sixty", [("inp-202", "line 12")], "sixty")
mangled("not a number", " J4  10 ", " J4  nan ", [("not-finite", "")], "J4")
mangled("infinite", " J4  10    4", " J4  10  1e999", [("not-finite", "")], "demand")
mangled("wrong unit", "Units     LPS", "Units XYZ", [("inp-213", "line 30")], "XYZ")
mangled("wrong time", "Duration           24:00", "Duration x", [("inp-213", "line 36")], "x")
mangled("wrong section", "[TAGS]", "[TAGZ]", [("inp-299", "line 25")], "TAGZ")
mangled("tank level", "T1  50    2 ", "T1  50    9 ", [("inp-225", "line 10")], "T1")
mangled("tank limits", "0         5 ", "7         5 ", [("inp-225", "line 10")], "T1")
mangled("pump without curve", "HEAD C1", "", [("inp-226", "line 17")], "U1")
mangled("undefined curve", "HEAD C1", "HEAD C9", [("inp-206", "line 17")], "C9")
mangled("rising curve", "C1  30  70", "C1 0 5\n C1 9 6\n C1 20 7", [("inp-227", "line 17")], "U1")
mangled("unknown pump", "LINK U1 OPEN", "LINK U9 OPEN", [("inp-204", "line 23")], "U9")
mangled("rule of unknown pump", "[ENERGY]", RULES, [("inp-204", "line 29")], "U9")
mangled(
    "valve at reservoir",
    "[PATTERNS]",
    "[VALVES]\n V1 R1 J4 200 PRV 30 0\n[PATTERNS]",
    [("inp-219", "line 23")],
    "V1",
)
mangled(
    "pressure limits",
    " Accuracy  0.0001\n Pattern   1",
    " Demand Model PDA\n Minimum Pressure 20\n Required Pressure 10",
    [("inp-208", "line 34")],
    "10",
)
BROKEN["no source"] = (
    GRAVITY.replace("[RESERVOIRS]\n R1  60\n", "")
    .replace("P1  R1", "P1  J2")
    .replace(" R1  0  1\n", "")
    .encode(),
    [("inp-224", "")],
    "reservoirs",
)


def findings(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as error:
        read_inp(path)
    return error.value.findings


def test_the_corpus_is_large() -> None:
    assert len(BROKEN) >= 35


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file(name: str, tmp_path: Path) -> None:
    content, told, word = BROKEN[name]
    path = tmp_path / "network.inp"
    path.write_bytes(content)
    found = findings(path)
    places = [(f.code.removeprefix("water."), f.place.split(",")[0]) for f in found]
    assert all(pair in places for pair in told), places
    assert any(word in f.what for f in found)
    for finding in found:
        assert finding.file == str(path)
        assert finding.do
        assert len(finding.what) < 320


def test_weird_files_give_one_finding(tmp_path: Path) -> None:
    for name in ("empty", "binary", "zip", "JSON", "SWMM", "UTF-16", "no junctions"):
        path = tmp_path / "network.inp"
        path.write_bytes(BROKEN[name][0])
        assert len(findings(path)) == 1, name


def test_no_file_and_folder(tmp_path: Path) -> None:
    (missing,) = findings(tmp_path / "nothing.inp")
    assert missing.code == "water.missing"
    (folder,) = findings(tmp_path)
    assert folder.code == "water.folder"


def test_all_errors_are_told_beyond_the_ten_of_epanet(tmp_path: Path) -> None:
    extra = "\n".join(f" X{i} J1 Q{i} 10 10 10 0 Open" for i in range(25))
    text = GRAVITY.replace("10    5", "ten   5").replace("[PIPES]", f"[PIPES]\n{extra}")
    path = tmp_path / "network.inp"
    path.write_text(text)
    found = findings(path)
    assert [f.code for f in found].count("water.inp-203") == 25
    assert [f.place.split(",")[0] for f in found if f.code == "water.inp-202"] == [
        "line 7",
        "line 8",
    ]
    assert len(found) == 27  # and nothing that only follows from these


def test_what_follows_from_an_error_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "network.inp"
    path.write_bytes(BROKEN["undefined pattern"][0])
    assert [f.code for f in findings(path)] == ["water.inp-205"]  # not: undefined node J4


def test_error_beside_hydraulics_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "network.inp"
    path.write_text(GRAVITY.replace("[TAGS]", "[QUALITY]\n J4 abc\n[TAGS]"))
    network, (warning,) = read_inp(path)
    assert warning.severity == "warning"
    assert "line 26" in warning.place
    assert len(network.node_ids) == 5


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf"
        + GRAVITY.removeprefix("[TITLE]\nOne reservoir, a loop, and a branch\n").lstrip().encode(),
        GRAVITY.replace("\n", "\r\n").encode(),
        GRAVITY.replace("\n", "\r").encode(),
        GRAVITY.replace("J4", "Jā").encode(),
        GRAVITY.replace("J4", "J\xe4").encode("latin-1"),
        GRAVITY.replace("    4\n", f"    4 ;{'x' * 1100}\n", 1).encode(),
    ],
    ids=["byte order mark", "CRLF", "CR", "UTF-8", "Latin-1", "long comment"],
)
def test_spellings_of_a_good_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "network.inp"
    path.write_bytes(content)
    network, warnings = read_inp(path)
    assert warnings == ()
    assert len(network.junctions) == 4
    assert network.node_ids[3] in ("J4", "Jā", "Jä")


def test_warnings_that_do_not_stop(tmp_path: Path) -> None:
    text = GRAVITY.replace(" J4  3  0\n", "").replace("R1    J1  1000    300", "R1 J1 1000 9999")
    path = tmp_path / "network.inp"
    path.write_text(text)
    _, warnings = read_inp(path)
    assert {w.code for w in warnings} == {"water.no-coordinates", "water.range-diameter"}
    assert all(w.severity == "warning" for w in warnings)


def test_all_is_si(tmp_path: Path) -> None:
    network = water(tmp_path, GRAVITY).network
    assert network.diameter[0] == pytest.approx(0.3)
    assert network.length[0] == 1000
    assert network.base_demand[3] * network.units.flow == pytest.approx(0.004)
    assert network.zones[2:4] == ("east", "east")


def test_us_units() -> None:
    network, _ = read_inp(data("water", "Net3.inp"))
    wanted = network.base_demand[network.node_ids.index("105")] * network.units.flow
    assert wanted == pytest.approx(135.37 * 3.785411784e-3 / 60)
    assert network.elevation[network.node_ids.index("105")] == pytest.approx(28.5 * 0.3048)


def test_pressure_driven_file_brings_its_own_pressures(tmp_path: Path) -> None:
    text = GRAVITY.replace(
        " Pattern   1",
        " Demand Model PDA\n Minimum Pressure 5\n Required Pressure 25\n Pressure Exponent 0.6",
    )
    assert water(tmp_path, text).network.service == pytest.approx(Service(5, 25, 0.6))
    assert water(tmp_path, text, Service(0, 30, 0.5)).network.service.required == 30


def test_flow_units_change_nothing(tmp_path: Path) -> None:
    """The same network in L/s and in m³/h gives the same m³."""
    hourly = GRAVITY.replace("LPS", "CMH")
    for lps in ("5", "4"):
        hourly = hourly.replace(f"10    {lps}\n", f"10    {float(lps) * 3.6}\n")
    wanted = []
    for text in (GRAVITY, hourly):
        model = water(tmp_path, text)
        result = run(model, "P2 closed 08:00-14:00")
        wanted.append([total(result, "water_not_supplied"), result.outputs["pressure"].mean()])
    assert np.allclose(wanted[0], wanted[1], rtol=1e-4)


@pytest.mark.parametrize("unit", ["KPA", "BAR", "FEET", "PSI", "METERS"])
def test_pressure_units_change_nothing(unit: str, tmp_path: Path) -> None:
    """Heads come out in metres whatever unit of pressure the file wants."""
    usual = run(water(tmp_path, GRAVITY)).outputs["pressure"]
    other = water(tmp_path, GRAVITY.replace(" Pattern   1", f" Pattern 1\n Pressure {unit}"))
    assert np.allclose(run(other).outputs["pressure"], usual, atol=2e-3)
