"""``kopa report``: the file, the document, and what is refused before the work is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from schemas import valid
from small_city import write_city

from kopa.cli import main

OUT = "energy:line:1 out 06:00-12:00"


@pytest.fixture
def city(tmp_path: Path) -> str:
    folder = tmp_path / "city"
    folder.mkdir()
    return str(write_city(folder))


def test_it_writes_a_page_and_a_document(
    city: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.html"
    file.write_text("older", encoding="utf-8")
    asked = ["--scenario", OUT, "places:h2 people ×1.5", "--scenario", "water:U off"]
    assert main(["report", city, *asked, "--lang", "lv", "-o", str(file), "--json"]) == 0
    found = valid("report", capfd.readouterr().out)
    assert [one["label"] for one in found["scenarios"]] == ["A", "B"]
    assert found["scenarios"][0]["person_hours"] == 270
    assert found["bytes"] == file.stat().st_size
    html = file.read_text(encoding="utf-8")
    assert html.startswith('<!doctype html>\n<html lang="lv">')
    assert (
        f"--scenario '{OUT}' 'places:h2 people ×1.5' --scenario 'water:U off'" in found["command"]
    )
    assert list(tmp_path.glob(".out*")) == []


def test_a_document_needs_no_file_and_no_scenario(
    city: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", city, "--json"]) == 0
    found = valid("report", capfd.readouterr().out)
    assert (found["file"], found["bytes"], found["scenarios"]) == (None, 0, [])
    assert {part["domain"] for part in found["domains"]} == {"water", "energy", "places"}
    assert sum(part["count"] for part in found["links"]) == 6


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("missing/out.html", "there is no folder"),
        ("out.docx", "ends in none of .html, .pdf"),
        (".html", "ends in none of"),
        ("", "say where to"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(
    city: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], output: str, says: str
) -> None:
    where = ["-o", str(tmp_path / output)] if output else []
    assert main(["report", city, *where]) == 2
    told = capfd.readouterr()
    assert says in told.err
    assert "Traceback" not in told.err


def test_a_wrong_scenario_is_told(city: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", city, "--scenario", "water:nothing closed", "--json"]) == 2
    assert "has no asset 'nothing'" in capfd.readouterr().err


def test_a_broken_city_is_a_document_too(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path), "--json"]) == 1
    assert valid("report", capfd.readouterr().out)["findings"]
