"""Needs of a city and who can do them, by hand; a leak becomes a draft tender."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kopa.domains.ebusiness.engine_ocdsmerge import compiled
from kopa.domains.ebusiness.partners.match import read_members, read_needs
from kopa.domains.ebusiness.tenders.read_ocds import read_ocds
from kopa.errors import InputError

from .jobs import runner

MEMBERS = """id,name,offers,cpv,zone
listen,Klausītājs,Leak detection; acoustic loggers,,
dig,Racējs,pipe repair; road works,45232150-8,west
wire,Elektra,electrical installation,45310000,
far,Tālais,pipe repair; leak detection; water networks,,east
"""


def write(folder: Path, needs: Any, members: str = MEMBERS) -> tuple[Path, Path]:
    (folder / "m.csv").write_text(members, encoding="utf-8")
    (folder / "n.json").write_text(json.dumps(needs), encoding="utf-8")
    return folder / "m.csv", folder / "n.json"


def test_a_leak_finds_its_partners_and_a_draft(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """dig: 1 of 3 capabilities, code and zone: 1.83; listen: 1 of 3; far works elsewhere."""
    run = runner(capfd, "partners")
    leak = {"id": "L1", "zone": "west", "asset": "water:P-12", "what": "4 L/s are lost"}
    files = write(tmp_path, {"leaks": [leak]})
    code, whole = run(*files, "--buyer", "Dome", "--json")
    assert code == 0
    (need,) = whole["needs"]
    assert [(one["member"], one["score"]) for one in need["matches"]] == [
        ("dig", pytest.approx(1 / 3 + 1.5)), ("listen", pytest.approx(1 / 3)),
    ]  # fmt: skip
    assert need["matches"][0]["reasons"] == [
        "offers pipe repair", "CPV 45232150-8", "works in west"
    ]  # fmt: skip
    (tmp_path / "r.json").write_text(json.dumps(need["draft"]))
    found, _ = read_ocds([tmp_path / "r.json"])
    record = compiled(found["draft-L1"])
    assert record["tender"]["items"][0]["classification"] == {"scheme": "CPV", "id": "45232150"}
    assert record["planning"]["rationale"] == "4 L/s are lost water:P-12"
    code, text = run(*files, "--lang", "lv")
    assert "Ūdensvada noplūdes" in text


def test_findings_of_other_jobs(tmp_path: Path) -> None:
    rows = [{"code": "heat.pressure-low", "asset": "heat:1"}, {"service": "electricity"},
            {"code": "magic"}, 3, {"code": "water.leak", "asset": "water:P-1"}]  # fmt: skip
    needs, told = read_needs(write(tmp_path, {"findings": rows})[1])
    assert [one.about for one in needs] == ["heat", "electricity", "leak"]
    assert [one.place for one in told] == ["findings 3", "findings 4"]


@pytest.mark.parametrize("needs", [{}, 3, {"findings": 1}])
def test_what_has_no_needs(tmp_path: Path, needs: Any) -> None:
    with pytest.raises(InputError):
        read_needs(write(tmp_path, needs)[1])


@pytest.mark.parametrize(
    "text", ["", "id,name\n", "id,name,offers\n", "id,name,offers,cpv\na,A,x,12\n",
             "id,name,offers\na,A,\n", "id,name,offers\na,A,x\na,B,y\n"]
)  # fmt: skip
def test_broken_members(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_members(write(tmp_path, [], text)[0])
