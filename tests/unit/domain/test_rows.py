"""Rows of files held against an attribute table."""

from __future__ import annotations

from pathlib import Path

import pytest

from kopa.domain.rows import Rows
from kopa.domain.section import section, tables
from kopa.domain.speech import speech_of
from kopa.errors import InputError, UsageError

PACKAGE = "kopa.domains.waste"


def rows(path: Path, table: str = "truck") -> Rows:
    return Rows(path, PACKAGE, table, "waste")


def test_lines_of_csv_in_any_dress(tmp_path: Path) -> None:
    """A mark of byte order, semicolons, blanks, and columns in another order."""
    file = tmp_path / "kerbs.csv"
    file.write_bytes("\ufeffkg; street ;m3;service_s;narrow\n 5;a;0.1;60; true\n".encode())
    (row,) = rows(file, "kerb").lines()
    assert (row["street"], row["kg"], row["narrow"], row["line"]) == ("a", 5, True, "line 2")


def test_all_that_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "kerbs.csv"
    file.write_text("street,kg,m3,service_s,narrow\na,-1,nan,,yes\nb,1\n")
    reader = rows(file, "kerb")
    reader.lines()
    told = [(one.code, one.place) for one in reader.findings]
    assert told == [
        ("waste.value", "line 2"),
        ("waste.value", "line 2"),
        ("waste.missing", "line 2"),
        ("waste.value", "line 2"),
        ("waste.cells", "line 3"),
    ]
    with pytest.raises(InputError):
        reader.finish()


@pytest.mark.parametrize(("data", "code"), [(b"\xff", "encoding"), (b"kg\n1\n", "columns")])
def test_files_that_are_none(tmp_path: Path, data: bytes, code: str) -> None:
    file = tmp_path / "kerbs.csv"
    file.write_bytes(data)
    with pytest.raises(InputError) as caught:
        rows(file, "kerb").lines()
    assert [one.code for one in caught.value.findings] == [f"waste.{code}"]
    file.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        rows(file, "kerb").lines()


def test_defaults_that_are_taken_are_told(tmp_path: Path) -> None:
    file = tmp_path / "trucks.csv"
    head = "id,depot,streams,capacity_kg,capacity_m3,starts,ends,litres_per_100km\n"
    file.write_text(head + "T,d,paper,1,1,06:00,07:00,1\nU,d,paper,1,1,06:00,07:00,1\n")
    reader = rows(file)
    assert [row["compaction"] for row in reader.lines()] == [1, 1]
    reader.finish()
    assert {one.place for one in reader.findings} == {"compaction", "speed", "litres_per_stop"}
    assert "2 trucks" in reader.findings[0].what


def test_tables_of_a_city(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    with pytest.raises(InputError, match="cannot be read"):
        tables(tmp_path)
    file.write_text("[waste")
    with pytest.raises(InputError, match="no TOML"):
        tables(tmp_path)
    file.write_text("[waste]\na = 1\n")
    assert section(tmp_path, "waste", "a = 1") == {"a": 1}
    with pytest.raises(InputError, match="no table"):
        section(tmp_path, "water", "network = '…'")


def test_a_domain_speaks_in_its_jobs() -> None:
    assert speech_of(PACKAGE, "lv").say("kind-landfill") == "poligons"
    assert speech_of(PACKAGE, "lv").number(1.25) == "1,25"
    with pytest.raises(UsageError, match="does not speak"):
        speech_of(PACKAGE, "xx")


def test_words_that_are_not_read_are_told(tmp_path: Path) -> None:
    """A word that is written otherwise would leave its attribute at the default, unheard."""
    file = tmp_path / "kerbs.csv"
    file.write_text("street,kg,m3,service_s,narow\na,1,1,1,true\n")
    reader = rows(file, "kerb")
    assert [row["narrow"] for row in reader.lines()] == [False]
    reader.finish()
    (told,) = reader.findings
    assert (told.code, told.severity) == ("waste.unknown", "warning")
    assert "narow" in told.what
