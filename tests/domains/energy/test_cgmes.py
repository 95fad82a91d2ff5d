"""Grids from CGMES: as pandapower has the same grid by hand; refused where something is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from domains.energy.cgmes_files import Things, profiles, written
from domains.energy.test_screen import job
from schemas import valid


def imported(
    folder: Path, content: dict[str, Things], capsys: pytest.CaptureFixture[str], code: int = 0
) -> dict[str, Any]:
    files = str(written(folder, content))
    assert job("import", files, "-o", str(folder / "grid.json"), "--json") == code
    return valid("energy-import", capsys.readouterr().out)


def test_as_pandapower_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pandapower

    answer = imported(tmp_path, profiles(), capsys)
    assert answer["counts"] == {
        "bus": 3,
        "line": 1,
        "trafo": 1,
        "switch": 0,
        "load": 1,
        "sgen": 0,
        "ext_grid": 1,
    }
    assert job("solve", str(tmp_path / "grid.json"), "--json") == 0
    ours = [bus["voltage_pu"] for bus in json.loads(capsys.readouterr().out)["buses"]]

    net = pandapower.create_empty_network()
    hv, lv, end = (pandapower.create_bus(net, kv) for kv in (110.0, 20.0, 20.0))
    pandapower.create_ext_grid(net, hv, vm_pu=1.02)
    values = {"sn_mva": 25, "vn_hv_kv": 110, "vn_lv_kv": 20, "pfe_kw": 0, "i0_percent": 0}
    values |= {"vkr_percent": 1.3552 / 484 * 100, "vk_percent": abs(1.3552 + 54.2j) / 484 * 100}
    taps = {"tap_side": "hv", "tap_neutral": 0, "tap_pos": -2, "tap_step_percent": 1.5}
    kind = {"tap_changer_type": "Ratio", "shift_degree": 0}
    pandapower.create_transformer_from_parameters(net, hv, lv, **values, **taps, **kind)
    c_nf = 0.0003 / (100 * 3.141592653589793) * 1e9 / 5
    pandapower.create_line_from_parameters(net, lv, end, 5.0, 0.2, 0.3, c_nf, 1.0)
    pandapower.create_load(net, end, 8.0, 2.0)
    pandapower.runpp(net)
    assert ours == pytest.approx(net.res_bus.vm_pu.tolist(), abs=1e-6)
    assert ours[1] > 1.03  # two steps of 1.5 %, not neutral


@pytest.mark.parametrize("lost", ["EnergyConsumer.p", "TapChanger.step"])
def test_missing_power_or_step_is_refused(
    tmp_path: Path, lost: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = profiles()
    for _, values in content["SSH"].values():
        values.pop(lost, None)
    (finding,) = imported(tmp_path, content, capsys, 1)["findings"]
    assert finding["code"] == "energy.cgmes-incomplete"
    assert f"1 of 1 {'loads' if 'Energy' in lost else 'tap changers'}" in finding["what"]


def test_without_steady_state_all_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = profiles()
    del content["SSH"]
    told = imported(tmp_path, content, capsys, 1)["findings"]
    assert [one["code"] for one in told] == ["energy.cgmes-incomplete"] * 2


def test_zero_loads_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = profiles()
    content["SSH"]["load"][1]["EnergyConsumer.p"] = "0"
    (finding,) = imported(tmp_path, content, capsys, 1)["findings"]
    assert finding["code"] == "energy.cgmes-zero-loads"


def test_what_the_converter_loses_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line without terminals, and pandapower goes on without any line."""
    content = profiles()
    content["EQ"]["line2"] = content["EQ"]["line"]
    (finding,) = imported(tmp_path, content, capsys, 1)["findings"]
    assert finding["code"] == "energy.cgmes-lost"
    assert "2 of 2 ACLineSegment: line, line2" in finding["what"]
    assert "The converter said" in finding["what"]
    assert not (tmp_path / "grid.json").exists()


def test_what_cannot_be_calculated_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second load whose terminal is missing hangs on no bus."""
    content = profiles()
    content["EQ"]["load2"] = content["EQ"]["load"]
    content["SSH"]["load2"] = content["SSH"]["load"]
    told = imported(tmp_path, content, capsys, 1)["findings"]
    assert told[0]["code"] == "energy.missing-value"
    assert not (tmp_path / "grid.json").exists()


def test_broken_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken, empty, strange = (tmp_path / name for name in ("a.xml", "b.xml", "c.xml"))
    strange.write_text('<?xml version="1.0" encoding="none"?><a/>', encoding="utf-8")
    broken.write_text("<rdf:RDF", encoding="utf-8")
    empty.write_text("<a/>", encoding="utf-8")
    for files, code in (
        ([broken, tmp_path / "none.xml"], ["energy.cgmes-xml", "energy.cgmes-missing"]),
        ([empty], ["energy.cgmes-empty"]),
        ([strange], ["energy.cgmes-xml"]),
    ):
        out = str(tmp_path / "grid.json")
        assert job("import", *map(str, files), "-o", out, "--json") == 1
        told = valid("energy-import", capsys.readouterr().out)["findings"]
        assert [one["code"] for one in told] == code


def test_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = str(written(tmp_path, profiles()))
    assert job("import", files, "-o", str(tmp_path / "grid.json")) == 0
    assert "8.00 MW of load" in capsys.readouterr().out
    assert job("import", files, "-o", str(tmp_path / "none" / "grid.json")) == 1


def test_loads_that_nothing_supplies_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = profiles()
    del content["EQ"]["t-grid"][1]["Terminal.ConnectivityNode"]
    answer = imported(tmp_path, content, capsys)
    assert "1 of 1 loads are not energised" in str(answer["findings"])


def test_line_below_zero_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The converter would make 5 ohm of -5 ohm."""
    content = profiles()
    content["EQ"]["line"][1]["ACLineSegment.x"] = "-5"
    (finding,) = imported(tmp_path, content, capsys, 1)["findings"]
    assert finding["code"] == "energy.cgmes-negative"
