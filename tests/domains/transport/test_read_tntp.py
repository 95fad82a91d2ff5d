"""Every broken network and trip table is told with its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domains.transport.read_tntp import read_tntp_network, read_tntp_trips
from kopa.errors import InputError

NET = """\
<NUMBER OF ZONES> 2
<NUMBER OF NODES> 3
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 2
<END OF METADATA>
~ init_node term_node capacity length free_flow_time b power speed toll type ;
1 3 100 1 2 0.15 4 0 0 1 ;
3 2 100 1 2 0.15 4 0 0 1 ;
"""
TRIPS = """\
<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 7
<END OF METADATA>
Origin 1
  2 : 5.0;
Origin 2
  1 : 2.0;
"""
BROKEN_NETWORKS = {
    "capacity of 0": (NET.replace("1 3 100", "1 3 0"), "line 7", "capacity"),
    "unknown node": (NET.replace("3 2 100", "3 9 100"), "line 8", "term_node is 9"),
    "half a node": (NET.replace("3 2 100", "3 1.5 100"), "line 8", "term_node is 1.5"),
    "a word": (NET.replace("1 3 100", "1 3 many"), "line 7", "capacity is 'many'"),
    "not a number": (NET.replace("1 3 100", "1 3 nan"), "line 7", "capacity is 'nan'"),
    "below zero": (NET.replace("2 0.15 4 0 0 1 ;\n3", "-2 0.15 4 0 0 1 ;\n3"), "line 7", "is -2"),
    "short row": (NET.replace("1 3 100 1 2 0.15 4 0 0 1 ;", "1 3 100"), "line 7", "3 numbers"),
    "cut off": (NET.replace("3 2 100 1 2 0.15 4 0 0 1 ;\n", ""), "", "but 1 links follow"),
    "no metadata": (NET.replace("<END OF METADATA>\n", ""), "", "END OF METADATA"),
    "no zones": (NET.replace("<NUMBER OF ZONES> 2\n", ""), "", "NUMBER OF ZONES"),
    "zones in words": (NET.replace("ZONES> 2", "ZONES> two"), "line 1", "'two'"),
    "too many zones": (NET.replace("ZONES> 2", "ZONES> 9"), "", "more zones than nodes"),
    "empty": ("", "", "END OF METADATA"),
}
BROKEN_TRIPS = {
    "unknown zone": (TRIPS.replace("  2 : 5", "  7 : 5"), "line 5", "no zone '7'"),
    "unknown origin": (TRIPS.replace("Origin 2", "Origin 8"), "line 6", "no zone '8'"),
    "below zero": (TRIPS.replace("5.0", "-5.0"), "line 5", "-5 trips"),
    "no colon": (TRIPS.replace("2 : 5.0", "2 5.0"), "line 5", "is no trip"),
    "a word": (TRIPS.replace("5.0", "five"), "line 5", "'five'"),
    "no origin": (TRIPS.replace("Origin 1\n", ""), "line 4", "before any line"),
}


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "file.tntp"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_whole_is_read(tmp_path: Path) -> None:
    network = read_tntp_network(written(tmp_path, NET))
    assert (network.zones, network.nodes, network.first_through) == (2, 3, 1)
    assert network.head.tolist() == [2, 1]
    trips, findings = read_tntp_trips(written(tmp_path, TRIPS), 2)
    assert np.array_equal(trips, [[0, 5], [2, 0]])
    assert findings == ()


@pytest.mark.parametrize("name", BROKEN_NETWORKS)
def test_broken_networks(tmp_path: Path, name: str) -> None:
    text, place, words = BROKEN_NETWORKS[name]
    with pytest.raises(InputError) as caught:
        read_tntp_network(written(tmp_path, text))
    told = caught.value.findings
    assert any(words in f"{f.what} {f.do}" and f.place == place and f.do for f in told), told


@pytest.mark.parametrize("name", BROKEN_TRIPS)
def test_broken_trips(tmp_path: Path, name: str) -> None:
    text, place, words = BROKEN_TRIPS[name]
    with pytest.raises(InputError) as caught:
        read_tntp_trips(written(tmp_path, text), 2)
    told = caught.value.findings
    assert any(words in f.what and f.place == place and f.do for f in told), told


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = NET.replace("1 3 100", "1 3 0").replace("3 2 100", "3 9 100")
    with pytest.raises(InputError) as caught:
        read_tntp_network(written(tmp_path, text))
    assert [f.place for f in caught.value.findings] == ["line 7", "line 8"]


def test_trips_that_do_not_add_up_are_told(tmp_path: Path) -> None:
    _, findings = read_tntp_trips(written(tmp_path, TRIPS.replace("FLOW> 7", "FLOW> 9")), 2)
    assert [(f.code, f.severity) for f in findings] == [("transport.tntp-total", "warning")]


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_tntp_network(tmp_path / "none.tntp")
    (tmp_path / "b.tntp").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_tntp_network(tmp_path / "b.tntp")
