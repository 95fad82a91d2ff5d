"""Files of plants and waterworks: read as written, and every fault told with its place."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kopa.domains.treatment.domain import load
from kopa.domains.treatment.network import WastewaterPlant, Waterworks
from kopa.domains.treatment.read_plant import read_one
from kopa.errors import Finding, InputError

from .plants import PLANT_TOML, WORKS_TOML, bsm1, write


def told(folder: Path, text: str, name: str = "plant.toml") -> tuple[Finding, ...]:
    with pytest.raises(InputError) as caught:
        read_one(write(folder, name, text))
    return caught.value.findings


def test_a_plant_is_read_as_written(tmp_path: Path) -> None:
    plant, findings = read_one(write(tmp_path, "plant.toml", PLANT_TOML))
    assert findings == ()
    assert isinstance(plant, WastewaterPlant)
    assert plant.place.name == "South"
    assert plant.inflow.pumped
    assert plant.tanks == bsm1().tanks
    assert plant.aeration.oxygen_g_m3 == (2, 2, 2)
    assert [(one.quantity, one.limit_g_m3) for one in plant.permit] == [
        ("ammonia", 5),
        ("bod5", 25),
    ]


def test_waterworks_are_read_as_written(tmp_path: Path) -> None:
    works, findings = read_one(write(tmp_path, "works.toml", WORKS_TOML))
    assert findings == ()
    assert isinstance(works, Waterworks)
    wells, river = works.sources
    assert wells.alkalinity_mmol_l == 5.2
    assert river.alkalinity_mmol_l == pytest.approx(2.1, abs=1e-4)  # 128.14 mg/L HCO3 / 61.017
    assert works.softening is not None
    assert works.softening.dose_mmol_l == 1
    assert works.target.ph == (6.5, 9.5)


def test_json_says_the_same(tmp_path: Path) -> None:
    document = json.dumps(tomllib.loads(PLANT_TOML))
    plant, _ = read_one(write(tmp_path, "plant.json", document))
    assert plant == read_one(write(tmp_path, "plant.toml", PLANT_TOML))[0]


def test_defaults_are_told_and_bsm1_is_scaled(tmp_path: Path) -> None:
    text = """
kind = "wastewater_plant"
id = "W"
x = 0
y = 0
layout = "bsm1"
[flow]
dry_m3_d = 36892
greatest_m3_d = 80000
[load]
persons = 78126.3
[aeration]
oxygen_g_m3 = [2, 2, 2]
"""
    plant, findings = read_one(write(tmp_path, "plant.toml", text))
    assert isinstance(plant, WastewaterPlant)
    assert plant.tanks.settler_area_m2 == pytest.approx(3000)  # twice the flow of BSM1
    load = 78126.3 * 90 / (18446 * 381.19)  # as much load as BSM1
    assert plant.tanks.volumes_m3 == pytest.approx([1000 * load] * 2 + [1333 * load] * 3)
    assert plant.sludge.waste_m3_d == pytest.approx(385 * load)
    codes = sorted(finding.code for finding in findings)
    assert codes == [
        *["treatment.default"] * 4,
        "treatment.no-permit",
        *["treatment.scaled"] * 2,
    ]
    assert any("nitrogen_g_person_d = 10 g/d" in finding.what for finding in findings)


BROKEN: dict[str, tuple[str, str, str]] = {
    "syntax": ("kind = ", "treatment.syntax", ""),
    "no kind": ('id = "W"', "treatment.kind", "kind"),
    "other kind": ('kind = "boiler"', "treatment.kind", "kind"),
    "text for a number": (
        PLANT_TOML.replace("dry_m3_d = 18446", 'dry_m3_d = "much"'),
        "treatment.number",
        "[flow]",
    ),
    "below its range": (
        PLANT_TOML.replace("persons = 100000", "persons = -5"),
        "treatment.number",
        "[load]",
    ),
    "nan": (PLANT_TOML.replace("x = 10", "x = nan"), "treatment.number", "the head of the file"),
    "true is no number": (
        PLANT_TOML.replace("settler_depth_m = 4", "settler_depth_m = true"),
        "treatment.number",
        "[tanks]",
    ),
    "missing": (
        PLANT_TOML.replace("settler_area_m2 = 1500", ""),
        "treatment.missing",
        "[tanks]",
    ),
    "unknown key": (
        PLANT_TOML.replace("pumped = true", "pumpt = true"),
        "treatment.unknown-key",
        "[flow]",
    ),
    "four tanks": (
        PLANT_TOML.replace("[1000, 1000, 1333, 1333, 1333]", "[1000, 1000, 1333, 1333]"),
        "treatment.count",
        "[tanks]",
    ),
    "no list": (
        PLANT_TOML.replace("oxygen_g_m3 = [2, 2, 2]", "oxygen_g_m3 = 2"),
        "treatment.numbers",
        "[aeration]",
    ),
    "two ways to air": (
        PLANT_TOML.replace("[2, 2, 2]", "[2, 2, 2]\ntransfer_per_d = [240, 240, 84]"),
        "treatment.aeration",
        "[aeration]",
    ),
    "less than the dry flow": (
        PLANT_TOML.replace("greatest_m3_d = 36892", "greatest_m3_d = 10000"),
        "treatment.flow",
        "[flow]",
    ),
    "phosphorus": (
        PLANT_TOML.replace("[permit.bod5]", "[permit.phosphorus]"),
        "treatment.permit",
        "[permit.phosphorus]",
    ),
    "a limit of nobody": (
        PLANT_TOML.replace('source = "written for the test"', ""),
        "treatment.missing",
        "[permit.ammonia]",
    ),
    "nitrogen below what solids hold": (
        PLANT_TOML.replace("nitrogen_g_person_d = 10", "nitrogen_g_person_d = 0.5"),
        "treatment.load",
        "[load]",
    ),
    "a table that is none": ("flow = 3\n" + WORKS_TOML.replace("[works]", "[[works]]"),
                             "treatment.table", "[works]"),
    "shares": (WORKS_TOML.replace("share = 0.3", "share = 0.4"), "treatment.shares", "[[source]]"),
    "alkalinity twice": (
        WORKS_TOML.replace("bicarbonate_mg_l", "alkalinity_mmol_l = 2\nbicarbonate_mg_l"),
        "treatment.alkalinity",
        "[[source]] 2",
    ),
    "no source": (WORKS_TOML[: WORKS_TOML.index("[[source]]")], "treatment.sources", "[[source]]"),
    "a source twice": (
        WORKS_TOML.replace('id = "river"', 'id = "wells"'),
        "treatment.duplicate",
        "[[source]]",
    ),
    "no such chemical": (
        WORKS_TOML.replace('"NaOH"', '"HCl"'),
        "treatment.chemical",
        "[softening]",
    ),
    "no range": (WORKS_TOML.replace("[6.5, 9.5]", "[9.5, 6.5]"), "treatment.range", "[target]"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, case: str) -> None:
    text, code, place = BROKEN[case]
    findings = told(tmp_path, text)
    assert (code, place) in {(finding.code, finding.place) for finding in findings}
    for finding in findings:
        assert finding.file.endswith("plant.toml")
        assert finding.what
        assert finding.do


def test_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    text = (
        PLANT_TOML.replace("persons = 100000", "persons = 0")
        .replace("settler_depth_m = 4", "")
        .replace("waste_m3_d = 385", 'waste_m3_d = "x"')
        .replace("average_h = 24", "average_h = 0")
    )
    places = {finding.place for finding in told(tmp_path, text)}
    assert places == {"[load]", "[tanks]", "[sludge]", "[permit.ammonia]", "[permit.bod5]"}


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"[]", b"3", b'"a"', b"{" * 2000])
def test_what_is_no_document_is_told(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "plant.json"
    file.write_bytes(raw)
    with pytest.raises(InputError):
        read_one(file)


@pytest.mark.parametrize("broken", [{"flow": 3}, {"load": []}, {"tanks": None}, {"permit": 1}])
def test_wrong_shapes_are_told(tmp_path: Path, broken: dict[str, Any]) -> None:
    document = {**tomllib.loads(PLANT_TOML), "layout": "bsm1", **broken}
    assert told(tmp_path, json.dumps(document), "plant.json")


def test_a_city_names_its_files(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", PLANT_TOML)
    write(tmp_path, "b.toml", WORKS_TOML)
    domain, findings = load({"plants": ["*.toml"]}, tmp_path)
    assert domain.assets().ids == ("WWTP", "WW")
    assert findings == ()
    write(tmp_path, "c.toml", PLANT_TOML)
    with pytest.raises(InputError) as caught:
        load({"plants": ["*.toml", "none/*.toml"]}, tmp_path)
    codes = {finding.code for finding in caught.value.findings}
    assert codes == {"treatment.duplicate", "treatment.missing-file"}
    with pytest.raises(InputError):
        load({}, tmp_path)
