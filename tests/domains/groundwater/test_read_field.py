"""Well fields from files: all that is wrong is told, with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.groundwater.fields import FOUR, four, read

from kopa.domains.groundwater.read_field import DAY, read_field
from kopa.errors import InputError

GOOD = four()


def codes(text: str, folder: Path) -> set[str]:
    with pytest.raises(InputError) as error:
        read(text, folder)
    for finding in error.value.findings:
        assert finding.file.endswith("field.toml")
        assert finding.severity == "warning" or (finding.what and finding.do)
    return {one.code.removeprefix("groundwater.") for one in error.value.findings}


def test_a_field(tmp_path: Path) -> None:
    field = read(GOOD, tmp_path)
    assert field.wells.ids == ("W1", "W2", "W3", "W4")
    assert field.wells.discharge * DAY == pytest.approx([432, 864, 1728, 1296])
    assert field.wells.capacity * 3600 == pytest.approx([30, 60, 90, 80])
    assert field.aquifer.transmissivity * DAY == pytest.approx([500])
    assert field.aquifer.flow[:, 0] * DAY == pytest.approx([1, 0])
    assert not field.aquifer.leaky
    assert field.observations.limit.tolist() == [5]


def test_m3_per_hour_and_a_free_aquifer(tmp_path: Path) -> None:
    text = GOOD.replace("discharge_m3_d = 864", "discharge_m3_h = 36")
    text = text.replace("specific_storage_1_m = 1e-5", "specific_yield = 0.2")
    field = read(text, tmp_path)
    assert field.wells.discharge * DAY == pytest.approx([432, 864, 1728, 1296])
    assert field.aquifer.phreatic
    assert field.aquifer.storage.tolist() == [0.2]


def test_what_is_taken_by_default_is_told(tmp_path: Path) -> None:
    file = tmp_path / "field.toml"
    text = GOOD.replace("pump_efficiency = 0.6\n", "", 1).replace("max_drawdown_m = 14.0\n", "", 1)
    file.write_text(text, encoding="utf-8")
    field, findings = read_field(file)
    assert [(one.code, one.severity, one.place) for one in findings] == [
        ("groundwater.default-pump-efficiency", "warning", "well W1"),
        ("groundwater.default-max-drawdown-m", "warning", "well W1"),
    ]
    assert field.wells.max_drawdown[0] == np.inf


BROKEN = {
    "toml": ("id =", "id = = ", "toml"),
    "negative k": ("conductivity_m_d = 25", "conductivity_m_d = -25", "range-conductivity-m-d"),
    "k in m/s": ("conductivity_m_d = 25", "conductivity_m_d = 2.9e-7", "range-conductivity-m-d"),
    "unknown key": ("porosity = 0.25", "porosity = 0.25\nconductivity = 25", "unknown-key"),
    "unknown table": ("[permit]", "[licence]", "unknown-key"),
    "no porosity": ("porosity = 0.25\n", "", "missing"),
    "percent": ("porosity = 0.25", "porosity = 25", "range-porosity"),
    "text": ("thickness_m = 20", 'thickness_m = "20 m"', "wrong-type"),
    "not finite": ("thickness_m = 20", "thickness_m = nan", "wrong-type"),
    "two storages": ("porosity", "specific_yield = 0.2\nporosity", "storage"),
    "no storage": ("specific_storage_1_m = 1e-5\n", "", "storage"),
    "free below an aquitard": (
        "specific_storage_1_m = 1e-5",
        "specific_yield = 0.2\nresistance_above_d = 100",
        "water-table",
    ),
    "one place": ("x = 506100\ny = 312050", "x = 506000\ny = 312000.1", "one-place"),
    "same id": ('id = "W2"', 'id = "W1"', "duplicate"),
    "two discharges": ("discharge_m3_d = 432", "discharge_m3_d = 432\ndischarge_m3_h = 18",
                       "discharge"),
    "no discharge": ("discharge_m3_d = 432\n", "", "discharge"),
    "m3/d as m3/h": ("discharge_m3_d = 432", "discharge_m3_h = 432", "capacity"),
    "layer": ("radius_m = 0.2", "radius_m = 0.2\nlayer = 2", "layer"),
    "direction": ("flow_azimuth_degree = 90\n", "", "direction"),
    "feeds": ('id = "north"', 'id = "north"\nfeeds = "tower"', "feeds"),
    "crs": ("EPSG:3059", "EPSG:4326", "crs"),
    "permit": ('source = "made for the test"\n[[', "[[", "missing"),
    "river": ("[permit]", "[[river]]\nid = 'r'\npoints = [[0, 0]]\n[permit]", "wrong-type"),
    "second layer": ("[permit]", "[[layer]]\nconductivity_m_d = 2\nthickness_m = 9\n"
                     "specific_storage_1_m = 1e-5\nporosity = 0.2\n[permit]", "resistance"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str, tmp_path: Path) -> None:
    old, new, code = BROKEN[name]
    assert old in GOOD
    assert code in codes(GOOD.replace(old, new, 1), tmp_path)


def test_degrees_instead_of_metres(tmp_path: Path) -> None:
    text = GOOD
    for axis, start in (("x", 506), ("y", 312)):
        text = text.replace(f"{axis} = {start}", f"{axis} = 24.")
    assert "units-xy" in codes(text, tmp_path)


def test_nothing_in_it(tmp_path: Path) -> None:
    assert codes("", tmp_path) == {"missing", "no-layer", "no-well"}
    assert codes(FOUR.replace("432", "0"), tmp_path) == {"no-well"}


def test_no_abstraction(tmp_path: Path) -> None:
    text = GOOD
    for rate in (432, 864, 1728, 1296):
        text = text.replace(f"discharge_m3_d = {rate}", "discharge_m3_d = 0")
    assert codes(text, tmp_path) == {"no-abstraction"}


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("porosity = 0.25", "porosity = 2").replace('id = "W2"', 'id = "W1"')
    text = text.replace("radius_m = 0.2", "radius_m = -0.2").replace("gradient", "slope")
    assert {"range-porosity", "duplicate", "range-radius-m", "unknown-key"} <= codes(text, tmp_path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_field(tmp_path / "none.toml")


def test_random_bytes_are_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "field.toml"
    file.write_bytes(np.random.default_rng(1).bytes(500))
    with pytest.raises(InputError):
        read_field(file)
